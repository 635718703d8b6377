//! The cluster verbs against the API server inside the process: the requests are the real ones.
#![allow(clippy::unwrap_used)]

use std::{path::Path, sync::Arc, time::Duration};

use go_sprig::FixedHost;
use serde_json::Value;
use whelm_actions::{
    ApplyOptions, ClusterAddress, Context, DryRun, Error, InstallRequest, ListRequest, NameRequest, OldValues,
    RevisionRequest, Server, StateFilter, UninstallRequest, UpgradeOutcome, UpgradeRequest, WaitStrategy, get,
    get_metadata, get_values, history, install, list, status, uninstall, upgrade,
};
use whelm_chart::Log;
use whelm_kube_client::Client;
use whelm_release::{HookPhase, Release, Status};
use whelm_sandbox::{Sandbox, Scenario};

/// A cluster with a chart beside it.
struct World {
    cx: Context,
    sandbox: Sandbox,
    address: ClusterAddress,
    folder: tempfile::TempDir,
    log: Log,
}

const WORKLOAD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec:\n  replicas: {{ \
                        .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: \
                        {app: web}}\n    spec: {containers: [{name: web, image: web}]}\n";

fn config_map(name: &str, more: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{more}data: {{a: b}}\n")
}

fn job(name: &str, annotations: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\n  annotations: {annotations}\nspec:\n  template:\n    \
         spec: {{restartPolicy: Never, containers: [{{name: a, image: a}}]}}\n"
    )
}

impl World {
    fn new(files: &[(&str, &str)]) -> World {
        let sandbox = Sandbox::with_seed(7);
        let client = Client::over(Arc::new(sandbox.clone()), "http://sandbox", "default");
        let world = World {
            cx: Context::new(Arc::new(FixedHost::new(1_700_000_000, 1))),
            sandbox,
            address: ClusterAddress::new(Server::Client(client)),
            folder: tempfile::tempdir().unwrap(),
            log: Log::default(),
        };
        world.write(
            "Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: \"2\"\n",
        );
        world.write("values.yaml", "replicas: 1\n");
        for (path, text) in files {
            world.write(path, text);
        }
        world
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn request(&self, name: &str) -> InstallRequest {
        let chart = self.folder.path().to_string_lossy().into_owned();
        InstallRequest {
            name: NameRequest {
                arguments: vec![name.to_owned(), chart],
                ..NameRequest::default()
            },
            namespace: "default".to_owned(),
            apply: ApplyOptions {
                wait: WaitStrategy::Watcher,
                timeout: Duration::from_secs(20),
                ..ApplyOptions::default()
            },
            ..InstallRequest::default()
        }
    }

    async fn install(&mut self, request: &InstallRequest) -> Result<Release, Error> {
        install(&self.cx, &self.address, request, &mut self.log).await
    }

    async fn upgrade(&mut self, name: &str, or_install: bool) -> Result<UpgradeOutcome, Error> {
        let request = UpgradeRequest {
            install: self.request(name),
            or_install,
            old_values: OldValues::default(),
            cleanup_on_fail: false,
            history_max: 10,
        };
        let done = upgrade(&self.cx, &self.address, &request, &mut |_| {}, &mut self.log).await;
        done.map_err(|failure| failure.error)
    }

    async fn uninstall(&mut self, request: &UninstallRequest) -> Result<String, Error> {
        let done = uninstall(&self.cx, &self.address, "default", request, &mut self.log).await;
        done.map(|outcome| outcome.info)
    }

    fn find(&self, kind: &str, name: &str) -> Option<Value> {
        let wanted = |object: &Value| object["kind"] == kind && object["metadata"]["name"] == name;
        self.sandbox.objects().unwrap().into_iter().find(wanted)
    }

    /// Creates or applies an object that no release owns.
    async fn put(&self, kind: &str, object: Value) {
        let Server::Client(client) = &self.address.server else {
            panic!()
        };
        let mapping = client.mapping(&whelm_kube_api::Gvk::new("v1", kind)).await.unwrap();
        client
            .create(&mapping, "default", &object, Default::default())
            .await
            .unwrap();
    }
}

fn removal(name: &str) -> UninstallRequest {
    UninstallRequest {
        name: name.to_owned(),
        wait: WaitStrategy::Watcher,
        timeout: Duration::from_secs(20),
        ..UninstallRequest::default()
    }
}

fn revision(name: &str) -> RevisionRequest {
    RevisionRequest {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        revision: 0,
    }
}

// I-001, I-003, L-002, L-010, L-011
#[tokio::test]
async fn i_001_install_waits_and_records() {
    let mut world = World::new(&[("templates/a.yaml", WORKLOAD), ("templates/NOTES.txt", "thanks\n")]);
    let release = world.install(&world.request("web")).await.unwrap();
    assert_eq!(
        (release.info.status.clone(), release.info.description.as_str()),
        (Status::Deployed, "Install complete")
    );
    let live = world.find("Deployment", "web").unwrap();
    assert_eq!(live["status"]["availableReplicas"], 1);
    assert_eq!(live["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm");
    assert_eq!(live["metadata"]["managedFields"][0]["manager"], "helm");
    let record = world.find("Secret", "sh.helm.release.v1.web.v1").unwrap();
    assert_eq!(record["metadata"]["labels"]["status"], "deployed");
    assert_eq!(record["type"], "helm.sh/release.v1");
    let stored = get(&world.address, &revision("web")).await.unwrap();
    assert_eq!(
        (stored.apply_method.as_str(), &stored.info.notes),
        ("ssa", &"thanks\n".into())
    );
}

// I-002
#[tokio::test]
async fn i_002_a_name_is_used_once() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    world.install(&world.request("web")).await.unwrap();
    let error = world.install(&world.request("web")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "release name check failed: cannot reuse a name that is still in use"
    );
    // N-003: with the history kept, the name can be replaced, and revisions go on.
    let mut kept = removal("web");
    kept.keep_history = true;
    world.uninstall(&kept).await.unwrap();
    let again = world.uninstall(&kept).await.unwrap_err();
    assert_eq!(again.to_string(), "the release named \"web\" is already deleted");
    let replace = InstallRequest {
        replace: true,
        ..world.request("web")
    };
    assert_eq!(world.install(&replace).await.unwrap().version, 2);
}

// I-002, N-003
#[tokio::test]
async fn i_002_what_a_replaced_release_left_goes() {
    let broken = config_map("b", "spec: {x: 1}\n");
    let mut world = World::new(&[
        ("templates/a.yaml", &config_map("a", "")),
        ("templates/b.yaml", &broken),
    ]);
    world.install(&world.request("web")).await.unwrap_err();
    assert!(world.find("ConfigMap", "a").is_some());
    world.write("templates/a.yaml", "");
    world.write("templates/b.yaml", &config_map("b", ""));
    let replace = InstallRequest {
        replace: true,
        ..world.request("web")
    };
    assert_eq!(world.install(&replace).await.unwrap().version, 2);
    assert!(world.find("ConfigMap", "a").is_none() && world.find("ConfigMap", "b").is_some());
}

// I-003, I-004
#[tokio::test]
async fn i_003_foreign_objects_are_refused() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("taken", ""))]);
    let foreign = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "taken"}});
    world.put("ConfigMap", foreign).await;
    let error = world.install(&world.request("web")).await.unwrap_err().to_string();
    assert!(error.starts_with(
        "unable to continue with install: ConfigMap \"taken\" in namespace \"default\" exists and cannot be imported into \
         the current release: invalid ownership metadata; label validation error: missing key"
    ));
    assert!(world.find("Secret", "sh.helm.release.v1.web.v1").is_none());
    let mut request = world.request("web");
    request.apply.take_ownership = true;
    world.install(&request).await.unwrap();
    assert_eq!(world.find("ConfigMap", "taken").unwrap()["data"]["a"], "b");
}

// I-005
#[tokio::test]
async fn i_005_the_namespace_is_made_when_it_is_missing() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    let mut request = world.request("web");
    request.namespace = "fresh".to_owned();
    request.create_namespace = true;
    world.install(&request).await.unwrap();
    assert_eq!(
        world.find("Namespace", "fresh").unwrap()["metadata"]["labels"]["name"],
        "fresh"
    );
    // One that exists keeps its labels.
    let mut request = world.request("other");
    request.create_namespace = true;
    world.write("templates/a.yaml", &config_map("b", ""));
    world.install(&request).await.unwrap();
    assert!(world.find("Namespace", "default").unwrap()["metadata"]["labels"]["name"].is_null());
}

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: \
                   widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: widgets, \
                   singular: widget, kind: Widget}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    \
                   schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n";

// I-008
#[tokio::test]
async fn i_008_crds_come_first_and_are_awaited() {
    let widget = "{{- if not (.Capabilities.APIVersions.Has \"example.com/v1/Widget\") }}{{ fail \"no widgets\" }}{{ end }}\n\
                  apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n";
    let mut world = World::new(&[("crds/w.yaml", CRD), ("templates/w.yaml", widget)]);
    let mut request = world.request("web");
    request.apply.wait = WaitStrategy::HookOnly;
    world.install(&request).await.unwrap();
    assert!(world.find("Widget", "w").is_some());
}

// I-009
#[tokio::test]
async fn i_009_no_crds_are_left_when_a_template_fails() {
    let mut world = World::new(&[("crds/w.yaml", CRD), ("templates/w.yaml", "{{ fail \"no\" }}")]);
    world.install(&world.request("web")).await.unwrap_err();
    assert!(world.find("CustomResourceDefinition", "widgets.example.com").is_none());
}

// I-017
#[tokio::test]
async fn i_017_unknown_kinds() {
    let mut world = World::new(&[(
        "templates/w.yaml",
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n",
    )]);
    let error = world.install(&world.request("web")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unable to build kubernetes objects from release manifest: resource mapping not found for name: \"w\" namespace: \
         \"\" from \"\": no matches for kind \"Widget\" in version \"example.com/v1\"\nensure CRDs are installed first"
    );
}

// I-010, I-018, A-012
#[tokio::test]
async fn i_010_failures_are_recorded() {
    let bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nspec: {x: 1}\n";
    let mut world = World::new(&[("templates/a.yaml", bad), ("templates/b.yaml", &config_map("good", ""))]);
    let error = world.install(&world.request("web")).await.unwrap_err().to_string();
    assert!(
        error.starts_with("server-side apply failed for object default/bad /v1, Kind=ConfigMap: "),
        "{error}"
    );
    let stored = get(&world.address, &revision("web")).await.unwrap();
    assert_eq!(stored.info.status, Status::Failed);
    assert_eq!(stored.info.description, format!("Release \"web\" failed: {error}"));
    assert!(world.find("ConfigMap", "good").is_some());
}

// I-010
#[tokio::test]
async fn i_010_errors_come_in_the_order_of_the_manifest() {
    let broken = |name: &str| config_map(name, "spec: {x: 1}\n");
    let mut world = World::new(&[("templates/a.yaml", &broken("a")), ("templates/b.yaml", &broken("b"))]);
    let slow = b"faults:\n- {match: {method: PATCH, path: '*/configmaps/a'}, latency: 300ms}\n";
    world.sandbox.set_scenario(Scenario::read(slow).unwrap()).unwrap();
    let error = world.install(&world.request("web")).await.unwrap_err().to_string();
    let begins =
        |(line, name): (&str, &str)| line.starts_with(&format!("server-side apply failed for object default/{name} "));
    assert_eq!(error.lines().count(), 2, "{error}");
    assert!(error.lines().zip(["a", "b"]).all(begins), "{error}");
}

// I-011
#[tokio::test]
async fn i_011_rollback_on_failure_uninstalls() {
    let bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nspec: {x: 1}\n";
    let mut world = World::new(&[("templates/a.yaml", bad), ("templates/b.yaml", &config_map("good", ""))]);
    let mut request = world.request("web");
    request.apply.rollback_on_failure = true;
    let error = world.install(&request).await.unwrap_err().to_string();
    assert!(error.starts_with("release web failed, and has been uninstalled due to rollback-on-failure being set: "));
    assert!(world.find("ConfigMap", "good").is_none());
    assert_eq!(
        get(&world.address, &revision("web")).await.unwrap_err().to_string(),
        "release: not found"
    );
}

// I-012, L-006
#[tokio::test]
async fn i_012_description_and_labels() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    let mut request = world.request("web");
    request.apply.description = "mine".to_owned();
    request.apply.labels.insert("team".to_owned(), "x".to_owned());
    world.install(&request).await.unwrap();
    let record = world.find("Secret", "sh.helm.release.v1.web.v1").unwrap();
    assert_eq!(record["metadata"]["labels"]["team"], "x");
    assert_eq!(
        get(&world.address, &revision("web")).await.unwrap().info.description,
        "mine"
    );
    request.apply.labels.insert("owner".to_owned(), "x".to_owned());
    request.name.arguments[0] = "other".to_owned();
    let error = world.install(&request).await.unwrap_err().to_string();
    assert!(error.contains("system reserved label name"));
}

// I-014, I-015
#[tokio::test]
async fn i_014_dry_runs_write_nothing() {
    let looks = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {n: '{{ (lookup \"v1\" \"Namespace\" \"\" \
                 \"default\").metadata.name }}'}\n";
    let mut world = World::new(&[("templates/a.yaml", looks)]);
    let mut request = world.request("web");
    request.apply.dry_run = DryRun::Server;
    let release = world.install(&request).await.unwrap();
    assert_eq!(
        (release.info.status, release.info.description.as_str()),
        (Status::PendingInstall, "Dry run complete")
    );
    assert!(release.manifest.to_string_lossy().contains("n: 'default'"));
    assert!(world.find("ConfigMap", "a").is_none());
    assert!(world.find("Secret", "sh.helm.release.v1.web.v1").is_none());
}

// I-016
#[tokio::test]
async fn i_016_unreachable() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    let options = whelm_kube_client::ConnectOptions {
        overrides: whelm_kube_api::kubeconfig::Overrides {
            server: "http://127.0.0.1:1".into(),
            ..Default::default()
        },
        ..Default::default()
    };
    world.address = ClusterAddress::new(Server::Kubeconfig(Box::new(options)));
    let error = world.install(&world.request("web")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cluster reachability check failed: kubernetes cluster unreachable: Get \"http://127.0.0.1:1/version\": dial tcp \
         127.0.0.1:1: connect: connection refused"
    );
}

// K-001, K-003, K-009
#[tokio::test]
async fn k_001_hooks_run_and_are_recorded() {
    let before = job(
        "before",
        "{helm.sh/hook: pre-install, helm.sh/hook-delete-policy: hook-succeeded}",
    );
    let after = job("after", "{helm.sh/hook: \"post-install,pre-delete\"}");
    let mut world = World::new(&[("templates/a.yaml", &before), ("templates/b.yaml", &after)]);
    world.install(&world.request("web")).await.unwrap();
    assert!(world.find("Job", "before").is_none());
    assert!(world.find("Job", "after").is_some());
    let stored = get(&world.address, &revision("web")).await.unwrap();
    assert!(
        stored
            .hooks
            .iter()
            .all(|hook| hook.last_run.phase == HookPhase::Succeeded)
    );
    // Hooks are no part of the manifest: they stay.
    world.uninstall(&removal("web")).await.unwrap();
    assert!(world.find("Job", "after").is_some());
}

// U-001, U-003, U-008
#[tokio::test]
async fn u_003_upgrade_applies_removes_and_supersedes() {
    let kept = config_map("kept", "  annotations: {helm.sh/resource-policy: keep}\n");
    let mut world = World::new(&[
        ("templates/a.yaml", &config_map("a", "")),
        ("templates/b.yaml", &config_map("b", "")),
        ("templates/k.yaml", &kept),
    ]);
    let missing = world.upgrade("web", false).await.unwrap_err();
    assert_eq!(missing.to_string(), "\"web\" has no deployed releases");
    assert!(world.upgrade("web", true).await.unwrap().installed);
    for gone in ["templates/b.yaml", "templates/k.yaml"] {
        std::fs::remove_file(world.folder.path().join(gone)).unwrap();
    }
    world.write("templates/c.yaml", &config_map("c", ""));
    let outcome = world.upgrade("web", true).await.unwrap();
    assert_eq!((outcome.installed, outcome.release.version), (false, 2));
    let there: Vec<bool> = ["a", "b", "c", "kept"]
        .iter()
        .map(|name| world.find("ConfigMap", name).is_some())
        .collect();
    assert_eq!(there, [true, false, true, true]);
    let states: Vec<Status> = history(&world.address, "default", "web", 0)
        .await
        .unwrap()
        .into_iter()
        .map(|release| release.info.status)
        .collect();
    assert_eq!(states, [Status::Superseded, Status::Deployed]);
}

// U-005
#[tokio::test]
async fn u_005_a_failed_upgrade_leaves_the_old_revision_deployed() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    world.install(&world.request("web")).await.unwrap();
    world.write(
        "templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec: {x: 1}\n",
    );
    world.upgrade("web", false).await.unwrap_err();
    let all = history(&world.address, "default", "web", 0).await.unwrap();
    let states: Vec<_> = all.iter().map(|release| release.info.status.clone()).collect();
    assert_eq!(states, [Status::Deployed, Status::Failed]);
    assert!(
        all[1]
            .info
            .description
            .starts_with("Upgrade \"web\" failed: server-side apply failed")
    );
    // The next one begins at the deployed revision.
    world.write("templates/a.yaml", &config_map("a", ""));
    assert_eq!(world.upgrade("web", false).await.unwrap().release.version, 3);
}

// U-011
#[tokio::test]
async fn u_011_the_first_object_that_cannot_be_made_ends_an_upgrade() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    world.install(&world.request("web")).await.unwrap();
    let broken = |name: &str| config_map(name, "spec: {x: 1}\n");
    for name in ["a", "b", "c"] {
        world.write(&format!("templates/{name}.yaml"), &broken(name));
    }
    let error = world.upgrade("web", false).await.unwrap_err().to_string();
    assert!(
        error.starts_with("failed to create resource: server-side apply failed for object default/b "),
        "{error}"
    );
    assert!(!error.contains(" && "), "{error}");
}

// U-007, B-001, B-002, L-013
#[tokio::test]
async fn u_007_a_failed_upgrade_goes_back() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    world.install(&world.request("web")).await.unwrap();
    let bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nspec: {x: 1}\n";
    world.write("templates/b.yaml", bad);
    let mut install = world.request("web");
    install.apply.rollback_on_failure = true;
    let request = UpgradeRequest {
        install,
        or_install: false,
        old_values: OldValues::default(),
        cleanup_on_fail: false,
        history_max: 10,
    };
    let failure = upgrade(&world.cx, &world.address, &request, &mut |_| {}, &mut world.log)
        .await
        .unwrap_err();
    let text = failure.error.to_string();
    assert!(
        text.starts_with("release web failed, and has been rolled back due to rollback-on-failure being set: "),
        "{text}"
    );
    let all = history(&world.address, "default", "web", 0).await.unwrap();
    let states: Vec<_> = all.iter().map(|release| release.info.status.clone()).collect();
    assert_eq!(states, [Status::Superseded, Status::Failed, Status::Deployed]);
    assert_eq!(
        (all[2].info.rollback_revision, all[2].info.description.as_str()),
        (1, "Rollback to 1")
    );
}

// N-001, N-002, N-010
#[tokio::test]
async fn n_001_uninstall_removes_what_it_owns() {
    let kept = config_map("kept", "  annotations: {helm.sh/resource-policy: keep}\n");
    let mut world = World::new(&[("templates/a.yaml", WORKLOAD), ("templates/k.yaml", &kept)]);
    world.install(&world.request("web")).await.unwrap();
    let dry = world
        .uninstall(&UninstallRequest {
            dry_run: true,
            ..removal("web")
        })
        .await
        .unwrap();
    assert_eq!(
        dry,
        "These resources were kept due to the resource policy:\n[ConfigMap] kept\n"
    );
    let info = world.uninstall(&removal("web")).await.unwrap();
    assert_eq!(info, dry);
    assert!(world.find("Deployment", "web").is_none() && world.find("ConfigMap", "kept").is_some());
    assert!(world.find("Secret", "sh.helm.release.v1.web.v1").is_none());
}

// N-004
#[tokio::test]
async fn n_004_nothing_there() {
    let mut world = World::new(&[]);
    let error = world.uninstall(&removal("web")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "uninstall: Release not loaded: web: release: not found"
    );
    let ignored = UninstallRequest {
        ignore_not_found: true,
        ..removal("web")
    };
    assert_eq!(world.uninstall(&ignored).await.unwrap(), "");
    assert_eq!(
        get(&world.address, &revision("A_")).await.unwrap_err().to_string(),
        "releaseContent: Release name is invalid: A_"
    );
}

// N-009
#[tokio::test]
async fn n_009_objects_that_are_gone_are_no_error() {
    let mut world = World::new(&[("templates/a.yaml", &config_map("a", ""))]);
    world.install(&world.request("web")).await.unwrap();
    let Server::Client(client) = &world.address.server else {
        panic!()
    };
    let mapping = client
        .mapping(&whelm_kube_api::Gvk::new("v1", "ConfigMap"))
        .await
        .unwrap();
    client
        .delete(&mapping, "default", "a", Default::default(), None)
        .await
        .unwrap();
    assert_eq!(world.uninstall(&removal("web")).await.unwrap(), "");
}

// O-004, O-006
#[tokio::test]
async fn o_006_lists() {
    let mut world = World::new(&[("templates/a.yaml", "{{ $x := 1 }}")]);
    for name in ["b", "a"] {
        world.install(&world.request(name)).await.unwrap();
    }
    let request = ListRequest {
        namespace: "default".to_owned(),
        ..ListRequest::default()
    };
    let names = |all: Vec<Release>| all.into_iter().map(|release| release.name).collect::<Vec<_>>();
    assert_eq!(names(list(&world.address, &request).await.unwrap()), ["a", "b"]);
    let filtered = ListRequest {
        filter: "^b".to_owned(),
        namespace: String::new(),
        ..request.clone()
    };
    assert_eq!(names(list(&world.address, &filtered).await.unwrap()), ["b"]);
    let failed = ListRequest {
        states: vec![StateFilter::Failed],
        ..request.clone()
    };
    assert!(list(&world.address, &failed).await.unwrap().is_empty());
    let bad = ListRequest {
        filter: "(".to_owned(),
        ..request
    };
    assert_eq!(
        list(&world.address, &bad).await.unwrap_err().to_string(),
        "error parsing regexp: missing closing ): `(`"
    );
}

// O-009, O-016, O-018
#[tokio::test]
async fn o_018_status_metadata_and_values() {
    let mut world = World::new(&[("templates/a.yaml", WORKLOAD)]);
    world.install(&world.request("web")).await.unwrap();
    let shown = status(&world.address, &revision("web"), true).await.unwrap();
    let headings: Vec<&str> = shown.tables.iter().map(|(heading, _)| heading.as_str()).collect();
    assert_eq!(headings, ["v1/Deployment", "v1/Pod(related)"]);
    let objects = status(&world.address, &revision("web"), false).await.unwrap();
    assert_eq!(objects.release.info.resources.unwrap().len(), 2);
    let metadata = get_metadata(&world.address, &revision("web")).await.unwrap();
    assert_eq!(
        (
            metadata.chart.as_str(),
            metadata.app_version.as_str(),
            metadata.apply_method.as_str()
        ),
        ("web", "2", "ssa")
    );
    let mut log = Log::default();
    assert!(
        get_values(&world.address, &revision("web"), false, &mut log)
            .await
            .unwrap()
            .is_none_or(|map| map.is_empty())
    );
    let all = get_values(&world.address, &revision("web"), true, &mut log)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(all.len(), 1);
}
