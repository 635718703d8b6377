//! The longer help texts.

pub(super) const ROOT: &str = r#"The Kubernetes package manager, compatible with Helm 4

Charts are packages of Kubernetes manifests. To render one, use `helm template`; to install one, `helm install`;
to see what is installed, `helm list`. With --sandbox they go to a small cluster inside the process, which needs nothing;
`helm sandbox --help` says more about it.

Environment variables:

| Name                               | Meaning                                                               |
|------------------------------------|-----------------------------------------------------------------------|
| $HELM_CACHE_HOME                   | folder of files that can be downloaded again                          |
| $HELM_CONFIG_HOME                  | folder of configuration files                                         |
| $HELM_DATA_HOME                    | folder of plugins and starters                                        |
| $HELM_DEBUG                        | whether to write debug output                                         |
| $HELM_DRIVER                       | where releases are stored: secret, configmap, memory or sql           |
| $HELM_DRIVER_SQL_CONNECTION_STRING | the database of the sql driver                                        |
| $HELM_MAX_HISTORY                  | how many revisions of a release are kept                              |
| $HELM_NAMESPACE                    | the namespace                                                         |
| $HELM_NO_PLUGINS                   | set to 1 to use no plugins                                            |
| $HELM_PLUGINS                      | folders of plugins                                                    |
| $HELM_REGISTRY_CONFIG              | file of registry logins                                               |
| $HELM_REPOSITORY_CACHE             | folder of repository indexes                                          |
| $HELM_REPOSITORY_CONFIG            | file of repositories                                                  |
| $KUBECONFIG                        | kubeconfig files (default "~/.kube/config")                           |
| $HELM_KUBEAPISERVER                | address of the API server                                             |
| $HELM_KUBECAFILE                   | certificate authority of the API server                               |
| $HELM_KUBEASGROUPS                 | groups to act as, separated by commas                                 |
| $HELM_KUBEASUSER                   | user to act as                                                        |
| $HELM_KUBECONTEXT                  | context of the kubeconfig                                             |
| $HELM_KUBETOKEN                    | bearer token                                                          |
| $HELM_KUBEINSECURE_SKIP_TLS_VERIFY | whether the API server's certificate is not checked                   |
| $HELM_KUBETLS_SERVER_NAME          | name that the API server's certificate must have                      |
| $HELM_BURST_LIMIT                  | requests that may be sent at once (default 100, -1 for any number)    |
| $HELM_QPS                          | requests that may be sent per second                                  |
| $HELM_COLOR                        | when to colour output: never, always or auto                          |
| $NO_COLOR                          | set to anything to colour nothing                                     |
| $HELM_SANDBOX                      | the value of --sandbox                                                |
| $SOURCE_DATE_EPOCH                 | time in reproducible archives, in seconds since 1970                  |

Each folder is the one that its HELM_*_HOME variable names; else `helm` in the folder that the XDG variable names; else:

| System  | Cache                     | Configuration                  | Data                    |
|---------|---------------------------|--------------------------------|-------------------------|
| Linux   | $HOME/.cache/helm         | $HOME/.config/helm             | $HOME/.local/share/helm |
| macOS   | $HOME/Library/Caches/helm | $HOME/Library/Preferences/helm | $HOME/Library/helm      |
| Windows | %TEMP%\helm               | %APPDATA%\helm                 | %APPDATA%\helm          |
"#;

pub(super) const TEMPLATE: &str = r#"
Render the templates of a chart and print the manifests, without a cluster.

What templates would ask a cluster for is made up: `lookup` finds nothing, and the Kubernetes version and API versions
are those of --kube-version and --api-versions. With --dry-run=server the cluster is asked, and nothing is changed.
"#;

pub(super) const LINT: &str = r#"
Check a chart for mistakes.

What would make an installation fail is reported as [ERROR], what is against convention as [WARNING].
"#;

pub(super) const INSTALL: &str = r#"
Install a chart as a release.

CHART is a folder, an archive, an OCI reference, a URL, or REPOSITORY/NAME for a chart of a configured repository.
Values are taken from the chart's values.yaml, then from --values files, then from the --set flags; later ones win.
A map key that is set to null is removed.
"#;

pub(super) const UPGRADE: &str = r#"
Upgrade a release to a chart and values.

CHART is what `helm install` takes. Values that were given for the last revision are kept only with --reuse-values or
--reset-then-reuse-values, or when no new ones are given.
"#;

pub(super) const CREATE: &str = r#"
Create a chart in a new folder, from the built-in scaffold or from a starter chart.

NAME may be a path; the chart is called by its last element. Files that exist are overwritten.
"#;

pub(super) const LIST: &str = r#"
List releases of a namespace in every state; the state flags select some.
"#;

pub(super) const ENV: &str = r#"
Show the settings that the environment and flags lead to, or one of them.
"#;

pub(super) const VERSION: &str = r#"
Show the version.

A --template may use .Version, .GitCommit, .GitTreeState, .GoVersion and .KubeClientVersion.
"#;

pub(super) const GET: &str = r#"
Show what is stored about a release: the values and manifest, hooks, notes and metadata.
"#;

pub(super) const STATUS: &str = r#"
Show the state of a release: when it was deployed, its namespace, state, revision, description, resources, tests and
notes.
"#;

pub(super) const UNINSTALL: &str = r#"
Delete the resources of releases, and their records unless --keep-history is given.
"#;

pub(super) const SHOW: &str = r#"
Show what is in a chart.
"#;

pub(super) const SHOW_VALUES: &str = r#"
Show a chart's values.yaml, or what a JSONPath expression selects from it.
"#;

pub(super) const DEPENDENCY: &str = r#"
Manage the charts that a chart depends on: those in `dependencies` of its Chart.yaml, kept in its charts/ folder.
"#;

pub(super) const DEPENDENCY_LIST: &str = r#"
List the dependencies of a chart, and whether charts/ has them.
"#;

pub(super) const HELP: &str = r#"Show help about any command: helm help [path to command].
"#;

pub(super) const SANDBOX: &str = r#"
Serve and look after the embedded cluster: a Kubernetes API server and simulated controllers inside of this program.

With --sandbox, every command that needs a cluster uses this one instead of that of the kubeconfig, and finds it as the
command before left it:

| Flag              | State of the cluster                                                      |
|-------------------|---------------------------------------------------------------------------|
| --sandbox         | in the file sandbox/state of the data folder (`helm env HELM_DATA_HOME`)  |
| --sandbox=FILE    | in FILE                                                                   |
| --sandbox=memory  | in memory; it ends with the command                                       |

Any number of commands may use the same file at the same time, `helm sandbox serve` among them. $HELM_SANDBOX has the
value of the flag where none is given. `helm sandbox advance 1h` lets an hour pass. `helm sandbox reset` makes an end of the cluster; the next command starts anew.
"#;

pub(super) const SANDBOX_SERVE: &str = r#"
Serve the embedded cluster on a loopback port, for kubectl and others, until SIGINT or SIGTERM.

As soon as requests are answered a kubeconfig is printed, and standard output is closed. The state is that of --sandbox:

    $ helm sandbox serve --kubeconfig-out sandbox.yaml &
    $ KUBECONFIG=sandbox.yaml kubectl get nodes

With a COMMAND, it is run with $KUBECONFIG set, and the server ends with it and with its exit status:

    $ helm sandbox serve --sandbox=memory -- kubectl get nodes

What Pods do, and which requests go wrong, a scenario says:

    pods:
    - match: {namespace: shop, image: "*nginx*"}
      outcome: CrashLoopBackOff    # Unschedulable, ImagePullBackOff, NotReady, Failed or QuotaExceeded
      fails-for: 30s               # without it, for ever
    - match: {labels: {app: slow}}
      ready-after: 2m
    faults:
    - match: {method: PATCH, path: /apis/apps/*}
      at: [1]                      # or every: 3, or chance: 0.1
      status: 429
      retry-after: 1

Annotations of Pods do the same: sandbox.whelm.dev/outcome, fails-for, ready-after, run-for and log.

There is no authentication and no TLS: whoever reaches the port may do everything. With --authorization=rbac, users have tokens,
and roles and bindings say what each may do. The kubeconfig's user may do everything; every --token adds a user and a context:

    $ helm sandbox serve --authorization=rbac --token=t0=ann,developers --kubeconfig-out sandbox.yaml &
    $ KUBECONFIG=sandbox.yaml kubectl --context ann auth can-i list pods
"#;
