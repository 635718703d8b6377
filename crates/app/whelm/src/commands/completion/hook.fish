
# The program has another name: it is completed as helm is.
complete -c @PROGRAM@ -e
complete -c @PROGRAM@ -f -n __helm_has_candidates -k -a '(__helm_candidates)'
