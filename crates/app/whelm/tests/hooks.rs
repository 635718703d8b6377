//! Hooks and tests (checklist group K), by whelm and by Helm, each in an embedded cluster of its own.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::lives::Sides;
use support::{Cluster, Home, helm};

/// A chart whose hooks are values: name, event, and what else is not as usual.
const HOOKS: &str = r#"{{- range .Values.hooks }}
---
apiVersion: {{ dict "Job" "batch/v1" "Deployment" "apps/v1" | dig (.kind | default "Pod") "v1" }}
kind: {{ .kind | default "Pod" }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  {{- with .finalizer }}
  finalizers: [{{ . }}]
  {{- end }}
  annotations:
    helm.sh/hook: {{ .event }}
    {{- with .weight }}
    helm.sh/hook-weight: "{{ . }}"
    {{- end }}
    {{- with .delete }}
    helm.sh/hook-delete-policy: {{ . }}
    {{- end }}
    {{- with .logs }}
    helm.sh/hook-output-log-policy: {{ . }}
    {{- end }}
    {{- if eq (.kind | default "Pod") "Pod" }}
    {{- range $key, $value := .does }}
    sandbox.whelm.dev/{{ $key }}: {{ $value | quote }}
    {{- end }}
    {{- end }}
{{- if eq (.kind | default "Pod") "Pod" }}
spec:
  restartPolicy: Never
  {{- with .init }}
  initContainers: [{name: {{ . }}, image: a}]
  {{- end }}
  containers: [{name: main, image: a}, {name: side, image: b}]
{{- else if eq .kind "Job" }}
spec:
  backoffLimit: 0
  {{- with .ttl }}
  ttlSecondsAfterFinished: {{ . | int }}
  {{- end }}
  template:
    metadata:
      annotations:
        x: "y"
        {{- range $key, $value := .does }}
        sandbox.whelm.dev/{{ $key }}: {{ $value | quote }}
        {{- end }}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: a}]
{{- else if eq .kind "Deployment" }}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}, annotations: {sandbox.whelm.dev/outcome: NotReady}}
    spec: {containers: [{name: main, image: a}]}
{{- end }}
{{- end }}
"#;

fn whelm() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_whelm"))
}

fn chart(home: &Home) {
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file("c/templates/hooks.yaml", HOOKS);
    home.file("c/templates/NOTES.txt", "Thanks\n");
    home.file(
        "c/templates/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {revision: '{{ .Release.Revision }}'}\n",
    );
}

/// All that charts make here; not the Pods of Jobs, whose names are made up.
fn compared(object: &Value) -> bool {
    let kind = object["kind"].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let owned = object["metadata"].get("ownerReferences").is_some();
    matches!(kind, "Pod" | "Job" | "ConfigMap" | "Deployment") && name != "kube-root-ca.crt" && !owned
}

/// Both sides, with the chart and its values.
fn sides<'a>(helm: &'a Path, name: &str, values: &str) -> Sides<'a> {
    let sides = Sides::new(whelm(), helm, name, compared).with_logs();
    sides.each(|side| {
        chart(&side.cluster.home);
        side.cluster.home.file("c/values.yaml", values);
    });
    sides
}

/// Shows what a record says of its hooks.
const RECORD: &str = "get all web --template {{range.Release.Hooks}}{{.Name}}:{{.LastRun.Phase}}:{{.DeletePolicies}}:\
                      {{.LastRun.StartedAt.IsZero}}:{{.LastRun.CompletedAt.IsZero}};{{end}}";

/// K-001, K-002, K-003, K-009, K-010: every event at its moment, by weight and name, and none with `--no-hooks`.
#[test]
fn k_001_k_010_events_and_no_hooks() {
    let Some(helm) = helm() else { return };
    let values = "hooks:\n\
        - {name: before, event: 'pre-install, PRE-UPGRADE,pre-rollback,pre-delete', weight: 5}\n\
        - {name: after, event: 'post-install,post-upgrade,post-rollback,post-delete', delete: hook-succeeded}\n\
        - {name: job, kind: Job, event: 'pre-install,post-upgrade', weight: -5}\n\
        - {name: map, kind: ConfigMap, event: 'post-install,pre-upgrade,post-rollback', weight: odd}\n\
        - {name: kept, kind: ConfigMap, event: pre-delete, delete: 'hook-failed'}\n";
    let sides = sides(&helm, "events", values);
    let lines = [
        "install web c --no-hooks",
        "upgrade web c --no-hooks",
        "rollback web 1 --no-hooks",
        RECORD,
        "uninstall web --no-hooks",
        "install web c",
        RECORD,
        "upgrade web c",
        RECORD,
        "rollback web 1",
        RECORD,
        "status web",
        "get hooks web",
        "uninstall web --keep-history",
        RECORD,
        "status web",
        "install web c --replace --server-side=false",
        "upgrade web c --wait",
        "uninstall web",
    ];
    sides.live(&lines);
}

/// K-004: what comes after a failure does not run; the policies of what came before, and of the failure, hold.
#[test]
fn k_004_failures() {
    let Some(helm) = helm() else { return };
    let events = "'pre-install,post-upgrade,pre-delete'";
    let values = format!(
        "hooks:\n\
         - {{name: a, event: {events}, delete: 'before-hook-creation,hook-succeeded'}}\n\
         - {{name: b, event: {events}}}\n\
         - {{name: c, event: {events}, delete: 'before-hook-creation,hook-failed', does: {{outcome: Failed}}}}\n\
         - {{name: d, event: {events}}}\n"
    );
    let sides = sides(&helm, "failures", &values);
    let lines = [
        "install web c",
        RECORD,
        "history web",
        "upgrade web c --no-hooks",
        "upgrade web c",
        RECORD,
        "history web",
        "rollback web 2",
        "uninstall web",
        RECORD,
        "status web",
        "upgrade web c --rollback-on-failure",
        "upgrade web c --rollback-on-failure --no-hooks",
        "history web",
        "install other c --rollback-on-failure",
        "uninstall web --no-hooks",
    ];
    sides.live(&lines);
}

/// K-005: logs by policy, of Pods and of Jobs, when it went well and when it did not.
#[test]
fn k_005_logs() {
    if support::real::skips("logs of Pods") {
        return;
    }
    let Some(helm) = helm() else { return };
    let logs = "does: {log: \"one\\n\\ntwo \\\"q\\\"\\n\"}";
    let values = format!(
        "hooks:\n\
         - {{name: pod, event: 'pre-install,pre-upgrade', logs: 'hook-succeeded, hook-failed', init: first, {logs}}}\n\
         - {{name: job, kind: Job, event: pre-install, logs: hook-succeeded, {logs}, delete: hook-succeeded}}\n\
         - {{name: map, kind: ConfigMap, event: pre-install, logs: hook-succeeded}}\n\
         - {{name: silent, event: pre-install, logs: hook-failed, {logs}}}\n\
         - {{name: z-bad, event: post-upgrade, logs: hook-failed, does: {{log: why, outcome: Failed}}, delete: hook-failed}}\n\
         - {{name: z-worse, kind: Job, event: pre-rollback, logs: hook-failed, does: {{log: why, outcome: Failed}}}}\n"
    );
    // The rollback fails.
    let sides = sides(&helm, "logs", &values).with_other_records(&["web.v3"]);
    sides.live(&["install web c", "upgrade web c", RECORD, "rollback web 1"]);
}

/// K-006: how it is said that time was up; each hook has the time for itself.
#[test]
fn k_006_timeouts() {
    let Some(helm) = helm() else { return };
    let values = "hooks:\n\
        - {name: first, event: 'pre-install,pre-delete', does: {run-for: 1s}}\n\
        - {name: second, event: 'pre-install,pre-delete', does: {run-for: 1s}}\n\
        - {name: slow, event: pre-upgrade, does: {run-for: 1h}}\n\
        - {name: slower, kind: Job, event: 'pre-rollback', does: {run-for: 1h}}\n\
        - {name: pending, event: 'post-delete', does: {outcome: Unschedulable}}\n";
    // The rollback fails.
    let sides = sides(&helm, "timeouts", values).with_other_records(&["web.v3"]);
    let lines = [
        "install web c --timeout 1800ms",
        "upgrade web c --timeout 1s",
        RECORD,
        "history web",
        "rollback web 1 --timeout 1s",
        "uninstall web --timeout 1800ms",
    ];
    sides.live(&lines);
}

/// K-007: what is neither Job nor Pod is ready as soon as it is there.
#[test]
fn k_007_other_kinds() {
    let Some(helm) = helm() else { return };
    let values = "hooks:\n- {name: never, kind: Deployment, event: 'pre-install,post-upgrade'}\n";
    let sides = sides(&helm, "kinds", values);
    sides.live(&[
        "install web c --timeout 5s",
        "upgrade web c --timeout 5s --wait",
        RECORD,
    ]);
}

/// K-011, K-012, K-013: the verb `test`.
#[test]
fn k_011_k_012_k_013_tests() {
    if support::real::skips("logs of Pods") {
        return;
    }
    let Some(helm) = helm() else { return };
    let values = "hooks:\n\
        - {name: b, event: test, weight: 1, init: first, does: {log: of b}}\n\
        - {name: a, event: test-success, does: {log: \"of a\\n\"}, delete: hook-succeeded}\n\
        - {name: job, kind: Job, event: test, does: {log: of job}, logs: hook-succeeded}\n\
        - {name: z-bad, event: test, weight: 9, does: {outcome: Failed, log: why}, delete: 'before-hook-creation,hook-failed'}\n\
        - {name: zz-late, event: test, weight: 9}\n\
        - {name: before, kind: ConfigMap, event: pre-install}\n";
    let sides = sides(&helm, "tests", values);
    let lines = [
        "test web",
        "test odd_name",
        "test",
        "install web c",
        "test web --filter name=b,name=a",
        RECORD,
        "test web --filter name=b --logs",
        "test web --filter !name=z-bad --logs",
        RECORD,
        "test web",
        RECORD,
        "test web --logs",
        "test web --filter name=nope",
        "test web --filter kind=x --filter name=a",
        "test web --filter name=a,!name=a",
        "test web --filter name=job",
        "status web",
        "get manifest web",
        "uninstall web",
        "upgrade -i web c --set hooks=null",
        "test web --logs",
        "uninstall web --keep-history",
        "test web",
    ];
    sides.live(&lines);
}

/// K-012: a test may run in another namespace, and its logs are read there.
#[test]
fn k_012_logs_of_another_namespace() {
    if support::real::skips("logs of Pods") {
        return;
    }
    let cluster = Cluster::new("elsewhere");
    chart(&cluster.home);
    let values =
        "hooks:\n- {name: far, event: test, namespace: kube-public, does: {log: of far}, delete: hook-succeeded}\n";
    cluster.home.file("c/values.yaml", values);
    cluster.run(&["install", "web", "c"]);
    let out = cluster.run(&["test", "web", "--logs"]);
    assert!(
        out.ends_with("\n\nPOD LOGS: far (main)\nof far\nPOD LOGS: far (side)\nof far\n"),
        "{out:?}"
    );
    let far = cluster
        .objects()
        .into_iter()
        .any(|object| object["metadata"]["name"] == "far");
    assert!(!far);
}

/// K-008: what is left of an earlier run never counts as this one, whatever it is, and it is said what can be done.
#[test]
fn k_008_left_overs() {
    let cluster = Cluster::new("left-overs");
    chart(&cluster.home);
    let values = "hooks:\n\
        - {name: pod, event: 'pre-install,pre-upgrade', delete: hook-failed}\n";
    cluster.home.file("c/values.yaml", values);
    cluster.run(&["install", "web", "c"]);
    let error = cluster.fail(&["upgrade", "web", "c"]);
    let text = "pre-upgrade hooks failed: warning: Hook pre-upgrade c/templates/hooks.yaml failed: pods \"pod\" already exists";
    assert!(
        error.contains(&format!(
            "\nError: UPGRADE FAILED: {text}\nhint: Pod \"pod\" in namespace \"default\" "
        )),
        "{error}"
    );
    assert!(
        error.ends_with("add before-hook-creation to its helm.sh/hook-delete-policy\n"),
        "{error}"
    );
    cluster.request("DELETE", "/api/v1/namespaces/default/pods/pod", "");
    cluster.run(&["upgrade", "web", "c"]);
}

/// K-004: a Job that removes itself as soon as it has ended, which may be before anybody looks, has ended all the same.
#[test]
fn k_004_jobs_that_remove_themselves() {
    if support::real::skips("Jobs that fail when they are told to") {
        return;
    }
    let cluster = Cluster::new("self-removing");
    chart(&cluster.home);
    let hooks = |outcome: &str| {
        format!(
            "hooks:\n- {{name: job, kind: Job, event: 'pre-install,pre-upgrade', ttl: '0', does: {{outcome: {outcome}}}}}\n"
        )
    };
    for (name, strategy) in [("watched", "hookOnly"), ("polled", "legacy")] {
        let (wait, timeout) = (format!("--wait={strategy}"), ["--timeout", "20s"]);
        cluster.home.file("c/values.yaml", &hooks("Fine"));
        for _ in 0..4 {
            cluster.run(&[&["upgrade", "-i", name, "c", "--take-ownership", &wait], &timeout[..]].concat());
        }
        cluster.home.file("c/values.yaml", &hooks("Failed"));
        let error = cluster.fail(&[&["upgrade", name, "c", "--take-ownership", &wait], &timeout[..]].concat());
        let why = [
            "status: Failed, message: Job Failed",
            "job job failed: BackoffLimitExceeded",
        ];
        assert!(why.iter().any(|why| error.contains(why)), "{error}");
    }
}

/// K-008: an object that is being deleted is waited for, and never patched.
#[test]
fn k_008_terminating() {
    let cluster = Cluster::new("terminating");
    chart(&cluster.home);
    for (name, policy) in [("web", "hook-failed"), ("other", "before-hook-creation")] {
        let values = format!(
            "hooks:\n- {{name: {name}, kind: ConfigMap, event: 'post-install,pre-upgrade', finalizer: x.org/f, delete: {policy}}}\n"
        );
        cluster.home.file("c/values.yaml", &values);
        cluster.run(&["install", name, "c", "--take-ownership"]);
        let path = format!("/api/v1/namespaces/default/configmaps/{name}");
        cluster.request("DELETE", &path, "");
        let error = cluster.fail(&["upgrade", name, "c", "--take-ownership", "--timeout", "1s"]);
        let text = format!("resource ConfigMap/default/{name} still exists. status: Terminating, message: ");
        assert!(
            error.contains(&text) && error.contains("context deadline exceeded\n"),
            "{error}"
        );
        assert!(
            error.contains(&format!(
                "\nhint: ConfigMap \"{name}\" in namespace \"default\" is kept by its finalizers (x.org/f)"
            )),
            "{error}"
        );
        cluster.request("PATCH", &path, "{\"metadata\":{\"finalizers\":null}}");
        cluster.run(&["upgrade", name, "c", "--take-ownership"]);
        let map = cluster
            .objects()
            .into_iter()
            .find(|object| object["kind"] == "ConfigMap" && object["metadata"]["name"] == name);
        assert!(map.unwrap()["metadata"].get("deletionTimestamp").is_none());
    }
}
