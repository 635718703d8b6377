//! Where a cluster is, before anybody has asked it.

use whelm_kube_client::{Client, ConnectOptions, WarningSink};
use whelm_storage::{DriverKind, Memory, Store};

use super::{Cluster, unreachable};
use crate::{Error, ErrorKind};

/// Which cluster, and where its releases are kept.
#[derive(Clone)]
pub struct ClusterAddress {
    /// How to reach it.
    pub server: Server,
    /// The store of releases.
    pub driver: DriverKind,
    /// The releases of the driver `memory`.
    pub memory: Memory,
    /// Takes in warnings of the server.
    pub warnings: Option<WarningSink>,
}

/// How to reach a cluster.
#[derive(Clone)]
pub enum Server {
    /// By a client that there is already, such as one for a cluster in this process.
    Client(Client),
    /// By a kubeconfig.
    Kubeconfig(Box<ConnectOptions>),
}

impl ClusterAddress {
    /// Names a cluster that keeps its releases in Secrets.
    pub fn new(server: Server) -> Self {
        ClusterAddress {
            server,
            driver: DriverKind::Secret,
            memory: Memory::default(),
            warnings: None,
        }
    }

    /// Makes a client, without asking the cluster anything. An empty namespace means all of them, for lists.
    ///
    /// # Errors
    /// `kubernetes cluster unreachable: …` when the kubeconfig names no usable cluster.
    pub async fn open(&self, namespace: &str) -> Result<Cluster, Error> {
        let client = match &self.server {
            Server::Client(client) => client.clone(),
            Server::Kubeconfig(options) => Client::connect(options).await.map_err(|error| unreachable(&error))?,
        };
        if let Some(sink) = &self.warnings {
            client.on_warning(sink.clone());
        }
        let store = match self.driver {
            DriverKind::Secret => Store::secrets(client.clone(), namespace),
            DriverKind::ConfigMap => Store::config_maps(client.clone(), namespace),
            DriverKind::Memory => Store::memory(self.memory.clone(), namespace),
            _ => {
                return Err(Error::with_kind(
                    ErrorKind::Unsupported,
                    "the driver \"sql\" is not in this release",
                ));
            }
        };
        Ok(Cluster {
            client,
            store,
            namespace: namespace.to_owned(),
        })
    }
}
