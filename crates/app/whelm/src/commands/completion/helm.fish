# fish completion for helm                                  -*- shell-script -*-

# Asks the program that is being typed for candidates. Lines are a word, or a word, a tab and what it means; the last line
# is a colon and a number whose bits say: 1 failure, 2 no space after the word, 4 no files.
function __helm_answer
    set -l typed (commandline -opc)
    set -l last (commandline -ct)
    set -l program $typed[1]
    type -q -- $program
    or return 1
    set -e typed[1]
    set -g __helm_lines ($program @REQUEST@ $typed "$last" 2>/dev/null)
    or return 1
    set -g __helm_directive 0
    if test (count $__helm_lines) -gt 0
        set __helm_directive (string replace -r '^:' '' -- $__helm_lines[-1])
        set -e __helm_lines[-1]
    end
    string match -qr '^[0-9]+$' -- $__helm_directive
    or set __helm_directive 0
    test (math "$__helm_directive % 2") -eq 0
end

function __helm_candidates
    set -l last (commandline -ct)
    set -l prefix (string match -r -- '^-.*?=' "$last")
    for line in $__helm_lines
        if not string match -q -- '_activeHelp_ *' "$line"
            echo "$prefix$line"
        end
    end
end

# Whether there are candidates, or at least no files to be offered.
function __helm_has_candidates
    __helm_answer
    or return 1
    set -l found (__helm_candidates)
    test (count $found) -gt 0
    or test (math "floor($__helm_directive / 4) % 2") -eq 1
end

complete -c helm -e
complete -c helm -f -n __helm_has_candidates -k -a '(__helm_candidates)'
