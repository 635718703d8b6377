//! Releases of Helm 3: they are shown, upgraded, rolled back, tested and removed as Helm 4 does it, and Helm 3 goes on with them
//! afterwards. Each program takes them over in a cluster of its own, embedded or real.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::lives::Sides;
use support::{helm, helm3};

const TEMPLATES: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: '3'\n",
    ),
    ("values.yaml", "image: a:1\nsize: 1\nextra: true\n"),
    (
        "templates/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {a: b}}\nspec:\n  replicas: {{ .Values.size }}\n  selector: \
         {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: main\n        \
         image: {{ .Values.image }}\n        ports: [{containerPort: 80}, {containerPort: 443, name: tls}]\n        env:\n        - {name: A, \
         value: '{{ .Values.size }}'}\n        {{- if .Values.extra }}\n        - {name: B, value: b}\n        {{- end }}\n",
    ),
    (
        "templates/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports:\n  - {name: http, port: 80}\n  \
         {{- if .Values.extra }}\n  - {name: metrics, port: 9090}\n  {{- end }}\n",
    ),
    (
        "templates/config.yaml",
        "{{- if .Values.extra }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {size: '{{ .Values.size }}'}\n{{- end }}\n",
    ),
    (
        "templates/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {size: '{{ .Values.size }}'}\n",
    ),
    (
        "templates/hook.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: 'pre-install,pre-upgrade,post-rollback'}\n",
    ),
    (
        "templates/test.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: check\n  annotations: {helm.sh/hook: test, helm.sh/hook-delete-policy: \
         before-hook-creation}\nspec: {restartPolicy: Never, containers: [{name: main, image: a}]}\n",
    ),
    ("templates/NOTES.txt", "Size {{ .Values.size }}\n"),
];

fn compared(object: &Value) -> bool {
    let kinds = ["Deployment", "Service", "ConfigMap", "Secret", "Pod"];
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    kinds.contains(&object["kind"].as_str().unwrap_or_default()) && matches!(name, "web" | "hook" | "check")
}

/// What a test does with one way of keeping records: `both` by the programs that are compared, `old` by Helm 3.
struct Story<'a> {
    sides: Sides<'a>,
    helm3: &'a Path,
    driver: [(&'static str, &'static str); 1],
}

impl Story<'_> {
    fn both(&self, lines: &[&str]) {
        for line in lines {
            self.sides.step_with(&self.driver, line);
        }
    }

    /// Helm 3 can do this to the release of either side, and comes to the same.
    fn old(&self, lines: &[&str]) {
        for line in lines {
            let [own, theirs] =
                [&self.sides.own, &self.sides.theirs].map(|side| side.run_by(self.helm3, &self.driver, line));
            assert_eq!(own, theirs, "{line}");
            self.sides.compare(line);
        }
    }
}

/// Tells the story once with records in Secrets, and once with records in ConfigMaps.
fn tell(name: &str, story: impl Fn(&Story<'_>)) {
    let (Some(helm), Some(helm3)) = (helm(), helm3()) else {
        return;
    };
    for driver in ["secret", "configmap"] {
        let whelm = Path::new(env!("CARGO_BIN_EXE_whelm"));
        let sides = Sides::new(whelm, &helm, &format!("{name}-{driver}"), compared).with_logs();
        sides.each(|side| {
            for (path, text) in TEMPLATES {
                side.cluster.home.file(&format!("c/{path}"), text);
            }
        });
        story(&Story {
            sides,
            helm3: &helm3,
            driver: [("HELM_DRIVER", driver)],
        });
    }
}

const SHOWN: &[&str] = &[
    "list",
    "list -o json --superseded",
    "status web",
    "status web -o json",
    "status web --revision 1",
    "history web",
    "history web -o json",
    "get all web",
    "get hooks web",
    "get manifest web --revision 1",
    "get metadata web --revision 1 -o json",
    "get notes web",
    "get values web -a -o yaml",
];

/// What Helm 3 made is shown, and goes on, by the client and by the server.
#[test]
fn helm_3_releases_are_taken_over() {
    tell("taken", |story| {
        story.old(&[
            "install web c",
            "upgrade web c --set size=2,extra=false --description changed",
        ]);
        story.both(SHOWN);
        story.both(&[
            "test web",
            "upgrade web c --set image=a:2",
            "history web",
            "rollback web 1",
            "rollback web 2",
        ]);
        story.both(&[
            "upgrade web c --server-side=true --set size=3",
            "upgrade web c --reuse-values",
        ]);
        story.both(SHOWN);
        story.both(&[
            "rollback web 1 --server-side=true",
            "uninstall web --keep-history",
            "history web",
        ]);
        story.both(&["rollback web", "upgrade -i web c --server-side=true", "uninstall web"]);
    });
}

/// A release that began on the server's side stays there when Helm 3 was at work in between.
#[test]
fn helm_3_gets_releases_and_gives_them_back() {
    tell("given", |story| {
        story.both(&[
            "install web c",
            "upgrade web c --set size=2,extra=false",
            "rollback web 1",
        ]);
        story.old(SHOWN_BY_HELM_3);
        story.old(&["upgrade web c --set image=a:2", "rollback web 2", "test web"]);
        story.both(SHOWN);
        story.both(&[
            "upgrade web c --set size=4",
            "upgrade web c --server-side=true --set size=5",
        ]);
        story.old(&["history web", "uninstall web"]);
        story.both(&[
            "list -o json",
            "install web c --server-side=false",
            "upgrade web c --set size=2",
        ]);
        story.old(&[
            "rollback web",
            "get values web",
            "uninstall web --keep-history",
            "rollback web 1",
        ]);
        story.both(&["history web", "uninstall web"]);
    });
}

/// What Helm 3 has of [`SHOWN`].
const SHOWN_BY_HELM_3: &[&str] = &[
    "list",
    "list -o json --superseded",
    "status web",
    "status web -o json",
    "history web",
    "get all web",
    "get values web -a -o yaml",
];

/// What Helm 3 left unfinished or broken.
#[test]
fn helm_3_releases_that_failed() {
    tell("failed", |story| {
        story.old(&["install web c"]);
        let broken = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {'not a key': x}\n";
        let right = TEMPLATES
            .iter()
            .find(|(path, _)| *path == "templates/config.yaml")
            .unwrap()
            .1;
        let write = |text: &str| {
            story
                .sides
                .each(|side| drop(side.cluster.home.file("c/templates/config.yaml", text)))
        };
        write(broken);
        story.both(&["upgrade web c", "history web"]);
        write(right);
        story.old(&["history web", "upgrade web c --set size=2"]);
        story.both(&[
            "rollback web",
            "upgrade web c --rollback-on-failure --timeout 20s",
            "history web",
            "uninstall web",
        ]);
    });
}
