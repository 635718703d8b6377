//! Arguments, help and errors (checklist group C).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::{Home, helm};

/// C-001, C-006: every verb and alias is there; groups print their help.
#[test]
fn c_001_c_006_verbs_and_groups() {
    let home = Home::new("verbs");
    for group in [
        "get",
        "repo",
        "plugin",
        "registry",
        "search",
        "show",
        "inspect",
        "dependency",
        "dep",
        "completion",
    ] {
        let ran = home.run(&[group]);
        assert_eq!(ran.code, 0, "{group}");
        assert!(ran.out.contains("Available Commands:"), "{group}: {}", ran.out);
        assert_eq!(home.run(&[group, "bogus"]).out, ran.out);
    }
    for verb in [&["package", "x"][..], &["fetch", "x"], &["pull", "x"]] {
        let ran = home.run(verb);
        assert_eq!(ran.code, 1);
        assert!(
            ran.err
                .starts_with("Error: this release of whelm does not have \"helm "),
            "{}",
            ran.err
        );
    }
}

/// C-004: the bare root prints help.
#[test]
fn c_004_root_help() {
    let ran = Home::new("root").run(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out
            .contains("\nUsage:\n  helm [command]\n\nAvailable Commands:\n  completion  ")
    );
    assert!(
        ran.out
            .ends_with("\nUse \"helm [command] --help\" for more information about a command.\n")
    );
}

/// C-005
#[test]
fn c_005_unknown_verbs() {
    let home = Home::new("unknown");
    let ran = home.run(&["s"]);
    assert_eq!(ran.code, 1);
    let text = "Error: unknown command \"s\" for \"helm\"\n\nDid you mean this?\n\tshow\n\tsearch\n\tstatus\n\n\
                Run 'helm --help' for usage.\n";
    assert_eq!(ran.err, text);
    assert!(home.run(&["rm"]).err.contains("\tuninstall\n"));
    let text = "Error: unknown command \"frobnicate\" for \"helm\"\nRun 'helm --help' for usage.\n";
    assert_eq!(home.run(&["frobnicate"]).err, text);
}

/// C-007
#[test]
fn c_007_argument_counts() {
    let home = Home::new("counts");
    for (arguments, text) in [
        (
            &["status"][..],
            "\"helm status\" requires 1 argument\n\nUsage:  helm status RELEASE_NAME [flags]",
        ),
        (
            &["upgrade", "a"],
            "\"helm upgrade\" requires 2 arguments\n\nUsage:  helm upgrade [RELEASE] [CHART] [flags]",
        ),
        (
            &["lint"],
            "\"helm lint\" requires at least 1 argument\n\nUsage:  helm lint PATH [flags]",
        ),
        (
            &["env", "a", "b"],
            "\"helm env\" accepts at most 1 argument\n\nUsage:  helm env [flags]",
        ),
        (
            &["version", "a"],
            "\"helm version\" accepts no arguments\n\nUsage:  helm version [flags]",
        ),
    ] {
        let ran = home.run(arguments);
        assert_eq!((ran.code, ran.err), (1, format!("Error: {text}\n")));
    }
}

/// C-008, C-013, C-016, O-002: bad flags and bad values.
#[test]
fn c_008_c_013_c_016_o_002_bad_flags() {
    let home = Home::new("flags");
    for (arguments, text) in [
        (&["template", "--bogus"][..], "unknown flag: --bogus"),
        (&["list", "-AY"], "unknown shorthand flag: 'Y' in -Y"),
        (&["list", "--max"], "flag needs an argument: --max"),
        (&["list", "-m"], "flag needs an argument: 'm' in -m"),
        (
            &["list", "-m", "x"],
            "invalid argument \"x\" for \"-m, --max\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
        ),
        (
            &["status", "-o", "x", "a"],
            "invalid argument \"x\" for \"-o, --output\" flag: invalid format type",
        ),
        (
            &["install", "--timeout", "5"],
            "invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration \"5\"",
        ),
        (
            &["install", "--wait=x"],
            "invalid argument \"x\" for \"--wait\" flag: invalid wait input \"x\". Valid inputs are watcher, hookOnly, and legacy",
        ),
        (
            &["install", "-l", "a"],
            "invalid argument \"a\" for \"-l, --labels\" flag: a must be formatted as key=value",
        ),
        (&["template", "---x"], "bad flag syntax: ---x"),
    ] {
        let ran = home.run(arguments);
        assert_eq!((ran.code, ran.err), (1, format!("Error: {text}\n")));
    }
}

/// C-009, C-010: global flags stand anywhere; flags beat the environment.
#[test]
fn c_009_c_010_global_flags() {
    let home = Home::new("global");
    let namespace = |environment: &[(&str, &str)], arguments: &[&str]| home.run_with(environment, arguments).out;
    assert_eq!(namespace(&[], &["-n", "x", "env", "HELM_NAMESPACE"]), "x\n");
    assert_eq!(namespace(&[], &["env", "HELM_NAMESPACE", "--namespace=x"]), "x\n");
    assert_eq!(namespace(&[("HELM_NAMESPACE", "y")], &["env", "HELM_NAMESPACE"]), "y\n");
    assert_eq!(
        namespace(&[("HELM_NAMESPACE", "y")], &["env", "HELM_NAMESPACE", "-nx"]),
        "x\n"
    );
    assert_eq!(
        namespace(
            &[("HELM_BURST_LIMIT", "7")],
            &["env", "HELM_BURST_LIMIT", "--burst-limit=9"]
        ),
        "9\n"
    );
    assert_eq!(namespace(&[("HELM_QPS", "1.5")], &["env", "HELM_QPS"]), "1.50\n");
    let ran = home.run(&["version", "--color=bad"]);
    let text = "level=WARN msg=\"command failed\" error=\"invalid color mode \\\"bad\\\": must be one of: never, auto, always\"\n";
    assert_eq!((ran.code, ran.err.as_str()), (1, text));
}

/// C-011, C-012, C-013, C-015: old names of flags and values.
#[test]
fn c_011_c_012_c_015_old_forms() {
    let home = Home::new("old");
    let missing = "Error: path \"./no\" not found\n";
    for (arguments, text) in [
        (
            &["template", "./no", "--force"][..],
            "Flag --force has been deprecated, use --force-replace instead\n",
        ),
        (
            &["template", "./no", "--atomic"],
            "Flag --atomic has been deprecated, use --rollback-on-failure instead\n",
        ),
        (
            &["template", "./no", "--dry-run"],
            "level=WARN msg=\"--dry-run is deprecated and should be replaced with '--dry-run=client'\"\n",
        ),
        (
            &["template", "./no", "--dry-run=true"],
            "level=WARN msg=\"boolean '--dry-run=true' flag is deprecated and must be replaced with '--dry-run=client'\"\n",
        ),
        (
            &["template", "./no", "--wait=true"],
            "level=WARN msg=\"--wait=true is deprecated (boolean value) and can be replaced with --wait=watcher\"\n",
        ),
    ] {
        let ran = home.run(arguments);
        assert_eq!(ran.err, format!("{text}{missing}"), "{arguments:?}");
    }
    assert_eq!(
        home.run(&["template", "x", "--dry-run=none"]).err,
        "Error: invalid dry-run value (\"none\"). Must be \"server\" or \"client\"\n"
    );
    assert_eq!(
        home.run(&["install", "x", "y", "--dry-run=x"]).err,
        "Error: invalid dry-run value (\"x\"). Must be \"none\", \"server\", or \"client\"\n"
    );
    assert_eq!(
        home.run(&["template", "x", "--force-replace", "--force-conflicts"]).err,
        "Error: if any flags in the group [force-replace force-conflicts] are set none of the others can be; \
         [force-conflicts force-replace] were all set\n"
    );
}

/// Flags of Helm 3 that Helm 4 no longer has: they are read, and what they asked for is so anyway.
#[test]
fn helm_3_flags() {
    let home = Home::new("helm-3");
    home.file(
        "releases.yaml",
        "- {name: web, version: 1, info: {status: pending-install, description: here}}\n",
    );
    let memory = [("HELM_DRIVER", "memory"), ("HELM_MEMORY_DRIVER_DATA", "releases.yaml")];
    for list in [&["list", "-a", "-q"][..], &["ls", "--all", "--short"], &["list", "-aq"]] {
        assert_eq!(home.run_with(&memory, list).out, "web\n");
    }
    let status = home
        .run_with(&memory, &["status", "web", "--show-desc", "--show-resources"])
        .out;
    assert!(status.contains("\nDESCRIPTION: here\n"), "{status}");
    assert_eq!(home.run(&["version", "--client", "--short"]).out, "v4.3\n");
    assert_eq!(home.run(&["version", "-c", "--short"]).out, "v4.3\n");
    for known in [
        &["test", "web", "--hide-notes"][..],
        &["rollback", "web", "--recreate-pods"],
    ] {
        let ran = home.run(known);
        assert!(
            ran.err.contains("Error: kubernetes cluster unreachable"),
            "{known:?}: {}",
            ran.err
        );
    }
    for later in [
        &["repo", "add", "a", "b", "--no-update"][..],
        &["repo", "update", "--fail-on-repo-update-fail"],
    ] {
        let ran = home.run(later);
        assert!(
            ran.err.contains("this release of whelm does not have"),
            "{later:?}: {}",
            ran.err
        );
    }
    let help = home.run(&["list", "--help"]).out;
    assert!(!help.contains("--all "), "{help}");
}

/// C-019, C-020, C-034
#[test]
fn c_019_c_020_c_034_names_and_places() {
    let home = Home::new("names");
    home.run(&["create", "c"]);
    let ran = home.run(&["template", "Bad_Name", "c"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("invalid release name, must match regex"),
        "{}",
        ran.err
    );
    assert_eq!(home.run(&["template", "./no"]).err, "Error: path \"./no\" not found\n");
    assert_eq!(
        home.run(&["uninstall", "a", "--cascade=x"]).err,
        "Error: invalid cascade value (x). Must be \"background\", \"foreground\", or \"orphan\"\n"
    );
}

/// C-021
#[test]
fn c_021_env() {
    let home = Home::new("env");
    let ran = home.run(&["env"]);
    let names: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names.len(), 22);
    assert!(names.is_sorted());
    assert!(ran.out.contains("HELM_QPS=\"0.00\"\n"));
    assert_eq!(home.run(&["env", "NOPE"]).out, "\n");
    assert!(
        home.run(&["env", "--kubeconfig=/k"])
            .out
            .ends_with("\nKUBECONFIG=\"/k\"\n")
    );
}

/// C-022
#[test]
fn c_022_version() {
    let home = Home::new("version");
    assert!(
        home.run(&["version"])
            .out
            .starts_with("version.BuildInfo{Version:\"v4.3\", GitCommit:\"\", GitTreeState:\"\", GoVersion:\"go1.")
    );
    assert_eq!(home.run(&["version", "--short"]).out, "v4.3\n");
    assert_eq!(home.run(&["version", "--template", "V={{ .Version }}"]).out, "V=v4.3");
    // What was written before a failure is there.
    let ran = home.run(&["version", "--template", "V={{ .Version }} {{ .Nope }}"]);
    assert_eq!(ran.out, "V=v4.3 ");
    let ran = home.run(&["version", "--template", "{{ .Nope }}"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("can't evaluate field Nope in type version.BuildInfo"),
        "{}",
        ran.err
    );
}

/// C-029: klog's flags are taken.
#[test]
fn c_029_klog_flags() {
    let home = Home::new("klog");
    assert_eq!(
        home.run(&["-v6", "--logtostderr=false", "--vmodule=a=1", "version", "--short"])
            .out,
        "v4.3\n"
    );
    let text =
        "Error: invalid argument \"abc\" for \"-v, --v\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax\n";
    assert_eq!(home.run(&["version", "--v=abc"]).err, text);
}

/// C-002, C-003: help of every command has the flags, defaults and usage line of Helm's.
#[test]
fn c_002_c_003_help_as_helm() {
    let Some(helm) = helm() else { return };
    let home = Home::new("help");
    let settings: [&[(&str, &str)]; 2] = [
        &[],
        &[
            ("HELM_NAMESPACE", "x"),
            ("HELM_MAX_HISTORY", "3"),
            ("HELM_KUBEASGROUPS", "a,b"),
            ("HELM_DEBUG", "1"),
            ("NO_COLOR", "1"),
        ],
    ];
    for environment in settings {
        for path in commands() {
            let arguments: Vec<&str> = path
                .split(' ')
                .filter(|word| !word.is_empty())
                .chain(["--help"])
                .collect();
            let ours = home.run_with(environment, &arguments);
            let theirs = support::run(&helm, &home.path, environment, &arguments);
            assert_eq!((ours.code, &ours.err), (theirs.code, &theirs.err), "{path}");
            assert_eq!(skeleton(&ours.out), skeleton(&theirs.out), "{path}");
        }
    }
}

fn commands() -> Vec<String> {
    fn walk(command: &whelm_cli::Command, path: &str, all: &mut Vec<String>) {
        all.push(path.to_owned());
        // Helm has no embedded cluster, and says nothing about it.
        for child in command.commands.iter().filter(|child| child.name != "sandbox") {
            walk(child, &format!("{path} {}", child.name), all);
        }
    }
    let mut all = Vec::new();
    walk(&whelm_cli::ROOT, "", &mut all);
    assert_eq!(all.len(), 61);
    all
}

/// Help without prose: usage lines, names of commands, names, kinds and defaults of flags, and the columns they stand in.
fn skeleton(help: &str) -> Vec<String> {
    let start = help.find("Usage:").unwrap_or(0);
    let mut section = "";
    let mut lines = Vec::new();
    for line in help[start..].lines().filter(|line| !line.is_empty()) {
        if !line.starts_with(' ') {
            section = line;
        }
        if section.starts_with("Examples") {
            continue;
        }
        if section.starts_with("Available") {
            lines.push(line.chars().take(14).collect());
        } else if line.trim_start().starts_with('-') {
            let heading = line
                .find("   ")
                .filter(|at| *at > 6)
                .or_else(|| line[6..].find("   ").map(|at| at + 6));
            let heading = heading.unwrap_or(line.len());
            let column = line[heading..].find(|c| c != ' ').map_or(0, |at| at + heading);
            let default = line.rfind(" (default ").map_or("", |at| &line[at..]);
            lines.push(format!("{}|{column}{default}", &line[..heading]));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// O-008, O-009, O-014: a release in the cluster inside the process, and what is shown about it.
#[test]
fn o_008_o_009_o_014_sandbox() {
    let home = Home::new("sandbox");
    home.run(&["create", "c"]);
    let ran = home.run(&["install", "web", "c", "--wait", "--sandbox"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("NAME: web\nLAST DEPLOYED: "), "{}", ran.out);
    assert!(
        ran.out
            .contains("\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: Install complete\n")
    );
    assert!(ran.out.contains(
        "\n==> v1/Deployment\nNAME    READY   UP-TO-DATE   AVAILABLE   AGE\nweb-c   1/1     1            1           "
    ));
    let dry = home.run(&["install", "web", "c", "--dry-run=client", "--debug"]);
    assert!(
        dry.out.contains("\nUSER-SUPPLIED VALUES:\n{}\n\nCOMPUTED VALUES:\n"),
        "{}",
        dry.out
    );
    assert!(
        dry.out
            .contains("\nHOOKS:\n---\n# Source: c/templates/tests/test-connection.yaml\n")
    );
}

/// O-025: lines of level DEBUG about a release; fewer than Helm's, which has one or two for each request.
#[test]
fn o_025_debug_lines_of_a_release() {
    let home = Home::new("debug-lines");
    home.run(&["create", "c"]);
    let quiet = home.run(&["install", "web", "c", "--sandbox"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    let ran = home.run(&["install", "web2", "c", "--sandbox", "--debug"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.lines().all(|line| line.starts_with("level=DEBUG msg=")),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("level=DEBUG msg=\"Chart path\" path="), "{}", ran.err);
    assert!(!ran.err.contains("Created resource via patch"), "{}", ran.err);
}
