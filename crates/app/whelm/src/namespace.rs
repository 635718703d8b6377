//! The namespace that commands work in.

use whelm_cli::Invocation;

use crate::cluster::connect_options;

/// Returns the namespace that was asked for, else that of the kubeconfig's context, else `default`.
pub fn namespace(invocation: &Invocation<'_>) -> String {
    let asked = invocation.string("namespace");
    if asked.is_empty() {
        connect_options(invocation).namespace()
    } else {
        asked
    }
}
