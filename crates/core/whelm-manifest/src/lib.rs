//! Rendered text to documents, hooks, resource policy, install and uninstall order
