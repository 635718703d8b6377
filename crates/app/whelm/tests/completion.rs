//! Completion of command lines (checklist lines C-023, C-024, C-025).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::process::Command;

use support::{Home, helm};

const RELEASES: &str = "- name: web\n  namespace: default\n  version: 1\n  info: {status: superseded}\n  chart: &chart\n    metadata: \
                        {name: c, version: 1.2.3, appVersion: \"9\"}\n- name: web\n  namespace: default\n  version: 2\n  info: \
                        {status: deployed}\n  chart: *chart\n- name: far\n  namespace: other\n  version: 1\n  info: {status: \
                        deployed}\n  chart: *chart\n";

/// A home with repositories, an index, a kubeconfig and releases in a file.
fn home(name: &str) -> Home {
    let home = Home::new(name);
    let repositories = "repositories:\n- {name: r, url: https://r}\n- {name: rr, url: http://rr}\n";
    home.file(".config/helm/repositories.yaml", repositories);
    home.file(".cache/helm/repository/rr-charts.txt", "x\ny\n");
    let index = "apiVersion: v1\nentries:\n  c:\n  - {apiVersion: v2, name: c, version: 1.2.0, urls: [x], created: \
                 \"2020-03-04T05:06:07Z\"}\n  - {apiVersion: v2, name: c, version: 1.10.0, appVersion: \"7\", deprecated: true, \
                 urls: [x]}\n";
    home.file(".cache/helm/repository/r-index.yaml", index);
    let config = "apiVersion: v1\nkind: Config\ncontexts:\n- {name: one, context: {cluster: c1}}\nclusters:\n- {name: c1, cluster: \
                  {server: \"http://127.0.0.1:1\"}}\n";
    home.file("no-kubeconfig", config);
    home.file("releases.yaml", RELEASES);
    home
}

const MEMORY: &[(&str, &str)] = &[("HELM_DRIVER", "memory"), ("HELM_MEMORY_DRIVER_DATA", "releases.yaml")];

/// C-024: releases, revisions, charts, versions, namespaces, contexts, repositories, formats, settings.
#[test]
fn c_024_candidates() {
    let home = home("candidates");
    let ask = |words: &[&str]| home.run_with(MEMORY, &[&["__complete"], words].concat()).out;
    assert_eq!(ask(&["status", ""]), "web\tc-1.2.3 -> deployed\n:4\n");
    assert_eq!(
        ask(&["-n", "other", "get", "values", "f"]),
        "far\tc-1.2.3 -> deployed\n:4\n"
    );
    assert_eq!(ask(&["uninstall", "web", ""]), ":4\n");
    let revisions = "1\tApp: 9, Chart: c-1.2.3\n2\tApp: 9, Chart: c-1.2.3\n:4\n";
    assert_eq!(ask(&["rollback", "web", ""]), revisions);
    assert_eq!(ask(&["status", "web", "--revision", ""]), revisions);
    assert_eq!(ask(&["show", "values", "rr/"]), "rr/x\nrr/y\n:0\n");
    assert_eq!(ask(&["pull", "r"]), "r/\thttps://r\nrr/\thttp://rr\n:6\n");
    assert_eq!(
        ask(&["install", "web", "r/c", "--version", ""]),
        "1.10.0\tApp: 7, Created: January 1, 0001 (deprecated)\n1.2.0\tCreated: March 4, 2020\n:4\n"
    );
    assert_eq!(ask(&["--kube-context", ""]), "one\tc1\n:4\n");
    assert_eq!(ask(&["repo", "remove", "r", ""]), "rr\thttp://rr\n:4\n");
    assert!(ask(&["list", "--namespace", ""]).contains("kube-system\n"));
    assert!(ask(&["list", "-o", ""]).starts_with("json\t"));
    assert!(ask(&["env", ""]).starts_with("HELM_BIN\nHELM_BURST_LIMIT\n"));
    // Without a cluster there is nothing to say.
    let ran = home.run(&["__complete", "status", ""]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ":0\n"));
    let ran = home.run(&["__complete", "bogus", ""]);
    assert!(
        ran.err
            .starts_with("[Debug] [Error] unable to find a command for arguments: [bogus]\n"),
        "{}",
        ran.err
    );
}

/// C-025
#[test]
fn c_025_descriptions() {
    let home = home("descriptions");
    assert_eq!(home.run(&["__completeNoDesc", "pull", "r"]).out, "r/\nrr/\n:6\n");
    for (variable, value, described) in [
        ("HELM_COMPLETION_DESCRIPTIONS", "0", false),
        ("COBRA_COMPLETION_DESCRIPTIONS", "false", false),
        ("HELM_COMPLETION_DESCRIPTIONS", "1", true),
    ] {
        let ran = home.run_with(&[(variable, value)], &["__complete", "pull", "r"]);
        assert_eq!(ran.out.contains('\t'), described, "{variable}={value}");
    }
    let hint = "_activeHelp_ This command does not take any more arguments (but may accept flags).\n:4\n";
    assert_eq!(home.run(&["__complete", "version", ""]).out, hint);
    let ran = home.run_with(&[("HELM_ACTIVE_HELP", "0")], &["__complete", "version", ""]);
    assert_eq!(ran.out, ":4\n");
    for shell in ["bash", "fish", "powershell", "zsh"] {
        assert!(!home.run(&["completion", shell]).out.contains("__completeNoDesc"));
        let plain = home.run(&["completion", shell, "--no-descriptions"]).out;
        assert!(plain.contains("__completeNoDesc"), "{shell}");
    }
}

/// C-024: the same candidates as Helm's, but for the words that describe them.
#[test]
fn c_024_candidates_as_helm() {
    let Some(helm) = helm() else { return };
    let home = home("candidates-as-helm");
    let commands = [
        "",
        "create",
        "get",
        "get values",
        "help",
        "install",
        "lint",
        "list",
        "show",
        "show values",
        "template",
    ];
    let tails: [&[&str]; 14] = [
        &[""],
        &["a", ""],
        &["a", "b", ""],
        &["-"],
        &["--n"],
        &["-o", ""],
        &["--output=j"],
        &["--bogus", ""],
        &["--", "-"],
        &["-g", ""],
        &["--help", ""],
        &["--set", "a=b", "--"],
        &["--force-replace", "--f"],
        &["a", "r/c", "--version", ""],
    ];
    for command in commands {
        for tail in tails {
            let words: Vec<&str> = ["__completeNoDesc"]
                .into_iter()
                .chain(command.split_whitespace())
                .chain(tail.iter().copied())
                .collect();
            let ours = home.run_with(MEMORY, &words);
            let theirs = support::run(&helm, &home.path, MEMORY, &words);
            assert_eq!(
                (ours.code, ours.out, ours.err),
                (theirs.code, theirs.out, theirs.err),
                "{words:?}"
            );
        }
    }
}

/// C-023: scripts for four shells, also under another name of the program.
#[test]
fn c_023_scripts() {
    let home = Home::new("scripts");
    for (shell, registers) in [
        ("bash", "complete -o default -F __start_helm "),
        ("fish", "complete -c "),
        ("powershell", "Register-ArgumentCompleter -CommandName '"),
        ("zsh", "compdef _helm "),
    ] {
        let script = home.run(&["completion", shell]).out;
        for program in ["helm", "whelm"] {
            assert!(script.contains(&format!("{registers}{program}")), "{shell} {program}");
        }
        assert!(
            !script.contains("@REQUEST@") && !script.contains("@PROGRAM@"),
            "{shell}"
        );
    }
    let ran = home.run(&["completion", "bash", "x"]);
    assert_eq!(ran.code, 1);
}

/// C-023: what bash makes of its script.
#[test]
fn c_023_bash() {
    let home = home("bash");
    let program = env!("CARGO_BIN_EXE_whelm");
    let complete = |words: &[&str]| {
        let script = format!(
            "source <({program} completion bash)\nCOMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9\n\
             compopt() {{ :; }}\n__start_helm\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        );
        let ran = Command::new("bash")
            .arg("-c")
            .arg(script)
            .args(["bash", program])
            .args(words)
            .current_dir(&home.path)
            .env_clear()
            .env("HOME", &home.path)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{words:?}");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    assert_eq!(complete(&["sh"]), "show\n");
    assert_eq!(complete(&["show", "v"]), "values\n");
    assert_eq!(complete(&["list", "--no"]), "--no-headers\n");
    assert_eq!(complete(&["list", "--output", "=", "j"]), "json\n");
    assert_eq!(complete(&["list", "--output", "="]), "json\ntable\nyaml\n");
    assert_eq!(complete(&["show", "values", "rr/"]), "rr/x\nrr/y\n");
    assert_eq!(complete(&["show", "values", "oci", ":"]), "//\n");
}

/// C-023: what fish and zsh make of their scripts, where they are installed.
#[test]
fn c_023_fish_and_zsh() {
    let home = home("shells");
    let program = env!("CARGO_BIN_EXE_whelm");
    let run = |shell: &str, arguments: &[&str]| {
        let ran = Command::new(shell)
            .args(arguments)
            .current_dir(&home.path)
            .env("HOME", &home.path)
            .output();
        ran.ok().map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let ask = format!("{program} completion fish | source; complete -C '{program} show values rr/'");
    if let Some(out) = run("fish", &["--no-config", "-c", &ask]) {
        assert_eq!(out, "rr/x\nrr/y\n");
    }
    let load =
        "autoload -U compinit; compinit -u -D; source <(\"$0\" completion zsh); print $_comps[whelm] $_comps[helm]";
    if let Some(out) = run("zsh", &["-f", "-c", load, program]) {
        assert_eq!(out, "_helm _helm\n");
    }
}
