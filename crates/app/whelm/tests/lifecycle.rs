//! The lives of releases, by whelm and by Helm, each in an embedded cluster of its own: what they print, how they end, and what
//! the clusters hold then are the same, owners included.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::path::Path;

use go_regexp::Regexp;
use serde_json::Value;
use support::{Cluster, Home, Ran, helm, run};

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

/// The objects of the release as they are, without what differs from run to run.
fn shown(cluster: &Cluster) -> Vec<String> {
    let kinds = [
        "Deployment",
        "Service",
        "ConfigMap",
        "Thing",
        "PodDisruptionBudget",
        "CustomResourceDefinition",
    ];
    let of_release = |object: &Value| {
        let kind = object["kind"].as_str().unwrap_or_default();
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        kinds.contains(&kind) && matches!(name, "web" | "things.x.org")
    };
    let objects = cluster.objects().into_iter().filter(of_release);
    let masked = objects.map(|mut object| {
        object.as_object_mut().unwrap().remove("status");
        mask(&mut object);
        object.to_string()
    });
    masked.collect()
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let varies = [
                    "uid",
                    "resourceVersion",
                    "creationTimestamp",
                    "time",
                    "clusterIP",
                    "clusterIPs",
                    "nodePort",
                ];
                if varies.contains(&name.as_str()) {
                    *value = Value::String(name.clone());
                }
                mask(value);
                // They are in the order of their times, which may be one second or two.
                if let (Value::Array(owners), "managedFields") = (value, name.as_str()) {
                    owners.sort_by_key(Value::to_string);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

/// A cluster in which one of the two programs does what both do.
struct Side<'a> {
    program: &'a Path,
    cluster: Cluster,
}

impl<'a> Side<'a> {
    fn new(program: &'a Path, name: &str) -> Self {
        let cluster = Cluster::new(name);
        chart(&cluster.home);
        Side { program, cluster }
    }

    fn run(&self, line: &str) -> Ran {
        let arguments: Vec<&str> = line.split(' ').collect();
        run(self.program, &self.cluster.home.path, &[], &arguments)
    }
}

/// Both programs run the same commands, each in a cluster of its own; exit codes, texts of errors and objects are the same.
#[test]
fn a_003_to_a_011_client_side_is_helms() {
    let Some(helm) = helm() else { return };
    let (own, theirs) = (Side::new(whelm(), "client-whelm"), Side::new(&helm, "client-helm"));
    let lines = [
        "install web c --server-side=false",
        // A-005, A-010: it stays on the client's side; nothing changes.
        "upgrade web c",
        "upgrade web c --set image=a:2,size=2",
        // What vanishes from lists and maps goes.
        "upgrade web c --set extra=false,port=8080",
        "upgrade web c --set replicas=3",
        // A-008
        "upgrade web c --force-replace --set size=4",
        "upgrade web c --force-conflicts",
        "upgrade web c --force-conflicts --force-replace --server-side=true",
        // A-006: to the server's side, with all owners; A-008: which replaces nothing.
        "upgrade web c --server-side=true --set size=5",
        "upgrade web c --force-replace",
        "upgrade web c --set size=6",
        // A-007: and back.
        "upgrade web c --server-side=false --set size=7,extra=false",
        "upgrade web c --set size=8",
        "install other c --server-side=false --take-ownership --set size=9",
        "upgrade web c --server-side=odd",
        "uninstall web",
    ];
    same_lives(&own, &theirs, &lines);
}

/// Runs the commands by both, and compares what comes of each.
fn same_lives(own: &Side<'_>, theirs: &Side<'_>, lines: &[&str]) {
    for line in lines {
        let (ran, wanted) = (own.run(line), theirs.run(line));
        assert_eq!(ran.code, wanted.code, "{line}: {ran:?} {wanted:?}");
        let errors = |ran: &Ran| -> Vec<String> {
            let lines = ran.err.lines().filter(|line| line.starts_with("Error: "));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(errors(&ran), errors(&wanted), "{line}");
        assert_eq!(without_times(&ran.out), without_times(&wanted.out), "{line}");
        let (objects, wanted) = (shown(&own.cluster), shown(&theirs.cluster));
        for (object, wanted) in objects.iter().zip(&wanted) {
            assert_eq!(object, wanted, "{line}");
        }
        assert_eq!(objects.len(), wanted.len(), "{line}");
    }
}

/// Puts a word in the place of times and of what is made up for names.
fn without_times(text: &str) -> String {
    let time = Regexp::compile(concat!(
        r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}",
        r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( \+0000 UTC|Z)?",
        r"|\b[0-9a-z]{6,10}-[0-9a-z]{5}\b|\b\d+s\b",
    ));
    let masked = time.unwrap().replace_all_literal(text.as_bytes(), b"TIME");
    String::from_utf8(masked).unwrap()
}

/// B-001 to B-009: going back, and what history says of it.
#[test]
fn b_001_to_b_009_rollback_is_helms() {
    let Some(helm) = helm() else { return };
    let (own, theirs) = (Side::new(whelm(), "back-whelm"), Side::new(&helm, "back-helm"));
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
    same_lives(&own, &theirs, &lines);
}
