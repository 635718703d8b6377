//! Rules of installing, upgrading and going back (checklist groups A, B, L and U), by whelm and by Helm, each in an embedded
//! cluster of its own.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::helm;
use support::lives::Side;
use support::rules::{CHART, CRD, deployment, map, never_ready, sides, write};

/// whose fields they are, and taking them.
#[test]
fn a_002_conflicts() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "conflicts", &map("a", "x: '{{ .Values.x }}'"));
    sides.live(&["install web c --set x=1"]);
    sides.each(|side| {
        let path = "/api/v1/namespaces/default/configmaps/a?fieldManager=kubectl";
        side.cluster.request("PATCH", path, "{\"data\":{\"x\":\"9\"}}");
    });
    let lines = [
        "upgrade web c --set x=2",
        "upgrade web c --set x=2 --force-conflicts",
        "upgrade web c --set x=3",
        "rollback web 1",
        "history web",
    ];
    sides.live(&lines);
}

/// two objects that count against one quota at the same moment.
#[test]
fn a_009_quota_conflicts() {
    if support::real::skips("a scenario") {
        return;
    }
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "quota", &map("a", "x: v"));
    let fault = |path: &str, times: u32| {
        format!(
            "faults:\n- match: {{method: PATCH, path: {path}}}\n  times: {times}\n  status: 409\n  message: 'Operation cannot be \
             fulfilled on resourcequotas \"q\": the object has been modified; please apply your changes to the latest version'\n"
        )
    };
    sides.each(|side| side.cluster.scenario(&fault("\"*/configmaps/a\"", 3)));
    sides.live(&["install web c"]);
    sides.each(|side| side.cluster.scenario(&fault("\"*/configmaps/a\"", 100)));
    sides.live(&["uninstall web", "install web c"]);
}

/// A-011, U-011: what may not change; all that goes wrong is said, and what is to go stays.
#[test]
fn a_011_u_011_immutable_fields() {
    let Some(helm) = helm() else { return };
    let first =
        deployment("a", "i:1", "a: b") + &deployment("b", "i:1", "a: b") + &map("gone", "x: v") + &map("m", "x: v");
    let sides = sides(&helm, "immutable", &first);
    sides.live(&["install web c", "install other c --server-side=false --take-ownership"]);
    let second =
        deployment("a", "i:1", "c: d") + &deployment("b", "i:1", "e: f") + &map("m", "x: w") + &map("new", "x: v");
    sides.each(|side| write(side, &second));
    let lines = [
        "upgrade web c",
        "history web",
        // U-006: what this attempt made goes again; as above it stays.
        "upgrade web c --cleanup-on-fail",
        "upgrade other c --cleanup-on-fail",
        "history web",
    ];
    sides.live(&lines);
}

/// B-004: what is written down when going back fails, and what goes then.
#[test]
fn b_004_failures_of_rollbacks() {
    if support::real::skips("a scenario") {
        return;
    }
    let Some(helm) = helm() else { return };
    let sides = sides(
        &helm,
        "rollbacks",
        &(map("early", "x: v") + &deployment("a", "i:1", "a: b")),
    );
    sides.live(&["install web c"]);
    sides.each(|side| write(side, &map("late", "x: v")));
    sides.live(&["upgrade web c"]);
    let refusal =
        "faults:\n- match: {method: PATCH, path: \"*/deployments/a\"}\n  times: 2\n  status: 403\n  message: not now\n";
    sides.each(|side| side.cluster.scenario(refusal));
    sides.live(&[
        "rollback web 1 --cleanup-on-fail",
        "history web",
        "rollback web 1",
        "history web",
        "rollback web 1",
    ]);
    sides.each(|side| write(side, &never_ready("slow")));
    let lines = [
        "upgrade web c",
        "upgrade web c --set a=b",
        "rollback web --wait --timeout 1s",
        "history web",
        "status web -o table",
        // What is not ready stays, and cleaning up after nothing fails as it does with Helm.
        "uninstall web --keep-history",
        "rollback web 5 --wait --timeout 1s --cleanup-on-fail",
        // The revision before is gone when the wait fails.
        "rollback web 5 --wait --timeout 1s --history-max 2",
        "rollback web 5 --force-replace --cleanup-on-fail",
        "history web",
    ];
    sides.live(&lines);
}

/// B-005: when a hook of going back fails, the release can go on: Helm leaves it pending.
#[test]
fn b_005_failing_rollback_hooks() {
    let Some(helm) = helm() else { return };
    let hook = |event: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations: {{helm.sh/hook: {event}, sandbox.whelm.dev/outcome: \
             Failed}}\nspec: {{restartPolicy: Never, containers: [{{name: main, image: a}}]}}\n"
        )
    };
    for event in ["pre-rollback", "post-rollback"] {
        let sides = sides(&helm, event, &(map("a", "x: v") + &hook(event))).with_other_records(&["web.v3"]);
        sides.live(&["install web c", "upgrade web c"]);
        let ran = sides.step("rollback web 1");
        assert!(
            ran.err.ends_with("with --no-hooks the command does without it\n"),
            "{ran:?}"
        );
        let own = &sides.own.cluster;
        let history = own.run(&["history", "web"]);
        let last = history.lines().last().unwrap();
        assert!(
            last.contains("failed") && last.contains("Rollback \"web\" failed: resource Pod/default/h not ready"),
            "{history}"
        );
        let record = own.run(&[
            "get",
            "all",
            "web",
            "--template",
            "{{range.Release.Hooks}}{{.LastRun.Phase}}{{end}}",
        ]);
        assert_eq!(record, "Failed");
        own.run(&["upgrade", "web", "c"]);
        own.run(&["rollback", "web", "1", "--no-hooks"]);
    }
}

/// L-003: records in ConfigMaps, as Helm makes them.
#[test]
fn l_003_config_maps() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "config-maps", &map("a", "x: v"));
    let driver = [("HELM_DRIVER", "configmap")];
    let lines = [
        "install web c --labels team=a",
        "upgrade web c",
        "list -q",
        "list -l team=a -q",
        "history web",
        "rollback web 1 --history-max 2",
        "get manifest web",
        "uninstall web --keep-history",
        "list --uninstalled -q",
    ];
    let records = |side: &Side<'_>| {
        let objects = side.cluster.objects();
        let records = objects.iter().filter(|object| {
            object["metadata"]["name"]
                .as_str()
                .is_some_and(|name| name.starts_with("sh.helm."))
        });
        let shown = records.map(|record| {
            let mut labels = record["metadata"]["labels"].clone();
            for time in ["createdAt", "modifiedAt"] {
                if let Some(label) = labels.get_mut(time) {
                    *label = time.into();
                }
            }
            let keys: Vec<&String> = record["data"].as_object().unwrap().keys().collect();
            format!(
                "{} {} {} {keys:?} {labels}",
                record["kind"], record["metadata"]["name"], record["type"]
            )
        });
        shown.collect::<Vec<_>>()
    };
    for line in lines {
        sides.step_with(&driver, line);
        assert_eq!(records(&sides.own), records(&sides.theirs), "{line}");
    }
    // Each reads what the other wrote.
    assert!(
        records(&sides.own)
            .iter()
            .all(|record| record.starts_with("\"ConfigMap\""))
    );
}

/// U-002, U-009, U-013: values, labels and history from revision to revision.
#[test]
fn u_002_u_009_u_013_what_is_taken_along() {
    let Some(helm) = helm() else { return };
    // Helm writes the nulls of `--reuse-values` into the record of the revision before, too.
    let sides = sides(&helm, "along", &map("a", "x: {{ .Values | toJson | quote }}")).with_other_records(&["web.v4"]);
    let values = |text: &str| sides.each(|side| drop(side.cluster.home.file("c/values.yaml", text)));
    values("a: 1\nb: {c: 2, d: 3}\n");
    let show = ["get values web", "get values web -a"];
    sides.live(&["install web c --set b.c=5,e=6 --labels team=a,size=b"]);
    values("a: 9\nb: {c: 8, f: 7}\n");
    for line in [
        "upgrade web c --labels size=null,new=c",
        "upgrade web c --set g=1",
        "upgrade web c --reuse-values --set h=1",
        "upgrade web c --reuse-values --set h=null",
        "upgrade web c --reset-then-reuse-values --set i=1",
        "upgrade web c --reset-values",
        "upgrade web c --reset-values --set b=null",
        "upgrade web c --reuse-values --reset-values --set j=1",
        "upgrade web c --history-max 3 --labels team=null",
        "upgrade web c --history-max 1 --labels owner=x",
        "upgrade web c --history-max 1",
    ] {
        sides.live(&[line]);
        sides.live(&show);
    }
    sides.live(&["history web", "list -l new=c -q", "list -l team=a -q"]);
}

/// A library cannot be installed; nothing keeps a release from being upgraded to one.
#[test]
fn libraries() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "libraries", &map("a", "x: v"));
    sides.live(&["install web c"]);
    let change = |text: &str| {
        let text = format!("{CHART}{text}");
        sides.each(|side| drop(side.cluster.home.file("c/Chart.yaml", &text)));
    };
    change("type: library\n");
    sides.live(&[
        "install other c",
        "upgrade other c",
        "upgrade -i other c",
        "upgrade web c",
        "history web",
    ]);
    // An upgrade says last that a chart is deprecated.
    change("deprecated: true\ndependencies: [{name: missing, version: '1', repository: 'file://missing'}]\n");
    sides.live(&["install other c", "upgrade web c"]);
    change("deprecated: true\n");
    sides.live(&["upgrade web c", "install other c --take-ownership"]);
}

/// What stays is listed in Helm's order, in which the eleventh document comes before the third.
#[test]
fn kept_objects_in_order() {
    let Some(helm) = helm() else { return };
    let kept = |number: u32| {
        map(&format!("m{number}"), "x: v").replace("{name", "{annotations: {helm.sh/resource-policy: keep}, name")
    };
    let sides = sides(&helm, "kept", &(10..25).map(kept).collect::<String>());
    sides.live(&["install web c", "uninstall web"]);
}

/// U-004: an object in another version of its API is the same object.
#[test]
fn u_004_other_versions() {
    let Some(helm) = helm() else { return };
    let scaler = |version: &str, metrics: &str| {
        format!(
            "---\napiVersion: autoscaling/{version}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: a}}\nspec:\n  maxReplicas: 3\n  \
             scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: a}}\n  {metrics}\n"
        )
    };
    let sides = sides(&helm, "versions", &scaler("v1", "targetCPUUtilizationPercentage: 50"));
    sides.live(&["install web c"]);
    let uid = |side: &Side<'_>| {
        let found = side
            .cluster
            .objects()
            .into_iter()
            .find(|object| object["kind"] == "HorizontalPodAutoscaler");
        found.unwrap()["metadata"]["uid"].to_string()
    };
    let before = uid(&sides.own);
    let second = scaler(
        "v2",
        "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]",
    );
    sides.each(|side| write(side, &second));
    sides.live(&["upgrade web c", "rollback web 1", "upgrade web c --server-side=false"]);
    assert_eq!(uid(&sides.own), before);
}

/// U-006: what a failed attempt made goes again.
#[test]
fn u_006_cleanup_on_fail() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "cleanup", &map("a", "x: v"));
    sides.live(&["install web c"]);
    sides.each(|side| write(side, &(map("a", "x: w") + &map("new", "x: v") + &never_ready("slow"))));
    let lines = [
        "upgrade web c --cleanup-on-fail --wait --timeout 1s",
        "history web",
        "upgrade web c --wait --timeout 1s",
        "history web",
        "upgrade web c --cleanup-on-fail --rollback-on-failure --timeout 1s",
        "history web",
    ];
    sides.live(&lines);
}

/// U-010: one of two clients is at work; what a killed one leaves has a way out.
#[test]
fn u_010_somebody_else_is_at_work() {
    let Some(helm) = helm() else { return };
    // How far the hook of the killed revision was is chance.
    let sides = sides(&helm, "busy", &map("a", "x: v")).with_other_records(&["web.v2"]);
    sides.live(&["install web c"]);
    let slow = "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: pre-upgrade, sandbox.whelm.dev/run-for: \
                1h}\nspec: {restartPolicy: Never, containers: [{name: main, image: a}]}\n";
    sides.each(|side| {
        write(side, slow);
        side.kill_after("upgrade web c", "list --pending -q");
    });
    let ran = sides.step("upgrade web c");
    assert!(
        ran.err.contains("\nhint: revision 2 is pending-upgrade since "),
        "{ran:?}"
    );
    assert!(ran.err.contains("`helm rollback web 1`"), "{ran:?}");
    sides.live(&["rollback web", "upgrade web c --no-hooks", "history web"]);
}

/// U-012: a kind of the old manifest that the cluster no longer serves is no reason to be stuck.
#[test]
fn u_012_removed_kinds() {
    let cluster = support::Cluster::new("removed");
    cluster.home.file("c/Chart.yaml", CHART);
    cluster.home.file("c/crds/thing.yaml", CRD);
    let thing = "---\napiVersion: x.org/v1\nkind: Thing\nmetadata: {name: t}\n";
    cluster.home.file("c/templates/all.yaml", &(map("a", "x: v") + thing));
    for name in ["web", "other"] {
        cluster.run(&["install", name, "c", "--take-ownership"]);
    }
    cluster.request(
        "DELETE",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.x.org",
        "",
    );
    std::fs::remove_file(cluster.home.path.join("c/crds/thing.yaml")).unwrap();
    cluster.home.file("c/templates/all.yaml", &map("b", "x: v"));
    let ran = cluster.home.run(&["upgrade", "web", "c"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let warning = "level=WARN msg=\"the cluster no longer serves this kind; the object counts as gone\" apiVersion=x.org/v1 kind=Thing name=t\n";
    assert_eq!(ran.err, warning);
    let ran = cluster.home.run(&["uninstall", "other"]);
    assert!(
        ran.out
            .contains("1 resource(s) were not deleted because the cluster no longer serves their kind:\n[Thing] t\n"),
        "{ran:?}"
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    cluster.run(&["uninstall", "web"]);
}

/// L-009: a record that is too large is refused before anything is applied, CRDs included, and it is said what helps.
#[test]
fn l_009_records_that_are_too_large() {
    if support::real::skips("a scenario") {
        return;
    }
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "large", &map("a", "x: v"));
    let mut noise = 7_u64;
    let mut next = || {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from((noise >> 33) % 90).unwrap())
    };
    let text: String = (0..1_400_000).map(|_| next()).collect();
    sides.each(|side| drop(side.cluster.home.file("c/notes.bin", &text)));
    let refusal = "faults:\n- match: {method: POST, path: \"*/secrets\"}\n  status: 422\n  message: 'Secret \"sh.helm.release.v1.web.v1\" is \
                   invalid: data: Too long: may not be more than 1048576 bytes'\n";
    sides.each(|side| side.cluster.scenario(refusal));
    let ran = sides.step("install web c");
    let text = "Error: INSTALLATION FAILED: create: failed to create: Secret \"sh.helm.release.v1.web.v1\" is invalid: data: Too long: may \
                not be more than 1048576 bytes\nhint: ";
    assert!(ran.err.starts_with(text), "{ran:?}");
    sides.own.cluster.scenario("{}");
    sides.live(&["list -q"]);
    for with_crds in [false, true] {
        if with_crds {
            sides.own.cluster.home.file("c/crds/thing.yaml", CRD);
        }
        let ran = sides.own.run("install web c --create-namespace -n new");
        assert!(ran.code == 1 && ran.err.starts_with(text), "{ran:?}");
    }
    let objects = sides.own.cluster.objects();
    let left = objects
        .iter()
        .find(|object| object["kind"] == "CustomResourceDefinition" || object["metadata"]["name"] == "new");
    assert!(left.is_none(), "{left:?}");
}

/// U-010: of clients that begin at once, those that are late say so, and the release goes on.
#[test]
fn u_010_at_once() {
    let cluster = support::Cluster::new("at-once");
    cluster.home.file("c/Chart.yaml", CHART);
    cluster.home.file("c/templates/all.yaml", &map("a", "x: v"));
    cluster.run(&["install", "web", "c"]);
    let all: Vec<_> = std::thread::scope(|scope| {
        let upgrade = || cluster.home.run(&["upgrade", "web", "c"]);
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(upgrade)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().any(|ran| ran.code == 0), "{all:?}");
    for late in all.iter().filter(|ran| ran.code != 0) {
        let told = late
            .err
            .contains("release: already exists\nhint: another client has made this revision")
            || late.err.contains("is in progress\nhint: revision ");
        assert!(told, "{late:?}");
    }
    cluster.run(&["upgrade", "web", "c"]);
    assert_eq!(cluster.run(&["list", "--deployed", "-q"]), "web\n");
}
