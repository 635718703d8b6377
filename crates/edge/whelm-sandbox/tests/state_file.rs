//! The state file under processes that are killed, and under many at once.
//!
//! The tests start this very program again as the other processes; see `other_process`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::Sandbox;

const FILE: &str = "SANDBOX_TEST_FILE";
const NAME: &str = "SANDBOX_TEST_NAME";
const COUNT: &str = "SANDBOX_TEST_COUNT";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("whelm-state-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Creates a Deployment, whose ReplicaSet and Pods follow at once.
fn create(sandbox: &Sandbox, name: &str) -> u16 {
    let template = json!({
        "metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "c", "image": "i"}]},
    });
    let spec = json!({"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template});
    let body = json!({"metadata": {"name": name}, "spec": spec}).to_string();
    let request = Request::post("/apis/apps/v1/namespaces/default/deployments")
        .header("content-type", "application/json")
        .body(Bytes::from(body))
        .unwrap();
    sandbox.answer(&request).status().as_u16()
}

/// What the processes that the tests start do: they create Deployments and say which ones were answered.
#[test]
fn other_process() {
    let (Some(file), Ok(name)) = (std::env::var_os(FILE), std::env::var(NAME)) else {
        return;
    };
    let count: usize = std::env::var(COUNT).unwrap().parse().unwrap();
    let sandbox = Sandbox::open(Path::new(&file)).unwrap();
    for number in 0..count {
        let name = format!("{name}-{number}");
        assert_eq!(create(&sandbox, &name), 201);
        let mut stdout = std::io::stdout();
        writeln!(stdout, "created {name}").unwrap();
        stdout.flush().unwrap();
    }
}

fn start(file: &Path, name: &str, count: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "other_process", "--nocapture"])
        .env(FILE, file)
        .env(NAME, name)
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The names that a process has said are created, as it says them.
fn created(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    lines.filter_map(|line| line.split_once("created ").map(|(_, name)| name.to_owned()))
}

fn names(objects: &[Value], kind: &str) -> BTreeSet<String> {
    let of_kind = objects.iter().filter(|object| object["kind"] == kind);
    of_kind
        .map(|object| object["metadata"]["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Every Deployment has its ReplicaSet and its Pods: what belongs to one request is there as a whole or not at all.
fn assert_whole(objects: &[Value]) {
    let deployments = names(objects, "Deployment");
    let owners = |kind: &str| -> Vec<&str> {
        let of_kind = objects.iter().filter(|object| object["kind"] == kind);
        of_kind
            .map(|object| object["metadata"]["labels"]["app"].as_str().unwrap_or_default())
            .collect()
    };
    assert_eq!(owners("ReplicaSet").len(), deployments.len());
    assert_eq!(owners("Pod").len(), 2 * deployments.len());
}

#[test]
fn what_was_answered_survives_kill() {
    let folder = Folder::new("kill");
    let mut expected = BTreeSet::new();
    for round in 0..20_u64 {
        let mut child = start(&folder.file(), &format!("r{round}"), 1000);
        let mut said = created(&mut child);
        expected.extend(said.next());
        std::thread::sleep(Duration::from_micros(round * 1700 % 9000));
        child.kill().unwrap();
        child.wait().unwrap();
        expected.extend(said);
        let objects = Sandbox::open(&folder.file()).unwrap().objects().unwrap();
        let present = names(&objects, "Deployment");
        assert!(present.is_superset(&expected), "round {round}");
        // What was written but not answered may be there too, once per kill.
        assert!(present.len() <= expected.len() + 1, "round {round}");
        expected = present;
        assert_whole(&objects);
    }
    assert!(expected.len() >= 20, "{}", expected.len());
}

#[test]
fn many_processes_use_one_file() {
    let folder = Folder::new("many");
    let here = Sandbox::open(&folder.file()).unwrap();
    let mut children: Vec<Child> = (0..4)
        .map(|number| start(&folder.file(), &format!("p{number}"), 15))
        .collect();
    for number in 0..15 {
        assert_eq!(create(&here, &format!("here-{number}")), 201);
    }
    let mut expected: BTreeSet<String> = (0..15).map(|number| format!("here-{number}")).collect();
    for child in &mut children {
        expected.extend(created(child));
        assert!(child.wait().unwrap().success());
    }
    let objects = here.objects().unwrap();
    assert_eq!(names(&objects, "Deployment"), expected);
    assert_eq!(expected.len(), 75);
    assert_whole(&objects);
    let uids: BTreeSet<&str> = objects
        .iter()
        .filter_map(|object| object["metadata"]["uid"].as_str())
        .collect();
    assert_eq!(uids.len(), objects.len());
    assert_eq!(Sandbox::open(&folder.file()).unwrap().objects().unwrap(), objects);
}

#[test]
fn a_watch_sees_what_other_processes_do() {
    let folder = Folder::new("watch");
    let here = Sandbox::open(&folder.file()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let path = "/apis/apps/v1/namespaces/default/deployments?watch=true&timeoutSeconds=20";
        let mut events = here.answer(&Request::get(path).body(Bytes::new()).unwrap()).into_body();
        let mut child = start(&folder.file(), "other", 1);
        let event = events.chunk().await.unwrap().unwrap();
        let first: Value = serde_json::from_slice(event.split(|&byte| byte == b'\n').next().unwrap()).unwrap();
        assert_eq!(
            (&first["type"], &first["object"]["metadata"]["name"]),
            (&json!("ADDED"), &json!("other-0"))
        );
        assert!(child.wait().unwrap().success());
    });
}
