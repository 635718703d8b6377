//! Commands about releases, on a cluster that is reached over a socket (checklist groups C, I, M, O and T).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Cluster, Home, Ran};

const CHART: &str = "apiVersion: v2\nname: d\nversion: 0.1.0\nappVersion: \"2\"\n";
const OBJECTS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-a}\ndata: {a: \"{{ .Values.a \
                       }}\"}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}-s}\nstringData: {x: why}\n";
const HOOK: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-h\n  annotations: {helm.sh/hook: \
                    \"pre-install,test\"}\n";

/// A chart with two objects, a hook and notes.
fn chart(home: &Home) {
    home.file("d/Chart.yaml", CHART);
    home.file("d/values.yaml", "a: 1\nb: {c: <x>}\n");
    home.file("d/templates/a.yaml", OBJECTS);
    home.file("d/templates/h.yaml", HOOK);
    home.file("d/templates/NOTES.txt", "Thanks for {{ .Release.Name }}\n\n");
}

fn cluster(name: &str) -> Cluster {
    let cluster = Cluster::new(name);
    chart(&cluster.home);
    cluster
}

const SECRET: &str = "---\n# Source: d/templates/a.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: x-s}\nstringData: {x: \
                      why}\n\n";
const MAP: &str =
    "---\n# Source: d/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x-a}\ndata: {a: \"1\"}\n\n";
const HOOKS: &str = "---\n# Source: d/templates/h.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-h\n  annotations: \
                     {helm.sh/hook: \"pre-install,test\"}\n\n";

/// O-015, O-016, O-017: what `get` shows, and notes that are hidden but stored.
#[test]
fn o_015_o_016_o_017_get() {
    let cluster = cluster("get");
    let out = cluster.run(&["install", "x", "d", "--hide-notes", "--set", "b.c=2"]);
    assert!(!out.contains("NOTES"), "{out}");
    assert_eq!(cluster.run(&["get", "notes", "x"]), "NOTES:\nThanks for x\n\n\n");
    assert_eq!(cluster.run(&["get", "manifest", "x"]), format!("{SECRET}{MAP}\n"));
    assert_eq!(cluster.run(&["get", "hooks", "x"]), HOOKS);
    assert_eq!(
        cluster.run(&["get", "values", "x"]),
        "USER-SUPPLIED VALUES:\nb:\n  c: 2\n"
    );
    assert_eq!(
        cluster.run(&["get", "values", "x", "-a"]),
        "COMPUTED VALUES:\na: 1\nb:\n  c: 2\n"
    );
    assert_eq!(
        cluster.run(&["get", "values", "x", "-o", "json", "--all"]),
        "{\"a\":1,\"b\":{\"c\":2}}\n"
    );
    cluster.run(&["install", "y", "d"]);
    assert_eq!(cluster.run(&["get", "values", "y"]), "USER-SUPPLIED VALUES:\nnull\n");
    assert_eq!(cluster.run(&["get", "values", "y", "-o", "yaml"]), "null\n");
    assert_eq!(cluster.run(&["get", "values", "y", "-o", "json"]), "null\n");
    cluster.run(&["upgrade", "y", "d", "--set", "a=3"]);
    assert_eq!(
        cluster.run(&["get", "values", "y", "--revision", "2", "-o", "json"]),
        "{\"a\":3}\n"
    );
    assert_eq!(
        cluster.run(&["get", "values", "y", "--revision", "1", "-o", "json"]),
        "null\n"
    );
}

/// O-018, O-019: the store's own labels are not shown.
#[test]
fn o_018_o_019_metadata() {
    let cluster = cluster("metadata");
    cluster.run(&["install", "x", "d", "--labels", "k=v,l=m"]);
    let lines = cluster.run(&["get", "metadata", "x"]);
    let expected = "NAME: x\nCHART: d\nVERSION: 0.1.0\nAPP_VERSION: 2\nANNOTATIONS: \nLABELS: k=v,l=m\nDEPENDENCIES: \n\
                    NAMESPACE: default\nREVISION: 1\nSTATUS: deployed\nDEPLOYED_AT: ";
    assert!(lines.starts_with(expected), "{lines}");
    assert!(lines.ends_with("\nAPPLY_METHOD: server-side apply\n"), "{lines}");
    assert_eq!(cluster.run(&["get", "metadata", "x", "--revision", "1"]), lines);
    let json = cluster.run(&["get", "metadata", "x", "-o", "json"]);
    assert!(
        json.contains("\"labels\":{\"k\":\"v\",\"l\":\"m\"},\"namespace\""),
        "{json}"
    );
}

/// O-020
#[test]
fn o_020_get_all() {
    let cluster = cluster("get-all");
    cluster.run(&["install", "x", "d"]);
    let all = cluster.run(&["get", "all", "x"]);
    let shown =
        "\nREVISION: 1\nCHART: d\nVERSION: 0.1.0\nAPP_VERSION: 2\nDESCRIPTION: Install complete\nTEST SUITE:     x-h\n";
    assert!(all.contains(shown), "{all}");
    let values = "\nUSER-SUPPLIED VALUES:\nnull\n\nCOMPUTED VALUES:\na: 1\nb:\n  c: <x>\n\n";
    assert!(
        all.ends_with(&format!(
            "{values}HOOKS:\n{HOOKS}MANIFEST:\n{SECRET}{MAP}\nNOTES:\nThanks for x\n"
        )),
        "{all}"
    );
    let show = |template: &str| cluster.run(&["get", "all", "x", "--template", template]);
    assert_eq!(show("{{ .Release.Name }} {{ .Release.Info.Status }}"), "x deployed");
    assert_eq!(
        show("{{ .Release.Chart.Metadata.Version }} {{ .Release.Chart.Values.b.c }} {{ len .Release.Hooks }}"),
        "0.1.0 <x> 1"
    );
    assert_eq!(
        show("{{ range .Release.Hooks }}{{ .Name }} {{ .Events }} {{ .LastRun.Phase }}{{ end }}{{ .Nope }}"),
        "x-h [pre-install test] Succeeded<no value>"
    );
    assert_eq!(
        show("{{ .Release.Info.LastDeployed.IsZero }} {{ .Release.Info.Deleted }}"),
        "false 0001-01-01 00:00:00 +0000 UTC"
    );
    let error = cluster.fail(&["get", "all", "x", "--template", "{{ .Release.Nope }}"]);
    let text =
        "Error: template: _:1:11: executing \"_\" at <.Release.Nope>: can't evaluate field Nope in type interface {}\n";
    assert_eq!(error, text);
}

/// O-003: JSON is one line with HTML escapes, YAML has sorted keys; empty lists.
#[test]
fn o_003_formats() {
    let cluster = cluster("formats");
    assert_eq!(cluster.run(&["list", "-o", "json"]), "[]\n");
    assert_eq!(cluster.run(&["list", "-o", "yaml"]), "[]\n");
    assert_eq!(
        cluster.run(&["list"]),
        "NAME\tNAMESPACE\tREVISION\tUPDATED\tSTATUS\tCHART\tAPP VERSION\n"
    );
    cluster.run(&["install", "x", "d"]);
    let json = cluster.run(&["get", "values", "x", "-a", "-o", "json"]);
    assert_eq!(json, "{\"a\":1,\"b\":{\"c\":\"\\u003cx\\u003e\"}}\n");
    assert_eq!(
        cluster.run(&["get", "values", "x", "-a", "-o", "yaml"]),
        "a: 1\nb:\n  c: <x>\n"
    );
    assert_eq!(cluster.run(&["list", "-q", "-o", "json"]), "[\"x\"]\n");
    assert_eq!(cluster.run(&["list", "-q", "-o", "yaml"]), "- x\n");
}

/// O-012: a release as JSON and as YAML.
#[test]
fn o_012_whole_release() {
    let cluster = cluster("whole");
    let json = cluster.run(&["install", "x", "d", "-o", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    let expected = [
        "apply_method",
        "chart",
        "hooks",
        "info",
        "manifest",
        "name",
        "namespace",
        "version",
    ];
    assert_eq!(keys, expected);
    assert_eq!(value["chart"]["templates"][0]["name"], "templates/NOTES.txt");
    assert_eq!(value["info"]["status"], "deployed");
    assert!(
        json.starts_with("{\"name\":\"x\",\"info\":{\"first_deployed\":\""),
        "{json}"
    );
    let yaml = cluster.run(&["upgrade", "x", "d", "-o", "yaml"]);
    assert!(yaml.starts_with("apply_method: ssa\nchart:\n  files: null\n"), "{yaml}");
    assert!(yaml.ends_with("\nname: x\nnamespace: default\nversion: 2\n"), "{yaml}");
}

/// O-013, C-033: hooks and manifest of a dry run, and Secrets that it hides.
#[test]
fn o_013_c_033_dry_run() {
    let cluster = cluster("dry-run");
    for mode in ["client", "server"] {
        let out = cluster.run(&["install", "x", "d", &format!("--dry-run={mode}")]);
        assert!(
            out.contains("\nSTATUS: pending-install\nREVISION: 1\nDESCRIPTION: Dry run complete\n"),
            "{out}"
        );
        assert!(
            out.ends_with(&format!(
                "\nHOOKS:\n{HOOKS}MANIFEST:\n{SECRET}{MAP}\nNOTES:\nThanks for x\n"
            )),
            "{out}"
        );
        let hidden = cluster.run(&["install", "x", "d", &format!("--dry-run={mode}"), "--hide-secret"]);
        let text =
            "MANIFEST:\n---\n# Source: d/templates/a.yaml\n# HIDDEN: The Secret output has been suppressed\n---\n";
        assert!(hidden.contains(text), "{hidden}");
    }
    let refused = "hiding Kubernetes secrets requires a dry-run mode";
    assert_eq!(
        cluster.fail(&["install", "x", "d", "--hide-secret"]),
        format!("level=ERROR msg=\"{refused}\"\nError: INSTALLATION FAILED: {refused}\n")
    );
    cluster.run(&["install", "x", "d"]);
    let text = format!("Error: UPGRADE FAILED: {refused}\n");
    assert_eq!(cluster.fail(&["upgrade", "x", "d", "--hide-secret"]), text);
    let out = cluster.run(&["upgrade", "x", "d", "--dry-run=server"]);
    assert!(
        out.contains("\nSTATUS: pending-upgrade\nREVISION: 2\nDESCRIPTION: Dry run complete\n"),
        "{out}"
    );
}

/// O-021, O-026: lines of success, kept objects, and what precedes errors.
#[test]
fn o_021_o_026_lines() {
    let cluster = cluster("lines");
    let missing = cluster.fail(&["upgrade", "x", "d"]);
    assert_eq!(missing, "Error: UPGRADE FAILED: \"x\" has no deployed releases\n");
    let first = cluster.run(&["upgrade", "--install", "x", "d"]);
    assert!(
        first.starts_with("Release \"x\" does not exist. Installing it now.\nNAME: x\n"),
        "{first}"
    );
    let second = cluster.run(&["upgrade", "--install", "x", "d"]);
    assert!(
        second.starts_with("Release \"x\" has been upgraded. Happy Helming!\nNAME: x\n"),
        "{second}"
    );
    assert!(cluster.run(&["upgrade", "-i", "y", "d", "-o", "json"]).starts_with('{'));
    let in_use = cluster.fail(&["install", "x", "d"]);
    let text = "cannot reuse a name that is still in use";
    assert_eq!(
        in_use,
        format!(
            "level=ERROR msg=\"release name check failed\" error=\"{text}\"\nError: INSTALLATION FAILED: release name check failed: {text}\n"
        )
    );
    cluster.home.file(
        "k/templates/k.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n",
    );
    cluster
        .home
        .file("k/Chart.yaml", "apiVersion: v2\nname: k\nversion: 0.1.0\n");
    cluster.run(&["install", "k", "k"]);
    assert_eq!(
        cluster.run(&["uninstall", "k", "x"]),
        "These resources were kept due to the resource policy:\n[ConfigMap] kept\n\nrelease \"k\" uninstalled\nrelease \"x\" uninstalled\n"
    );
    for (arguments, text) in [
        (&["status", "no"][..], "release: not found"),
        (&["get", "values", "no"], "release: not found"),
        (
            &["uninstall", "no"],
            "uninstall: Release not loaded: no: release: not found",
        ),
        (
            &["install", "a", "./no"],
            "INSTALLATION FAILED: path \"./no\" not found",
        ),
        (&["upgrade", "a", "./no"], "path \"./no\" not found"),
        (&["upgrade", "-i", "a", "./no"], "path \"./no\" not found"),
    ] {
        assert_eq!(cluster.fail(arguments), format!("Error: {text}\n"), "{arguments:?}");
    }
}

/// O-010: the headings of RESOURCES come in the order of the manifest, every time.
#[test]
fn o_010_resources_in_order() {
    let cluster = cluster("order");
    cluster.run(&["install", "x", "d"]);
    for _ in 0..3 {
        let status = cluster.run(&["status", "x"]);
        let headings: Vec<&str> = status.lines().filter(|line| line.starts_with("==> ")).collect();
        assert_eq!(headings, ["==> v1/Secret", "==> v1/ConfigMap"]);
    }
}

/// O-010: a workload without Pods has an empty table of them.
#[test]
fn o_010_workloads_without_pods() {
    let cluster = Cluster::new("no-pods");
    cluster
        .home
        .file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    cluster.home.file(
        "c/templates/a.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 0\n  selector: {matchLabels: {a: b}}\n  \
         template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: main, image: i}]}\n",
    );
    cluster.run(&["install", "web", "c"]);
    let status = cluster.run(&["status", "web"]);
    assert!(status.contains("\n\n==> v1/Pod(related)\n\n"), "{status}");
}

/// O-027: colours by flag and by variable, in lists and in the block about a release.
#[test]
fn o_027_colors() {
    let cluster = cluster("colors");
    cluster.run(&["install", "x", "d"]);
    let run = |environment: &[(&str, &str)], arguments: &[&str]| cluster.home.run_with(environment, arguments).out;
    assert!(!run(&[], &["list"]).contains('\u{1b}'));
    let colored = run(&[], &["list", "--color=always"]);
    assert!(
        colored.starts_with("\u{1b}[1mNAME\u{1b}[22m\t\u{1b}[1mNAMESPACE\u{1b}[22m\t"),
        "{colored:?}"
    );
    assert!(colored.contains("\u{1b}[36mdefault\u{1b}[0m  \t"), "{colored:?}");
    assert!(colored.contains("\u{1b}[32mdeployed\u{1b}[0m\t"), "{colored:?}");
    assert_eq!(run(&[("HELM_COLOR", "always")], &["list"]), colored);
    assert_eq!(run(&[], &["list", "--colour", "always"]), colored);
    for environment in [
        &[("NO_COLOR", "1"), ("HELM_COLOR", "always")][..],
        &[("HELM_COLOR", "never")],
    ] {
        assert!(!run(environment, &["list"]).contains('\u{1b}'), "{environment:?}");
    }
    assert!(!run(&[("NO_COLOR", "1")], &["list", "--color=always"]).contains('\u{1b}'));
    let status = run(&[], &["status", "x", "--color=always"]);
    assert!(
        status.contains("\nNAMESPACE: \u{1b}[36mdefault\u{1b}[0m\nSTATUS: \u{1b}[32mdeployed\u{1b}[0m\n"),
        "{status:?}"
    );
    assert!(!run(&[], &["list", "-o", "json", "--color=always"]).contains('\u{1b}'));
}

/// C-014: a boolean for `install` and `template`, a word for `upgrade`.
#[test]
fn c_014_server_side() {
    let cluster = cluster("server-side");
    for (arguments, text) in [
        (
            &["install", "x", "d", "--server-side=x"][..],
            "invalid argument \"x\" for \"--server-side\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
        ),
        (
            &["template", "d", "--server-side=auto"],
            "invalid argument \"auto\" for \"--server-side\" flag: strconv.ParseBool: parsing \"auto\": invalid syntax",
        ),
    ] {
        assert_eq!(cluster.fail(arguments), format!("Error: {text}\n"));
    }
    cluster.run(&["install", "x", "d", "--server-side"]);
    cluster.run(&["template", "d", "--server-side=false"]);
    for method in ["auto", "true"] {
        cluster.run(&["upgrade", "x", "d", "--server-side", method]);
    }
    assert_eq!(
        cluster.fail(&["upgrade", "x", "d", "--server-side", "x"]),
        "Error: UPGRADE FAILED: invalid/unknown release server-side apply method: x\n"
    );
    // Without a release nobody looks at the word.
    assert_eq!(
        cluster.fail(&["upgrade", "no", "d", "--server-side", "x"]),
        "Error: UPGRADE FAILED: \"no\" has no deployed releases\n"
    );
}

/// I-013: what is not in the schema is refused, whatever the flag says, because the server checks it.
#[test]
fn i_013_validation() {
    let cluster = cluster("validation");
    let bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nspec: {x: 1}\n";
    cluster
        .home
        .file("b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 0.1.0\n");
    cluster.home.file("b/templates/b.yaml", bad);
    let text = "Error: INSTALLATION FAILED: server-side apply failed for object default/bad /v1, Kind=ConfigMap: failed to create \
                typed patch object (default/bad; /v1, Kind=ConfigMap): .spec: field not declared in schema\n";
    assert_eq!(cluster.fail(&["install", "one", "b"]), text);
    assert_eq!(
        cluster.fail(&["install", "two", "b", "--disable-openapi-validation"]),
        text
    );
}

/// M-013, T-045, T-017: a render that asks the cluster.
#[test]
fn m_013_t_045_template_on_the_server() {
    let cluster = cluster("template-server");
    cluster.home.file(
        "d/templates/c.yaml",
        "a: {{ .Capabilities.APIVersions.Has \"apps/v1/Deployment\" }} {{ .Capabilities.APIVersions.Has \"v1/Pod\" }}\nb: {{ \
         .Capabilities.APIVersions.Has \"example.com/v1/Nope\" }}\nc: {{ with lookup \"v1\" \"Namespace\" \"\" \"default\" }}{{ \
         .metadata.name }}{{ end }}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: seen}\n",
    );
    for flag in ["--dry-run=server", "--validate"] {
        let ran = cluster
            .home
            .run(&["template", "x", "d", flag, "-s", "templates/c.yaml"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            ran.out.contains("\na: true true\nb: false\nc: default\n"),
            "{}",
            ran.out
        );
    }
    let offline = cluster.run(&["template", "x", "d", "-s", "templates/c.yaml"]);
    assert!(offline.contains("\na: false false\nb: false\nc: \n"), "{offline}");
    let foreign = "apiVersion: v1\nkind: Unknown\nmetadata: {name: x}\n";
    cluster.home.file("d/templates/z.yaml", foreign);
    let error = cluster.fail(&["template", "x", "d", "--dry-run=server"]);
    assert!(
        error.starts_with(
            "Error: unable to build kubernetes objects from release manifest: resource mapping not found for name: \"x\" namespace: \
             \"\" from \"\": no matches for kind \"Unknown\" in version \"v1\"\nensure CRDs are installed first"
        ),
        "{error}"
    );
}

/// C-028: a signal ends the wait, the record says so, and the exit status is 1.
#[test]
fn c_028_signals() {
    let cluster = cluster("signals");
    cluster.home.file(
        "w/templates/w.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: never, annotations: {sandbox.whelm.dev/outcome: NotReady}}\nspec: {containers: \
         [{name: a, image: a}]}\n",
    );
    cluster
        .home
        .file("w/Chart.yaml", "apiVersion: v2\nname: w\nversion: 0.1.0\n");
    let (code, out, err) = interrupted(&cluster, "INT", &["install", "w", "w", "--wait"]);
    assert_eq!((code, out.as_str()), (Some(1), "Release w has been cancelled.\n"));
    assert_eq!(err, "Error: INSTALLATION FAILED: context canceled\n");
    let status = cluster.run(&["status", "w"]);
    assert!(status.contains("\nSTATUS: failed\n"), "{status}");
    assert!(
        status.contains("\nDESCRIPTION: Release \"w\" failed: context canceled\n"),
        "{status}"
    );
    let (code, out, err) = interrupted(&cluster, "TERM", &["upgrade", "w", "w", "--wait"]);
    assert_eq!((code, out.as_str()), (Some(1), "Release w has been cancelled.\n"));
    assert_eq!(
        err,
        "level=WARN msg=\"upgrade failed\" name=w error=\"context canceled\"\nError: UPGRADE FAILED: context canceled\n"
    );
    let status = cluster.run(&["status", "w"]);
    assert!(
        status.contains("\nDESCRIPTION: Upgrade \"w\" failed: context canceled\n"),
        "{status}"
    );
}

/// Objects that exist cannot be replaced on the server's side; Helm finds out when it applies them.
#[test]
fn force_replace() {
    let cluster = cluster("force-replace");
    cluster.run(&["install", "x", "d", "--force-replace"]);
    let text = "invalid operation: cannot use server-side apply and force replace together";
    let failed = format!("level=WARN msg=\"upgrade failed\" name=x error=\"{text}\"\nError: UPGRADE FAILED: {text}\n");
    assert_eq!(cluster.fail(&["upgrade", "x", "d", "--force-replace"]), failed);
    let old = "Flag --force has been deprecated, use --force-replace instead\n";
    assert_eq!(
        cluster.fail(&["upgrade", "x", "d", "--force"]),
        format!("{old}{failed}")
    );
    assert_eq!(cluster.run(&["list", "--failed", "-q"]), "x\n");
}

/// Helm 3's `--recreate-pods`: other Pods take the place of those of a workload that is updated.
#[test]
fn helm_3_recreate_pods() {
    let cluster = cluster("recreate");
    cluster.home.run(&["create", "web"]);
    cluster.run(&["install", "web", "web", "--wait"]);
    let pods = || {
        let status = cluster.run(&["status", "web", "-o", "json"]);
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        let pods = status["info"]["resources"]["v1/Pod(related)"][0]["items"]
            .as_array()
            .unwrap()
            .clone();
        pods.iter()
            .map(|pod| pod["metadata"]["uid"].to_string())
            .collect::<Vec<_>>()
    };
    let before = pods();
    cluster.run(&["upgrade", "web", "web", "--wait"]);
    assert_eq!(pods(), before);
    let ran = cluster
        .home
        .run(&["upgrade", "web", "web", "--recreate-pods", "--wait"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.err,
        "Flag --recreate-pods has been deprecated, functionality will no longer be updated. Consult the documentation for other \
         methods to recreate pods\n"
    );
    let after = pods();
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|pod| !before.contains(pod)), "{before:?} {after:?}");
}

/// Runs the program until a revision is being made, and then sends it a signal.
fn interrupted(cluster: &Cluster, signal: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_whelm"))
        .args(arguments)
        .current_dir(&cluster.home.path)
        .env_clear()
        .env("HOME", &cluster.home.path)
        .env("KUBECONFIG", cluster.home.path.join("no-kubeconfig"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while cluster.home.run(&["list", "--pending", "-q"]).out.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status()
            .unwrap()
            .success()
    );
    let ended = child.wait_with_output().unwrap();
    let Ran { out, err, .. } = Ran::of(&ended);
    (ended.status.code(), out, err)
}
