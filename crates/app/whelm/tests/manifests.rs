//! What manifests may hold (checklist groups I, U and N), by whelm and by Helm, each in a cluster of its own.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::helm;
use support::rules::{deployment, map, sides, write};

/// I-006: an object whose name the server would make up is lost as soon as it is made: nobody knows it again.
#[test]
fn i_006_objects_without_names() {
    let Some(helm) = helm() else { return };
    let nameless = map("", "x: v").replace("name: ", "generateName: a-");
    let sides = sides(
        &helm,
        "nameless",
        &(map("first", "x: v") + &nameless + &map("zz", "x: v")),
    );
    sides.live(&[
        "install web c",
        "upgrade web c",
        "upgrade web c --server-side=false",
        "rollback web 1",
        "uninstall web",
    ]);
    sides.each(|side| write(side, &map("", "x: v").replace("{name: }", "{labels: {a: b}}")));
    sides.live(&["install web c", "install web c --server-side=false"]);
    sides.each(|side| {
        let hook = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: h-, annotations: {helm.sh/hook: pre-install}}\n\
                    spec: {restartPolicy: Never, containers: [{name: main, image: a}]}\n";
        write(side, hook);
    });
    sides.live(&["install other c", "install another c --server-side=false"]);
}

/// I-007: of typed lists the items have the kind, whatever the document calls itself.
#[test]
fn i_007_lists() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "lists", "");
    let documents = [
        "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}, {apiVersion: v1, kind: Service, metadata: {name: b}, \
         spec: {ports: [{port: 1}]}}]}",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: left-out}, items: [{metadata: {name: c}}]}",
        "{apiVersion: v1, kind: List, items: [{apiVersion: x/v1, kind: A, metadata: {name: a}}, {apiVersion: x/v1, kind: B}, \
         {apiVersion: x/v1, kind: B}]}",
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1}, {kind: ConfigMap}, 5]}",
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: []}]}",
        "{apiVersion: v1, kind: List, items: 5}",
        "{apiVersion: v1, kind: List}\n---\n{apiVersion: x/v1, kind: Nothing}",
        "{apiVersion: v1, kind: ConfigMapList, items: [{kind: ConfigMap}, {apiVersion: v1}]}",
        "{apiVersion: x/v1, kind: ThingList, items: []}",
        "{apiVersion: v1, metadata: {name: a}}\n---\n{apiVersion: x/v1, kind: Nothing}",
    ];
    for (number, document) in documents.iter().enumerate() {
        sides.each(|side| write(side, document));
        sides.live(&[
            &format!("install r{number} c"),
            &format!("uninstall r{number} --ignore-not-found"),
        ]);
    }
}

/// I-007: a namespace at what has none is left out, and is not waited for there.
#[test]
fn i_007_cluster_wide_objects_with_a_namespace() {
    let Some(helm) = helm() else { return };
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: whelm-of-nowhere, namespace: nowhere}\nrules: []\n";
    let sides = sides(&helm, "nowhere", role);
    sides.live(&[
        "install web c --wait --timeout 20s",
        "install other c",
        "upgrade web c --wait --server-side=false --timeout 20s",
        "uninstall web --wait --timeout 20s",
    ]);
}

/// U-003: what a manifest has twice exists the second time.
#[test]
fn u_003_objects_that_are_there_twice() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "twice", &map("a", "x: v"));
    sides.live(&["install web c"]);
    sides.each(|side| write(side, &(map("b", "x: v") + &map("b", "x: w"))));
    sides.live(&[
        "upgrade web c --server-side=false",
        "upgrade web c",
        "rollback web 1",
        "rollback web --server-side=false",
        "uninstall web",
    ]);
}

/// U-003: the first object that cannot be created ends an upgrade, and what comes after it is as it was.
#[test]
fn u_003_nothing_happens_after_the_first_that_cannot_be_created() {
    let Some(helm) = helm() else { return };
    let all = |data: &str| ["a", "c", "d", "e", "f"].map(|name| map(name, data)).concat();
    let sides = sides(&helm, "ends", &all("x: v"));
    let bad = map("b", "x: w").replace("{name: b}", "{name: b, namespace: nowhere}");
    sides.live(&["install web c"]);
    sides.each(|side| write(side, &(bad.clone() + &all("x: w") + &deployment("late", "i:1", "a: b"))));
    sides.live(&[
        "upgrade web c",
        "upgrade web c --server-side=false",
        "history web",
        "rollback web 1",
    ]);
}

/// B-004: a rollback that fails is no reason to forget which revision runs; revisions that are gone are told.
#[test]
fn b_004_what_runs_is_still_known() {
    let Some(helm) = helm() else { return };
    let fixed = |data: &str| map("a", data) + "immutable: true\n";
    let sides = sides(&helm, "fixed", &fixed("x: v"));
    sides.live(&["install web c"]);
    sides.each(|side| write(side, &fixed("x: w")));
    sides.live(&[
        "upgrade web c",
        "rollback web",
        "history web",
        "rollback web 2 --history-max 1",
        "history web",
    ]);
    sides.each(|side| write(side, &fixed("x: v")));
    sides.live(&[
        "upgrade web c",
        "upgrade web c --set a=b --rollback-on-failure --force-replace --history-max 1",
        "history web",
    ]);
}

/// I-011: when the removal of a failed installation fails, too, the record has been written twice since it was made.
#[test]
fn i_011_failures_are_recorded_before_the_removal() {
    let cluster = support::Cluster::new("removal");
    cluster.home.file("c/Chart.yaml", support::rules::CHART);
    let hook = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: h, annotations: {helm.sh/hook: pre-delete, sandbox.whelm.dev/outcome: \
                Failed}}\nspec: {restartPolicy: Never, containers: [{name: main, image: a}]}\n";
    let bad = map("b", "x: w").replace("{name: b}", "{name: b, namespace: nowhere}");
    cluster.home.file("c/templates/all.yaml", &(bad + hook));
    let error = cluster.fail(&["install", "web", "c", "--rollback-on-failure", "--timeout", "20s"]);
    assert!(
        error.contains("an error occurred while uninstalling the release. original install error: "),
        "{error}"
    );
    let record = cluster
        .objects()
        .into_iter()
        .find(|object| object["metadata"]["name"] == "sh.helm.release.v1.web.v1")
        .unwrap();
    let labels = &record["metadata"]["labels"];
    assert!(
        labels.get("createdAt").is_none() && labels.get("modifiedAt").is_some(),
        "{labels}"
    );
}

/// I-014: a dry run of the client's looks nothing up, not even for an upgrade.
#[test]
fn i_014_lookup_in_dry_runs() {
    let Some(helm) = helm() else { return };
    let seen = "{{ (lookup \"v1\" \"ConfigMap\" .Release.Namespace \"a\").data | toJson | quote }}";
    let sides = sides(&helm, "lookup", &map("a", &format!("x: {seen}")));
    sides.live(&[
        "install web c --dry-run=client",
        "install web c",
        "upgrade web c --dry-run=client",
        "upgrade web c --dry-run=server",
        "upgrade web c",
    ]);
}

/// L-006: labels of the store are refused, even when nothing would be stored.
#[test]
fn l_006_labels_of_the_store() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "labels", &map("a", "x: v"));
    sides.live(&[
        "install web c --labels name=x --dry-run=client",
        "install web c --labels name=x --dry-run=server",
        "install web c --labels name=x",
        "upgrade web c --install --labels owner=x --dry-run=client",
    ]);
}
