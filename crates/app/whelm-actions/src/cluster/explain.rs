//! Why objects did not get ready, as far as the cluster tells: the state of their containers, events, and the last lines of logs.

use kstatus::{ObjectId, ObjectStatus};
use serde_json::Value;
use whelm_kube_api::{Gvk, Mapping, object, request::ListOptions};
use whelm_kube_client::Client;
use whelm_plan::Object;

use super::{
    pods::{container_log, pods_with},
    wait::label_selector,
};

/// Of how many objects, and of how many of their Pods, something is told.
const OBJECTS: usize = 5;
const PODS: usize = 2;

/// How many lines of a log, and how many events are told.
const LINES: u32 = 10;
const EVENTS: usize = 3;

/// Tells what is known of objects that did not get ready: one text for each Pod that is not well, or for the object itself.
/// What this user may not read is left out.
pub(super) async fn explain(client: &Client, objects: &[Object], unready: &[ObjectStatus]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut told = 0;
    for status in unready {
        let Some(wanted) = objects.iter().find(|object| ObjectId::of(&object.value) == status.id) else {
            continue;
        };
        if told == OBJECTS {
            break;
        }
        let found = client.find(&wanted.mapping, &wanted.namespace, &wanted.name).await;
        let Ok(Some(live)) = found else { continue };
        told += 1;
        let unwell = unwell_pods(client, &live).await;
        if unwell.is_empty() {
            texts.extend(
                events(client, &live)
                    .await
                    .map(|events| format!("{}: {events}", status.id)),
            );
        }
        for pod in unwell.iter().take(PODS) {
            texts.push(pod_text(client, &status.id, pod).await);
        }
    }
    texts
}

/// Returns the Pods of an object that are not ready and did not succeed.
async fn unwell_pods(client: &Client, live: &Value) -> Vec<Value> {
    let mut pods = match live.get("kind").and_then(Value::as_str) {
        Some("Pod") => vec![live.clone()],
        _ => match live.pointer("/spec/selector").and_then(label_selector) {
            Some(labels) => pods_with(client, object::namespace(live), labels)
                .await
                .unwrap_or_default(),
            None => Vec::new(),
        },
    };
    pods.retain(|pod| text(pod, "/status/phase") != "Succeeded" && condition(pod, "Ready", "True").is_none());
    pods
}

/// Returns the condition of a type, if its status is the one that is given.
fn condition<'a>(pod: &'a Value, kind: &str, status: &str) -> Option<&'a Value> {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let is_meant = |condition: &&Value| text(condition, "/type") == kind && text(condition, "/status") == status;
    conditions.into_iter().flatten().find(is_meant)
}

async fn pod_text(client: &Client, id: &ObjectId, pod: &Value) -> String {
    let mut parts = vec![format!("{id}: Pod {} is {}", object::name(pod), phase(pod))];
    parts.extend(troubled(pod).map(container_text));
    parts.extend(events(client, pod).await);
    let mut all = parts.join("; ");
    for container in troubled(pod) {
        let name = text(container, "/name");
        if let Some(tail) = tail_of_log(client, pod, name).await {
            all.push_str(&format!("\nlast lines of container {name}:\n{tail}"));
        }
    }
    all
}

/// Returns the phase of a Pod, and why it has no node if it has none.
fn phase(pod: &Value) -> String {
    let unscheduled = condition(pod, "PodScheduled", "False");
    match (
        text(pod, "/status/phase"),
        unscheduled.map(|condition| text(condition, "/message")),
    ) {
        (phase, None | Some("")) => phase.to_owned(),
        (phase, Some(message)) => format!("{phase}: {message}"),
    }
}

/// Returns the statuses of containers that wait for something, or ended badly.
fn troubled(pod: &Value) -> impl Iterator<Item = &Value> {
    let sorts = ["/status/initContainerStatuses", "/status/containerStatuses"];
    let all = sorts
        .into_iter()
        .filter_map(|sort| pod.pointer(sort)?.as_array())
        .flatten();
    all.filter(|container| {
        let waits = text(container, "/state/waiting/reason");
        let code = container.pointer("/state/terminated/exitCode").and_then(Value::as_i64);
        !matches!(waits, "" | "PodInitializing" | "ContainerCreating") || code.is_some_and(|code| code != 0)
    })
}

fn container_text(container: &Value) -> String {
    let name = text(container, "/name");
    let reason = [
        text(container, "/state/waiting/reason"),
        text(container, "/state/waiting/message"),
        text(container, "/state/terminated/reason"),
    ];
    let reason: Vec<&str> = reason.into_iter().filter(|part| !part.is_empty()).collect();
    let code = ["/state/terminated/exitCode", "/lastState/terminated/exitCode"];
    let code = code.iter().find_map(|place| container.pointer(place)?.as_i64());
    let code = code.map_or_else(String::new, |code| format!(" (exit code {code})"));
    format!("container {name}: {}{code}", reason.join(": "))
}

/// Reads the end of a container's log: that of its last run, if it has been started again.
async fn tail_of_log(client: &Client, pod: &Value, container: &str) -> Option<String> {
    for previous in [true, false] {
        let more = format!("&tailLines={LINES}&previous={previous}");
        if let Ok(bytes) = container_log(client, pod, container, &more).await
            && !bytes.is_empty()
        {
            return Some(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        }
    }
    None
}

/// Returns the last warnings that were raised about an object.
async fn events(client: &Client, about: &Value) -> Option<String> {
    let options = ListOptions {
        fields: format!("involvedObject.uid={},type=Warning", object::uid(about)),
        ..ListOptions::default()
    };
    let mapping = Mapping {
        gvk: Gvk::new("v1", "Event"),
        resource: "events".to_owned(),
        namespaced: true,
    };
    let listed = client.list(&mapping, object::namespace(about), &options).await;
    let mut events = listed.ok()?.0;
    events.sort_by(|a, b| last_seen(a).cmp(last_seen(b)));
    let last = events.iter().rev().take(EVENTS).rev();
    let texts: Vec<String> = last
        .map(|event| format!("{}: {}", text(event, "/reason"), text(event, "/message")))
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

fn last_seen(event: &Value) -> &str {
    let places = [
        "/series/lastObservedTime",
        "/lastTimestamp",
        "/eventTime",
        "/metadata/creationTimestamp",
    ];
    places
        .iter()
        .map(|place| text(event, place))
        .find(|time| !time.is_empty())
        .unwrap_or_default()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
