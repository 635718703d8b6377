//! Rules of removing and waiting (checklist groups N and W), by whelm and by Helm, each in an embedded cluster of its own.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::time::{Duration, Instant};

use support::helm;
use support::rules::{CHART, deployment, map, never_ready, sides, write};

/// N-005, N-006, N-009: several names, a dry run, and what is gone already.
#[test]
fn n_005_n_006_several_and_dry_runs() {
    let Some(helm) = helm() else { return };
    let kept = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-k', annotations: {helm.sh/resource-policy: keep}}\n";
    let own = map("{{ .Release.Name }}-a", "x: v") + &map("{{ .Release.Name }}-b", "x: v") + kept;
    let sides = sides(&helm, "several", &own);
    sides.live(&["install one c", "install two c", "install three c"]);
    sides.each(|side| {
        let path = "/api/v1/namespaces/default/configmaps/";
        let foreign = "{\"metadata\":{\"annotations\":{\"meta.helm.sh/release-name\":\"other\"}}}";
        side.cluster.request("PATCH", &format!("{path}one-a"), foreign);
        side.cluster.request("DELETE", &format!("{path}one-b"), "");
    });
    let lines = [
        "uninstall one --dry-run",
        "uninstall nope --dry-run",
        "uninstall nope --dry-run --ignore-not-found",
        "uninstall two nope three",
        "list -q",
        "uninstall one three --cascade odd",
        "uninstall one three",
        "list -q",
    ];
    sides.live(&lines);
}

/// N-007: waiting until all is gone, with what belongs to it.
#[test]
fn n_007_wait_and_foreground() {
    let Some(helm) = helm() else { return };
    let held = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [x.org/f]}\n";
    let sides = sides(&helm, "foreground", &deployment("a", "i:1", "a: b"));
    let lines = [
        "install web c --wait",
        "uninstall web --wait --cascade foreground",
        "install web c",
        "uninstall web --cascade orphan",
    ];
    sides.live(&lines);
    sides.each(|side| write(side, held));
    sides.live(&["install held c", "uninstall held --wait --timeout 1s", "list -q"]);
}

/// N-008: Helm says only that it failed.
#[test]
fn n_008_why_deletion_failed() {
    if support::real::skips("a scenario") {
        return;
    }
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "why", &map("a", "x: v"));
    sides.live(&["install web c"]);
    let refusal =
        "faults:\n- match: {method: DELETE, path: \"*/configmaps/a\"}\n  times: 1\n  status: 403\n  message: not now\n";
    sides.each(|side| side.cluster.scenario(refusal));
    let (own, theirs) = (sides.own.run("uninstall web"), sides.theirs.run("uninstall web"));
    assert_eq!(
        (own.code, theirs.err.as_str()),
        (1, "Error: failed to delete release: web\n")
    );
    assert!(
        own.err
            .contains("error=\"failed to delete resource namespace=default, name=a, kind=ConfigMap: not now"),
        "{own:?}"
    );
    assert!(
        own.err.contains("\nError: failed to delete release: web\nhint: "),
        "{own:?}"
    );
    sides.live(&["uninstall web"]);
}

/// N-011: what stays behind is listed on standard output, and said in log lines; the exit status is that of a success.
#[test]
fn n_011_what_is_left_behind() {
    if support::real::skips("a scenario") {
        return;
    }
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "behind", &(map("a", "x: v") + &map("b", "x: v")));
    sides.live(&["install web c"]);
    sides.each(|side| {
        let foreign = "{\"metadata\":{\"annotations\":{\"meta.helm.sh/release-name\":\"other\"}}}";
        side.cluster.request("PATCH", "/api/v1/namespaces/default/configmaps/a", foreign);
        let refusal = "faults:\n- match: {method: GET, path: \"*/configmaps/b\"}\n  times: 1\n  status: 403\n  message: not for you\n";
        side.cluster.scenario(refusal);
    });
    let ran = sides.step("uninstall web");
    let text = "1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] a\n";
    assert!(ran.code == 0 && ran.out.starts_with(text), "{ran:?}");
    assert!(
        ran.out.contains("ownership could not be verified:\n[ConfigMap] b: "),
        "{ran:?}"
    );
    assert!(
        ran.err.contains("level=WARN msg=\"skipping delete of resource"),
        "{ran:?}"
    );
}

/// W-009: without `--wait`, nothing is waited for.
#[test]
fn w_009_hooks_only() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "hooks-only", &never_ready("slow"));
    let begun = Instant::now();
    sides.live(&[
        "install web c --timeout 60s",
        "upgrade web c --timeout 60s --wait=hookOnly",
        "uninstall web",
    ]);
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// W-011: watches that end, expire and break, and a server that is started anew.
#[test]
fn w_011_lost_watches() {
    if support::real::skips("a scenario") {
        return;
    }
    let ready = deployment("a", "i:1", "a: b").replace(
        "    metadata: {labels",
        "    metadata: {annotations: {sandbox.whelm.dev/ready-after: 2s}, labels",
    );
    for (name, fault) in [
        ("expired", "expire-watches: true"),
        ("cut", "cut: within"),
        ("restart", "restart: 300ms"),
        ("refused", "status: 503"),
    ] {
        let cluster = support::Cluster::new(name);
        cluster.home.file("c/Chart.yaml", CHART);
        cluster.home.file("c/templates/all.yaml", &ready);
        cluster.scenario(&format!(
            "faults:\n- match: {{method: GET, path: \"*/deployments*\"}}\n  at: [2, 3, 5]\n  {fault}\n"
        ));
        cluster.run(&["install", "web", "c", "--wait", "--timeout", "20s"]);
    }
}

/// W-012: a missing right is named, and not waited for.
#[test]
fn w_012_missing_rights() {
    if support::real::skips("a user without a name") {
        return;
    }
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "rights", &deployment("a", "i:1", "a: b")).with_other_records(&["web.v1"]);
    // Tokens go over TLS only, so the user is nobody here.
    let may = |name: &str, rules: &str| format!("{{\"metadata\":{{\"name\":\"{name}\"}},\"rules\":[{rules}]}}");
    let role = may(
        "own",
        "{\"apiGroups\":[\"\"],\"resources\":[\"secrets\"],\"verbs\":[\"*\"]},\
         {\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"],\"verbs\":[\"get\",\"create\",\"patch\"]}",
    );
    let discovery = may("look", "{\"nonResourceURLs\":[\"*\"],\"verbs\":[\"get\"]}");
    let binding = |kind: &str, name: &str| {
        format!(
            "{{\"metadata\":{{\"name\":\"{name}\"}},\"roleRef\":{{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"{kind}\",\
             \"name\":\"{name}\"}},\"subjects\":[{{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\
             \"system:anonymous\"}}]}}"
        )
    };
    let made = [
        ("namespaces/default/roles", role),
        ("namespaces/default/rolebindings", binding("Role", "own")),
        ("clusterroles", discovery),
        ("clusterrolebindings", binding("ClusterRole", "look")),
    ];
    sides.each(|side| {
        for (place, object) in &made {
            let path = format!("/apis/rbac.authorization.k8s.io/v1/{place}");
            let answer = side.cluster.request("POST", &path, object);
            assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        }
        drop(side.cluster.sandbox().clone().with_rbac([].into()));
    });
    let begun = Instant::now();
    let ran = sides.own.run("install web c --wait --timeout 60s");
    let theirs = sides.theirs.run("install web c --wait --timeout 60s");
    assert_eq!(ran.code, theirs.code, "{theirs:?}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    let text = "deployments.apps \"a\" is forbidden: User \"system:anonymous\" cannot list resource \"deployments\" in API group \"apps\" in \
                the namespace \"default\"";
    assert_eq!(
        ran.err,
        format!("Error: INSTALLATION FAILED: failed to list apps/v1, Kind=Deployment: {text}\n")
    );
    // Helm asks for all objects of the kind, so that it does not name the one.
    assert_eq!(
        theirs.err.replace("deployments.apps is", "deployments.apps \"a\" is"),
        ran.err
    );
    // Without the wait the rights are enough.
    sides.step("install other c --take-ownership");
}
