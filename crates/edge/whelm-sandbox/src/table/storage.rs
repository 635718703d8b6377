//! Columns of volumes and of where they come from.

use serde_json::{Value, json};

use super::cells::{is_true, joined, name_or_default, plain, scalar, size, text_or};
use super::{AGE, CREATED_AT, Column, NAME};
use crate::object::{at, is_deleted, items, text};

pub(super) fn columns(group: &str, plural: &str) -> Option<&'static [Column]> {
    Some(match (group, plural) {
        ("", "persistentvolumes") => VOLUMES,
        ("", "persistentvolumeclaims") => CLAIMS,
        ("storage.k8s.io", "storageclasses") => CLASSES,
        ("storage.k8s.io", "csidrivers") => DRIVERS,
        ("storage.k8s.io", "csinodes") => NODES,
        ("storage.k8s.io", "csistoragecapacities") => &[NAME, CREATED_AT],
        ("storage.k8s.io", "volumeattachments") => ATTACHMENTS,
        ("storage.k8s.io", "volumeattributesclasses") => ATTRIBUTES,
        _ => return None,
    })
}

fn phase(own: &Value) -> &str {
    if is_deleted(own) {
        "Terminating"
    } else {
        text(own, &["status", "phase"])
    }
}

/// Returns access modes in their short form, each once.
fn modes(own: &Value, path: &[&str]) -> String {
    let given = items(own, path);
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let short = known.iter().filter(|(name, _)| given.iter().any(|mode| mode == name));
    short.map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}

/// Returns the class of a volume or claim, which an annotation may have named.
fn class(own: &Value) -> &str {
    let annotation = ["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"];
    match at(own, &annotation) {
        Some(class) => class.as_str().unwrap_or_default(),
        None => text(own, &["spec", "storageClassName"]),
    }
}

/// Returns the text at a path, which may be empty, or what stands for none.
fn text_if_any(own: &Value, path: &[&str]) -> Value {
    json!(at(own, path).and_then(Value::as_str).unwrap_or("<unset>"))
}

const ATTRIBUTES_CLASS: Column = Column::text("VolumeAttributesClass", |own, _| {
    text_if_any(own, &["spec", "volumeAttributesClassName"])
});
const MODE: Column = Column::text("VolumeMode", |own, _| text_if_any(own, &["spec", "volumeMode"])).wide();

const VOLUMES: &[Column] = &[
    NAME,
    Column::text("Capacity", |own, _| {
        json!(scalar(own, &["spec", "capacity", "storage"]).unwrap_or_else(|| "0".into()))
    }),
    Column::text("Access Modes", |own, _| json!(modes(own, &["spec", "accessModes"]))),
    Column::text("Reclaim Policy", |own, _| {
        plain(own, &["spec", "persistentVolumeReclaimPolicy"])
    }),
    Column::text("Status", |own, _| json!(phase(own))),
    Column::text("Claim", |own, _| {
        let part = |field| text(own, &["spec", "claimRef", field]);
        json!(match at(own, &["spec", "claimRef"]) {
            None | Some(Value::Null) => String::new(),
            Some(_) => format!("{}/{}", part("namespace"), part("name")),
        })
    }),
    Column::text("StorageClass", |own, _| json!(class(own))),
    ATTRIBUTES_CLASS,
    Column::text("Reason", |own, _| plain(own, &["status", "reason"])),
    AGE,
    MODE,
];

const CLAIMS: &[Column] = &[
    NAME,
    Column::text("Status", |own, _| json!(phase(own))),
    Column::text("Volume", |own, _| plain(own, &["spec", "volumeName"])),
    Column::text("Capacity", |own, _| match text(own, &["spec", "volumeName"]) {
        "" => json!(""),
        _ => json!(scalar(own, &["status", "capacity", "storage"]).unwrap_or_else(|| "0".into())),
    }),
    Column::text("Access Modes", |own, _| match text(own, &["spec", "volumeName"]) {
        "" => json!(""),
        _ => json!(modes(own, &["status", "accessModes"])),
    }),
    Column::text("StorageClass", |own, _| json!(class(own))),
    ATTRIBUTES_CLASS,
    AGE,
    MODE,
];

const CLASSES: &[Column] = &[
    Column {
        cell: |own, _| name_or_default(own, "storageclass.kubernetes.io/is-default-class"),
        ..NAME
    },
    Column::text("Provisioner", |own, _| plain(own, &["provisioner"])),
    Column::text("ReclaimPolicy", |own, _| {
        json!(text_or(own, &["reclaimPolicy"], "Delete"))
    }),
    Column::text("VolumeBindingMode", |own, _| {
        json!(text_or(own, &["volumeBindingMode"], "Immediate"))
    }),
    Column::text("AllowVolumeExpansion", |own, _| {
        json!(is_true(own, &["allowVolumeExpansion"]))
    }),
    AGE,
];

const DRIVERS: &[Column] = &[
    NAME,
    Column::of("AttachRequired", "boolean", |own, _| {
        json!(at(own, &["spec", "attachRequired"]) != Some(&Value::Bool(false)))
    }),
    Column::of("PodInfoOnMount", "boolean", |own, _| {
        json!(is_true(own, &["spec", "podInfoOnMount"]))
    }),
    Column::of("StorageCapacity", "boolean", |own, _| {
        json!(is_true(own, &["spec", "storageCapacity"]))
    }),
    Column::text("TokenRequests", |own, _| {
        let requests = at(own, &["spec", "tokenRequests"]).and_then(Value::as_array);
        let audiences = |requests: &Vec<Value>| {
            requests
                .iter()
                .map(|own| text(own, &["audience"]))
                .collect::<Vec<_>>()
                .join(",")
        };
        json!(requests.map_or_else(|| "<unset>".to_owned(), audiences))
    }),
    Column::of("RequiresRepublish", "boolean", |own, _| {
        json!(is_true(own, &["spec", "requiresRepublish"]))
    }),
    Column::text("Modes", |own, _| match joined(own, &["spec", "volumeLifecycleModes"]) {
        modes if modes.is_empty() => json!("<none>"),
        modes => json!(modes),
    }),
    AGE,
];

const NODES: &[Column] = &[
    NAME,
    Column::int("Drivers", |own, _| json!(size(own, &["spec", "drivers"]))),
    AGE,
];

const ATTACHMENTS: &[Column] = &[
    NAME,
    Column {
        format: "name",
        ..Column::text("Attacher", |own, _| plain(own, &["spec", "attacher"]))
    },
    Column::text("PV", |own, _| plain(own, &["spec", "source", "persistentVolumeName"])),
    Column::text("Node", |own, _| plain(own, &["spec", "nodeName"])),
    Column::of("Attached", "boolean", |own, _| {
        json!(is_true(own, &["status", "attached"]))
    }),
    AGE,
];

const ATTRIBUTES: &[Column] = &[
    NAME,
    Column::text("DriverName", |own, _| plain(own, &["driverName"])),
    AGE,
];
