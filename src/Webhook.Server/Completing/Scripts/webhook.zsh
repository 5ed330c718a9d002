#compdef webhook
# Completion of webhook for zsh: source <(webhook completion zsh), after compinit; or as a file _webhook in a folder of $fpath.
_webhook() {
  local typed="${(j: :)words[2,CURRENT]}" begun=$PREFIX program=$words[1]
  # As it was typed: nothing in it is expanded yet.
  [[ $program == '~/'* ]] && program=$HOME${program:1}
  # "--option=value" is asked for as "--option value".
  if compset -P '--*='; then
    typed="${typed%$begun}${begun/=/ }"
  fi
  local -a found
  found=("${(@f)$("$program" "[suggest:${#typed}]" "$typed" 2>/dev/null)}")
  # Options only where one is begun; where nothing else is known, files.
  if [[ $PREFIX == -* ]]; then
    found=(${(M)found:#-*})
  else
    found=(${found:#[-/]*})
  fi
  found=(${(M)found:#${(b)PREFIX}*})
  if (( $#found )); then
    compadd -a found
  else
    _files
  fi
}
if [[ $funcstack[1] == _webhook ]]; then
  _webhook "$@"
else
  compdef _webhook webhook
fi
