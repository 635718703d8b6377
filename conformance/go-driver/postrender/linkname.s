// Lets functions have no body: they are linked to those of Helm.
