//! The flags that every command has.

use super::defaults::{bool_or_false, kube_as_groups, qps};
use crate::Settings;
use crate::flag::{Flag, Kind, Klog};
use crate::settings::int_or;

/// Sorted by name; the hidden ones are those of klog, the logging library of the Kubernetes client.
pub(super) const GLOBAL: &[Flag] = &[
    Flag::klog(Klog::Bool, "add-dir-header", "false"),
    Flag::klog(Klog::Bool, "alsologtostderr", "false"),
    Flag::klog(Klog::Severity, "alsologtostderrthreshold", "0"),
    Flag::int(
        "burst-limit",
        "100",
        "how many requests may be sent to the API server at once",
    )
    .default_from(|e| int_or(e, "HELM_BURST_LIMIT", 100).to_string()),
    Flag::string("color", "when to colour output: never, auto or always").default_from(Settings::default_color),
    Flag::string("colour", "same as --color")
        .default_from(Settings::default_color)
        .sets("color"),
    Flag::string("content-cache", "folder of cached charts and their signatures")
        .default_from(|e| e.get_or("HELM_CONTENT_CACHE", || e.cache_path("content"))),
    Flag::bool("debug", "write debug output").default_from(|e| bool_or_false(e, "HELM_DEBUG")),
    Flag::string("kube-apiserver", "address of the Kubernetes API server")
        .default_from(|e| e.get("HELM_KUBEAPISERVER")),
    Flag::of(Kind::StringArray, "kube-as-group", "[]", "group to act as (repeatable)").default_from(kube_as_groups),
    Flag::string("kube-as-user", "user to act as").default_from(|e| e.get("HELM_KUBEASUSER")),
    Flag::string(
        "kube-ca-file",
        "certificate authority that signed the API server's certificate",
    )
    .default_from(|e| e.get("HELM_KUBECAFILE")),
    Flag::string("kube-context", "context of the kubeconfig to use").default_from(|e| e.get("HELM_KUBECONTEXT")),
    Flag::bool(
        "kube-insecure-skip-tls-verify",
        "do not check the API server's certificate; the connection is insecure then",
    )
    .default_from(|e| bool_or_false(e, "HELM_KUBEINSECURE_SKIP_TLS_VERIFY")),
    Flag::string(
        "kube-tls-server-name",
        "name that the API server's certificate must have, if it is not the host name",
    )
    .default_from(|e| e.get("HELM_KUBETLS_SERVER_NAME")),
    Flag::string("kube-token", "bearer token for the API server").default_from(|e| e.get("HELM_KUBETOKEN")),
    Flag::string("kubeconfig", "kubeconfig file"),
    Flag::klog(Klog::Bool, "legacy-stderr-threshold-behavior", "true"),
    Flag::klog(Klog::Unchecked, "log-backtrace-at", ":0"),
    Flag::klog(Klog::String, "log-dir", ""),
    Flag::klog(Klog::String, "log-file", ""),
    Flag::klog(Klog::Uint64, "log-file-max-size", "1800"),
    Flag::klog(Klog::Bool, "logtostderr", "true"),
    Flag::string("namespace", "namespace to work in")
        .short(b'n')
        .default_from(|e| e.get("HELM_NAMESPACE")),
    Flag::klog(Klog::Bool, "one-output", "false"),
    Flag::of(
        Kind::Float32,
        "qps",
        "0",
        "how many requests may be sent to the API server per second",
    )
    .default_from(qps),
    Flag::string("registry-config", "file with registry logins")
        .default_from(|e| e.get_or("HELM_REGISTRY_CONFIG", || e.config_path("registry/config.json"))),
    Flag::string("repository-cache", "folder of cached repository indexes")
        .default_from(|e| e.get_or("HELM_REPOSITORY_CACHE", || e.cache_path("repository"))),
    Flag::string("repository-config", "file with the configured repositories")
        .default_from(|e| e.get_or("HELM_REPOSITORY_CONFIG", || e.config_path("repositories.yaml"))),
    // Not a flag of Helm's, and therefore not shown among them.
    Flag::string("sandbox", "use the embedded cluster whose state is in this file")
        .optional("true")
        .default_from(|e| e.get("HELM_SANDBOX"))
        .hide(),
    Flag::klog(Klog::Bool, "skip-headers", "false"),
    Flag::klog(Klog::Bool, "skip-log-headers", "false"),
    Flag::klog(Klog::Severity, "stderrthreshold", "2"),
    Flag::klog(Klog::Level, "v", "0").short(b'v'),
    Flag::klog(Klog::Unchecked, "vmodule", ""),
];
