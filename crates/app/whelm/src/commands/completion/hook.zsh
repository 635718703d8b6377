
# The program has another name: the same function completes it.
compdef _helm @PROGRAM@
