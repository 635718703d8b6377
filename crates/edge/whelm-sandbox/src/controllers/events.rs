//! Events: what controllers, the scheduler and kubelets say about objects.

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{is_deleted, name, namespace, set, text, uid};
use crate::store::Key;

/// How long an event is kept, in milliseconds.
const KEPT: i64 = 3_600_000;

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Normal,
    Warning,
}

/// Who says something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub component: &'a str,
    /// The node of a kubelet, else empty.
    pub host: &'a str,
}

impl<'a> Source<'a> {
    pub const fn controller(component: &'a str) -> Self {
        Source { component, host: "" }
    }

    pub const fn kubelet(host: &'a str) -> Self {
        Source {
            component: "kubelet",
            host,
        }
    }
}

/// Something that is said about an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remark<'a> {
    pub level: Level,
    pub reason: &'a str,
    pub message: &'a str,
    /// The part of the object that it is about, else empty.
    pub field: &'a str,
}

impl<'a> Remark<'a> {
    pub const fn normal(reason: &'a str, message: &'a str) -> Self {
        Remark {
            level: Level::Normal,
            reason,
            message,
            field: "",
        }
    }

    pub const fn warning(reason: &'a str, message: &'a str) -> Self {
        Remark {
            level: Level::Warning,
            ..Remark::normal(reason, message)
        }
    }

    pub const fn about(mut self, field: &'a str) -> Self {
        self.field = field;
        self
    }
}

fn resource() -> Resource {
    Resource::new("", "events")
}

/// Writes an event about an object, or counts one that says the same.
pub(super) fn record(core: &mut Core, object: &Value, source: Source<'_>, remark: Remark<'_>) {
    let place = match namespace(object) {
        "" => "default",
        place => place,
    };
    if !takes_events(core, place) {
        return;
    }
    let hash = [uid(object), remark.field, remark.reason, remark.message]
        .iter()
        .flat_map(|part| part.bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let events = resource();
    let (start, end) = (format!("{}.", name(object)), format!("{:08x}", hash >> 32));
    let known = {
        let mut known = core.store.with_prefix(&events, place, &start);
        known.find(|event| name(event).ends_with(&end)).cloned()
    };
    let event = match known {
        Some(event) => again(core, &event),
        None => {
            // Names follow the order in which things happened, which the times of one second do not show.
            let key = Key::new(&events, place, &format!("{start}{:08x}{end}", core.revision()));
            first(core, object, &key, source, remark)
        }
    };
    let key = Key::of(&events, &event);
    core.store.put(&key, event);
}

/// Nothing can be created in a namespace that is going.
fn takes_events(core: &Core, place: &str) -> bool {
    let key = Key::new(&Resource::new("", "namespaces"), "", place);
    core.store.get(&key).is_some_and(|namespace| !is_deleted(namespace))
}

fn again(core: &Core, event: &Value) -> Value {
    let mut event = event.clone();
    let count = crate::object::int(&event, &["count"]).unwrap_or(1);
    set(&mut event, &["count"], count.saturating_add(1));
    set(&mut event, &["lastTimestamp"], core.timestamp());
    event
}

fn first(core: &mut Core, object: &Value, key: &Key, source: Source<'_>, remark: Remark<'_>) -> Value {
    let time = core.timestamp();
    let mut origin = json!({"component": source.component});
    if !source.host.is_empty() {
        set(&mut origin, &["host"], source.host);
    }
    let mut about = json!({
        "apiVersion": object.get("apiVersion"), "kind": object.get("kind"), "name": name(object), "uid": uid(object),
        "resourceVersion": text(object, &["metadata", "resourceVersion"]),
    });
    for (field, value) in [("namespace", namespace(object)), ("fieldPath", remark.field)] {
        if !value.is_empty() {
            set(&mut about, &[field], value);
        }
    }
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": key.name, "namespace": key.namespace, "uid": core.new_uid(), "creationTimestamp": time},
        "involvedObject": about, "reason": remark.reason, "message": remark.message, "source": origin,
        "firstTimestamp": time, "lastTimestamp": time, "count": 1, "eventTime": null,
        "type": if remark.level == Level::Normal { "Normal" } else { "Warning" },
        "reportingComponent": source.component, "reportingInstance": source.host,
    })
}

/// Takes an event away when its time is over.
pub(super) fn reconcile(core: &mut Core, key: &Key, event: &Value) {
    let times = [
        &["lastTimestamp"][..],
        &["eventTime"],
        &["metadata", "creationTimestamp"],
    ];
    let last = times
        .iter()
        .find_map(|path| kstatus::Timestamp::parse(text(event, path)));
    let end = last.map_or(core.now, |last| last.unix_millis()).saturating_add(KEPT);
    if end <= core.now {
        core.store.remove(key);
    } else {
        core.alarms.set(key, Some(end));
    }
}
