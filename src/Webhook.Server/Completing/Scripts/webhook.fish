# Completion of webhook for fish: webhook completion fish | source
function __webhook_suggests
    # As it was typed: nothing in it is expanded yet.
    set -l program (string replace -r '^~/' "$HOME/" -- (commandline -opc)[1])
    set -l word (commandline -ct)
    set -l option ''
    # Without the program's own name, which may be a path; "--option=value" is asked for as "--option value".
    set -l typed (string replace -r '^\s*\S+\s?' '' -- (commandline -cp))
    if string match -qr '^--[^=]*=' -- $word
        set option (string replace -r '=.*' '=' -- $word)
        set word (string replace -r '^[^=]*=' '' -- $word)
        set typed (string replace -r '=([^=\s]*)$' ' $1' -- $typed)
    end
    set -l found ($program "[suggest:"(string length -- "$typed")"]" "$typed" 2>/dev/null)
    # Options only where one is begun; where nothing else is known, files.
    if string match -q -- '-*' "$word"
        set found (string match -- '-*' $found)
    else
        set found (string match -rv -- '^[-/]' $found)
    end
    set -g __webhook_found
    for one in $found
        test (string sub -l (string length -- "$word") -- $one) = "$word"; and set -a __webhook_found $option$one
    end
    test (count $__webhook_found) -gt 0
end
complete -c webhook -n __webhook_suggests -f -a '$__webhook_found'
