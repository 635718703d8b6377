//! Waiting as Helm 3 did: objects are asked for every two seconds, one after the other.
//!
//! Source: Helm 4.3.1, `pkg/kube/wait.go`.

use std::future::Future;
use std::time::Duration;

use futures_util::future::join_all;
use kstatus::ObjectId;
use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, timeout_at},
};
use whelm_chart::{Level, Log};
use whelm_kube_api::{Mapping, object, request::ListOptions};
use whelm_kube_client::{Client, Error as ClientError};
use whelm_plan::{Object, legacy};

use super::{Seen, Target, label_selector, watch_target};
use crate::Error;

const PAUSE: Duration = Duration::from_secs(2);

/// How often in a row an object may be asked for in vain.
const RETRIES: u32 = 30;

/// Waits until all objects are ready.
///
/// # Errors
/// `context deadline exceeded`; what the server says when asking again would not help, or did not.
pub(super) async fn ready(client: &Client, objects: &[Object], jobs: bool, timeout: Duration) -> Result<(), Error> {
    let awaited = |object: &&Object| !object.name.is_empty() && legacy::is_awaited(&object.mapping.gvk, jobs);
    let mut objects: Vec<Polled<'_>> = objects.iter().filter(awaited).map(Polled::new).collect();
    poll(timeout, async || {
        for polled in &mut objects {
            if !polled.ask(client).await? {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await
}

/// Waits until all objects are gone.
///
/// # Errors
/// `context deadline exceeded`; whatever the server says but that an object is not there.
pub(super) async fn gone(client: &Client, objects: &[Object], timeout: Duration) -> Result<(), Error> {
    poll(timeout, async || {
        for object in objects.iter().filter(|object| !object.name.is_empty()) {
            match client.get(&object.mapping, &object.namespace, &object.name).await {
                Ok(_) => return Ok(false),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(Error::new(error.to_string())),
            }
        }
        Ok(true)
    })
    .await
}

/// Asks at once, and then again and again. Without a timeout there is no end.
async fn poll(timeout: Duration, mut done: impl AsyncFnMut() -> Result<bool, Error>) -> Result<(), Error> {
    let asking = async {
        let mut rounds = interval(PAUSE);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            rounds.tick().await;
            if done().await? {
                return Ok(());
            }
        }
    };
    within(timeout, asking, "context deadline exceeded").await
}

async fn within(timeout: Duration, work: impl Future<Output = Result<(), Error>>, late: &str) -> Result<(), Error> {
    if timeout.is_zero() {
        return work.await;
    }
    let result = timeout_at(Instant::now() + timeout, work).await;
    result.unwrap_or_else(|_| Err(Error::new(late)))
}

/// An object, and how often it was asked for in vain.
struct Polled<'a> {
    object: &'a Object,
    failures: u32,
}

impl<'a> Polled<'a> {
    fn new(object: &'a Object) -> Self {
        Polled { object, failures: 0 }
    }

    async fn ask(&mut self, client: &Client) -> Result<bool, Error> {
        match is_ready(client, self.object).await {
            Ok(ready) => {
                self.failures = 0;
                Ok(ready)
            }
            Err(failure) => {
                self.failures += 1;
                if failure.is_final || self.failures > RETRIES {
                    Err(Error::new(failure.text))
                } else {
                    Ok(false)
                }
            }
        }
    }
}

/// Why an object could not be judged.
struct Failure {
    text: String,
    /// Whether asking again is of no use.
    is_final: bool,
}

impl Failure {
    fn new(prefix: &str, error: &ClientError) -> Self {
        let helps = |code: u16| code == 0 || code == 429 || (code >= 500 && code != 501);
        Failure {
            text: format!("{prefix}{error}"),
            is_final: error.code().is_some_and(|code| !helps(code)),
        }
    }
}

async fn is_ready(client: &Client, object: &Object) -> Result<bool, Failure> {
    let live = client.get(&object.mapping, &object.namespace, &object.name).await;
    let live = live.map_err(|error| Failure::new("", &error))?;
    let found = match legacy::related(&live) {
        Some(related) => list(client, &live, &related).await?,
        None => Vec::new(),
    };
    legacy::is_ready(&live, &found).map_err(|text| Failure { text, is_final: false })
}

async fn list(client: &Client, live: &Value, related: &legacy::Related) -> Result<Vec<Value>, Failure> {
    let Some(labels) = label_selector(&related.selector) else {
        return Ok(Vec::new());
    };
    let (resource, prefix) = match related.kind.kind.as_str() {
        "Pod" => ("pods", "failed to list pods: "),
        _ => ("replicasets", ""),
    };
    let mapping = Mapping {
        gvk: related.kind.clone(),
        resource: resource.to_owned(),
        namespaced: true,
    };
    let options = ListOptions {
        labels,
        ..ListOptions::default()
    };
    let listed = client.list(&mapping, object::namespace(live), &options).await;
    listed
        .map(|(found, _)| found)
        .map_err(|error| Failure::new(prefix, &error))
}

/// Waits for the Jobs and Pods of a hook, by watching them.
///
/// # Errors
/// `job x failed: reason`, `pod x failed`, `timed out waiting for the condition`.
pub(crate) async fn hooks(client: &Client, objects: &[Object], timeout: Duration, log: &mut Log) -> Result<(), Error> {
    let watches = objects.iter().map(|object| async move {
        let mut failed = Vec::new();
        let work = watch(client, object, &mut failed);
        let result = within(timeout, work, "timed out waiting for the condition").await;
        (result, failed)
    });
    let mut errors = Vec::new();
    for (result, failed) in join_all(watches).await {
        for (message, attributes) in failed {
            log.push_with(Level::Error, message, attributes);
        }
        errors.extend(result.err().map(|error| error.to_string()));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::new(errors.join("\n")))
    }
}

/// A line of the log with its attributes.
type Line = (&'static str, Vec<(&'static str, String)>);

async fn watch(client: &Client, object: &Object, failed: &mut Vec<Line>) -> Result<(), Error> {
    let target = Target {
        kind: ObjectId::of(&object.value).group_kind,
        namespace: object.namespace.clone(),
        mapping: object.mapping.clone(),
        name: Some(object.name.clone()),
        since: object::resource_version(&object.value).to_owned(),
    };
    let (sender, mut seen) = mpsc::channel(16);
    // The watch ends with this function.
    let mut watcher = JoinSet::new();
    watcher.spawn(watch_target(client.clone(), target, sender));
    while let Some(event) = seen.recv().await {
        match event {
            Seen::Object(live, _) => match end(&live) {
                End::None => {}
                End::Success => return Ok(()),
                End::Failure(line, text) => {
                    failed.push(line);
                    return Err(Error::new(text));
                }
            },
            Seen::Gone(_) => return Ok(()),
            Seen::Listed(..) => {}
            Seen::Failed(broken) => return Err(Error::new(broken.error.to_string())),
        }
    }
    Err(Error::new("the watches ended"))
}

/// How a Job or a Pod of a hook ended.
enum End {
    None,
    Success,
    Failure(Line, String),
}

fn end(live: &Value) -> End {
    let text = |value: &Value, pointer: &str| {
        value
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let name = object::name(live).to_owned();
    if text(live, "/kind") == "Pod" {
        return match text(live, "/status/phase").as_str() {
            "Succeeded" => End::Success,
            "Failed" => End::Failure(
                ("pod failed", vec![("pod", name.clone())]),
                format!("pod {name} failed"),
            ),
            _ => End::None,
        };
    }
    let conditions = live.pointer("/status/conditions").and_then(Value::as_array);
    for condition in conditions
        .into_iter()
        .flatten()
        .filter(|condition| text(condition, "/status") == "True")
    {
        match text(condition, "/type").as_str() {
            "Complete" => return End::Success,
            "Failed" => {
                let reason = text(condition, "/reason");
                let attributes = vec![("job", name.clone()), ("reason", reason.clone())];
                return End::Failure(("job failed", attributes), format!("job {name} failed: {reason}"));
            }
            _ => {}
        }
    }
    End::None
}
