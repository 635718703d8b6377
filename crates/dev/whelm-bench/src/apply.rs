//! How long it takes to apply many objects.

use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::objects::object;
use crate::server::Server;

/// Applies `count` objects into a new namespace, `connections` at a time; returns milliseconds.
pub async fn measure(server: &Server, count: usize, connections: usize) -> anyhow::Result<Value> {
    let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let namespace = format!("bench-{}", started.as_millis());
    server.make_namespace(&namespace).await?;
    let objects: Vec<_> = (0..count).map(|number| object(&namespace, number)).collect();
    let began = Instant::now();
    let applies = objects.iter().map(|object| server.apply(&object.path, &object.json));
    stream::iter(applies)
        .buffer_unordered(connections)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(json!({"objects": count, "milliseconds": began.elapsed().as_secs_f64() * 1000.0}))
}
