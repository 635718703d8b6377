//! Every flag, sorted by name. A flag that differs between commands has one constant for each form, named after a
//! command that has it.

use crate::Environment;
use crate::flag::{Flag, Kind};
use crate::settings::int_or;

pub(super) const ALL: Flag = Flag::bool("all", "show all values, not only those that were given").short(b'a');
pub(super) const ALLOW_DEPRECATED_REPOS: Flag = Flag::bool(
    "allow-deprecated-repos",
    "allow official repositories that no longer exist",
);
pub(super) const ALL_NAMESPACES: Flag = Flag::bool("all-namespaces", "list the releases of all namespaces").short(b'A');
pub(super) const API_VERSIONS: Flag = Flag::of(
    Kind::Strings,
    "api-versions",
    "[]",
    "API versions that templates see too (repeatable)",
)
.short(b'a');
pub(super) const APP_VERSION: Flag = Flag::string("app-version", "write this appVersion into the chart");
pub(super) const ATOMIC: Flag = Flag::bool("atomic", "old name of --rollback-on-failure")
    .deprecated("use --rollback-on-failure instead")
    .sets("rollback-on-failure");
pub(super) const CASCADE: Flag = Flag::string(
    "cascade",
    "what happens to dependent objects: \"background\", \"orphan\" or \"foreground\"",
)
.default_text("background");
pub(super) const CA_FILE: Flag = Flag::string("ca-file", "certificate authorities to trust for HTTPS");
pub(super) const CERT_FILE: Flag = Flag::string("cert-file", "client certificate for HTTPS");
pub(super) const CERT_FILE_PLUGIN_INSTALL: Flag = Flag::string("cert-file", "client certificate for the registry");
pub(super) const CHART_API_VERSION: Flag = Flag::string("chart-api-version", "version of the chart format, v2 or v3")
    .default_text("v2")
    .hide();
pub(super) const CLEANUP_ON_FAIL: Flag = Flag::bool("cleanup-on-fail", "delete what this rollback created if it fails");
pub(super) const CLEANUP_ON_FAIL_UPGRADE: Flag =
    Flag::bool("cleanup-on-fail", "delete what this upgrade created if it fails");
pub(super) const CREATE_NAMESPACE: Flag = Flag::bool("create-namespace", "create the namespace if it does not exist");
pub(super) const CREATE_NAMESPACE_UPGRADE: Flag = Flag::bool(
    "create-namespace",
    "with --install, create the namespace if it does not exist",
);
pub(super) const DATE: Flag = Flag::bool("date", "sort by date").short(b'd');
pub(super) const DEPENDENCY_UPDATE: Flag = Flag::bool("dependency-update", "download missing dependencies first");
pub(super) const DEPENDENCY_UPDATE_PACKAGE: Flag = Flag::bool(
    "dependency-update",
    "download the dependencies of Chart.yaml into charts/ first",
)
.short(b'u');
pub(super) const DEPLOYED: Flag = Flag::bool("deployed", "list deployed releases");
pub(super) const DESCRIPTION: Flag = Flag::string("description", "text to store with the revision");
pub(super) const DESCRIPTION_ROLLBACK: Flag = Flag::string(
    "description",
    "text to store with the revision (at most 256 characters)",
);
pub(super) const DESTINATION: Flag = Flag::string("destination", "folder to write to")
    .default_text(".")
    .short(b'd');
pub(super) const DEVEL: Flag = Flag::bool(
    "devel",
    "take pre-releases too, as --version '>0.0.0-0' does; ignored when --version is given",
);
pub(super) const DIR: Flag = Flag::string("dir", "folder to write to").default_text("./");
pub(super) const DISABLE_OPENAPI_VALIDATION: Flag = Flag::bool(
    "disable-openapi-validation",
    "do not check manifests against the API server's OpenAPI schema",
);
pub(super) const DRY_RUN: Flag = Flag::string(
    "dry-run",
    "change nothing: \"client\" does not contact the cluster, \"server\" asks it; \"none\" does everything",
)
.default_text("none")
.optional("unset");
pub(super) const DRY_RUN_TEMPLATE: Flag = Flag::string(
    "dry-run",
    "\"client\" does not contact the cluster, \"server\" checks against it",
)
.default_text("client")
.optional("unset");
pub(super) const DRY_RUN_UNINSTALL: Flag = Flag::bool("dry-run", "show what would be uninstalled");
pub(super) const ENABLE_DNS: Flag = Flag::bool("enable-dns", "allow DNS look-ups in templates");
pub(super) const ENDPOINT: Flag = Flag::string("endpoint", "hub to ask").default_text("https://hub.helm.sh");
pub(super) const FAILED: Flag = Flag::bool("failed", "list failed releases");
pub(super) const FAIL_ON_NO_RESULT: Flag = Flag::bool("fail-on-no-result", "fail if nothing is found");
pub(super) const FILTER: Flag =
    Flag::string("filter", "list only names that match this regular expression").short(b'f');
pub(super) const FILTER_TEST: Flag = Flag::of(
    Kind::Strings,
    "filter",
    "[]",
    "select tests: name=TEST, or !name=TEST to leave one out (repeatable)",
);
pub(super) const FORCE: Flag = Flag::bool("force", "old name of --force-replace")
    .deprecated("use --force-replace instead")
    .sets("force-replace");
pub(super) const FORCE_CONFLICTS: Flag = Flag::bool("force-conflicts", "take over fields that another manager owns");
pub(super) const FORCE_REPLACE: Flag = Flag::bool("force-replace", "replace objects instead of changing them");
pub(super) const FORCE_UPDATE: Flag = Flag::bool("force-update", "replace a repository of that name");
pub(super) const GENERATE_HEADERS: Flag = Flag::bool("generate-headers", "write front matter into markdown files");
pub(super) const GENERATE_NAME: Flag =
    Flag::bool("generate-name", "invent a release name; NAME is left out").short(b'g');
pub(super) const HIDE_NOTES: Flag = Flag::bool("hide-notes", "do not print the notes; they are stored nevertheless");
pub(super) const HIDE_NOTES_TEMPLATE: Flag =
    Flag::bool("hide-notes", "do not print the notes; they are stored nevertheless")
        .deprecated("this flag has no effect for 'helm template' and will be removed in Helm 5");
pub(super) const HIDE_SECRET: Flag = Flag::bool("hide-secret", "with --dry-run, do not show Secrets");
pub(super) const HISTORY_MAX: Flag = Flag::int("history-max", "10", "how many revisions to keep; 0 keeps all")
    .default_from(|e| int_or(e, "HELM_MAX_HISTORY", 10).to_string());
pub(super) const IGNORE_NOT_FOUND: Flag = Flag::bool("ignore-not-found", "succeed if there is no such release");
pub(super) const INCLUDE_CRDS: Flag = Flag::bool("include-crds", "print custom resource definitions too");
pub(super) const INSECURE: Flag = Flag::bool("insecure", "do not check the registry's certificate");
pub(super) const INSECURE_SKIP_TLS_VERIFY: Flag = Flag::bool(
    "insecure-skip-tls-verify",
    "do not check the server's certificate for the download",
);
pub(super) const INSECURE_SKIP_TLS_VERIFY_PUSH: Flag = Flag::bool(
    "insecure-skip-tls-verify",
    "do not check the server's certificate for the upload",
);
pub(super) const INSECURE_SKIP_TLS_VERIFY_REPO_ADD: Flag =
    Flag::bool("insecure-skip-tls-verify", "do not check the repository's certificate");
pub(super) const INSTALL: Flag = Flag::bool("install", "install the release if it does not exist").short(b'i');
pub(super) const IS_UPGRADE: Flag = Flag::bool("is-upgrade", "render as for an upgrade");
pub(super) const JSON: Flag = Flag::bool("json", "write JSON");
pub(super) const JSONPATH: Flag = Flag::string("jsonpath", "JSONPath expression that selects from the values");
pub(super) const KEEP_HISTORY: Flag = Flag::bool("keep-history", "keep the records of the release");
pub(super) const KEY: Flag = Flag::string("key", "name of the key to sign with");
pub(super) const KEYRING: Flag = Flag::string("keyring", "keyring with public keys").default_from(Environment::keyring);
pub(super) const KEYRING_PACKAGE: Flag =
    Flag::string("keyring", "keyring with the key").default_from(Environment::keyring);
pub(super) const KEY_FILE: Flag = Flag::string("key-file", "key of the client certificate for HTTPS");
pub(super) const KEY_FILE_PLUGIN_INSTALL: Flag =
    Flag::string("key-file", "key of the client certificate for the registry");
pub(super) const KUBE_VERSION: Flag = Flag::string(
    "kube-version",
    "Kubernetes version for templates and for deprecated APIs",
);
pub(super) const KUBE_VERSION_TEMPLATE: Flag = Flag::string("kube-version", "Kubernetes version that templates see");
pub(super) const LABELS: Flag = Flag::of(
    Kind::StringToString,
    "labels",
    "[]",
    "labels of the release record, key1=val1,key2=val2",
)
.short(b'l');
pub(super) const LABELS_UPGRADE: Flag = Flag::of(
    Kind::StringToString,
    "labels",
    "[]",
    "labels of the release record, key1=val1,key2=val2; merged with the old ones, key=null removes one",
)
.short(b'l');
pub(super) const LIST_REPO_URL: Flag = Flag::bool("list-repo-url", "show the URL of the repository");
pub(super) const LOGS: Flag = Flag::bool("logs", "print the logs of test pods");
pub(super) const MAX: Flag = Flag::int("max", "256", "at most this many revisions");
pub(super) const MAX_COL_WIDTH: Flag = Flag::uint("max-col-width", "50", "widest a column may be; 0 sets no limit");
pub(super) const MAX_COL_WIDTH_DEPENDENCY_LIST: Flag =
    Flag::uint("max-col-width", "80", "widest a column may be; 0 sets no limit");
pub(super) const MAX_LIST: Flag = Flag::int("max", "256", "at most this many releases").short(b'm');
pub(super) const MERGE: Flag = Flag::string("merge", "index to add to");
pub(super) const NAME_TEMPLATE: Flag = Flag::string("name-template", "template that gives the release name");
pub(super) const NO_DESCRIPTIONS: Flag = Flag::bool("no-descriptions", "leave out descriptions");
pub(super) const NO_HEADERS: Flag = Flag::bool("no-headers", "leave out the header line");
pub(super) const NO_HOOKS: Flag = Flag::bool("no-hooks", "leave out hooks");
pub(super) const OFFSET: Flag = Flag::int("offset", "0", "leave out this many releases at the start");
pub(super) const OUTPUT: Flag =
    Flag::of(Kind::Format, "output", "table", "output format: table, json or yaml").short(b'o');
pub(super) const OUTPUT_DIR: Flag =
    Flag::string("output-dir", "folder to write manifests to instead of standard output");
pub(super) const PASSPHRASE_FILE: Flag = Flag::string(
    "passphrase-file",
    "file with the passphrase of the key; - is standard input",
);
pub(super) const PASSWORD: Flag = Flag::string("password", "password for the repository");
pub(super) const PASSWORD_PLUGIN_INSTALL: Flag = Flag::string("password", "password for the registry");
pub(super) const PASSWORD_REGISTRY_LOGIN: Flag =
    Flag::string("password", "password or identity token for the registry").short(b'p');
pub(super) const PASSWORD_STDIN: Flag = Flag::bool("password-stdin", "read the password from standard input");
pub(super) const PASS_CREDENTIALS: Flag = Flag::bool("pass-credentials", "send the credentials to every host");
pub(super) const PENDING: Flag = Flag::bool("pending", "list pending releases");
pub(super) const PLAIN_HTTP: Flag = Flag::bool("plain-http", "download over plain HTTP");
pub(super) const PLAIN_HTTP_PUSH: Flag = Flag::bool("plain-http", "upload over plain HTTP");
pub(super) const POST_RENDERER: Flag = Flag::of(
    Kind::PostRenderer,
    "post-renderer",
    "",
    "name of the post-renderer plugin that changes the rendered manifests",
);
pub(super) const POST_RENDERER_ARGS: Flag = Flag::of(
    Kind::PostRendererArgs,
    "post-renderer-args",
    "[]",
    "argument for the post-renderer (repeatable)",
);
pub(super) const PROV: Flag = Flag::bool("prov", "download the signature without checking it");
pub(super) const QUIET: Flag = Flag::bool("quiet", "print only warnings and errors");
pub(super) const REGEXP: Flag = Flag::bool("regexp", "take the keyword for a regular expression").short(b'r');
pub(super) const RELEASE_NAME: Flag = Flag::bool("release-name", "put the release name into the output path");
pub(super) const RENDER_SUBCHART_NOTES: Flag = Flag::bool("render-subchart-notes", "show the notes of subcharts too");
pub(super) const RENDER_SUBCHART_NOTES_TEMPLATE: Flag =
    Flag::bool("render-subchart-notes", "show the notes of subcharts too")
        .deprecated("this flag has no effect for 'helm template' and will be removed in Helm 5");
pub(super) const REPLACE: Flag = Flag::bool(
    "replace",
    "use a name again whose release was deleted but kept in the history; unsafe in production",
);
pub(super) const REPO: Flag = Flag::string("repo", "URL of the repository that has the chart");
pub(super) const RESET_THEN_REUSE_VALUES: Flag = Flag::bool(
    "reset-then-reuse-values",
    "start from the chart's values, then those given for the last revision; ignored with --reset-values or --reuse-values",
);
pub(super) const RESET_VALUES: Flag = Flag::bool(
    "reset-values",
    "start from the chart's values, not those of the last revision",
);
pub(super) const REUSE_VALUES: Flag = Flag::bool(
    "reuse-values",
    "start from the values of the last revision; ignored with --reset-values",
);
pub(super) const REVERSE: Flag = Flag::bool("reverse", "reverse the order").short(b'r');
pub(super) const REVISION: Flag = Flag::int("revision", "0", "revision of the release; 0 is the latest");
pub(super) const ROLLBACK_ON_FAILURE: Flag = Flag::bool(
    "rollback-on-failure",
    "undo everything on failure; --wait is \"watcher\" then unless given",
);
pub(super) const SELECTOR: Flag = Flag::string(
    "selector",
    "label selector on release records, such as key1=value1,key2!=value2; secrets and config maps only",
)
.short(b'l');
pub(super) const SERVER_SIDE: Flag = Flag::bool("server-side", "let the API server merge changes").default_text("true");
pub(super) const SERVER_SIDE_ROLLBACK: Flag = Flag::string(
    "server-side",
    "let the API server merge changes: \"true\", \"false\", or \"auto\" for what the last revision did",
)
.default_text("auto");
pub(super) const SET: Flag = Flag::of(
    Kind::StringArray,
    "set",
    "[]",
    "set values: key1=val1,key2=val2 (repeatable)",
);
pub(super) const SET_FILE: Flag = Flag::of(
    Kind::StringArray,
    "set-file",
    "[]",
    "set values to the contents of files: key1=path1,key2=path2 (repeatable)",
);
pub(super) const SET_JSON: Flag = Flag::of(
    Kind::StringArray,
    "set-json",
    "[]",
    "set values from JSON: key1=json1,key2=json2, or one JSON object (repeatable)",
);
pub(super) const SET_LITERAL: Flag = Flag::of(
    Kind::StringArray,
    "set-literal",
    "[]",
    "set one value to a text that is taken as it is (repeatable)",
);
pub(super) const SET_STRING: Flag = Flag::of(
    Kind::StringArray,
    "set-string",
    "[]",
    "set values that stay strings: key1=val1,key2=val2 (repeatable)",
);
pub(super) const SHORT: Flag = Flag::bool("short", "print only names").short(b'q');
pub(super) const SHORT_VERSION: Flag = Flag::bool("short", "print only the version number");
pub(super) const SHOW_ONLY: Flag = Flag::of(
    Kind::StringArray,
    "show-only",
    "[]",
    "print only manifests of these templates (repeatable)",
)
.short(b's');
pub(super) const SHOW_ROLLBACK_REVISION: Flag =
    Flag::bool("show-rollback-revision", "show which revision a rollback went to");
pub(super) const SIGN: Flag = Flag::bool("sign", "sign the package");
pub(super) const SIGN_PLUGIN_PACKAGE: Flag = Flag::bool("sign", "sign the package").default_text("true");
pub(super) const SKIP_CRDS: Flag = Flag::bool(
    "skip-crds",
    "do not install custom resource definitions; otherwise missing ones are installed",
);
pub(super) const SKIP_REFRESH: Flag = Flag::bool("skip-refresh", "use the cached indexes as they are");
pub(super) const SKIP_SCHEMA_VALIDATION: Flag =
    Flag::bool("skip-schema-validation", "do not check values against JSON schemas");
pub(super) const SKIP_TESTS: Flag = Flag::bool("skip-tests", "leave out tests");
pub(super) const STARTER: Flag = Flag::string("starter", "starter chart, by name or absolute path").short(b'p');
pub(super) const STRICT: Flag = Flag::bool("strict", "treat warnings as failures");
pub(super) const SUPERSEDED: Flag = Flag::bool("superseded", "list superseded releases");
pub(super) const TAKE_OWNERSHIP: Flag = Flag::bool(
    "take-ownership",
    "take over existing resources without checking whose they are",
);
pub(super) const TEMPLATE: Flag = Flag::string("template", "template for the output");
pub(super) const TIMEOUT: Flag = Flag::duration("timeout", "5m0s", "how long each Kubernetes operation may take");
pub(super) const TIMEOUT_REPO_ADD: Flag =
    Flag::duration("timeout", "2m0s", "how long the download of an index may take");
pub(super) const TIME_FORMAT: Flag = Flag::string(
    "time-format",
    "Go layout of times, such as \"2006-01-02 15:04:05Z0700\"",
);
pub(super) const TYPE: Flag = Flag::string("type", "markdown, man or bash").default_text("markdown");
pub(super) const TYPE_PLUGIN_LIST: Flag = Flag::string("type", "type of the plugins to list");
pub(super) const UNINSTALLED: Flag = Flag::bool("uninstalled", "list uninstalled releases whose history was kept");
pub(super) const UNINSTALLING: Flag = Flag::bool("uninstalling", "list releases that are being uninstalled");
pub(super) const UNTAR: Flag = Flag::bool("untar", "unpack the chart");
pub(super) const UNTARDIR: Flag =
    Flag::string("untardir", "folder to unpack into, below --destination").default_text(".");
pub(super) const URL: Flag = Flag::string("url", "URL of the repository");
pub(super) const USERNAME: Flag = Flag::string("username", "user name for the repository");
pub(super) const USERNAME_PLUGIN_INSTALL: Flag = Flag::string("username", "user name for the registry");
pub(super) const USERNAME_REGISTRY_LOGIN: Flag = Flag::string("username", "user name for the registry").short(b'u');
pub(super) const VALIDATE: Flag =
    Flag::bool("validate", "old name of --dry-run=server").deprecated("use '--dry-run=server' instead");
pub(super) const VALUES: Flag = Flag::of(
    Kind::Strings,
    "values",
    "[]",
    "values from a YAML file, a URL or - for standard input (repeatable)",
)
.short(b'f');
pub(super) const VERIFY: Flag = Flag::bool("verify", "check the signature before using the chart");
pub(super) const VERIFY_DEPENDENCY_BUILD: Flag = Flag::bool("verify", "check the signatures of the charts");
pub(super) const VERIFY_PLUGIN_INSTALL: Flag =
    Flag::bool("verify", "check the plugin's signature before installing it").default_text("true");
pub(super) const VERSION: Flag = Flag::string(
    "version",
    "version or range of the chart, such as 1.1.1 or ^2.0.0; the latest if not given",
);
pub(super) const VERSIONS: Flag = Flag::bool("versions", "show every version").short(b'l');
pub(super) const VERSION_PACKAGE: Flag = Flag::string("version", "write this version into the chart");
pub(super) const VERSION_PLUGIN_INSTALL: Flag =
    Flag::string("version", "version or range of the plugin; the latest if not given");
pub(super) const VERSION_SEARCH_REPO: Flag = Flag::string("version", "only versions that fit this constraint");
pub(super) const WAIT: Flag = Flag::of(
    Kind::WaitStrategy,
    "wait",
    "hookOnly",
    "wait until resources are ready, at most --timeout: 'watcher' (also without a value), 'hookOnly' or 'legacy'",
)
.optional("watcher");
pub(super) const WAIT_FOR_JOBS: Flag = Flag::bool("wait-for-jobs", "when waiting, also wait until Jobs have finished");
pub(super) const WITH_SUBCHARTS: Flag = Flag::bool("with-subcharts", "check subcharts too");

// Flags of Helm 3 that Helm 4 removed. Helm 4's help does not have them, so ours does not show them.

pub(super) const ALL_RELEASES: Flag = Flag::bool("all", "list releases in every state, as without this flag")
    .short(b'a')
    .hide();
pub(super) const CLIENT: Flag = Flag::bool("client", "show the client's version, the only one there is")
    .short(b'c')
    .hide();
pub(super) const FAIL_ON_REPO_UPDATE_FAIL: Flag = Flag::bool(
    "fail-on-repo-update-fail",
    "fail when a repository fails, as without this flag",
)
.hide();
pub(super) const HIDE_NOTES_TEST: Flag = Flag::bool("hide-notes", "do not print the notes").hide();
pub(super) const NO_UPDATE: Flag = Flag::bool("no-update", "as without this flag").hide();
pub(super) const RECREATE_PODS: Flag = Flag::bool("recreate-pods", "restart the Pods of what is applied").deprecated(
    "functionality will no longer be updated. Consult the documentation for other methods to recreate pods",
);
pub(super) const SHOW_DESC: Flag = Flag::bool("show-desc", "show the description, as without this flag").hide();
pub(super) const SHOW_RESOURCES: Flag = Flag::bool("show-resources", "show the objects, as without this flag").hide();
