//! L-012: what the stores in a cluster ask it for when there are many revisions.

#![allow(clippy::unwrap_used, reason = "a test")]

mod packed;

use std::sync::{Arc, Mutex};

use futures_util::stream;
use serde_json::json;
use whelm_kube_api::{Gvk, Mapping};
use whelm_kube_client::Client;
use whelm_net::{Body, BoxFuture, Error, ErrorKind, Request, Response, Transport};
use whelm_release::{Release, Status};
use whelm_sandbox::{Sandbox, Scenario};
use whelm_storage::{Head, Store};

/// A cluster that notes what it is asked for, and answers in protocol buffers where they are wanted.
#[derive(Clone)]
struct Noted {
    sandbox: Sandbox,
    notes: Arc<Mutex<Vec<&'static str>>>,
    /// The connection breaks in the middle of the answers to requests of these numbers, from when they were last noted.
    cut: Arc<Mutex<Vec<usize>>>,
}

impl Transport for Noted {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let accept = request.headers().get(http::header::ACCEPT);
        let metadata = accept.is_some_and(|accept| accept.to_str().unwrap().contains("PartialObjectMetadataList"));
        let is_list = request.uri().path().ends_with("/secrets");
        let note = match (request.method().as_str(), is_list) {
            ("GET", true) if metadata => "metadata",
            ("GET", true) => "list",
            ("GET", false) => "get",
            ("DELETE", _) => "delete",
            _ => "write",
        };
        let mut notes = self.notes.lock().unwrap();
        notes.push(note);
        let is_cut = self.cut.lock().unwrap().contains(&notes.len());
        let is_packed = packed::is_wanted(&request);
        Box::pin(async move {
            let mut response = self.sandbox.send(request).await?;
            if is_packed {
                response = packed::packed(response).await?;
            }
            if is_cut {
                cut_within(response).await
            } else {
                Ok(response)
            }
        })
    }
}

async fn cut_within(response: Response) -> Result<Response, Error> {
    let (parts, body) = response.into_parts();
    let all = body.bytes().await?;
    let broken = Error::new(ErrorKind::Reset, "read: connection reset by peer");
    let chunks = stream::iter([Ok(all.slice(..all.len() / 2)), Err(broken)]);
    Ok(http::Response::from_parts(parts, Body::stream(chunks)))
}

struct World {
    noted: Noted,
    client: Client,
}

impl World {
    async fn new(releases: &[(&str, i64)]) -> World {
        let noted = Noted {
            sandbox: Sandbox::with_seed(7),
            notes: Arc::default(),
            cut: Arc::default(),
        };
        let client = Client::over(Arc::new(noted.clone()), "http://sandbox", "default");
        let world = World { noted, client };
        for (name, revisions) in releases {
            for version in 1..=*revisions {
                let status = match revisions - version {
                    0 => Status::Failed,
                    1 => Status::Deployed,
                    _ => Status::Superseded,
                };
                world.store().create(&release(name, version, status)).await.unwrap();
            }
        }
        world.notes();
        world
    }

    fn store(&self) -> Store {
        Store::secrets(self.client.clone(), "default")
    }

    /// What was asked for since the last time, with numbers.
    fn notes(&self) -> String {
        let notes = std::mem::take(&mut *self.noted.notes.lock().unwrap());
        let runs = notes.chunk_by(|a, b| a == b);
        runs.map(|run| format!("{}*{} ", run[0], run.len()))
            .collect::<String>()
            .replace("*1 ", " ")
    }

    /// Breaks a record, or takes its labels away.
    async fn patch(&self, name: &str, version: i64, change: serde_json::Value) {
        let mapping = Mapping {
            gvk: Gvk::new("v1", "Secret"),
            resource: "secrets".into(),
            namespaced: true,
        };
        let key = Release::storage_key(name, version);
        let mut object = self.client.get(&mapping, "default", &key).await.unwrap();
        for (pointer, value) in change.as_object().unwrap() {
            *object.pointer_mut(pointer).unwrap() = value.clone();
        }
        let written = self
            .client
            .update(&mapping, "default", &key, &object, Default::default());
        written.await.unwrap();
        self.notes();
    }

    async fn newest(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let keep = |release: Release| found.push(format!("{} {}", release.name, release.version));
        self.store()
            .for_each_newest(|other| name.is_empty() || other == name, keep)
            .await
            .unwrap();
        found.sort();
        found
    }
}

fn release(name: &str, version: i64, status: Status) -> Release {
    let mut release = Release {
        name: name.into(),
        namespace: "default".into(),
        version,
        ..Release::default()
    };
    release.info.status = status;
    release
}

/// L-012: a short history is one list; of a long one only what is wanted is read.
#[tokio::test]
async fn l_012_one_release() {
    let world = World::new(&[("short", 3), ("long", 15)]).await;
    assert_eq!(world.store().last("short").await.unwrap().version, 3);
    assert_eq!(world.notes(), "list ");
    assert_eq!(world.store().last("long").await.unwrap().version, 15);
    assert_eq!(world.notes(), "list metadata get ");
    let newest = |heads: &[Head]| (0..heads.len()).filter(|place| heads[*place].version > 2).collect();
    let history = world.store().choose("long", newest).await.unwrap();
    assert_eq!(
        history.iter().map(|release| release.version).collect::<Vec<_>>(),
        Vec::from_iter(3..=15)
    );
    assert_eq!(history[0].labels["owner"], "helm");
    assert!(world.store().last("none").await.is_err());
}

/// L-012: making room in a history reads no record.
#[tokio::test]
async fn l_012_making_room() {
    let world = World::new(&[("long", 12)]).await;
    let mut store = world.store();
    store.set_max_history(10);
    store.create(&release("long", 13, Status::Failed)).await.unwrap();
    assert_eq!(world.notes(), "metadata delete*3 write ");
    let history = store.history("long").await.unwrap();
    assert_eq!(
        history.iter().map(|release| release.version).collect::<Vec<_>>(),
        Vec::from_iter(4..=13)
    );
}

/// L-012: of many small revisions those are read that are not superseded, and of the others only the metadata.
#[tokio::test]
async fn l_012_all_releases() {
    let world = World::new(&[("a", 50), ("b", 50), ("c", 1)]).await;
    for (name, newest) in [("", vec!["a 50", "b 50", "c 1"]), ("c", vec!["c 1"])] {
        assert_eq!(world.newest(name).await, newest);
        assert_eq!(world.notes(), "list*2 metadata ");
    }
    // What is superseded is found where nothing newer is left.
    for version in 49..=50 {
        world.store().delete("b", version).await.unwrap();
    }
    world.notes();
    assert_eq!(world.newest("").await, ["a 50", "b 48", "c 1"]);
    assert_eq!(world.notes(), "list*2 metadata get ");
}

/// L-012: a list that breaks off is read again, as often as it takes, and nothing of it counts twice.
#[tokio::test(start_paused = true)]
async fn l_012_broken_lists() {
    let mut world = World::new(&[("a", 50), ("b", 50), ("c", 1)]).await;
    world.client = world.client.patient();
    *world.noted.cut.lock().unwrap() = vec![2, 3, 5];
    assert_eq!(world.newest("").await, ["a 50", "b 50", "c 1"]);
    assert_eq!(world.noted.notes.lock().unwrap().len(), 6);
}

/// L-012: of many large revisions only the newest ones are read.
#[tokio::test]
async fn l_012_all_large_releases() {
    let world = World::new(&[]).await;
    let mut noise = 1_u32;
    let text: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'0' + (noise >> 26) as u8
    })
    .take(100_000)
    .collect();
    for version in 1..=30 {
        let mut large = release("large", version, Status::Deployed);
        large.manifest = String::from_utf8(text.clone()).unwrap().into();
        world.store().create(&large).await.unwrap();
    }
    world.notes();
    assert_eq!(world.newest("").await, ["large 30"]);
    assert_eq!(world.notes(), "list metadata get ");
}

/// L-012: an outline has what lists show.
#[tokio::test]
async fn l_012_outlines() {
    let world = World::new(&[]).await;
    let mut first = release("web", 1, Status::Deployed);
    first.manifest = "a: b".into();
    world.store().create(&first).await.unwrap();
    let whole = world.store().choose("web", |_| vec![0]).await.unwrap();
    let outlines = world.store().choose_outlines("web", |_| vec![0]).await.unwrap();
    assert_eq!(whole[0].manifest, first.manifest);
    assert_eq!((outlines[0].version, outlines[0].manifest.len()), (1, 0));
    assert_eq!(outlines[0].labels, whole[0].labels);
}

/// L-012: what cannot be read counts as if it were not there, as in Helm; what has lost its labels is read.
#[tokio::test]
async fn l_012_broken_records() {
    let world = World::new(&[("long", 12)]).await;
    world.patch("long", 12, json!({"/data/release": "AAAA"})).await;
    assert_eq!(world.store().last("long").await.unwrap().version, 11);
    assert_eq!(world.newest("").await, ["long 11"]);
    let labels = json!({"/metadata/labels": {"owner": "helm", "name": "long"}});
    world.patch("long", 11, labels).await;
    assert_eq!(world.store().last("long").await.unwrap().version, 11);
    assert_eq!(
        world.store().deployed("long").await.unwrap_err().to_string(),
        "\"long\" has no deployed releases"
    );
}

/// L-012: the right to list is enough, and a list that changes while it is read is begun again.
#[tokio::test]
async fn l_012_rights_and_changes() {
    let world = World::new(&[("long", 15)]).await;
    for (fault, expected) in [
        (
            "{match: {method: GET, path: '*/secrets/*'}, status: 403}",
            "list metadata get list ",
        ),
        (
            "{match: {method: GET, path: '*/secrets'}, at: [2], status: 410}",
            "list metadata list ",
        ),
    ] {
        let scenario = Scenario::read(format!("faults:\n- {fault}\n").as_bytes()).unwrap();
        world.noted.sandbox.set_scenario(scenario).unwrap();
        assert_eq!(world.store().last("long").await.unwrap().version, 15, "{fault}");
        assert_eq!(world.notes(), expected, "{fault}");
    }
}
