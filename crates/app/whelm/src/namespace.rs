//! The namespace that commands work in.

use whelm_cli::Invocation;

use crate::cluster::connect_options;
use crate::sandbox;

/// Returns the namespace that was asked for, else that of the kubeconfig's context, else `default`.
pub fn namespace(invocation: &Invocation<'_>) -> String {
    let asked = invocation.string("namespace");
    if !asked.is_empty() {
        asked
    } else if sandbox::place(invocation).is_some() {
        // The kubeconfig is about other clusters.
        "default".to_owned()
    } else {
        connect_options(invocation).namespace()
    }
}
