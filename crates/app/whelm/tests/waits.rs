//! What is told of waits, while they go on and when they fail.

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::Home;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

/// A chart with a Deployment whose Pods do what annotations say.
fn chart(home: &Home, annotations: &str) {
    home.file("c/Chart.yaml", CHART);
    let text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  selector: {{matchLabels: {{app: web}}}}\n  \
         template:\n    metadata: {{labels: {{app: web}}, annotations: {annotations}}}\n    spec: {{containers: [{{name: main, image: \
         'i:1'}}]}}\n"
    );
    home.file("c/templates/deployment.yaml", &text);
}

/// W-006: the reason, the events and the log of what did not get ready.
#[test]
fn w_006_why_a_wait_failed() {
    let home = Home::new("why-a-wait-failed");
    chart(
        &home,
        "{sandbox.whelm.dev/outcome: CrashLoopBackOff, sandbox.whelm.dev/log: 'no database'}",
    );
    let arguments = ["install", "web", "c", "--wait", "--timeout", "2s", "--sandbox=memory"];
    let ran = home.run(&arguments);
    assert_eq!(ran.code, 1);
    let error = "Error: INSTALLATION FAILED: resource Deployment/default/web not ready. status: InProgress";
    assert!(ran.err.starts_with(error), "{}", ran.err);
    let hint = ran
        .err
        .lines()
        .find(|line| line.starts_with("hint: Deployment/default/web: Pod web-"))
        .unwrap();
    for part in [
        " is Running; ",
        "container main: CrashLoopBackOff",
        "(exit code 1); ",
        "BackOff: back-off restarting",
    ] {
        assert!(hint.contains(part), "{part}: {}", ran.err);
    }
    let log = "\n      last lines of container main:\n      no database\n";
    assert!(ran.err.contains(log), "{}", ran.err);
}

/// W-010: a line for each change, on standard error alone.
#[test]
fn w_010_progress_of_a_wait() {
    let home = Home::new("progress-of-a-wait");
    chart(&home, "{sandbox.whelm.dev/ready-after: 1s}");
    let ran = home.run(&["install", "web", "c", "--wait", "--sandbox=memory"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (first, last) = (ran.waits.first().unwrap(), ran.waits.last().unwrap());
    assert!(
        first.starts_with("wait: 0 of 1 ready; Deployment/default/web InProgress: "),
        "{first}"
    );
    let ready = "wait: 1 of 1 ready; Deployment/default/web Current: Deployment is available. Replicas: 1";
    assert_eq!(last, ready);
    assert!(!ran.out.contains("wait: "), "{}", ran.out);
    // What is ready at once is not worth a word.
    let again = home.run(&[
        "upgrade",
        "web",
        "c",
        "--install",
        "--wait",
        "--sandbox=memory",
        "--set",
        "a=b",
    ]);
    assert_eq!(again.code, 0);
}
