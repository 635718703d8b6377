//! Columns of everything else: the cluster's own objects, policies, and what containers read.

use serde_json::{Value, json};

use super::cells::{count, is_true, plain, scalar, since, size, span, text_or};
use super::{AGE, CREATED_AT, Column, NAME};
use crate::object::{at, condition_of, int, is_deleted, items, labels, text};

pub(super) fn columns(group: &str, plural: &str) -> Option<&'static [Column]> {
    Some(match (group, plural) {
        ("", "nodes") => NODES,
        ("", "componentstatuses") => COMPONENTS,
        ("", "namespaces") => NAMESPACES,
        ("", "configmaps") => CONFIG_MAPS,
        ("", "secrets") => SECRETS,
        ("", "limitranges") => &[NAME, CREATED_AT],
        ("", "resourcequotas") => QUOTAS,
        ("" | "events.k8s.io", "events") => EVENTS,
        ("rbac.authorization.k8s.io", "roles" | "clusterroles") => &[NAME, CREATED_AT],
        ("apiextensions.k8s.io", "customresourcedefinitions") => &[NAME, CREATED_AT],
        ("apiregistration.k8s.io", "apiservices") => SERVICES,
        ("scheduling.k8s.io", "priorityclasses") => PRIORITIES,
        ("coordination.k8s.io", "leases") => LEASES,
        ("node.k8s.io", "runtimeclasses") => RUNTIMES,
        ("certificates.k8s.io", "certificatesigningrequests") => REQUESTS,
        ("resource.k8s.io", "resourceclaims") => RESOURCE_CLAIMS,
        ("resource.k8s.io", "resourceslices") => RESOURCE_SLICES,
        _ => return None,
    })
}

const NODES: &[Column] = &[
    NAME,
    Column::text("Status", |node, _| json!(node_status(node))),
    Column::text("Roles", |node, _| json!(node_roles(node))),
    AGE,
    Column::text("Version", |node, _| {
        plain(node, &["status", "nodeInfo", "kubeletVersion"])
    }),
    Column::text("Internal-IP", |node, _| json!(node_address(node, "InternalIP"))).wide(),
    Column::text("External-IP", |node, _| json!(node_address(node, "ExternalIP"))).wide(),
    Column::text("OS-Image", |node, _| json!(node_info(node, "osImage"))).wide(),
    Column::text("Kernel-Version", |node, _| {
        let kernel = node_info(node, "kernelVersion");
        json!(match text(node, &["status", "nodeInfo", "architecture"]) {
            "" => kernel,
            architecture => format!("{kernel} ({architecture})"),
        })
    })
    .wide(),
    Column::text("Container-Runtime", |node, _| {
        json!(node_info(node, "containerRuntimeVersion"))
    })
    .wide(),
];

fn node_status(node: &Value) -> String {
    // Of many conditions of the same type, the last one counts.
    let mut conditions = items(node, &["status", "conditions"]).iter().rev();
    let ready = match conditions.find(|own| text(own, &["type"]) == "Ready") {
        Some(own) if text(own, &["status"]) == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    if is_true(node, &["spec", "unschedulable"]) {
        return format!("{ready},SchedulingDisabled");
    }
    ready.to_owned()
}

fn node_roles(node: &Value) -> String {
    let labels = labels(node);
    let mut roles: Vec<&str> = labels
        .iter()
        .filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
            Some(role) => Some(role),
            None => (key == "kubernetes.io/role").then_some(value.as_str()),
        })
        .filter(|role| !role.is_empty())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        "<none>".into()
    } else {
        roles.join(",")
    }
}

fn node_address(node: &Value, kind: &str) -> String {
    let mut addresses = items(node, &["status", "addresses"]).iter();
    let found = addresses.find(|own| text(own, &["type"]) == kind);
    found.map_or_else(|| "<none>".into(), |own| text(own, &["address"]).to_owned())
}

fn node_info(node: &Value, field: &str) -> String {
    text_or(node, &["status", "nodeInfo", field], "<unknown>")
}

/// There are no components, so that nothing is shown of them.
const COMPONENTS: &[Column] = &[
    NAME,
    Column::text("Status", |_, _| json!("Unknown")),
    Column::text("Message", |_, _| json!("")),
    Column::text("Error", |_, _| json!("")),
];

const NAMESPACES: &[Column] = &[
    NAME,
    Column::text("Status", |own, _| plain(own, &["status", "phase"])),
    AGE,
];

const CONFIG_MAPS: &[Column] = &[
    NAME,
    Column::text("Data", |own, _| {
        json!(size(own, &["data"]) + size(own, &["binaryData"]))
    }),
    AGE,
];

const SECRETS: &[Column] = &[
    NAME,
    Column::text("Type", |own, _| plain(own, &["type"])),
    Column::text("Data", |own, _| json!(size(own, &["data"]))),
    AGE,
];

const QUOTAS: &[Column] = &[
    NAME,
    Column::text("Request", |own, _| json!(quota(own, false))),
    Column::text("Limit", |own, _| json!(quota(own, true))),
    AGE,
];

fn quota(own: &Value, limits: bool) -> String {
    let hard = at(own, &["status", "hard"]).and_then(Value::as_object);
    let parts: Vec<String> = hard
        .into_iter()
        .flatten()
        .filter(|(resource, _)| resource.starts_with("limits.") == limits)
        .map(|(resource, hard)| {
            let used = scalar(own, &["status", "used", resource]).unwrap_or_else(|| "0".into());
            format!("{resource}: {used}/{}", hard.as_str().unwrap_or_default())
        })
        .collect();
    parts.join(", ")
}

const EVENTS: &[Column] = &[
    Column::text("Last Seen", |own, now| json!(last_seen(own, now))),
    Column::text("Type", |own, _| plain(own, &["type"])),
    Column::text("Reason", |own, _| plain(own, &["reason"])),
    Column::text("Object", |own, _| {
        let part = |field| text(subject(own), &[field]);
        let kind = part("kind").to_lowercase();
        json!(if part("name").is_empty() {
            kind
        } else {
            format!("{kind}/{}", part("name"))
        })
    }),
    Column::text("Subobject", |own, _| plain(subject(own), &["fieldPath"])).wide(),
    Column::text("Source", |own, _| json!(event_source(own))).wide(),
    Column::text("Message", |own, _| {
        let message = text_or(own, &["message"], text(own, &["note"]));
        json!(message.trim())
    }),
    Column::text("First Seen", |own, now| json!(first_seen(own, now))).wide(),
    Column::text("Count", |own, _| json!(times(own))).wide(),
    NAME.wide(),
];

/// The object that an event is about, which the two groups of events call differently.
fn subject(event: &Value) -> &Value {
    event
        .get("involvedObject")
        .or_else(|| event.get("regarding"))
        .unwrap_or(&Value::Null)
}

/// Returns the value of a field, which the newer group of events calls differently.
fn either<'a>(event: &'a Value, field: &'a str, newer: &'a str) -> &'a Value {
    let given = |name: &str| event.get(name).filter(|value| !value.is_null());
    given(field).or_else(|| given(newer)).unwrap_or(&Value::Null)
}

/// Returns how often it was seen. What has no series was seen once when it does not say so.
fn times(event: &Value) -> i64 {
    if event.get("series").is_some_and(|series| !series.is_null()) {
        return int(event, &["series", "count"]).unwrap_or(0);
    }
    let count = either(event, "count", "deprecatedCount").as_i64();
    count.filter(|&count| count != 0).unwrap_or(1)
}

fn first_seen(event: &Value, now: i64) -> String {
    match either(event, "firstTimestamp", "deprecatedFirstTimestamp").as_str() {
        Some(first) => since(first, now),
        None => since(text(event, &["eventTime"]), now),
    }
}

fn last_seen(event: &Value, now: i64) -> String {
    if event.get("series").is_some_and(|series| !series.is_null()) {
        return since(text(event, &["series", "lastObservedTime"]), now);
    }
    match either(event, "lastTimestamp", "deprecatedLastTimestamp").as_str() {
        Some(last) => since(last, now),
        None => first_seen(event, now),
    }
}

fn event_source(event: &Value) -> String {
    let source = either(event, "source", "deprecatedSource");
    let controller = either(event, "reportingComponent", "reportingController").as_str();
    let component = text_or(source, &["component"], controller.unwrap_or_default());
    let instance = text_or(source, &["host"], text(event, &["reportingInstance"]));
    if instance.is_empty() {
        component
    } else {
        format!("{component}, {instance}")
    }
}

const SERVICES: &[Column] = &[
    NAME,
    Column::text("Service", |own, _| {
        let part = |field| text(own, &["spec", "service", field]);
        json!(if part("name").is_empty() {
            "Local".to_owned()
        } else {
            format!("{}/{}", part("namespace"), part("name"))
        })
    }),
    Column::text("Available", |own, _| {
        let found = condition_of(own, "Available");
        json!(
            match found.map(|own| (text(own, &["status"]), text(own, &["reason"]))) {
                None => "Unknown".to_owned(),
                Some((status, reason)) if status != "True" && !reason.is_empty() => format!("{status} ({reason})"),
                Some((status, _)) => status.to_owned(),
            }
        )
    }),
    AGE,
];

const PRIORITIES: &[Column] = &[
    NAME,
    Column::int("Value", |own, _| count(own, &["value"])),
    Column::of("Global-Default", "boolean", |own, _| {
        json!(is_true(own, &["globalDefault"]))
    }),
    AGE,
    Column::text("PreemptionPolicy", |own, _| plain(own, &["preemptionPolicy"])),
];

const LEASES: &[Column] = &[
    NAME,
    Column::text("Holder", |own, _| plain(own, &["spec", "holderIdentity"])),
    AGE,
];

const REQUESTS: &[Column] = &[
    NAME,
    AGE,
    Column::text("SignerName", |own, _| {
        json!(text_or(own, &["spec", "signerName"], "<none>"))
    }),
    Column::text("Requestor", |own, _| plain(own, &["spec", "username"])),
    Column::text("RequestedDuration", |own, _| {
        let seconds = int(own, &["spec", "expirationSeconds"]);
        json!(seconds.map_or_else(|| "<none>".into(), |seconds| span(seconds.saturating_mul(1000))))
    }),
    Column::text("Condition", |own, _| {
        let has = |kind: &str| condition_of(own, kind).is_some();
        let mut words = vec![match () {
            () if has("Denied") => "Denied",
            () if has("Approved") => "Approved",
            () => "Pending",
        }];
        words.extend(has("Failed").then_some("Failed"));
        words.extend((!text(own, &["status", "certificate"]).is_empty()).then_some("Issued"));
        json!(words.join(","))
    }),
];

const RUNTIMES: &[Column] = &[NAME, Column::text("Handler", |own, _| plain(own, &["handler"])), AGE];

const RESOURCE_CLAIMS: &[Column] = &[NAME, Column::text("State", |own, _| json!(claim_state(own))), AGE];

fn claim_state(claim: &Value) -> String {
    let mut words = Vec::new();
    words.extend(is_deleted(claim).then_some("deleted"));
    if at(claim, &["status", "allocation"]).is_none() {
        words.extend((!is_deleted(claim)).then_some("pending"));
    } else {
        words.push("allocated");
        words.extend((size(claim, &["status", "reservedFor"]) > 0).then_some("reserved"));
    }
    words.join(",")
}

const RESOURCE_SLICES: &[Column] = &[
    NAME,
    Column::text("Node", |own, _| plain(own, &["spec", "nodeName"])),
    Column::text("Driver", |own, _| plain(own, &["spec", "driver"])),
    Column::text("Pool", |own, _| plain(own, &["spec", "pool", "name"])),
    AGE,
];
