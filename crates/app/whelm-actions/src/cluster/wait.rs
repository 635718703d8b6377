//! Waiting for objects: lists and watches feed the state machine of `kstatus`.

mod legacy;

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use kstatus::{End, GroupKind, ObjectId, Progress, Timestamp, WaitError, WaitFor, Waiter, pod_selector};
use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until, timeout_at},
};
use whelm_kube_api::{Gvk, Mapping, WatchEvent, object, request::ListOptions};
use whelm_kube_client::{Client, Error as ClientError};
use whelm_plan::Object;

pub(crate) use legacy::hooks as wait_for_legacy_hooks;

use super::explain::explain;
use super::pods::pods_with;
use super::progress::Teller;
use crate::{Error, OnProgress};

/// How a verb waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitStrategy {
    /// For hooks only.
    #[default]
    HookOnly,
    /// For all objects, by watching them.
    Watcher,
    /// For all objects, by Helm 3's rules.
    Legacy,
}

impl WaitStrategy {
    /// Tells whether objects are waited for.
    pub fn waits(self) -> bool {
        self != WaitStrategy::HookOnly
    }
}

/// How a verb waits, and for how long each time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) strategy: WaitStrategy,
    pub(crate) timeout: Duration,
}

/// How long the pauses between attempts are when a list or a watch fails.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the watchers of the kinds tell.
enum Seen {
    /// An object is there, or changed; with the Pods that count for it.
    Object(Box<Value>, Vec<Value>),
    /// An object is gone.
    Gone(ObjectId),
    /// A kind has been listed; these are all its objects.
    Listed(GroupKind, String, Vec<ObjectId>),
    /// A kind cannot be watched.
    Failed(Broken),
}

/// Why a kind cannot be watched.
struct Broken {
    error: ClientError,
    /// The kind, when already the list failed.
    listing: Option<Gvk>,
}

impl From<ClientError> for Broken {
    fn from(error: ClientError) -> Self {
        Broken { error, listing: None }
    }
}

impl From<Broken> for Error {
    /// As client-go has it.
    fn from(Broken { error, listing }: Broken) -> Error {
        match listing {
            Some(gvk) => Error::new(format!("failed to list {gvk}: {error}")),
            None => Error::new(error.to_string()),
        }
    }
}

/// Returns the time that a wait of this length has: none means half a minute.
pub(crate) fn watch_timeout(timeout: Duration) -> Duration {
    if timeout.is_zero() {
        Waiter::DEFAULT_TIMEOUT
    } else {
        timeout
    }
}

/// Waits for objects, by the rules of the strategy; for hooks only those of Helm 3 are another function's.
///
/// # Errors
/// What [`legacy`] says, if that is the strategy. Otherwise:
/// One line for every object that is not as it should be, and `context deadline exceeded` when the time was up.
///
/// Source: Helm 4.3.1, `pkg/kube/statuswait.go`.
pub(crate) async fn wait(
    client: &Client,
    objects: &[Object],
    wait_for: WaitFor,
    Waiting { strategy, timeout }: Waiting,
    told: Option<&OnProgress>,
) -> Result<(), Error> {
    match (strategy, wait_for) {
        (WaitStrategy::Legacy, WaitFor::Ready) => return legacy::ready(client, objects, false, timeout).await,
        (WaitStrategy::Legacy, WaitFor::ReadyWithJobs) => return legacy::ready(client, objects, true, timeout).await,
        (WaitStrategy::Legacy, WaitFor::Deleted) => return legacy::gone(client, objects, timeout).await,
        _ => {}
    }
    let named = || objects.iter().filter(|object| !object.name.is_empty());
    let waiter = Waiter::new(named().map(|object| &object.value), wait_for);
    let deadline = Instant::now() + watch_timeout(timeout);
    let targets = targets(&waiter, named(), wait_for == WaitFor::HooksReady);
    let (sender, seen) = mpsc::channel(256);
    let mut watchers = JoinSet::new();
    for target in &targets {
        watchers.spawn(watch_target(client.clone(), target.clone(), sender.clone()));
    }
    drop(sender);
    let mut teller = Teller::new(told, &waiter, wait_for);
    let ended = drive(waiter, targets.len(), seen, deadline, &mut teller).await;
    teller.end();
    match ended {
        Ok(()) => Ok(()),
        Err(Failed::Watch(error)) => Err(error),
        Err(Failed::Objects(error)) => Err(explained(client, objects, error).await),
    }
}

/// Why a wait failed.
enum Failed {
    Watch(Error),
    Objects(WaitError),
}

/// Says of objects that did not get ready what the cluster knows of them.
async fn explained(client: &Client, objects: &[Object], failed: WaitError) -> Error {
    let mut error = Error::new(failed.to_string());
    if failed.wait_for != WaitFor::Deleted {
        for text in explain(client, objects, &failed.objects).await {
            error = error.hint(text);
        }
    }
    error
}

/// A kind in a namespace that is watched.
#[derive(Clone, Debug)]
struct Target {
    kind: GroupKind,
    namespace: String,
    mapping: Mapping,
    /// The one object that is waited for, if it is only one: then only that one is watched.
    name: Option<String>,
    /// The version that this one object began with, where that is known.
    since: String,
}

/// Returns what is watched. `started` says that the objects have the versions that they began with.
fn targets<'a>(waiter: &Waiter, objects: impl Iterator<Item = &'a Object>, started: bool) -> Vec<Target> {
    let mut wanted: BTreeMap<(GroupKind, String), Vec<&Object>> = BTreeMap::new();
    for object in objects {
        let id = ObjectId::of(&object.value);
        wanted.entry((id.group_kind, id.namespace)).or_default().push(object);
    }
    let targets = waiter.targets().into_iter();
    targets
        .filter_map(|(kind, namespace)| {
            let objects = wanted.remove(&(kind.clone(), namespace.clone()))?;
            let only = objects.first().filter(|_| objects.len() == 1);
            let began = only.filter(|_| started);
            Some(Target {
                kind,
                namespace,
                mapping: objects.first()?.mapping.clone(),
                name: only.map(|object| object.name.clone()),
                since: began
                    .map_or("", |object| object::resource_version(&object.value))
                    .to_owned(),
            })
        })
        .collect()
}

async fn drive(
    mut waiter: Waiter,
    targets: usize,
    mut seen: mpsc::Receiver<Seen>,
    deadline: Instant,
    teller: &mut Teller<'_>,
) -> Result<(), Failed> {
    let clock = Clock::new();
    let mut listed = std::collections::BTreeSet::new();
    let mut progress = if targets == 0 {
        waiter.synced()
    } else {
        waiter.progress()
    };
    while progress == Progress::Waiting {
        let tick = waiter
            .next_tick()
            .map_or(deadline, |at| deadline.min(clock.instant_of(at)));
        let changed = match timeout_at(tick, seen.recv()).await {
            Ok(Some(Seen::Object(object, pods))) => {
                waiter.observe(&object, &pods, clock.now());
                vec![ObjectId::of(&object)]
            }
            Ok(Some(Seen::Gone(id))) => {
                waiter.deleted(&id);
                vec![id]
            }
            Ok(Some(Seen::Listed(kind, namespace, present))) => {
                let target = (kind, namespace);
                let gone = match listed.contains(&target) {
                    true => missing(&waiter, &target, &present),
                    false => Vec::new(),
                };
                for id in &gone {
                    waiter.deleted(id);
                }
                listed.insert(target);
                if listed.len() == targets {
                    waiter.synced();
                }
                gone
            }
            Ok(Some(Seen::Failed(broken))) => return Err(Failed::Watch(broken.into())),
            Ok(None) => return Err(Failed::Watch(Error::new("the watches ended"))),
            Err(_) if Instant::now() >= deadline => {
                return waiter.finish(End::DeadlineExceeded).map_err(Failed::Objects);
            }
            Err(_) => {
                waiter.tick(clock.now());
                waiter.statuses().map(|status| status.id).collect()
            }
        };
        teller.look(&waiter, &changed);
        progress = waiter.progress();
    }
    waiter.finish(End::Observed).map_err(Failed::Objects)
}

/// Returns which objects of a kind are waited for, but not there.
fn missing(waiter: &Waiter, target: &(GroupKind, String), present: &[ObjectId]) -> Vec<ObjectId> {
    let of_target = |id: &ObjectId| id.group_kind == target.0 && id.namespace == target.1;
    let ids = waiter.statuses().map(|status| status.id);
    ids.filter(|id| of_target(id) && !present.contains(id)).collect()
}

/// The time of day, as the runtime's clock goes on from the moment in which it was read.
struct Clock {
    start: Instant,
    began: Timestamp,
}

impl Clock {
    fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock {
            start: Instant::now(),
            began: Timestamp::from_unix_millis(millis(since)),
        }
    }

    fn now(&self) -> Timestamp {
        let passed = millis(self.start.elapsed());
        Timestamp::from_unix_millis(self.began.unix_millis().saturating_add(passed))
    }

    fn instant_of(&self, at: Timestamp) -> Instant {
        let ahead = at.unix_millis().saturating_sub(self.now().unix_millis()).max(1);
        Instant::now() + Duration::from_millis(ahead.unsigned_abs())
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Lists and watches one kind until the receiver is gone. Broken connections and expired watches begin again with a list.
async fn watch_target(client: Client, target: Target, sender: mpsc::Sender<Seen>) {
    let mut pause = FIRST_PAUSE;
    let mut first = true;
    loop {
        match list_and_watch(&client, &target, first, &sender).await {
            // The receiver has what it wanted.
            Ok(false) => return,
            Ok(true) => pause = FIRST_PAUSE,
            Err(broken) if is_final(&broken.error) || (first && is_refusal(&broken.error)) => {
                let _ = sender.send(Seen::Failed(broken)).await;
                return;
            }
            Err(_) => {}
        }
        first = false;
        sleep_until(Instant::now() + pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// A missing right does not come by waiting.
fn is_final(error: &ClientError) -> bool {
    error.is_forbidden()
}

fn is_refusal(error: &ClientError) -> bool {
    matches!(error, ClientError::Api(error) if error.code < 500 && error.code != 429 && error.code != 410)
}

/// Returns whether to go on.
///
/// What the first list lacks although it was made may have come to its end and gone: the watch begins with it then.
async fn list_and_watch(
    client: &Client,
    target: &Target,
    first: bool,
    sender: &mpsc::Sender<Seen>,
) -> Result<bool, Broken> {
    let fields = target
        .name
        .as_ref()
        .map(|name| format!("metadata.name={name}"))
        .unwrap_or_default();
    let mut options = ListOptions {
        fields,
        ..ListOptions::default()
    };
    let listed = client.list(&target.mapping, &target.namespace, &options).await;
    let (objects, version) = listed.map_err(|error| Broken {
        error,
        listing: Some(target.mapping.gvk.clone()),
    })?;
    let mut present = Vec::new();
    for object in objects {
        present.push(ObjectId::of(&object));
        if !tell(client, object, sender).await {
            return Ok(false);
        }
    }
    let is_gone = first && present.is_empty() && !target.since.is_empty();
    options.resource_version = if is_gone { target.since.clone() } else { version };
    let listed = Seen::Listed(target.kind.clone(), target.namespace.clone(), present);
    if sender.send(listed).await.is_err() {
        return Ok(false);
    }
    let mut watch = client.watch(&target.mapping, &target.namespace, &options).await?;
    while let Some(event) = watch.next().await? {
        let going_on = match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => tell(client, object, sender).await,
            WatchEvent::Deleted(object) => sender.send(Seen::Gone(ObjectId::of(&object))).await.is_ok(),
            WatchEvent::Bookmark(_) => true,
            WatchEvent::Error(error) => return Err(ClientError::from(error).into()),
        };
        if !going_on {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn tell(client: &Client, object: Value, sender: &mpsc::Sender<Seen>) -> bool {
    let pods = pods_of(client, &object).await;
    sender.send(Seen::Object(Box::new(object), pods)).await.is_ok()
}

/// Reads the Pods whose failure is the object's failure. Without the right to list them they do not count.
async fn pods_of(client: &Client, object: &Value) -> Vec<Value> {
    let Some(labels) = pod_selector(object).and_then(label_selector) else {
        return Vec::new();
    };
    let found = pods_with(client, object::namespace(object), labels).await;
    found.unwrap_or_default()
}

/// Writes a selector of an object as a query has it.
pub(crate) fn label_selector(selector: &Value) -> Option<String> {
    let mut parts = Vec::new();
    for (key, value) in selector
        .get("matchLabels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        parts.push(format!("{key}={}", value.as_str()?));
    }
    for expression in selector
        .get("matchExpressions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let key = expression.get("key")?.as_str()?;
        let values = expression.get("values").and_then(Value::as_array).into_iter().flatten();
        let values: Vec<&str> = values.filter_map(Value::as_str).collect();
        parts.push(match expression.get("operator")?.as_str()? {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        });
    }
    if parts.is_empty() { None } else { Some(parts.join(",")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_as_queries() {
        let selector = json!({"matchLabels": {"app": "web"}, "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["a", "b"]}, {"key": "old", "operator": "DoesNotExist"}]});
        assert_eq!(label_selector(&selector).unwrap(), "app=web,tier in (a,b),!old");
        assert_eq!(label_selector(&json!({})), None);
    }

    #[test]
    fn w_007_no_time_means_half_a_minute() {
        assert_eq!(watch_timeout(Duration::ZERO), Duration::from_secs(30));
        assert_eq!(watch_timeout(Duration::from_secs(5)), Duration::from_secs(5));
    }
}
