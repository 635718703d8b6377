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
    for driver in ["secret", "secrets", "configmap", "configmaps", "memory"] {
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
