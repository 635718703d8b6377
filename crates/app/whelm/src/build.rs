//! Which Helm this behaves as.

use whelm_sdk::render::BuildInfo;

/// What Helm calls itself when it is built without linker flags.
pub const VERSION: &str = "v4.3";
/// The Go release whose library's behaviour is followed.
pub const GO_VERSION: &str = "go1.26.8";
/// The Kubernetes release whose client's behaviour is followed.
pub const KUBE_CLIENT_VERSION: &str = "v1.37";

/// What templates see as `.Capabilities.HelmVersion`.
pub fn info() -> BuildInfo {
    BuildInfo {
        version: VERSION.to_owned(),
        git_commit: String::new(),
        git_tree_state: String::new(),
        go_version: GO_VERSION.to_owned(),
        kube_client_version: KUBE_CLIENT_VERSION.to_owned(),
    }
}
