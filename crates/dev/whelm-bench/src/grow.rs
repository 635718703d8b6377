//! What single requests cost while a server holds more and more objects.

use std::time::Instant;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::objects::object;
use crate::server::Server;

/// How many requests of a kind are timed at each size.
const TIMED: usize = 300;

/// Returns, for some numbers of objects up to about `count`, the median microseconds of requests of each kind. All objects are in one
/// namespace; those that controllers make count.
pub async fn measure(count: usize) -> anyhow::Result<Value> {
    let server = Server::embedded();
    let namespace = "grow";
    server.make_namespace(namespace).await?;
    let mut next = 0;
    let mut found = Vec::new();
    for size in [1_000, count / 10, count / 2, count] {
        // Of ten applied objects, two Deployments bring a ReplicaSet, a Pod, and Services their slices.
        while next * 16 / 10 + TIMED < size {
            let object = object(namespace, next);
            server.apply(&object.path, &object.json).await?;
            next += 1;
        }
        found.push(json!({
            "objects": size,
            "create": create(&server, namespace, &mut next).await?,
            "same": same(&server, namespace, next).await?,
            "get": get(&server, namespace, next).await?,
            "page": page(&server, namespace).await?,
        }));
    }
    Ok(json!({"microseconds": found}))
}

async fn create(server: &Server, namespace: &str, next: &mut usize) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for number in *next..*next + TIMED {
        let object = object(namespace, number);
        let began = Instant::now();
        server.apply(&object.path, &object.json).await?;
        times.push(began.elapsed());
    }
    *next += TIMED;
    // The mean: the kinds differ, and each has its part.
    Ok(times.iter().sum::<std::time::Duration>().as_secs_f64() * 1e6 / TIMED as f64)
}

/// Applies what is there already.
async fn same(server: &Server, namespace: &str, next: usize) -> anyhow::Result<f64> {
    median(|turn| async move {
        let object = object(namespace, turn * 7 % next);
        let began = Instant::now();
        server.apply(&object.path, &object.json).await?;
        Ok(began.elapsed())
    })
    .await
}

async fn get(server: &Server, namespace: &str, next: usize) -> anyhow::Result<f64> {
    median(|turn| async move {
        let object = object(namespace, turn * 7 % next);
        let began = Instant::now();
        server
            .ask("GET", &object.path, "application/json", Bytes::new())
            .await?;
        Ok(began.elapsed())
    })
    .await
}

/// Lists the first fifty of many.
async fn page(server: &Server, namespace: &str) -> anyhow::Result<f64> {
    let path = format!("/api/v1/namespaces/{namespace}/configmaps?limit=50");
    let path = &path;
    median(|_| async move {
        let began = Instant::now();
        server.ask("GET", path, "application/json", Bytes::new()).await?;
        Ok(began.elapsed())
    })
    .await
}

async fn median<F>(timed: impl Fn(usize) -> F) -> anyhow::Result<f64>
where
    F: Future<Output = anyhow::Result<std::time::Duration>>,
{
    let mut times = Vec::with_capacity(TIMED);
    for turn in 0..TIMED {
        times.push(timed(turn).await?);
    }
    times.sort_unstable();
    Ok(times.get(TIMED / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6))
}
