
# The program has another name: it is completed as helm is.
Register-ArgumentCompleter -CommandName '@PROGRAM@' -ScriptBlock $__helmCompleter
