//! The supported API of whelm: everything that the command line does, as functions of data.
//!
//! A verb is a function that takes a [`Context`] (the world) and a request (plain data), and returns an outcome or an
//! [`Error`] with Helm's text. Nothing here prints, reads the environment or ends the process.

pub use whelm_actions::*;
pub use {
    whelm_chart as chart, whelm_manifest as manifest, whelm_release as release, whelm_render as render,
    whelm_values as values,
};
pub use {
    whelm_host as host, whelm_net as net, whelm_plugin as plugin, whelm_sandbox as sandbox, whelm_storage as storage,
};

/// Clients of a cluster, and how one is found.
pub mod kube_client {
    pub use whelm_kube_api::kubeconfig::Overrides;
    pub use whelm_kube_api::request::Propagation;
    pub use whelm_kube_client::*;
}

/// Findings of lint rules.
pub mod lint {
    pub use whelm_actions::lint;
    pub use whelm_lint::{Finding, Severity};
}
