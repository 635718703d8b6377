//! From a kubeconfig to a client.

use std::{path::Path, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};
use whelm_kube_api::kubeconfig::{Cluster, Error as ConfigError, Kubeconfig, Overrides, Source};
use whelm_net::{HttpOptions, HttpTransport, Roots, TlsOptions};

use crate::{
    Client, Error,
    credentials::{Credentials, go_io_error, read_source},
    yaml::yaml_to_json,
};

const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Where the kubeconfig is and what goes over it.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    /// The one file that was named on the command line; it must exist. Empty means none.
    pub kubeconfig: String,
    /// The list in `KUBECONFIG`; files that do not exist are skipped. Empty means none.
    pub kubeconfig_list: String,
    /// The home folder, in which `.kube/config` is read when nothing else is named.
    pub home: String,
    /// What the command line and the environment say.
    pub overrides: Overrides,
}

impl ConnectOptions {
    /// Takes `KUBECONFIG` and `HOME` from the environment.
    pub fn from_environment() -> Self {
        ConnectOptions {
            kubeconfig_list: std::env::var("KUBECONFIG").unwrap_or_default(),
            home: std::env::var("HOME").unwrap_or_default(),
            ..ConnectOptions::default()
        }
    }

    /// Reads and merges the files.
    ///
    /// # Errors
    /// A file cannot be read; `stat /x: no such file or directory` for the one that was named.
    pub fn load(&self) -> Result<Kubeconfig, Error> {
        let mut config = Kubeconfig::default();
        if !self.kubeconfig.is_empty() {
            if let Err(error) = std::fs::metadata(&self.kubeconfig) {
                return Err(Error::Credentials(go_io_error("stat", &self.kubeconfig, &error)));
            }
            merge_file(&mut config, &self.kubeconfig)?;
        } else if !self.kubeconfig_list.is_empty() {
            let separator = if cfg!(windows) { ';' } else { ':' };
            for path in self.kubeconfig_list.split(separator).filter(|path| !path.is_empty()) {
                merge_file(&mut config, path)?;
            }
        } else if !self.home.is_empty() {
            merge_file(&mut config, &format!("{}/.kube/config", self.home))?;
        }
        Ok(config)
    }

    /// Returns the contexts that the command line could name, with their clusters; none when the files cannot be read.
    pub fn contexts(&self) -> Vec<(String, String)> {
        self.load().map(|config| config.contexts()).unwrap_or_default()
    }

    /// Returns the namespace that the command line, the context or the service account gives, else `default`.
    pub fn namespace(&self) -> String {
        match self.load() {
            Ok(config) if config.is_empty() && self.overrides.namespace.is_empty() => {
                std::fs::read_to_string(format!("{ACCOUNT}/namespace"))
                    .map(|text| text.trim().to_owned())
                    .ok()
                    .filter(|text| !text.is_empty())
                    .unwrap_or_else(|| "default".to_owned())
            }
            Ok(config) => config.namespace(&self.overrides),
            Err(_) if self.overrides.namespace.is_empty() => "default".to_owned(),
            Err(_) => self.overrides.namespace.clone(),
        }
    }

    /// Picks out the cluster: from the files, else the one around the process, else `http://localhost:8080`.
    ///
    /// # Errors
    /// The files cannot be read or name no usable cluster.
    pub fn cluster(&self) -> Result<Cluster, Error> {
        match self.load()?.cluster(&self.overrides) {
            Ok(cluster) => Ok(cluster),
            Err(ConfigError::Empty) => Ok(in_cluster(&self.overrides).unwrap_or_else(|| Cluster {
                server: "http://localhost:8080".to_owned(),
                namespace: Kubeconfig::default().namespace(&self.overrides),
                ..Cluster::default()
            })),
            Err(error) => Err(Error::Kubeconfig(error)),
        }
    }
}

fn merge_file(config: &mut Kubeconfig, path: &str) -> Result<(), Error> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::Credentials(go_io_error("open", path, &error))),
    };
    let value = yaml_to_json(&text)
        .map_err(|error| Error::Credentials(format!("error loading config file {path:?}: {error}")))?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| Path::new(path).to_path_buf());
    let folder = absolute
        .parent()
        .map(|folder| folder.to_string_lossy().into_owned())
        .unwrap_or_default();
    config.merge(&value, &folder);
    Ok(())
}

/// The cluster around a process in a Pod.
fn in_cluster(overrides: &Overrides) -> Option<Cluster> {
    let host = std::env::var("KUBERNETES_SERVICE_HOST")
        .ok()
        .filter(|host| !host.is_empty())?;
    let port = std::env::var("KUBERNETES_SERVICE_PORT")
        .ok()
        .filter(|port| !port.is_empty())?;
    if std::fs::metadata(format!("{ACCOUNT}/token")).is_err() {
        return None;
    }
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let namespace = std::fs::read_to_string(format!("{ACCOUNT}/namespace")).unwrap_or_default();
    let mut cluster = Cluster {
        server: format!("https://{host}:{port}"),
        ca: Some(Source::File(format!("{ACCOUNT}/ca.crt"))),
        namespace: namespace.trim().to_owned(),
        ..Cluster::default()
    };
    if !overrides.namespace.is_empty() || cluster.namespace.is_empty() {
        cluster.namespace = Kubeconfig::default().namespace(overrides);
    }
    cluster.auth.token_file = format!("{ACCOUNT}/token");
    cluster.auth.as_user.clone_from(&overrides.as_user);
    cluster.auth.as_groups.clone_from(&overrides.as_groups);
    Some(cluster)
}

impl Client {
    /// Makes a client for the cluster that the options name. Nothing is sent yet, but a credential program may run.
    ///
    /// # Errors
    /// [`Error::Kubeconfig`] and [`Error::Credentials`].
    pub async fn connect(options: &ConnectOptions) -> Result<Self, Error> {
        Self::connect_to(&options.cluster()?).await
    }

    /// Makes a client for a cluster.
    ///
    /// # Errors
    /// [`Error::Credentials`].
    pub async fn connect_to(cluster: &Cluster) -> Result<Self, Error> {
        let (credentials, exec_identity) = Credentials::load(cluster).await?;
        let uri: http::Uri = cluster.server.parse().map_err(|_| bad_host(&cluster.server))?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| bad_host(&cluster.server))?;
        let options = HttpOptions {
            tls: tls_options(cluster, exec_identity)?,
            proxy: (!cluster.proxy_url.is_empty()).then(|| cluster.proxy_url.clone()),
            server_name: (!cluster.tls_server_name.is_empty()).then(|| cluster.tls_server_name.clone()),
            host: Some(host.to_owned()),
            ..HttpOptions::default()
        };
        let transport = HttpTransport::new(&options)?;
        let headers = impersonation(cluster)?;
        Ok(Client::build(
            Arc::new(transport),
            &cluster.server,
            &cluster.namespace,
            headers,
            credentials,
        ))
    }
}

fn bad_host(server: &str) -> Error {
    Error::Credentials(format!("host must be a URL or a host:port pair: {server:?}"))
}

fn tls_options(cluster: &Cluster, exec_identity: Option<(Vec<u8>, Vec<u8>)>) -> Result<TlsOptions, Error> {
    let roots = match &cluster.ca {
        _ if cluster.insecure_skip_tls_verify => Roots::Insecure,
        Some(source) => Roots::Pem(read_source(source, "certificate-authority", &cluster.name)?),
        // Without TLS no roots are needed, and the system's cost time to read.
        None if cluster.server.starts_with("http://") => Roots::Insecure,
        None => Roots::System,
    };
    let identity = match &cluster.auth.certificate {
        Some((certificate, key)) => Some((
            read_source(certificate, "client-cert", &cluster.user)?,
            read_source(key, "client-key", &cluster.user)?,
        )),
        None => exec_identity,
    };
    Ok(TlsOptions {
        roots,
        identity,
        ..TlsOptions::default()
    })
}

fn impersonation(cluster: &Cluster) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let auth = &cluster.auth;
    let mut add = |name: &'static str, value: &str| -> Result<(), Error> {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::Credentials(format!("{name}: the name has letters that no header may have")))?;
        headers.append(HeaderName::from_static(name), value);
        Ok(())
    };
    if auth.as_user.is_empty() {
        if !auth.as_groups.is_empty() || !auth.as_uid.is_empty() {
            return Err(Error::Credentials(
                "requesting uid, groups or user-extra without impersonating a user".to_owned(),
            ));
        }
        return Ok(headers);
    }
    add("impersonate-user", &auth.as_user)?;
    if !auth.as_uid.is_empty() {
        add("impersonate-uid", &auth.as_uid)?;
    }
    for group in &auth.as_groups {
        add("impersonate-group", group)?;
    }
    Ok(headers)
}
