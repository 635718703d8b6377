//! What a kubeconfig means.
//!
//! Files are read elsewhere; here their contents are merged and one cluster with its credentials is picked out, by
//! client-go's rules: the first file that names something wins, and values given on the command line win over files.
//!
//! Source: client-go 0.37, `tools/clientcmd/{loader,client_config,overrides}.go`.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

/// A merged kubeconfig.
#[derive(Clone, Debug, Default)]
pub struct Kubeconfig {
    current_context: String,
    contexts: BTreeMap<String, Entry>,
    clusters: BTreeMap<String, Entry>,
    users: BTreeMap<String, Entry>,
}

/// A named part with the folder of the file it came from, to which its relative paths belong.
#[derive(Clone, Debug)]
struct Entry {
    value: Value,
    folder: String,
}

/// What the command line and the environment say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The context instead of the current one.
    pub context: String,
    /// The namespace instead of the context's.
    pub namespace: String,
    /// The URL of the API server.
    pub server: String,
    /// A bearer token.
    pub token: String,
    /// The user to act as.
    pub as_user: String,
    /// The groups to act as.
    pub as_groups: Vec<String>,
    /// The file of the certificate authority.
    pub ca_file: String,
    /// The name that the server must prove.
    pub tls_server_name: String,
    /// Accept any certificate.
    pub insecure_skip_tls_verify: bool,
}

/// Text that stands in the file or in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Base64 as in `…-data`.
    Data(String),
    /// A path.
    File(String),
}

/// A program that gives credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exec {
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables on top of the environment.
    pub env: Vec<(String, String)>,
    /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
    pub api_version: String,
    /// What to tell people who lack the program.
    pub install_hint: String,
    /// Whether the program is told about the cluster.
    pub provide_cluster_info: bool,
}

/// How to prove who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Auth {
    /// A bearer token.
    pub token: String,
    /// A file with a bearer token; wins over `token`.
    pub token_file: String,
    /// Name and password.
    pub basic: Option<(String, String)>,
    /// Client certificate and key.
    pub certificate: Option<(Source, Source)>,
    /// A program to ask.
    pub exec: Option<Exec>,
    /// An old-style provider that is not supported, by name.
    pub provider: Option<String>,
    /// The user to act as.
    pub as_user: String,
    /// The uid to act as.
    pub as_uid: String,
    /// The groups to act as.
    pub as_groups: Vec<String>,
}

/// One cluster and how to reach it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// What the kubeconfig calls it; for messages.
    pub name: String,
    /// What the kubeconfig calls the user; for messages.
    pub user: String,
    /// The URL of the API server, without a slash at its end.
    pub server: String,
    /// The certificate authority; `None` means the system's.
    pub ca: Option<Source>,
    /// The name that the server must prove.
    pub tls_server_name: String,
    /// Accept any certificate.
    pub insecure_skip_tls_verify: bool,
    /// The proxy; empty means the environment's.
    pub proxy_url: String,
    /// The namespace of the context, or `default`.
    pub namespace: String,
    /// Credentials.
    pub auth: Auth,
}

/// Why a kubeconfig gives no cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is nothing at all: client-go then looks for a cluster around the process, and falls back to
    /// `http://localhost:8080`.
    Empty,
    /// The named context is not there.
    NoContext(String),
    /// The context is not usable.
    Invalid(Vec<String>),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => formatter.write_str(
                "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment \
                 variable",
            ),
            Error::NoContext(name) => write!(formatter, "context {name:?} does not exist"),
            Error::Invalid(all) if all.len() == 1 => write!(formatter, "invalid configuration: {}", all[0]),
            Error::Invalid(all) => write!(formatter, "invalid configuration: [{}]", all.join(", ")),
        }
    }
}

impl std::error::Error for Error {}

impl Kubeconfig {
    /// Merges in the contents of a further file; what earlier files named stays.
    pub fn merge(&mut self, file: &Value, folder: &str) {
        if self.current_context.is_empty() {
            self.current_context = text(file, "current-context").to_owned();
        }
        for (list, inner, into) in [
            ("contexts", "context", &mut self.contexts),
            ("clusters", "cluster", &mut self.clusters),
            ("users", "user", &mut self.users),
        ] {
            for item in file.get(list).and_then(Value::as_array).into_iter().flatten() {
                let value = item.get(inner).cloned().unwrap_or_default();
                let entry = Entry {
                    value,
                    folder: folder.to_owned(),
                };
                into.entry(text(item, "name").to_owned()).or_insert(entry);
            }
        }
    }

    /// Returns the names of the contexts with those of their clusters, sorted.
    pub fn contexts(&self) -> Vec<(String, String)> {
        let cluster = |entry: &Entry| text(&entry.value, "cluster").to_owned();
        let contexts = self.contexts.iter();
        contexts.map(|(name, entry)| (name.clone(), cluster(entry))).collect()
    }

    /// Returns whether no file said anything.
    pub fn is_empty(&self) -> bool {
        self.contexts.is_empty() && self.clusters.is_empty() && self.users.is_empty()
    }

    /// Returns the namespace that `overrides` and the context give, `default` when they give none.
    pub fn namespace(&self, overrides: &Overrides) -> String {
        let context = self.contexts.get(self.context_name(overrides));
        let own = context.map_or("", |context| text(&context.value, "namespace"));
        [overrides.namespace.as_str(), own, "default"]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or("default")
            .to_owned()
    }

    fn context_name<'a>(&'a self, overrides: &'a Overrides) -> &'a str {
        if overrides.context.is_empty() {
            &self.current_context
        } else {
            &overrides.context
        }
    }

    /// Picks out the cluster.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn cluster(&self, overrides: &Overrides) -> Result<Cluster, Error> {
        let context_name = self.context_name(overrides);
        let context = self.contexts.get(context_name);
        if context.is_none() && !overrides.context.is_empty() {
            return Err(Error::NoContext(overrides.context.clone()));
        }
        if context.is_none() && !self.current_context.is_empty() && overrides.server.is_empty() {
            return Err(Error::Invalid(vec![format!(
                "context was not found for specified context: {context_name}"
            )]));
        }
        let context = context.map(|entry| entry.value.clone()).unwrap_or_default();
        let cluster = self.clusters.get(text(&context, "cluster"));
        let user = self.users.get(text(&context, "user"));
        let mut found = cluster.map(read_cluster).unwrap_or_default();
        found.auth = user.map(read_auth).unwrap_or_default();
        text(&context, "cluster").clone_into(&mut found.name);
        text(&context, "user").clone_into(&mut found.user);
        let mut problems = Vec::new();
        if cluster.is_none() && overrides.server.is_empty() {
            if context.is_null() {
                return Err(Error::Empty);
            }
            problems.push(format!("cluster {:?} does not exist", text(&context, "cluster")));
        }
        if !text(&context, "user").is_empty() && user.is_none() {
            problems.push(format!(
                "user {:?} was not found for context {context_name:?}",
                text(&context, "user")
            ));
        }
        apply_overrides(&mut found, overrides);
        if found.auth.as_user.is_empty() && !(found.auth.as_groups.is_empty() && found.auth.as_uid.is_empty()) {
            problems.push(format!(
                "requesting uid, groups or user-extra for {} without impersonating a user",
                text(&context, "user")
            ));
        }
        if problems.is_empty() && found.server.is_empty() {
            if self.is_empty() {
                return Err(Error::Empty);
            }
            problems.push("no server found for cluster".to_owned());
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        found.namespace = self.namespace(overrides);
        found.server = normal_server(&found.server);
        Ok(found)
    }
}

/// Without a scheme client-go takes `http://`.
fn normal_server(server: &str) -> String {
    let server = server.trim_end_matches('/');
    if server.contains("://") {
        server.to_owned()
    } else {
        format!("http://{server}")
    }
}

fn apply_overrides(cluster: &mut Cluster, overrides: &Overrides) {
    if !overrides.server.is_empty() {
        cluster.server.clone_from(&overrides.server);
    }
    if !overrides.ca_file.is_empty() {
        cluster.ca = Some(Source::File(overrides.ca_file.clone()));
    }
    if !overrides.tls_server_name.is_empty() {
        cluster.tls_server_name.clone_from(&overrides.tls_server_name);
    }
    if overrides.insecure_skip_tls_verify {
        cluster.insecure_skip_tls_verify = true;
        cluster.ca = None;
    }
    if !overrides.token.is_empty() {
        cluster.auth.token.clone_from(&overrides.token);
        cluster.auth.token_file.clear();
        cluster.auth.exec = None;
    }
    if !overrides.as_user.is_empty() {
        cluster.auth.as_user.clone_from(&overrides.as_user);
    }
    if !overrides.as_groups.is_empty() {
        cluster.auth.as_groups.clone_from(&overrides.as_groups);
    }
}

fn read_cluster(entry: &Entry) -> Cluster {
    let value = &entry.value;
    Cluster {
        server: text(value, "server").to_owned(),
        ca: source(entry, "certificate-authority"),
        tls_server_name: text(value, "tls-server-name").to_owned(),
        insecure_skip_tls_verify: value
            .get("insecure-skip-tls-verify")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
        proxy_url: text(value, "proxy-url").to_owned(),
        ..Cluster::default()
    }
}

fn read_auth(entry: &Entry) -> Auth {
    let value = &entry.value;
    let username = text(value, "username");
    let certificate = source(entry, "client-certificate").zip(source(entry, "client-key"));
    Auth {
        token: text(value, "token").to_owned(),
        token_file: resolve(&entry.folder, text(value, "tokenFile")),
        basic: (!username.is_empty()).then(|| (username.to_owned(), text(value, "password").to_owned())),
        certificate,
        exec: value
            .get("exec")
            .filter(|exec| exec.is_object())
            .map(|exec| read_exec(exec, &entry.folder)),
        provider: value
            .pointer("/auth-provider/name")
            .and_then(Value::as_str)
            .map(str::to_owned),
        as_user: text(value, "as").to_owned(),
        as_uid: text(value, "as-uid").to_owned(),
        as_groups: strings(value, "as-groups"),
    }
}

fn read_exec(exec: &Value, folder: &str) -> Exec {
    let command = text(exec, "command");
    // A bare name is looked for in PATH; a path is relative to the file.
    let command = if command.contains('/') {
        resolve(folder, command)
    } else {
        command.to_owned()
    };
    let env = exec.get("env").and_then(Value::as_array).into_iter().flatten();
    Exec {
        command,
        args: strings(exec, "args"),
        env: env
            .map(|pair| (text(pair, "name").to_owned(), text(pair, "value").to_owned()))
            .collect(),
        api_version: text(exec, "apiVersion").to_owned(),
        install_hint: text(exec, "installHint").to_owned(),
        provide_cluster_info: exec
            .get("provideClusterInfo")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
    }
}

fn source(entry: &Entry, key: &str) -> Option<Source> {
    let data = text(&entry.value, &format!("{key}-data"));
    let file = text(&entry.value, key);
    if !data.is_empty() {
        Some(Source::Data(data.to_owned()))
    } else if !file.is_empty() {
        Some(Source::File(resolve(&entry.folder, file)))
    } else {
        None
    }
}

fn resolve(folder: &str, path: &str) -> String {
    if path.is_empty() || path.starts_with('/') || folder.is_empty() {
        path.to_owned()
    } else {
        format!("{}/{path}", folder.trim_end_matches('/'))
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    let list = value.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn example() -> Kubeconfig {
        let mut config = Kubeconfig::default();
        config.merge(
            &json!({"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": "https://one/", "certificate-authority": "ca.crt"}}]}),
            "/home/x",
        );
        config.merge(
            &json!({"current-context": "b", "contexts": [{"name": "b", "context": {"cluster": "c", "namespace": "n"}}],
                "clusters": [{"name": "c", "cluster": {"server": "https://two"}}],
                "users": [{"name": "u", "user": {"token": "t"}}]}),
            "/etc",
        );
        config
    }

    #[test]
    fn e_first_file_wins() {
        let cluster = example().cluster(&Overrides::default()).unwrap();
        assert_eq!(cluster.server, "https://one");
        assert_eq!(cluster.ca, Some(Source::File("/home/x/ca.crt".into())));
        assert_eq!(cluster.auth.token, "t");
        assert_eq!(cluster.namespace, "default");
    }

    #[test]
    fn overrides_win() {
        let overrides = Overrides {
            context: "b".into(),
            token: "x".into(),
            server: "h:1".into(),
            ..Default::default()
        };
        let cluster = example().cluster(&overrides).unwrap();
        assert_eq!(
            (cluster.server.as_str(), cluster.auth.token.as_str()),
            ("http://h:1", "x")
        );
        assert_eq!(cluster.namespace, "n");
        let missing = Overrides {
            context: "zz".into(),
            ..Default::default()
        };
        assert_eq!(
            example().cluster(&missing).unwrap_err().to_string(),
            "context \"zz\" does not exist"
        );
    }

    #[test]
    fn groups_need_a_user() {
        let overrides = Overrides {
            as_groups: vec!["g".into()],
            ..Default::default()
        };
        assert_eq!(
            example().cluster(&overrides).unwrap_err().to_string(),
            "invalid configuration: requesting uid, groups or user-extra for u without impersonating a user"
        );
    }

    #[test]
    fn nothing_at_all() {
        assert_eq!(Kubeconfig::default().cluster(&Overrides::default()), Err(Error::Empty));
    }
}
