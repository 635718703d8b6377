//! The namespaces of a cluster, for the completion of command lines.

use whelm_kube_api::{Gvk, Mapping, object, request::ListOptions};

use crate::{ClusterAddress, Error};

/// Returns the names of the namespaces, in the server's order.
///
/// # Errors
/// The cluster does not answer, or does not let the user list them.
pub async fn namespaces(address: &ClusterAddress) -> Result<Vec<String>, Error> {
    let cluster = address.open("").await?;
    let mapping = Mapping {
        gvk: Gvk::new("v1", "Namespace"),
        resource: "namespaces".to_owned(),
        namespaced: false,
    };
    let listed = cluster.client.list(&mapping, "", &ListOptions::default()).await;
    let (objects, _) = listed.map_err(|error| Error::new(error.to_string()))?;
    Ok(objects
        .iter()
        .map(|namespace| object::name(namespace).to_owned())
        .collect())
}
