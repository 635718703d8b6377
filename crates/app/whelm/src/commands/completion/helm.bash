# bash completion for helm                                  -*- shell-script -*-

# Puts the words up to the cursor into "typed". Bash breaks words at "=" and ":"; here they are whole.
__helm_words() {
    local piece at joins=0
    typed=()
    for (( at = 1; at <= COMP_CWORD; at++ )); do
        piece=${COMP_WORDS[at]}
        if [[ -n $piece && -z ${piece//[=:]/} ]]; then
            (( ${#typed[@]} )) && joins=1
        fi
        if (( joins )); then
            typed[${#typed[@]}-1]+=$piece
        else
            typed+=("$piece")
        fi
        joins=0
        [[ -n $piece && -z ${piece//[=:]/} ]] && joins=1
    done
}

# Asks the program that is being typed for candidates. Lines are a word, or a word, a tab and what it means; the last line
# is a colon and a number whose bits say: 1 failure, 2 no space after the word, 4 no files.
__helm_candidates() {
    local line answer directive
    local program="${COMP_WORDS[0]/#\~/$HOME}"
    answer=$("$program" @REQUEST@ "${typed[@]}" 2>/dev/null) || return 1
    directive=${answer##*:}
    answer=${answer%:*}
    [[ $directive =~ ^[0-9]+$ ]] || directive=0
    (( directive & 1 )) && return 1
    if [[ $(type -t compopt) == builtin ]]; then
        (( directive & 2 )) && compopt -o nospace
        (( directive & 4 )) && compopt +o default
    fi
    while IFS= read -r line; do
        case $line in
            '') ;;
            '_activeHelp_ '*) hints+=("${line#_activeHelp_ }") ;;
            *) [[ ${line%%$'\t'*} == "$word"* ]] && found+=("$line") ;;
        esac
    done <<< "$answer"
    return 0
}

__start_helm() {
    local line candidate word done='' width=0
    local -a typed hints=() found=()
    COMPREPLY=()
    __helm_words
    word=${typed[${#typed[@]}-1]}
    if [[ $word == -*=* ]]; then
        # What bash does not take for a word of its own has to be repeated.
        [[ $COMP_WORDBREAKS == *=* ]] || done=${word%%=*}=
        word=${word#*=}
    fi
    __helm_candidates || return
    # Hints and descriptions are for lists only: 63 is the list that follows a second tab.
    if (( ${#found[@]} == 0 )); then
        (( ${#hints[@]} )) && [[ $COMP_TYPE == 63 ]] && printf '\n%s\n' "${hints[@]}"
        return
    fi
    for line in "${found[@]}"; do
        candidate=${line%%$'\t'*}
        (( ${#candidate} > width )) && width=${#candidate}
    done
    for line in "${found[@]}"; do
        candidate=${line%%$'\t'*}
        if (( ${#found[@]} > 1 )) && [[ $COMP_TYPE == 63 && $line == *$'\t'* ]]; then
            COMPREPLY+=("$(printf '%-*s  (%s)' "$width" "$candidate" "${line#*$'\t'}")")
            continue
        fi
        candidate=$(printf '%q' "$candidate")
        # What stands before the last ":" is a word that is done already.
        if [[ $COMP_WORDBREAKS == *:* && $word == *:* ]]; then
            candidate=${candidate#"${word%"${word##*:}"}"}
        fi
        COMPREPLY+=("$done$candidate")
    done
}

if [[ $(type -t compopt) == builtin ]]; then
    complete -o default -F __start_helm helm
else
    complete -o default -o nospace -F __start_helm helm
fi
