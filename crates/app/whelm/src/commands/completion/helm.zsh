#compdef helm

# Asks the program that is being typed for candidates. Lines are a word, or a word, a tab and what it means; the last line
# is a colon and a number whose bits say: 1 failure, 2 no space after the word, 4 no files.
_helm() {
    local answer line word directive
    local -a typed described options
    typed=("${(@Q)words[2,CURRENT]}")
    (( ${#typed} )) || typed=('')
    answer=$("${(Q)words[1]/#\~/$HOME}" @REQUEST@ "${typed[@]}" 2>/dev/null) || return 1
    directive=${answer##*:}
    answer=${answer%:*}
    [[ $directive == <-> ]] || directive=0
    (( directive & 1 )) && return 1
    for line in "${(@f)answer}"; do
        case $line in
            '') ;;
            '_activeHelp_ '*) compadd -x "${line#_activeHelp_ }" ;;
            *)
                # _describe takes a colon for the end of the word.
                word=${${line%%$'\t'*}//:/\\:}
                [[ $line == *$'\t'* ]] && word+=":${line#*$'\t'}"
                described+=("$word")
                ;;
        esac
    done
    (( directive & 2 )) && options=(-S '')
    if [[ ${words[CURRENT]} == -*=* ]]; then
        compset -P '*='
    fi
    if (( ${#described} )) && _describe -V 'completions' described "${options[@]}"; then
        return 0
    fi
    (( directive & 4 )) && return 1
    _files
}

# The file may be sourced, or lie where zsh loads functions from.
if [[ ${funcstack[1]} == _helm ]]; then
    _helm
fi
compdef _helm helm
