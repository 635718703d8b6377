//! Post-renderers: plugins, and programs as Helm 3 had them (checklist lines E-012, M-015 to M-017, P-004, P-010).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::os::unix::fs::PermissionsExt;

use support::{Home, helm};

const SED: &str = "#!/bin/sh\nsed \"s/one/${1:-two}/\"\n";

fn script(home: &Home, name: &str, text: &str) {
    let path = home.file(name, text);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// A plugin in `folder`, which runs `command`.
fn plugin(home: &Home, folder: &str, name: &str, command: &str) {
    home.file(
        &format!("{folder}/plugin.yaml"),
        &format!(
            "apiVersion: v1\nname: {name}\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\nruntimeConfig:\n  \
             platformCommand:\n  - command: {command}\n"
        ),
    );
}

const PLUGINS: &str = ".local/share/helm/plugins";

/// A home with a chart, and plugins that change nothing, change a word, fail, or say nothing.
fn home(name: &str) -> Home {
    let home = Home::new(name);
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file(
        "c/templates/a.yaml",
        "# first\nkind: ConfigMap\napiVersion: v1\nmetadata:\n    name: a\ndata: {x: one}\n---\nkind: Secret\napiVersion: v1\nmetadata: \
         {name: b}\n",
    );
    home.file(
        "c/templates/h.yaml",
        "kind: Pod\napiVersion: v1\nmetadata:\n  name: one\n  annotations:\n    helm.sh/hook: test\n",
    );
    home.file("c/templates/NOTES.txt", "one\n");
    plugin(&home, &format!("{PLUGINS}/same"), "same", "cat");
    plugin(&home, &format!("{PLUGINS}/sed"), "sed", "$HELM_PLUGIN_DIR/change.sh");
    script(&home, &format!("{PLUGINS}/sed/change.sh"), SED);
    plugin(&home, &format!("{PLUGINS}/fails"), "fails", "$HELM_PLUGIN_DIR/fail.sh");
    script(
        &home,
        &format!("{PLUGINS}/fails/fail.sh"),
        "#!/bin/sh\necho because >&2\nexit 3\n",
    );
    plugin(&home, &format!("{PLUGINS}/silent"), "silent", "true");
    plugin(&home, &format!("{PLUGINS}/adds"), "adds", "$HELM_PLUGIN_DIR/add.sh");
    script(
        &home,
        &format!("{PLUGINS}/adds/add.sh"),
        "#!/bin/sh\ncat\nprintf -- '---\\nkind: ConfigMap\\napiVersion: v1\\nmetadata: {name: added}\\n'\n",
    );
    home
}

/// M-016: what a post-renderer that changes nothing leaves of the text.
#[test]
fn m_016_identity() {
    let home = home("identity");
    let ran = home.run(&["template", "c", "--post-renderer", "same"]);
    let expected = "---\n# Source: c/templates/a.yaml\nkind: Secret\napiVersion: v1\nmetadata: {name: b}\n\n---\n# Source: \
                    c/templates/a.yaml\n# first\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\ndata: {x: one}\n---\n# Source: \
                    c/templates/h.yaml\nkind: Pod\napiVersion: v1\nmetadata:\n  name: one\n  annotations:\n    helm.sh/hook: test\n\n";
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, expected);
}

/// M-015: arguments, hooks, and documents that no file is known for.
#[test]
fn m_015_changes() {
    let home = home("changes");
    let out = home.run(&["template", "c", "--post-renderer", "sed"]).out;
    assert!(
        out.contains("data: {x: two}\n") && out.contains("\n  name: two\n"),
        "{out}"
    );
    let out = home
        .run(&[
            "template",
            "c",
            "--post-renderer-args",
            "six",
            "--post-renderer",
            "sed",
            "--post-renderer-args",
            "x",
        ])
        .out;
    assert!(out.contains("data: {x: six}\n"), "{out}");
    let out = home.run(&["template", "c", "--post-renderer", "adds"]).out;
    assert!(out.contains("---\n# Source: generated-by-postrender-"), "{out}");
    // A release keeps what was made of it.
    let ran = home.run(&["install", "web", "c", "--dry-run=client", "--post-renderer", "sed"]);
    assert!(ran.out.contains("data: {x: two}\n"), "{ran:?}");
    assert!(ran.out.ends_with("NOTES:\none\n"), "{ran:?}");
}

/// M-017, P-010: failures, silence, two of them, and none of that name.
#[test]
fn m_017_failures() {
    let home = home("failures");
    let hint = "\n\nUse --debug flag to render out invalid YAML\n";
    let error = |name: &str| home.run(&["template", "c", "--post-renderer", name]).err;
    assert_eq!(
        error("fails"),
        format!(
            "level=ERROR msg=\"plugin execution failed\" pluginName=fails stderr=because\nError: error while running post render on \
             files: failed to invoke post-renderer plugin \"fails\": plugin \"fails\" exited with error{hint}"
        )
    );
    assert_eq!(
        error("silent"),
        format!(
            "Error: error while running post render on files: post-renderer \"silent\" produced empty output{hint}"
        )
    );
    assert_eq!(
        error("no-such"),
        "Error: invalid argument \"no-such\" for \"--post-renderer\" flag: plugin: {Name:no-such Type:postrenderer/v1} not found\n"
    );
    let twice = home.run(&["template", "c", "--post-renderer", "same", "--post-renderer", "sed"]);
    assert_eq!(
        twice.err,
        "Error: invalid argument \"sed\" for \"--post-renderer\" flag: cannot specify --post-renderer flag more than once\n"
    );
    home.file(
        &format!("{PLUGINS}/wasm/plugin.yaml"),
        "apiVersion: v1\nname: wasm\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    );
    assert!(error("wasm").contains("is WebAssembly, which is not in this release"));
}

/// E-012, P-004: several folders, plugins that are broken, and two of one name.
#[test]
fn e_012_folders() {
    let home = home("folders");
    plugin(&home, "other/far", "far", "cat");
    let folders = format!("other:{PLUGINS}");
    let run = |folders: &str, name: &str, no_plugins: &str| {
        let environment = [("HELM_PLUGINS", folders), ("HELM_NO_PLUGINS", no_plugins)];
        home.run_with(&environment, &["template", "c", "--post-renderer", name])
    };
    for name in ["far", "same"] {
        assert_eq!(run(&folders, name, "").code, 0, "{name}");
    }
    // Only verbs of plugins go away.
    assert_eq!(run(&folders, "far", "1").code, 0);
    assert_eq!(run("other", "same", "").code, 1);
    home.file("other/bad/plugin.yaml", "apiVersion: v1\nname: bad.name\n");
    let ran = run("other", "far", "");
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            0,
            "level=WARN msg=\"failed to load plugin (ignoring)\" plugin_yaml=other/bad/plugin.yaml error=\"failed to load plugin \
             \\\"other/bad\\\": invalid plugin `name`\"\n"
        )
    );
    plugin(&home, "other/bad", "far", "cat");
    let text = "Error: invalid argument \"far\" for \"--post-renderer\" flag: two plugins claim the name \"far\" at \"other/bad\" and \
                \"other/far\"\n";
    assert_eq!(run("other", "far", "").err, text);
}

/// Helm 3's post-renderers: programs by their path or in `PATH`, which do not get the hooks.
#[test]
fn helm_3_programs() {
    let home = home("programs");
    script(&home, "bin/change", SED);
    let by_path = home.run(&["template", "c", "--post-renderer", "./bin/change"]);
    assert!(by_path.out.contains("data: {x: two}\n"), "{by_path:?}");
    assert!(by_path.out.contains("\n  name: one\n"), "{by_path:?}");
    let path = format!("{}/bin:/usr/bin:/bin", home.path.display());
    let arguments = ["template", "c", "--post-renderer", "change", "--post-renderer-args=six"];
    let in_path = home.run_with(&[("PATH", &path)], &arguments);
    assert!(in_path.out.contains("data: {x: six}\n"), "{in_path:?}");
    script(&home, "bin/fail", "#!/bin/sh\necho because >&2\nexit 3\n");
    let ran = home.run(&["template", "c", "--post-renderer", "bin/fail"]);
    let text = format!(
        "Error: error while running post render on files: error while running command {}/bin/fail. error output:\nbecause\n: exit \
         status 3\n\nUse --debug flag to render out invalid YAML\n",
        home.path.display()
    );
    assert_eq!((ran.code, ran.err), (1, text));
    home.file("bin/data", "x");
    let ran = home.run(&["template", "c", "--post-renderer", "bin/data"]);
    assert!(
        ran.err
            .ends_with("plugin: {Name:bin/data Type:postrenderer/v1} not found\n"),
        "{}",
        ran.err
    );
}

/// M-015, M-016: the same as Helm.
#[test]
fn m_016_as_helm() {
    let Some(helm) = helm() else { return };
    let home = home("post-render-as-helm");
    home.run(&["create", "web"]);
    for chart in ["c", "web"] {
        for renderer in ["same", "sed", "silent"] {
            let arguments = ["template", "x", chart, "--post-renderer", renderer];
            let (ours, theirs) = (home.run(&arguments), support::run(&helm, &home.path, &[], &arguments));
            assert_eq!(
                (ours.code, ours.out, ours.err),
                (theirs.code, theirs.out, theirs.err),
                "{arguments:?}"
            );
        }
    }
}
