//! A cluster with a chart in two versions, and what is done with them.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use go_sprig::FixedHost;
use serde_json::{Value, json};
use whelm_actions::{
    ApplyOptions, ClusterAddress, Context, DryRun, Error, InstallRequest, NameRequest, OldValues, RollbackRequest,
    Server, UninstallRequest, UpgradeRequest, ValueSources, WaitStrategy, install, rollback, uninstall, upgrade,
};
use whelm_chart::Log;
use whelm_kube_api::{Gvk, request::ListOptions};
use whelm_kube_client::Client;
use whelm_net::SharedTransport;
use whelm_release::{Release, Status};
use whelm_storage::Store;

use crate::place::Place;

/// The release.
pub const NAME: &str = "web";

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Install,
    Upgrade,
    Rollback,
    Uninstall,
}

impl Verb {
    pub const ALL: [Verb; 4] = [Verb::Install, Verb::Upgrade, Verb::Rollback, Verb::Uninstall];
}

const TEMPLATES: &[(&str, &str)] = &[
    ("values.yaml", "version: 1\n"),
    (
        "templates/both.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: both}\ndata: {version: '{{ .Values.version }}'}\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {name: both}\nstringData: {version: '{{ .Values.version }}'}\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: {name: both}\nspec: {selector: {app: web}, ports: [{port: {{ add .Values.port .Values.version }}}]}\n",
    ),
    (
        "templates/some.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: only-{{ .Values.version }}}\ndata: {a: b}\n---\n\
         apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: only-{{ .Values.version }}}\n",
    ),
    (
        "templates/kept.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\ndata: {a: b}\n",
    ),
    (
        "templates/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: web}}\n  \
         template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: 'web:{{ .Values.version }}'}]}\n",
    ),
    (
        "templates/hooks.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade,pre-rollback,pre-delete\n    \
         helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: 'post-install,post-upgrade,post-rollback'}\nspec:\n  \
         restartPolicy: Never\n  containers: [{name: a, image: a}]\n",
    ),
];

/// A namespace of a cluster, with the chart beside it.
pub struct World {
    pub place: Place,
    client: Client,
    /// What is added to the version for the port of the Service: 80, or what no port can be.
    pub port: Cell<u32>,
    /// How long each wait may last.
    pub patience: Cell<Duration>,
    folder: tempfile::TempDir,
    foreign: String,
}

impl World {
    /// Makes one, with objects of somebody else.
    pub async fn new(place: Place) -> World {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
        TEMPLATES.iter().for_each(|(path, text)| write(path, text));
        let client = Client::over(place.transport.clone(), &place.server, &place.namespace);
        let mut world = World {
            place,
            client,
            port: Cell::new(80),
            patience: Cell::new(Duration::from_secs(180)),
            folder,
            foreign: String::new(),
        };
        world.put_foreign().await;
        world.foreign = world.version_of_foreign().await;
        world
    }

    async fn put_foreign(&self) {
        let client = self.client();
        let namespace = self.place.namespace.as_str();
        let space = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
        let mapping = client.mapping(&Gvk::new("v1", "Namespace")).await.unwrap();
        client.create(&mapping, "", &space, Default::default()).await.unwrap();
        for (name, annotations) in [
            ("foreign", json!({})),
            ("foreign-release", json!({"meta.helm.sh/release-name": "other"})),
        ] {
            let metadata = json!({"name": name, "annotations": annotations});
            let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}});
            let mapping = client.mapping(&Gvk::new("v1", "ConfigMap")).await.unwrap();
            client
                .create(&mapping, namespace, &object, Default::default())
                .await
                .unwrap();
        }
    }

    /// A client that nothing happens to.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    pub fn store(&self) -> Store {
        Store::secrets(self.client(), &self.place.namespace)
    }

    fn request(&self, version: u32) -> InstallRequest {
        let chart = self.folder.path().to_string_lossy().into_owned();
        InstallRequest {
            name: NameRequest {
                arguments: vec![NAME.to_owned(), chart],
                ..NameRequest::default()
            },
            namespace: self.place.namespace.clone(),
            values: ValueSources {
                values: vec![
                    format!("version={version}").into(),
                    format!("port={}", self.port.get()).into(),
                ],
                ..ValueSources::default()
            },
            apply: self.apply(),
            ..InstallRequest::default()
        }
    }

    /// Asks the server what it would say to an installation, or to an upgrade.
    pub async fn rehearse(&self, version: u32, transport: SharedTransport) -> (Result<(), Error>, Log) {
        let (cx, address, mut log) = self.address(transport);
        let mut request = self.request(version);
        request.apply.dry_run = DryRun::Server;
        let installed = !self.history().await.is_empty();
        let done = if installed {
            let upgrading = upgrade_request(request);
            let done = upgrade(&cx, &address, &upgrading, &mut |_| {}, &mut log).await;
            done.map(drop).map_err(|failure| failure.error)
        } else {
            install(&cx, &address, &request, &mut log).await.map(drop)
        };
        (done, log)
    }

    fn apply(&self) -> ApplyOptions {
        ApplyOptions {
            wait: WaitStrategy::Watcher,
            timeout: self.patience.get(),
            ..ApplyOptions::default()
        }
    }

    /// Does something through a transport.
    pub async fn act(&self, verb: Verb, transport: SharedTransport) -> Result<(), Error> {
        match verb {
            Verb::Install => self.install(transport).await,
            Verb::Upgrade => self.upgrade(2, transport).await,
            Verb::Rollback => self.roll_back(1, transport).await,
            Verb::Uninstall => self.uninstall(transport).await,
        }
    }

    fn address(&self, transport: SharedTransport) -> (Context, ClusterAddress, Log) {
        let client = Client::over(transport, &self.place.server, &self.place.namespace);
        let host = FixedHost::new(1_700_000_000, 1);
        (
            Context::new(Arc::new(host)),
            ClusterAddress::new(Server::Client(client)),
            Log::default(),
        )
    }

    pub async fn install(&self, transport: SharedTransport) -> Result<(), Error> {
        let (cx, address, mut log) = self.address(transport);
        install(&cx, &address, &self.request(1), &mut log).await.map(drop)
    }

    /// Upgrades to a version of the chart, or installs it.
    pub async fn upgrade(&self, version: u32, transport: SharedTransport) -> Result<(), Error> {
        let (cx, address, mut log) = self.address(transport);
        let request = upgrade_request(self.request(version));
        let done = upgrade(&cx, &address, &request, &mut |_| {}, &mut log).await;
        done.map(drop).map_err(|failure| failure.error)
    }

    pub async fn roll_back(&self, revision: i64, transport: SharedTransport) -> Result<(), Error> {
        let (cx, address, mut log) = self.address(transport);
        let request = RollbackRequest {
            name: NAME.to_owned(),
            revision,
            apply: self.apply(),
            cleanup_on_fail: false,
        };
        rollback(&cx, &address, &self.place.namespace, 10, &request, &mut log)
            .await
            .map(drop)
    }

    pub async fn uninstall(&self, transport: SharedTransport) -> Result<(), Error> {
        let (cx, address, mut log) = self.address(transport);
        let request = UninstallRequest {
            name: NAME.to_owned(),
            wait: WaitStrategy::Watcher,
            timeout: self.patience.get(),
            ..UninstallRequest::default()
        };
        let removed = uninstall(&cx, &address, &self.place.namespace, &request, &mut log).await;
        // The cause is in the log, as with Helm.
        removed
            .map(drop)
            .map_err(|error| error.hint(format!("{:?}", log.entries)))
    }

    /// All revisions, oldest first. Every record has to be readable.
    pub async fn history(&self) -> Vec<Release> {
        let mut history = match self.store().history(NAME).await {
            Ok(history) => history,
            Err(error) if error.kind() == whelm_storage::ErrorKind::NotFound => Vec::new(),
            Err(error) => panic!("the history cannot be read: {error}"),
        };
        history.sort_by_key(|release| release.version);
        history
    }

    /// The objects of a kind in the namespace.
    async fn list(&self, gvk: &Gvk) -> Vec<Value> {
        let client = self.client();
        let mapping = client.mapping(gvk).await.unwrap();
        let listed = client
            .list(&mapping, &self.place.namespace, &ListOptions::default())
            .await;
        listed.unwrap().0
    }

    async fn version_of_foreign(&self) -> String {
        let objects = self.list(&Gvk::new("v1", "ConfigMap")).await;
        let foreign = objects.iter().filter(|object| {
            object["metadata"]["name"]
                .as_str()
                .is_some_and(|name| name.starts_with("foreign"))
        });
        foreign
            .map(|object| {
                format!(
                    "{}@{} ",
                    object["metadata"]["uid"], object["metadata"]["resourceVersion"]
                )
            })
            .collect()
    }

    /// Checks that the cluster has what the records say: nothing owned that no record speaks of, nothing missing of what is
    /// deployed, and what is foreign as it was. Returns the version of the chart that is deployed.
    pub async fn check(&self) -> Result<Option<u32>, String> {
        if self.foreign != self.version_of_foreign().await {
            return Err("foreign objects were touched".to_owned());
        }
        let history = self.history().await;
        let deployed: Vec<&Release> = history
            .iter()
            .filter(|release| release.info.status == Status::Deployed)
            .collect();
        let version = match deployed.as_slice() {
            [] if history.is_empty() => None,
            [one] if history.last().is_some_and(|last| last.version == one.version) => version_of(one),
            _ => {
                let states: Vec<String> = history
                    .iter()
                    .map(|release| format!("{} {}", release.version, release.info.status))
                    .collect();
                return Err(format!("the history is {states:?}"));
            }
        };
        let found = self.owned().await;
        let wanted = wanted(version);
        if found != wanted && !(version.is_none() && found == ["ConfigMap/kept"]) {
            return Err(format!("there are {found:?} instead of {wanted:?}"));
        }
        Ok(version)
    }

    /// The release's objects with what tells their versions apart.
    async fn owned(&self) -> Vec<String> {
        let mut found = Vec::new();
        for gvk in [
            Gvk::new("v1", "ConfigMap"),
            Gvk::new("v1", "Secret"),
            Gvk::new("v1", "Service"),
            Gvk::new("v1", "ServiceAccount"),
            Gvk::new("apps/v1", "Deployment"),
        ] {
            for object in self.list(&gvk).await {
                if object["metadata"]["annotations"]["meta.helm.sh/release-name"] == NAME {
                    found.push(shown(&gvk, &object));
                }
            }
        }
        found.sort();
        found
    }
}

fn upgrade_request(install: InstallRequest) -> UpgradeRequest {
    UpgradeRequest {
        install,
        or_install: true,
        old_values: OldValues::default(),
        cleanup_on_fail: false,
        history_max: 10,
    }
}

/// The version of the chart that a revision has.
fn version_of(release: &Release) -> Option<u32> {
    let manifest = String::from_utf8_lossy(&release.manifest);
    let (_, rest) = manifest.split_once("name: only-")?;
    rest.chars().next()?.to_digit(10)
}

fn shown(gvk: &Gvk, object: &Value) -> String {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let version = match (gvk.kind.as_str(), name) {
        ("ConfigMap", "both") => format!("={}", object["data"]["version"].as_str().unwrap_or_default()),
        ("Secret", _) => format!("={}", object["data"]["version"].as_str().unwrap_or_default()),
        ("Service", _) => format!("={}", object["spec"]["ports"][0]["port"]),
        ("Deployment", _) => format!(
            "={}",
            object["spec"]["template"]["spec"]["containers"][0]["image"]
                .as_str()
                .unwrap_or_default()
        ),
        _ => String::new(),
    };
    format!("{}/{name}{version}", gvk.kind)
}

/// What the chart's version makes.
fn wanted(version: Option<u32>) -> Vec<String> {
    let Some(version) = version else {
        return Vec::new();
    };
    let secret = ["MQ==", "Mg==", "Mw=="][version as usize - 1];
    let mut all = vec![
        format!("ConfigMap/both={version}"),
        "ConfigMap/kept".to_owned(),
        format!("ConfigMap/only-{version}"),
        format!("Deployment/web=web:{version}"),
        format!("Secret/both={secret}"),
        format!("Service/both={}", 80 + version),
        format!("ServiceAccount/only-{version}"),
    ];
    all.sort();
    all
}
