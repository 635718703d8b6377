//! Where a cluster is, before anybody has asked it.

use whelm_kube_client::{Client, ConnectOptions, WarningSink};
use whelm_storage::{DriverKind, Memory, Sql, Store};

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
    /// The database of the driver `sql`.
    pub sql: Sql,
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
            sql: Sql::default(),
            warnings: None,
        }
    }

    /// Makes a client, without asking the cluster anything. An empty namespace means all of them, for lists.
    ///
    /// # Errors
    /// `kubernetes cluster unreachable: …` when the kubeconfig names no usable cluster;
    /// `unable to instantiate SQL driver: …` when the database of the releases cannot be used.
    pub async fn open(&self, namespace: &str) -> Result<Cluster, Error> {
        let client = match &self.server {
            Server::Client(client) => client.patient(),
            Server::Kubeconfig(options) => Client::connect(options)
                .await
                .map_err(|error| unreachable(&error))?
                .patient(),
        };
        if let Some(sink) = &self.warnings {
            client.on_warning(sink.clone());
        }
        let store = match self.driver {
            DriverKind::Secret => Store::secrets(client.clone(), namespace),
            DriverKind::ConfigMap => Store::config_maps(client.clone(), namespace),
            DriverKind::Memory => Store::memory(self.memory.clone(), namespace),
            DriverKind::Sql => {
                // A database that cannot be used is told before the cluster is touched.
                let connected = self.sql.connect().await;
                connected.map_err(|error| Error::with_kind(ErrorKind::NoStore, error.to_string()))?;
                Store::sql(self.sql.clone(), namespace)
            }
        };
        Ok(Cluster {
            client,
            store,
            namespace: namespace.to_owned(),
        })
    }
}
