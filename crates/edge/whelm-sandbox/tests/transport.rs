//! The cluster behind the seam: answers, streams, and a socket.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use whelm_net::Transport;
use whelm_sandbox::Sandbox;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn request(method: &str, path: &str, body: &Value) -> Request<Bytes> {
    let uri = format!("https://sandbox.invalid{path}");
    let body = if body.is_null() {
        Bytes::new()
    } else {
        body.to_string().into()
    };
    Request::builder()
        .method(method)
        .uri(uri)
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";

#[test]
fn a_watch_streams_what_happens() {
    runtime().block_on(async {
        let sandbox = Sandbox::with_seed(1);
        let path = format!("{CONFIG_MAPS}?watch=true&timeoutSeconds=3&allowWatchBookmarks=true");
        let mut events = sandbox
            .send(request("GET", &path, &Value::Null))
            .await
            .unwrap()
            .into_body();
        let first = events.chunk().await.unwrap().unwrap();
        assert!(first.starts_with(br#"{"object":"#) && first.ends_with(b"\n"));

        let writer = sandbox.clone();
        let write = async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let object = json!({"metadata": {"name": "a"}});
            writer.send(request("POST", CONFIG_MAPS, &object)).await.unwrap()
        };
        let (created, event) = tokio::join!(write, events.chunk());
        assert_eq!(created.status(), 201);
        let event: Value = serde_json::from_slice(&event.unwrap().unwrap()).unwrap();
        assert_eq!(
            (&event["type"], &event["object"]["metadata"]["name"]),
            (&json!("ADDED"), &json!("a"))
        );

        let last: Value = serde_json::from_slice(&events.chunk().await.unwrap().unwrap()).unwrap();
        assert_eq!(last["type"], "BOOKMARK");
        assert!(events.chunk().await.unwrap().is_none());
    });
}

#[test]
fn warnings_are_headers() {
    let sandbox = Sandbox::with_seed(1);
    let answer = sandbox.answer(&request(
        "POST",
        CONFIG_MAPS,
        &json!({"metadata": {"name": "a"}, "odd": 1}),
    ));
    assert_eq!(answer.headers()["warning"], r#"299 - "unknown field \"odd\"""#);
}

#[test]
fn a_socket_serves_the_same_cluster() {
    runtime().block_on(async {
        let sandbox = Sandbox::with_seed(1);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = async {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream
                .write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .await
                .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        };
        let answer = tokio::select! {
            served = sandbox.serve(listener) => panic!("stopped: {served:?}"),
            answer = client => answer,
        };
        assert!(
            answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("ok"),
            "{answer}"
        );
    });
}
