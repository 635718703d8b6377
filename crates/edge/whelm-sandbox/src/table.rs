//! Objects as tables, which `get` and `status` print.

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, int, items, name, text};
use crate::read::metadata_only;

/// One column: its name, its type, and what it shows of an object.
type Column = (&'static str, &'static str, fn(&Value) -> Value);

/// Returns objects as a table.
pub(crate) fn table(core: &Core, kind: &Kind, objects: &[Value], version: &str) -> Value {
    let columns = columns(kind);
    let mut definitions = vec![definition("Name", "string", "name")];
    definitions.extend(columns.iter().map(|(name, kind, _)| definition(name, kind, "")));
    definitions.push(definition("Age", "string", ""));
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let mut cells = vec![json!(name(object))];
            cells.extend(columns.iter().map(|(_, _, cell)| cell(object)));
            cells.push(json!(age(core, text(object, &["metadata", "creationTimestamp"]))));
            json!({"cells": cells, "object": metadata_only(object)})
        })
        .collect();
    let metadata = if version.is_empty() {
        json!({})
    } else {
        json!({"resourceVersion": version})
    };
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": definitions,
        "rows": rows,
    })
}

fn definition(name: &str, kind: &str, format: &str) -> Value {
    json!({"name": name, "type": kind, "format": format, "description": "", "priority": 0})
}

/// Returns how old something is, in the largest unit that fits.
fn age(core: &Core, created: &str) -> String {
    let Some(created) = kstatus::Timestamp::parse(created) else {
        return "<unknown>".into();
    };
    let seconds = (core.now - created.unix_millis()).max(0) / 1000;
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

fn count(object: &Value, path: &[&str]) -> Value {
    json!(int(object, path).unwrap_or(0))
}

fn ready(object: &Value) -> Value {
    let number = |path: &[&str]| int(object, path).unwrap_or(0);
    json!(format!(
        "{}/{}",
        number(&["status", "readyReplicas"]),
        number(&["spec", "replicas"])
    ))
}

fn columns(kind: &Kind) -> Vec<Column> {
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "pods") => vec![
            ("Ready", "string", |pod| {
                let statuses = items(pod, &["status", "containerStatuses"]);
                let ready = statuses
                    .iter()
                    .filter(|own| own.get("ready") == Some(&Value::Bool(true)))
                    .count();
                json!(format!("{ready}/{}", items(pod, &["spec", "containers"]).len()))
            }),
            ("Status", "string", |pod| match text(pod, &["status", "phase"]) {
                "Succeeded" => json!("Completed"),
                phase => json!(phase),
            }),
            ("Restarts", "string", |_| json!("0")),
        ],
        ("apps", "deployments") => vec![
            ("Ready", "string", ready),
            ("Up-to-date", "integer", |own| {
                count(own, &["status", "updatedReplicas"])
            }),
            ("Available", "integer", |own| {
                count(own, &["status", "availableReplicas"])
            }),
        ],
        ("apps", "statefulsets") => vec![("Ready", "string", ready)],
        ("apps", "replicasets") => vec![
            ("Desired", "integer", |own| count(own, &["spec", "replicas"])),
            ("Current", "integer", |own| count(own, &["status", "replicas"])),
            ("Ready", "integer", |own| count(own, &["status", "readyReplicas"])),
        ],
        ("apps", "daemonsets") => vec![
            ("Desired", "integer", |own| {
                count(own, &["status", "desiredNumberScheduled"])
            }),
            ("Current", "integer", |own| {
                count(own, &["status", "currentNumberScheduled"])
            }),
            ("Ready", "integer", |own| count(own, &["status", "numberReady"])),
            ("Up-to-date", "integer", |own| {
                count(own, &["status", "updatedNumberScheduled"])
            }),
            ("Available", "integer", |own| count(own, &["status", "numberAvailable"])),
            ("Node Selector", "string", |_| json!("<none>")),
        ],
        ("", "services") => vec![
            ("Type", "string", |own| json!(text(own, &["spec", "type"]))),
            ("Cluster-IP", "string", |own| json!(text(own, &["spec", "clusterIP"]))),
            ("External-IP", "string", |own| {
                let address = at(own, &["status", "loadBalancer", "ingress", "0"]);
                let first = items(own, &["status", "loadBalancer", "ingress"]).first().or(address);
                json!(first.map_or("<none>", |own| text(own, &["ip"])))
            }),
            ("Port(s)", "string", |own| {
                let ports = items(own, &["spec", "ports"]).iter().map(|port| {
                    let node = int(port, &["nodePort"])
                        .map(|number| format!(":{number}"))
                        .unwrap_or_default();
                    format!(
                        "{}{node}/{}",
                        int(port, &["port"]).unwrap_or(0),
                        text(port, &["protocol"])
                    )
                });
                json!(ports.collect::<Vec<_>>().join(","))
            }),
        ],
        ("batch", "jobs") => vec![
            ("Status", "string", |own| {
                let done = int(own, &["status", "succeeded"]).unwrap_or(0) > 0;
                json!(if done { "Complete" } else { "Running" })
            }),
            ("Completions", "string", |own| {
                let number = |path: &[&str]| int(own, path).unwrap_or(1);
                json!(format!(
                    "{}/{}",
                    int(own, &["status", "succeeded"]).unwrap_or(0),
                    number(&["spec", "completions"])
                ))
            }),
            ("Duration", "string", |_| json!("0s")),
        ],
        ("", "configmaps") => vec![("Data", "integer", |own| {
            json!(
                at(own, &["data"])
                    .and_then(Value::as_object)
                    .map_or(0, serde_json::Map::len)
            )
        })],
        ("", "secrets") => vec![
            ("Type", "string", |own| json!(text(own, &["type"]))),
            ("Data", "integer", |own| {
                json!(
                    at(own, &["data"])
                        .and_then(Value::as_object)
                        .map_or(0, serde_json::Map::len)
                )
            }),
        ],
        ("", "serviceaccounts") => vec![("Secrets", "integer", |own| json!(items(own, &["secrets"]).len()))],
        ("", "namespaces") => vec![("Status", "string", |own| json!(text(own, &["status", "phase"])))],
        ("", "nodes") => vec![
            ("Status", "string", |_| json!("Ready")),
            ("Roles", "string", |_| json!("<none>")),
        ],
        _ => Vec::new(),
    }
}
