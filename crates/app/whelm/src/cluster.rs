//! Which cluster commands go to, and the runtime that they run on.

use std::future::Future;
use std::sync::Arc;

use whelm_cli::{Environment, Invocation};
use whelm_sdk::kube_client::{Client, ConnectOptions, Overrides};
use whelm_sdk::storage::{DriverKind, Memory, Sql, SqlSource};
use whelm_sdk::{ClusterAddress, Server};

use crate::failure::Failure;
use crate::sandbox::{self, Place};
use crate::{memory_driver, world};

/// Returns how the kubeconfig is found and what flags and variables put over it.
pub fn connect_options(invocation: &Invocation<'_>) -> ConnectOptions {
    let settings = invocation.settings();
    let environment = invocation.environment();
    ConnectOptions {
        kubeconfig: settings.kubeconfig,
        kubeconfig_list: environment.get("KUBECONFIG"),
        home: environment.home(),
        overrides: Overrides {
            context: settings.kube_context,
            namespace: settings.namespace,
            server: settings.kube_apiserver,
            token: settings.kube_token,
            as_user: settings.kube_as_user,
            as_groups: settings.kube_as_groups,
            ca_file: settings.kube_ca_file,
            tls_server_name: settings.kube_tls_server_name,
            insecure_skip_tls_verify: settings.kube_insecure_skip_tls_verify,
        },
    }
}

/// Returns the cluster of the kubeconfig, or that of `--sandbox`, or with the driver `memory` a new one inside this process.
pub fn address(invocation: &Invocation<'_>) -> Result<ClusterAddress, Failure> {
    let driver = invocation.environment().get("HELM_DRIVER");
    let driver = DriverKind::from_name(&driver).map_err(|error| Failure::logged(&error))?;
    // With the releases in memory nothing may be done to a real cluster.
    let in_memory = (driver == DriverKind::Memory).then_some(Place::Memory);
    let server = match sandbox::place(invocation).or(in_memory) {
        Some(place) => {
            let namespace = world::namespace(invocation);
            Server::Client(Client::over(
                Arc::new(place.open()?),
                "https://sandbox.invalid",
                &namespace,
            ))
        }
        None => Server::Kubeconfig(Box::new(connect_options(invocation))),
    };
    let memory = match driver {
        DriverKind::Memory => memory_driver::load(invocation.environment())?,
        _ => Memory::default(),
    };
    let sql = match driver {
        DriverKind::Sql => database(invocation.environment()),
        _ => Sql::default(),
    };
    Ok(ClusterAddress {
        driver,
        memory,
        sql,
        warnings: Some(Arc::new(|text: &str| crate::log::server_warning(text))),
        ..ClusterAddress::new(server)
    })
}

/// Names the database of the releases.
fn database(environment: &Environment) -> Sql {
    let connection = environment.get("HELM_DRIVER_SQL_CONNECTION_STRING");
    Sql::new(SqlSource::new(connection, |name| environment.lookup(name)))
}

/// Runs a verb that may go to a cluster.
pub fn run<T>(verb: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?;
    let result = runtime.block_on(verb);
    // Nothing is waited for: whatever is left belongs to connections.
    runtime.shutdown_background();
    result
}
