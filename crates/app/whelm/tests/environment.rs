//! The environment (checklist group E).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::Home;

/// E-001
#[test]
fn e_001_homes() {
    let home = Home::new("homes");
    let value = |environment: &[(&str, &str)], name: &str| home.run_with(environment, &["env", name]).out;
    let at = home.path.display();
    assert_eq!(value(&[], "HELM_CACHE_HOME"), format!("{at}/.cache/helm\n"));
    assert_eq!(value(&[("XDG_CONFIG_HOME", "/x")], "HELM_CONFIG_HOME"), "/x/helm\n");
    assert_eq!(
        value(&[("XDG_DATA_HOME", "/x"), ("HELM_DATA_HOME", "/d")], "HELM_PLUGINS"),
        "/d/plugins\n"
    );
    assert_eq!(
        value(&[("HELM_REPOSITORY_CONFIG", "/r")], "HELM_REPOSITORY_CONFIG"),
        "/r\n"
    );
}

/// E-011
#[test]
fn e_011_drivers() {
    let home = Home::new("drivers");
    for driver in ["secret", "secrets", "configmap", "configmaps", ""] {
        assert_eq!(
            home.run_with(&[("HELM_DRIVER", driver)], &["version", "--short"]).code,
            0
        );
    }
    let ran = home.run_with(&[("HELM_DRIVER", "x")], &["version"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (1, "level=INFO msg=\"unknown driver \\\"x\\\"\"\n")
    );
}

/// E-011: the driver `memory` has the releases of files, and needs them.
#[test]
fn e_011_memory() {
    let home = Home::new("memory");
    let run = |data: &str, arguments: &[&str]| {
        home.run_with(
            &[("HELM_DRIVER", "memory"), ("HELM_MEMORY_DRIVER_DATA", data)],
            arguments,
        )
    };
    home.file(
        "a.yaml",
        "- name: web\n  version: 3\n  info: {status: deployed, last_deployed: \"2024-01-02T03:04:05Z\"}\n  chart: {metadata: \
         {name: c, version: 1.0.0}}\n",
    );
    home.file(
        "b.yaml",
        "- {name: far, namespace: other, version: 1, info: {status: failed}}\n",
    );
    let listed = run("a.yaml:b.yaml", &["list", "--no-headers"]).out;
    assert_eq!(
        listed,
        "web\tdefault\t3\t2024-01-02 03:04:05 +0000 UTC\tdeployed\tc-1.0.0\t\n"
    );
    assert_eq!(run("a.yaml:b.yaml", &["list", "-q", "-n", "other"]).out, "far\n");
    // All numbers of values went through Go's float64.
    home.file(
        "numbers.yaml",
        "- {name: big, version: 1, info: {status: deployed}, config: {a: 9007199254740993, b: 3, c: 1.0}}\n",
    );
    let values = run("numbers.yaml", &["get", "values", "big"]).out;
    assert_eq!(values, "USER-SUPPLIED VALUES:\na: 9007199254740992\nb: 3\nc: 1\n");
    for (data, text) in [
        ("", "Unable to read memory driver dataopen : no such file or directory"),
        (
            "no.yaml",
            "Unable to read memory driver dataopen no.yaml: no such file or directory",
        ),
        ("a.yaml:a.yaml", "release: already exists"),
    ] {
        let ran = run(data, &["version"]);
        assert_eq!((ran.code, ran.err), (1, format!("level=INFO msg=\"{text}\"\n")));
    }
}

/// E-010: every command warns, also one that fails.
#[test]
fn e_010_retired_repositories() {
    let home = Home::new("retired");
    let stable = "- {name: stable, url: \"https://kubernetes-charts.storage.googleapis.com/\"}\n";
    let incubator = "- {name: incubator, url: \"http://kubernetes-charts-incubator.storage.googleapis.com\"}\n";
    let warning = |old: &str, name: &str| {
        let new = format!("https://charts.helm.sh/{name}");
        format!(
            "WARNING: \"{old}\" is deprecated for \"{name}\" and will be deleted Nov. 13, 2020.\nWARNING: You should switch to \
             \"{new}\" via:\nWARNING: helm repo add \"{name}\" \"{new}\" --force-update\n"
        )
    };
    let first = warning("kubernetes-charts.storage.googleapis.com", "stable");
    let second = warning("kubernetes-charts-incubator.storage.googleapis.com", "incubator");
    let config = |entries: &str| home.file(".config/helm/repositories.yaml", &format!("repositories:\n{entries}"));
    config(&format!("{stable}{incubator}"));
    assert_eq!(home.run(&["version"]).err, format!("{first}{second}"));
    assert_eq!(
        home.run(&["list", "--bogus"]).err,
        format!("{first}{second}Error: unknown flag: --bogus\n")
    );
    // Without the first Helm does not look for the second.
    config(incubator);
    assert_eq!(home.run(&["version"]).err, "");
    let other = home.file("other.yaml", &format!("repositories:\n{stable}"));
    let ran = home.run(&["version", "--repository-config", &other.to_string_lossy()]);
    assert_eq!(ran.err, first);
}

/// E-013
#[test]
fn e_013_max_history() {
    let home = Home::new("history");
    let ran = home.run_with(&[("HELM_MAX_HISTORY", "3")], &["upgrade", "--help"]);
    let line = ran.out.lines().find(|line| line.contains("--history-max int")).unwrap();
    assert!(line.ends_with("(default 3)"), "{line}");
}

/// E-019
#[test]
fn e_019_default_keyring() {
    let home = Home::new("keyring");
    let keyring = || {
        home.run(&["template", "--help"])
            .out
            .lines()
            .find(|line| line.contains("--keyring"))
            .unwrap()
            .to_owned()
    };
    assert!(keyring().contains("/.gnupg/pubring.gpg"));
    home.file(".gnupg/pubring.kbx", "");
    assert!(keyring().contains("/.gnupg/pubring.kbx"));
}
