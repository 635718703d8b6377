//! The settings that every command has: flags before environment before defaults.

use std::collections::BTreeMap;

use go_value::strconv;

use crate::{Environment, Invocation, Value};

/// Global settings of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The namespace that was asked for; empty when the kubeconfig's context decides.
    pub namespace: String,
    /// The kubeconfig file of `--kubeconfig`; empty when not given.
    pub kubeconfig: String,
    /// The context of the kubeconfig.
    pub kube_context: String,
    /// The bearer token.
    pub kube_token: String,
    /// The user to act as.
    pub kube_as_user: String,
    /// The groups to act as.
    pub kube_as_groups: Vec<String>,
    /// The server's address.
    pub kube_apiserver: String,
    /// The authority that signed the server's certificate.
    pub kube_ca_file: String,
    /// Whether the server's certificate is not checked.
    pub kube_insecure_skip_tls_verify: bool,
    /// The name that the server's certificate must have.
    pub kube_tls_server_name: String,
    /// Whether debug output is written.
    pub debug: bool,
    /// The file of registry logins.
    pub registry_config: String,
    /// The file of chart repositories.
    pub repository_config: String,
    /// The folder of repository indexes.
    pub repository_cache: String,
    /// The folder of cached charts.
    pub content_cache: String,
    /// The folders of plugins, separated by colons.
    pub plugins_directory: String,
    /// How many revisions are kept.
    pub max_history: i64,
    /// How many requests may be sent at once.
    pub burst_limit: i64,
    /// How many requests may be sent per second; 0 is the client's default.
    pub qps: f32,
    /// `never`, `auto` or `always`.
    pub color_mode: String,
}

impl Settings {
    pub(crate) fn new(invocation: &Invocation<'_>) -> Settings {
        let environment = invocation.environment();
        Settings {
            namespace: invocation.string("namespace"),
            kubeconfig: invocation.string("kubeconfig"),
            kube_context: invocation.string("kube-context"),
            kube_token: invocation.string("kube-token"),
            kube_as_user: invocation.string("kube-as-user"),
            kube_as_groups: invocation.list("kube-as-group"),
            kube_apiserver: invocation.string("kube-apiserver"),
            kube_ca_file: invocation.string("kube-ca-file"),
            kube_insecure_skip_tls_verify: invocation.bool("kube-insecure-skip-tls-verify"),
            kube_tls_server_name: invocation.string("kube-tls-server-name"),
            debug: invocation.bool("debug"),
            registry_config: invocation.string("registry-config"),
            repository_config: invocation.string("repository-config"),
            repository_cache: invocation.string("repository-cache"),
            content_cache: invocation.string("content-cache"),
            plugins_directory: environment.get_or("HELM_PLUGINS", || environment.data_path("plugins")),
            max_history: int_or(environment, "HELM_MAX_HISTORY", 10),
            burst_limit: invocation.int("burst-limit"),
            qps: match invocation.value("qps") {
                Some(Value::Float(qps)) => qps,
                _ => 0.0,
            },
            color_mode: invocation.string("color"),
        }
    }

    /// Returns the colour mode that the environment asks for.
    pub(crate) fn default_color(environment: &Environment) -> String {
        if !environment.get("NO_COLOR").is_empty() {
            return "never".to_owned();
        }
        let mode = environment.get("HELM_COLOR").to_lowercase();
        if ["never", "always"].contains(&mode.as_str()) {
            mode
        } else {
            "auto".to_owned()
        }
    }

    /// Returns what `helm env` shows, sorted; `namespace` is the one that commands will use.
    pub fn variables(&self, environment: &Environment, namespace: &str) -> BTreeMap<&'static str, String> {
        let mut variables = BTreeMap::from([
            ("HELM_BIN", environment.program.clone()),
            ("HELM_BURST_LIMIT", self.burst_limit.to_string()),
            ("HELM_CACHE_HOME", environment.cache_path("")),
            ("HELM_CONFIG_HOME", environment.config_path("")),
            ("HELM_CONTENT_CACHE", self.content_cache.clone()),
            ("HELM_DATA_HOME", environment.data_path("")),
            ("HELM_DEBUG", self.debug.to_string()),
            ("HELM_KUBEAPISERVER", self.kube_apiserver.clone()),
            ("HELM_KUBEASGROUPS", self.kube_as_groups.join(",")),
            ("HELM_KUBEASUSER", self.kube_as_user.clone()),
            ("HELM_KUBECAFILE", self.kube_ca_file.clone()),
            ("HELM_KUBECONTEXT", self.kube_context.clone()),
            (
                "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
                self.kube_insecure_skip_tls_verify.to_string(),
            ),
            ("HELM_KUBETLS_SERVER_NAME", self.kube_tls_server_name.clone()),
            ("HELM_KUBETOKEN", self.kube_token.clone()),
            ("HELM_MAX_HISTORY", self.max_history.to_string()),
            ("HELM_NAMESPACE", namespace.to_owned()),
            ("HELM_PLUGINS", self.plugins_directory.clone()),
            ("HELM_QPS", format!("{:.2}", self.qps)),
            ("HELM_REGISTRY_CONFIG", self.registry_config.clone()),
            ("HELM_REPOSITORY_CACHE", self.repository_cache.clone()),
            ("HELM_REPOSITORY_CONFIG", self.repository_config.clone()),
        ]);
        if !self.kubeconfig.is_empty() {
            variables.insert("KUBECONFIG", self.kubeconfig.clone());
        }
        variables
    }
}

/// Returns the variable as an integer, or `default` when it is not set or no integer.
pub(crate) fn int_or(environment: &Environment, name: &str, default: i64) -> i64 {
    environment
        .lookup(name)
        .and_then(|text| strconv::parse_int(text.as_bytes(), 10, 64).ok())
        .unwrap_or(default)
}
