//! The embedded cluster: its state between commands, and the commands about it.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use support::Home;

/// A home with a chart `c`.
fn home(name: &str) -> Home {
    let home = Home::new(name);
    assert_eq!(home.run(&["create", "c"]).code, 0);
    home
}

#[test]
fn releases_stay_between_commands() {
    let home = home("sandbox-stay");
    assert_eq!(home.run(&["install", "web", "c", "--wait", "--sandbox"]).code, 0);
    let listed = home.run(&["list", "-q", "--sandbox"]);
    assert_eq!((listed.out.as_str(), listed.err.as_str()), ("web\n", ""));
    let again = home.run(&["install", "web", "c", "--sandbox"]);
    assert_eq!(again.code, 1);
    assert!(
        again.err.contains("cannot reuse a name that is still in use\n"),
        "{again:?}"
    );
    assert!(again.err.contains("`helm sandbox reset`"), "{again:?}");
    let upgraded = home.run(&["upgrade", "--install", "web", "c", "--sandbox"]);
    assert!(upgraded.out.contains("\nREVISION: 2\n"), "{upgraded:?}");
    assert!(
        home.run(&["status", "web", "--sandbox"])
            .out
            .contains("STATUS: deployed")
    );
    let gone = home.run(&["uninstall", "web", "--sandbox", "--wait"]);
    assert_eq!(gone.out, "release \"web\" uninstalled\n");
    assert_eq!(home.run(&["list", "-q", "--sandbox"]).out, "");
}

#[test]
fn places_are_apart() {
    let home = home("sandbox-places");
    let file = home.path.join("deep/down/state");
    let flag = format!("--sandbox={}", file.display());
    assert_eq!(home.run(&["install", "here", "c", &flag]).code, 0);
    assert_eq!(home.run(&["install", "there", "c", "--sandbox"]).code, 0);
    assert_eq!(home.run(&["install", "nowhere", "c", "--sandbox=memory"]).code, 0);
    assert_eq!(home.run(&["list", "-q", &flag]).out, "here\n");
    assert_eq!(home.run(&["list", "-q", "--sandbox"]).out, "there\n");
    assert_eq!(home.run(&["list", "-q", "--sandbox=memory"]).out, "");
    let variable = [("HELM_SANDBOX", file.to_str().unwrap())];
    assert_eq!(home.run_with(&variable, &["list", "-q"]).out, "here\n");
    // The namespace of a kubeconfig is about another cluster.
    let config = home.file(
        "kubeconfig",
        "contexts: [{name: a, context: {namespace: prod}}]\ncurrent-context: a\n",
    );
    let variable = [("KUBECONFIG", config.to_str().unwrap())];
    assert_eq!(home.run_with(&variable, &["list", "-q", "--sandbox"]).out, "there\n");
    let other = home.file("text", "no state\n");
    let refused = home.run(&["list", &format!("--sandbox={}", other.display())]);
    assert!(
        refused.err.contains("not the state of a sandbox cluster"),
        "{refused:?}"
    );
}

#[test]
fn status_dump_and_reset() {
    let home = home("sandbox-status");
    let none = home.run(&["sandbox", "status"]);
    assert!(none.out.contains("STATUS: no cluster yet"), "{none:?}");
    assert_eq!(home.run(&["install", "web", "c", "--sandbox"]).code, 0);
    let status = home.run(&["sandbox", "status"]);
    assert!(status.out.contains("apps/v1/Deployment "), "{status:?}");
    let json = home.run(&["sandbox", "status", "-o", "json"]).out;
    assert!(json.contains("\"apps/v1/Deployment\":1"), "{json}");
    let dump = home.run(&["sandbox", "dump"]).out;
    assert!(dump.starts_with("---\napiVersion: v1\n") && dump.contains("\nkind: Deployment\n"));
    let dump: serde_json::Value = serde_json::from_str(&home.run(&["sandbox", "dump", "-o", "json"]).out).unwrap();
    assert_eq!(dump["kind"], "List");
    let reset = home.run(&["sandbox", "reset"]);
    assert!(reset.out.ends_with("sandbox/state deleted\n"), "{reset:?}");
    assert_eq!(home.run(&["list", "-q", "--sandbox"]).out, "");
    assert_eq!(home.run(&["sandbox", "reset", "--sandbox=memory"]).code, 1);
}

#[test]
fn time_passes_when_asked() {
    let home = home("sandbox-advance");
    let text = std::fs::read_to_string(home.path.join("c/values.yaml")).unwrap();
    let slow = text.replace(
        "podAnnotations: {}",
        "podAnnotations: {sandbox.whelm.dev/ready-after: 1h}",
    );
    assert_ne!(slow, text);
    home.file("c/values.yaml", &slow);
    assert_eq!(home.run(&["install", "web", "c", "--sandbox"]).code, 0);
    assert!(home.run(&["status", "web", "--sandbox"]).out.contains(" 0/1 "));
    let advanced = home.run(&["sandbox", "advance", "1h"]);
    assert_eq!(
        advanced.out, "the cluster's clock was put forward by 1h\n",
        "{advanced:?}"
    );
    assert!(home.run(&["status", "web", "--sandbox"]).out.contains(" 1/1 "));
    assert_eq!(home.run(&["sandbox", "advance", "soon"]).code, 1);
    assert_eq!(home.run(&["sandbox", "advance", "-1h"]).code, 1);
}

#[test]
fn serve_plays_a_scenario() {
    let home = home("sandbox-scenario");
    home.file("scenario.yaml", "faults: [{match: {path: /version}, status: 503}]\n");
    let whelm = env!("CARGO_BIN_EXE_whelm");
    let serve = [
        "sandbox",
        "serve",
        "--sandbox=memory",
        "--scenario",
        "scenario.yaml",
        "--",
    ];
    let ran = home.run(&[&serve[..], &[whelm, "install", "web", "c"]].concat());
    assert!(
        ran.code != 0 && ran.err.contains("the server is currently unable to handle the request"),
        "{ran:?}"
    );
    home.file("scenario.yaml", "pods: [{outcome: Sick}]\n");
    let refused = home.run(&[&serve[..], &["true"]].concat());
    assert!(refused.err.contains("there is no outcome \"Sick\""), "{refused:?}");
}

#[test]
fn serve_runs_a_command() {
    let home = home("sandbox-command");
    let whelm = env!("CARGO_BIN_EXE_whelm");
    let script = "\"$0\" install web c --wait >out && \"$0\" list -q && exit 5";
    let ran = home.run(&["sandbox", "serve", "--", "sh", "-c", script, whelm]);
    assert_eq!((ran.code, ran.out.as_str()), (5, "web\n"), "{ran:?}");
    // The cluster is that of `--sandbox`.
    assert_eq!(home.run(&["list", "-q", "--sandbox"]).out, "web\n");
    let none = home.run(&["sandbox", "serve", "--", "/nowhere"]);
    assert!(none.err.starts_with("Error: cannot run /nowhere: "), "{none:?}");
}

#[test]
fn serve_passes_signals_on() {
    let home = home("sandbox-signal");
    let mut server = Command::new(env!("CARGO_BIN_EXE_whelm"))
        .args(["sandbox", "serve", "--sandbox=memory", "--", "sh", "-c"])
        .arg("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
        .current_dir(&home.path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    assert!(
        Command::new("kill")
            .arg(server.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.wait().unwrap().code(), Some(7));
}

#[test]
fn serve_asks_for_rights() {
    let home = home("sandbox-rbac");
    let whelm = env!("CARGO_BIN_EXE_whelm");
    // The kubeconfig's own user may do everything, another only what a binding allows.
    let script = "\"$0\" install web c >out && \"$0\" list -q && \"$0\" list -q --kube-context ann";
    let flags = ["--authorization=rbac", "--token=t0=ann,developers"];
    let serve = [&["sandbox", "serve"], &flags[..], &["--", "sh", "-c", script, whelm]].concat();
    let ran = home.run(&serve);
    assert_eq!(ran.out, "web\n", "{ran:?}");
    let refused = "secrets is forbidden: User \"ann\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"";
    assert!(ran.code == 1 && ran.err.contains(refused), "{ran:?}");
    let wrong = home.run(&["sandbox", "serve", "--authorization=rbac", "--token=ann", "--", "true"]);
    assert!(wrong.err.contains("must be TOKEN=USER[,GROUP...]"), "{wrong:?}");
    let alone = home.run(&["sandbox", "serve", "--token=t0=ann", "--", "true"]);
    assert!(alone.err.contains("--token needs --authorization=rbac"), "{alone:?}");
}

#[test]
fn serve_prints_a_kubeconfig_and_ends_with_a_signal() {
    let home = home("sandbox-serve");
    let config = home.path.join("kubeconfig");
    let mut server = Command::new(env!("CARGO_BIN_EXE_whelm"))
        .args(["sandbox", "serve", "--sandbox=memory"])
        .current_dir(&home.path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut text = String::new();
    // Standard output ends while the server goes on.
    server.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    std::fs::write(&config, &text).unwrap();
    let address = text.split_once("server: http://").unwrap().1.lines().next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "HTTP/1.1 200 OK");
    assert_eq!(lines.map_while(Result::ok).last().unwrap(), "ok");
    let variable = [("KUBECONFIG", config.to_str().unwrap())];
    assert_eq!(home.run_with(&variable, &["install", "web", "c", "--wait"]).code, 0);
    assert_eq!(home.run_with(&variable, &["list", "-q"]).out, "web\n");
    let killed = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn kubeconfigs_are_for_their_owner_alone() {
    let home = home("sandbox-private");
    for flags in [&["--kubeconfig-out", "config"][..], &[]] {
        let command = ["--", "sh", "-c", "ls -l \"$KUBECONFIG\" | cut -c1-10"];
        let ran = home.run(&[&["sandbox", "serve", "--sandbox=memory"], flags, &command].concat());
        assert_eq!(ran.out, "-rw-------\n", "{ran:?}");
    }
}
