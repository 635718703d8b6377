
# The program has another name: the same function completes it.
if [[ $(type -t compopt) == builtin ]]; then
    complete -o default -F __start_helm @PROGRAM@
else
    complete -o default -o nospace -F __start_helm @PROGRAM@
fi
