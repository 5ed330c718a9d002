# Completion of webhook for bash: source <(webhook completion bash)
_webhook() {
  local typed=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]} last found
  # As it was typed: nothing in it is expanded yet.
  [[ $program == '~/'* ]] && program=$HOME${program:1}
  # Without the program's own name, which may be a path.
  typed=${typed#*[[:space:]]}
  # "--option=value" is asked for as "--option value"; what is behind the "=" is a word of its own here.
  last=${typed##*[[:space:]]}
  [[ $last == --*=* ]] && typed=${typed%"$last"}${last/=/ }
  [[ $word == = ]] && word=
  found=$("$program" "[suggest:${#typed}]" "$typed" 2>/dev/null)
  # Options only where one is begun; where nothing else is known, files.
  if [[ $word == -* ]]; then found=$(grep -- '^-' <<<"$found"); else found=$(grep -v '^[-/]' <<<"$found"); fi
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$found" -- "$word" | sort -u))
}
complete -o default -F _webhook webhook
