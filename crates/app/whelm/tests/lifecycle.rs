//! The lives of releases, by whelm and by Helm, each in an embedded cluster of its own: what they print, how they end, and what
//! the clusters hold then are the same, owners included.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::lives::Sides;
use support::{Home, helm};

const TEMPLATES: &[(&str, &str)] = &[
    ("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"),
    (
        "values.yaml",
        "image: a:1\nreplicas: 1\nsize: 1\nextra: true\nport: 80\n",
    ),
    (
        "crds/thing.yaml",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.x.org}\nspec:\n  group: x.org\n  \
         scope: Namespaced\n  names: {kind: Thing, plural: things}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    \
         schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n",
    ),
    (
        "templates/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {a: b}}\nspec:\n  replicas: {{ .Values.replicas }}\n  \
         selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      \
         - name: main\n        image: {{ .Values.image }}\n        ports: [{containerPort: {{ .Values.port }}}]\n        env:\n        \
         - {name: A, value: '{{ .Values.size }}'}\n        {{- if .Values.extra }}\n        - {name: B, value: b}\n        {{- end }}\n      \
         {{- if .Values.extra }}\n      - {name: side, image: 'side:1'}\n      {{- end }}\n",
    ),
    (
        "templates/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports:\n  - {name: http, port: {{ .Values.port }}}\n  \
         {{- if .Values.extra }}\n  - {name: metrics, port: 9090}\n  {{- end }}\n",
    ),
    (
        "templates/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  size: '{{ .Values.size }}'\n  {{- if .Values.extra }}\n  extra: x\n  \
         {{- end }}\n",
    ),
    (
        "templates/thing.yaml",
        "apiVersion: x.org/v1\nkind: Thing\nmetadata: {name: web}\nspec: {size: {{ .Values.size }}, list: [{{ .Values.size }}]}\n",
    ),
    (
        "templates/budget.yaml",
        "{{- if .Values.extra }}\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1, selector: \
         {matchLabels: {app: web}}}\n{{- end }}\n",
    ),
];

fn chart(home: &Home) {
    for (name, text) in TEMPLATES {
        home.file(&format!("c/{name}"), text);
    }
}

fn whelm() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_whelm"))
}

/// Says which objects are compared: those of the release.
fn of_release(object: &Value) -> bool {
    let kinds = [
        "Deployment",
        "Service",
        "ConfigMap",
        "Thing",
        "PodDisruptionBudget",
        "CustomResourceDefinition",
    ];
    let kind = object["kind"].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    kinds.contains(&kind) && matches!(name, "web" | "things.x.org")
}

/// The two sides, each with the chart.
fn sides<'a>(helm: &'a Path, name: &str) -> Sides<'a> {
    let sides = Sides::new(whelm(), helm, name, of_release);
    sides.each(|side| chart(&side.cluster.home));
    sides
}

/// Both programs run the same commands, each in a cluster of its own; exit codes, texts of errors and objects are the same.
#[test]
fn a_003_to_a_011_client_side_is_helms() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "client");
    let lines = [
        "install web c --server-side=false",
        // it stays on the client's side; nothing changes.
        "upgrade web c",
        "upgrade web c --set image=a:2,size=2",
        // What vanishes from lists and maps goes.
        "upgrade web c --set extra=false,port=8080",
        "upgrade web c --set replicas=3",
        //
        "upgrade web c --force-replace --set size=4",
        "upgrade web c --force-conflicts",
        "upgrade web c --force-conflicts --force-replace --server-side=true",
        // to the server's side, with all owners; A-008: which replaces nothing.
        "upgrade web c --server-side=true --set size=5",
        "upgrade web c --force-replace",
        "upgrade web c --set size=6",
        // and back.
        "upgrade web c --server-side=false --set size=7,extra=false",
        "upgrade web c --set size=8",
        "install other c --server-side=false --take-ownership --set size=9",
        "upgrade web c --server-side=odd",
        "uninstall web",
    ];
    sides.live(&lines);
}

/// B-001 to B-009: going back, and what history says of it.
#[test]
fn b_001_to_b_009_rollback_is_helms() {
    let Some(helm) = helm() else { return };
    let sides = sides(&helm, "back");
    let lines = [
        "rollback web",
        "history web",
        "install web c --set image=a:1 --labels team=a",
        // B-001: there is no revision before the first.
        "rollback web",
        "upgrade web c --set image=a:2,size=2,extra=false --description changed",
        "upgrade web c --set image=a:3,size=3",
        "history web",
        // B-001, B-002, B-003
        "rollback web",
        "rollback web 1",
        "rollback web 1 --description because",
        "history web",
        "history web --show-rollback-revision",
        "history web -o json",
        "history web -o yaml --max 2",
        "history web --max 0",
        "history web --max 0 -o json",
        "get values web",
        // B-008
        "rollback web 2 --dry-run",
        "rollback web 2 --dry-run=server",
        "history web --max 1",
        "rollback web 9",
        "rollback web -- -1",
        "rollback web x",
        "rollback odd_name",
        "history odd_name",
        // B-007: a revision that was applied by the client.
        "upgrade web c --server-side=false --set size=7",
        "rollback web 2",
        "rollback web 7",
        "rollback web 2 --server-side=false",
        "rollback web 1 --force-replace",
        "rollback web 1 --history-max 3",
        "history web --show-rollback-revision",
        // B-006
        "uninstall web --keep-history",
        "history web",
        "rollback web",
        "history web",
        "uninstall web",
        "history web",
    ];
    sides.live(&lines);
}
