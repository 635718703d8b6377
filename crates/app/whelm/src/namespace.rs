//! The namespace that commands work in.

use whelm_cli::{Environment, Settings};

/// Returns the namespace that was asked for, else that of the kubeconfig's context, else `default`.
pub fn namespace(settings: &Settings, _environment: &Environment) -> String {
    if settings.namespace.is_empty() {
        "default".to_owned()
    } else {
        settings.namespace.clone()
    }
}
