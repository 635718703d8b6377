//! What failures leave behind, and what is done about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use whelm_net::{BoxFuture, Error, Request, Response, SharedTransport, Transport};
use whelm_release::Status;

use crate::in_paused_time;
use crate::place::Place;
use crate::rights::world_without;
use crate::world::{Verb, World};

/// Removes the record of a release in the moment in which it is to be marked as deployed.
struct Remover {
    inner: SharedTransport,
    is_done: AtomicBool,
}

impl Transport for Remover {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let is_record = request.method() == http::Method::PUT && request.uri().path().contains("/secrets/sh.helm");
        let text = String::from_utf8_lossy(request.body());
        let removes =
            is_record && text.contains("\"status\":\"deployed\"") && !self.is_done.swap(true, Ordering::SeqCst);
        let removal = removes.then(|| {
            let mut removal = http::Request::new(bytes::Bytes::new());
            *removal.method_mut() = http::Method::DELETE;
            *removal.uri_mut() = request.uri().clone();
            removal
        });
        Box::pin(async move {
            if let Some(removal) = removal {
                self.inner.send(removal).await?;
            }
            self.inner.send(request).await
        })
    }
}

async fn embedded() -> (World, SharedTransport) {
    let world = World::new(Place::embedded()).await;
    let transport = world.place.transport.clone();
    (world, transport)
}

#[test]
fn a_record_that_somebody_removed_is_made_again() {
    in_paused_time(async {
        let (world, transport) = embedded().await;
        let is_done = AtomicBool::new(false);
        let remover: SharedTransport = Arc::new(Remover {
            inner: transport.clone(),
            is_done,
        });
        let error = world.install(remover).await.unwrap_err();
        assert!(
            error.hints()[0].starts_with("another client removed the release meanwhile"),
            "{error:?}"
        );
        let history = world.history().await;
        assert_eq!((history.len(), &history[0].info.status), (1, &Status::Failed));
        // So nothing is orphaned.
        world.uninstall(transport).await.unwrap();
        assert_eq!(world.check().await, Ok(None));
    });
}

#[test]
fn objects_of_failed_revisions_go_with_the_next_one() {
    in_paused_time(async {
        let (world, transport) = embedded().await;
        world.install(transport.clone()).await.unwrap();
        world.port.set(80_000);
        let error = world.upgrade(2, transport.clone()).await.unwrap_err();
        assert!(error.to_string().contains("Service"), "{error}");
        world.port.set(80);
        world.upgrade(3, transport).await.unwrap();
        assert_eq!(world.check().await, Ok(Some(3)));
    });
}

#[test]
fn objects_of_failed_revisions_go_with_the_release() {
    in_paused_time(async {
        let (world, transport) = embedded().await;
        world.install(transport.clone()).await.unwrap();
        world.port.set(80_000);
        world.upgrade(2, transport.clone()).await.unwrap_err();
        world.uninstall(transport).await.unwrap();
        assert_eq!(world.check().await, Ok(None));
    });
}

#[test]
fn a_dry_run_asks_the_server_about_each_object() {
    in_paused_time(async {
        let (world, transport) = embedded().await;
        assert_eq!(world.rehearse(1, transport.clone()).await.0, Ok(()));
        world.port.set(80_000);
        let said = world.rehearse(1, transport.clone()).await.0.unwrap_err().to_string();
        let real = world.install(transport.clone()).await.unwrap_err().to_string();
        assert!(
            said.contains("server-side apply failed for object apps/both /v1, Kind=Service"),
            "{said}"
        );
        assert_eq!(said, real);
        // The failed release is there, and only that.
        world.port.set(80);
        world.upgrade(1, transport.clone()).await.unwrap();
        assert_eq!(world.rehearse(2, transport).await.0, Ok(()));
        assert_eq!(world.check().await, Ok(Some(1)));
    });
}

#[test]
fn a_dry_run_does_without_the_right_to_write() {
    in_paused_time(async {
        let (world, tenant) = world_without(Some(("configmaps", "patch"))).await;
        let (done, log) = world.rehearse(1, tenant).await;
        assert_eq!(done, Ok(()));
        let line = log.entries.last().unwrap();
        assert_eq!(
            line.message,
            "the API server was not asked about objects that this user may not write"
        );
        assert_eq!(line.attributes, [("objects", "3".to_owned())]);
        assert_eq!(world.check().await, Ok(None));
    });
}

#[test]
fn what_cannot_be_looked_at_is_not_forgotten() {
    in_paused_time(async {
        let (world, transport) = embedded().await;
        world.act(Verb::Install, transport.clone()).await.unwrap();
        let broken = Broken(transport.clone());
        let error = world.uninstall(Arc::new(broken)).await.unwrap_err();
        assert_eq!(error.to_string(), "failed to delete release: web");
        assert_eq!(world.check().await, Ok(Some(1)));
        world.uninstall(transport).await.unwrap();
        assert_eq!(world.check().await, Ok(None));
    });
}

/// A server that always fails when it is asked for one object.
struct Broken(SharedTransport);

impl Transport for Broken {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let is_hit = request.method() == http::Method::GET && request.uri().path().ends_with("/services/both");
        Box::pin(async move {
            if is_hit {
                let answer = http::Response::builder().status(500);
                return Ok(answer.body(whelm_net::Body::full("storage is away")).unwrap());
            }
            self.0.send(request).await
        })
    }
}
