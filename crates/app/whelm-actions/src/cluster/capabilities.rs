//! What a chart sees of a real cluster.

use std::sync::Arc;

use whelm_kube_client::Client;
use whelm_render::{BuildInfo, Capabilities, KubeVersion};

use whelm_chart::Log;

use crate::Error;

/// Asks the cluster for its version and its APIs.
///
/// # Errors
/// `could not get server version from Kubernetes: …`, `could not get apiVersions from Kubernetes: …`
///
/// Source: Helm 4.3.1, `pkg/action/action.go`, `getCapabilities`.
pub async fn capabilities(client: &Client, helm_version: BuildInfo, log: &mut Log) -> Result<Capabilities, Error> {
    let (version, discovery) = futures_util::future::join(client.server_version(), client.discovery()).await;
    let version =
        version.map_err(|error| Error::new(format!("could not get server version from Kubernetes: {error}")))?;
    let discovery =
        discovery.map_err(|error| Error::new(format!("could not get apiVersions from Kubernetes: {error}")))?;
    if !discovery.failed().is_empty() {
        let error = format!(
            "unable to retrieve the complete list of server APIs: {}",
            discovery.failed().join(", ")
        );
        log.warn(
            "the kubernetes server has an orphaned API service",
            vec![("error", error)],
        );
        log.warn("to fix this, kubectl delete apiservice <service-name>", Vec::new());
    }
    Ok(Capabilities {
        kube_version: KubeVersion {
            version: version.git_version,
            normalized: String::new(),
            major: version.major,
            minor: version.minor,
        },
        api_versions: Arc::new(discovery.api_versions()),
        helm_version,
    })
}
