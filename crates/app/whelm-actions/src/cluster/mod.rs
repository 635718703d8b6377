//! The cluster that a release lives in, and what all verbs do with it.

mod address;
mod capabilities;
mod crds;
mod executor;
mod explain;
mod hook_objects;
mod hooks;
mod live;
mod lookup;
mod pods;
mod progress;
mod recreate;
mod rehearse;
mod wait;
mod write;

use std::time::Duration;

use go_sprig::host::{Host, LocalZone};
use whelm_chart::Log;
use whelm_kube_client::Client;
use whelm_plan::{Object, Unserved};
use whelm_release::Time;
use whelm_storage::Store;

use crate::{Context, Error, ErrorKind};

pub use address::{ClusterAddress, Server};
pub use capabilities::capabilities;
pub(crate) use crds::{CrdFile, CrdOptions, announced, install_crds};
pub(crate) use executor::Executor;
pub(crate) use live::{Wanted, look_up};
pub use lookup::ClusterLookup;
pub(crate) use pods::{container_logs, pods as pod_mapping};
pub use progress::{WaitProgress, WaitStep};
pub(crate) use rehearse::rehearse;
pub use wait::WaitStrategy;
pub(crate) use wait::{Waiting, wait, wait_for_legacy_hooks};

/// A cluster, the store of its releases, and the namespace that a verb works in. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    /// The API server.
    pub client: Client,
    /// The releases of the namespace.
    pub store: Store,
    /// The namespace of the release.
    pub namespace: String,
}

impl Cluster {
    /// Checks that the API server answers.
    ///
    /// # Errors
    /// `kubernetes cluster unreachable: …`
    pub async fn check_reachable(&self) -> Result<whelm_kube_client::ServerVersion, Error> {
        self.client.server_version().await.map_err(|error| unreachable(&error))
    }

    /// Reads the objects of a manifest.
    ///
    /// # Errors
    /// The cluster's kinds cannot be read, or the manifest has others: Helm's texts.
    pub(crate) async fn build(&self, manifest: &[u8]) -> Result<Vec<Object>, Error> {
        let discovery = self
            .client
            .discovery()
            .await
            .map_err(|error| Error::new(error.to_string()))?;
        whelm_plan::build(manifest, &discovery, &self.namespace).map_err(|error| Error::new(error.to_string()))
    }

    /// Reads the objects of a manifest that was applied earlier. Those whose kinds are no longer served count as gone, and
    /// the log says so: a release that has such objects could do nothing any more.
    ///
    /// # Errors
    /// As [`Cluster::build`], but for such kinds.
    pub(crate) async fn build_served(&self, manifest: &[u8], log: &mut Log) -> Result<Vec<Object>, Error> {
        let (objects, unserved) = self.build_parted(manifest).await?;
        for gone in unserved {
            let attributes = vec![
                ("apiVersion", gone.gvk.api_version()),
                ("kind", gone.gvk.kind),
                ("name", gone.name),
            ];
            log.warn(
                "the cluster no longer serves this kind; the object counts as gone",
                attributes,
            );
        }
        Ok(objects)
    }

    /// As [`Cluster::build_served`], with the objects that count as gone.
    pub(crate) async fn build_parted(&self, manifest: &[u8]) -> Result<(Vec<Object>, Vec<Unserved>), Error> {
        let discovery = self.client.discovery().await;
        let discovery = discovery.map_err(|error| Error::new(error.to_string()))?;
        whelm_plan::build_served(manifest, &discovery, &self.namespace).map_err(|error| Error::new(error.to_string()))
    }
}

/// Says that the API server does not answer.
pub fn unreachable(error: &whelm_kube_client::Error) -> Error {
    Error::with_kind(
        ErrorKind::Unreachable,
        format!("kubernetes cluster unreachable: {error}"),
    )
}

/// Returns the moment, in the zone of the machine as Go would have it.
pub(crate) fn now(cx: &Context) -> Time {
    let moment = cx.host.now();
    Time {
        seconds: moment.seconds,
        nanoseconds: moment.nanoseconds,
        offset: offset(cx.host.as_ref(), moment.seconds),
    }
}

fn offset(host: &dyn Host, seconds: i64) -> i32 {
    let LocalZone::File { name, data } = host.local_zone() else {
        return 0;
    };
    let Ok(location) = go_time::Location::from_tzif(&name, &data) else {
        return 0;
    };
    i32::try_from(go_time::Time::unix(seconds, 0, &location).zone().1).unwrap_or_default()
}

/// How many requests are under way at once.
pub(crate) const CONCURRENCY: usize = 24;

/// How long the CRDs of a chart are awaited.
pub(crate) const CRD_TIMEOUT: Duration = Duration::from_secs(60);
