//! Storage drivers, what nodes say of them, capacities, and attachments of volumes to nodes.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/storage/validation`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::report::Report;
use super::selector::label_selector;
use super::{format, persistent};
use crate::object::{at, int, items, remove, text};
use crate::quantity::Quantity;

/// Checks a CSIDriver.
pub(super) fn driver(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    for (field, shown) in [
        ("attachRequired", "attachedRequired"),
        ("podInfoOnMount", "podInfoOnMount"),
        ("storageCapacity", "storageCapacity"),
    ] {
        if spec.get(field).is_none() {
            report.required(&format!("spec.{shown}"), "");
        }
    }
    if let Some(policy) = spec.get("fsGroupPolicy").and_then(Value::as_str) {
        report.one_of(
            "spec.fsGroupPolicy",
            policy,
            &["File", "None", "ReadWriteOnceWithFSType"],
        );
    }
    token_requests(items(spec, &["tokenRequests"]), report);
    for mode in items(spec, &["volumeLifecycleModes"]) {
        let mode = mode.as_str().unwrap_or_default();
        report.one_of("spec.volumeLifecycleModes", mode, &["Persistent", "Ephemeral"]);
    }
    if spec.get("seLinuxMount").is_none() {
        report.required("spec.seLinuxMount", "");
    }
    if let Some(period) = int(spec, &["nodeAllocatableUpdatePeriodSeconds"]).filter(|&period| period < 10) {
        let detail = "must be greater than or equal to 10 seconds";
        report.invalid("spec.nodeAllocatableUpdatePeriodSeconds", &json!(period), detail);
    }
    if let Some(own) = spec.get("serviceAccountTokenInSecrets")
        && items(spec, &["tokenRequests"]).is_empty()
    {
        let detail = "serviceAccountTokenInSecrets is set but no tokenRequests are specified";
        report.invalid("spec.serviceAccountTokenInSecrets", own, detail);
    }
}

fn token_requests(requests: &[Value], report: &mut Report) {
    let mut audiences = BTreeSet::new();
    for (index, request) in requests.iter().enumerate() {
        let place = format!("spec.tokenRequests[{index}]");
        let audience = text(request, &["audience"]);
        if !audiences.insert(audience) {
            report.duplicate(&format!("{place}.audience"), &json!(audience));
            continue;
        }
        let field = format!("{place}.expirationSeconds");
        match int(request, &["expirationSeconds"]) {
            Some(seconds) if seconds < 600 => {
                let detail = "may not specify a duration less than 10 minutes";
                report.invalid(&field, &json!(seconds), detail);
            }
            Some(seconds) if seconds > 1 << 32 => {
                let detail = "may not specify a duration larger than 2^32 seconds";
                report.invalid(&field, &json!(seconds), detail);
            }
            _ => {}
        }
    }
}

/// Checks how a CSIDriver changes.
pub(super) fn driver_changes(live: &Value, object: &Value, report: &mut Report) {
    for (field, shown) in [
        ("attachRequired", "attachedRequired"),
        ("volumeLifecycleModes", "volumeLifecycleModes"),
    ] {
        let own = |object| at(object, &["spec", field]);
        report.fixed(&format!("spec.{shown}"), own(live), own(object));
    }
}

/// Checks a CSINode.
pub(super) fn node(object: &Value, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, driver) in items(object, &["spec", "drivers"]).iter().enumerate() {
        let place = format!("spec.drivers[{index}]");
        let name = text(driver, &["name"]);
        report.driver(&format!("{place}.name"), name);
        let id = text(driver, &["nodeID"]);
        let field = format!("{place}.nodeID");
        if id.is_empty() {
            report.required(&field, "");
        } else if id.len() > 256 {
            report.invalid(&field, &json!(id), "must be 256 characters or less");
        }
        report.not_negative(
            &format!("{place}.allocatable.count"),
            int(driver, &["allocatable", "count"]),
        );
        if !names.insert(name) {
            report.duplicate(&format!("{place}.name"), &json!(name));
        }
        topology_keys(items(driver, &["topologyKeys"]), &place, report);
    }
}

fn topology_keys(keys: &[Value], place: &str, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for key in keys {
        let own = key.as_str().unwrap_or_default();
        if own.is_empty() {
            report.required(place, "");
        }
        if !seen.insert(own) {
            report.duplicate(place, key);
        }
        report.findings(place, key, format::label_key(own));
    }
}

/// Checks how a CSINode changes: of a driver that stays only its capacity may.
pub(super) fn node_changes(live: &Value, object: &Value, report: &mut Report) {
    let own = |driver: &Value| {
        let mut driver = driver.clone();
        remove(&mut driver, &["allocatable"]);
        driver
    };
    for before in items(live, &["spec", "drivers"]) {
        for after in items(object, &["spec", "drivers"]) {
            if text(before, &["name"]) == text(after, &["name"]) && own(before) != own(after) {
                let shown = own(after);
                report.invalid_as(
                    "spec.drivers",
                    "*@storage.CSINodeDriver",
                    Some(&shown),
                    "field is immutable",
                );
            }
        }
    }
}

/// Checks a CSIStorageCapacity.
pub(super) fn capacity(object: &Value, report: &mut Report) {
    label_selector(object.get("nodeTopology"), "nodeTopology", report);
    let class = text(object, &["storageClassName"]);
    report.findings("storageClassName", &json!(class), format::subdomain(class));
    if let Some(amount) = object.get("capacity") {
        not_negative_amount("capacity", amount, report);
    }
}

/// Checks how a CSIStorageCapacity changes.
pub(super) fn capacity_changes(live: &Value, object: &Value, report: &mut Report) {
    let topology = "*@meta.LabelSelector";
    report.fixed_as(
        "nodeTopology",
        topology,
        live.get("nodeTopology"),
        object.get("nodeTopology"),
    );
    let class = "storageClassName";
    report.fixed_as(class, "s", live.get(class), object.get(class));
}

/// Checks an amount that must not be below zero.
pub(super) fn not_negative_amount(field: &str, amount: &Value, report: &mut Report) {
    let parsed = amount.as_str().and_then(|text| Quantity::parse(text).ok());
    if parsed.is_some_and(Quantity::is_negative) {
        report.invalid(field, amount, "must be greater than or equal to 0");
    }
}

/// Checks a VolumeAttachment.
pub(super) fn attachment(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    report.driver("spec.attacher", text(spec, &["attacher"]));
    let source = spec.get("source").unwrap_or(&Value::Null);
    let (inline, volume) = (source.get("inlineVolumeSpec"), source.get("persistentVolumeName"));
    let detail = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    match (inline, volume) {
        (None, None) => report.required("spec.source", detail),
        (Some(_), Some(_)) => report.forbidden("spec.source", detail),
        (None, Some(volume)) => {
            if volume == "" {
                let detail = "must specify non empty persistentVolumeName";
                report.required("spec.source.persistentVolumeName", detail);
            }
        }
        (Some(inline), None) => persistent::inline(inline, "spec.source.inlineVolumeSpec", report),
    }
    let node = text(spec, &["nodeName"]);
    report.findings("spec.nodeName", &json!(node), format::subdomain(node));
    attachment_status(object, report);
    if let Some(volume) = volume {
        let findings = format::subdomain(volume.as_str().unwrap_or_default());
        report.findings("spec.source.persistentVolumeName", volume, findings);
    }
}

fn attachment_status(object: &Value, report: &mut Report) {
    const MOST_BYTES: usize = 256 << 10;
    for name in ["attachError", "detachError"] {
        let error = at(object, &["status", name]).unwrap_or(&Value::Null);
        if text(error, &["message"]).len() > 1024 {
            let field = format!("status.{name}.message");
            report.0.push(crate::status::FieldFault::too_long(field, MOST_BYTES));
        }
        if let Some(code) = int(error, &["errorCode"]).filter(|&code| code < 0) {
            let findings = format::in_range(code, 0, i64::from(i32::MAX));
            report.findings(&format!("status.{name}.errorCode"), &json!(code), findings);
        }
    }
}

/// Checks the topologies of a StorageClass.
pub(super) fn topologies(object: &Value, report: &mut Report) {
    let mut terms: Vec<BTreeMap<&str, BTreeSet<&str>>> = Vec::new();
    for (index, term) in items(object, &["allowedTopologies"]).iter().enumerate() {
        let place = format!("allowedTopologies[{index}].matchLabelExpressions");
        let mut own = BTreeMap::new();
        for (index, expression) in items(term, &["matchLabelExpressions"]).iter().enumerate() {
            let place = format!("{place}[{index}]");
            let key = text(expression, &["key"]);
            let values = topology_values(expression, &place, report);
            if own.insert(key, values).is_some() {
                report.duplicate(&format!("{place}.key"), &json!(key));
            }
        }
        // The real server compares with as many empty terms, too.
        let empty = usize::from(own.is_empty()) * items(object, &["allowedTopologies"]).len();
        let same = terms.iter().filter(|term| **term == own).count() + empty;
        for _ in 0..same {
            report.duplicate(&place, &json!(""));
        }
        terms.push(own);
    }
}

fn topology_values<'a>(expression: &'a Value, place: &str, report: &mut Report) -> BTreeSet<&'a str> {
    let values = items(expression, &["values"]);
    if values.is_empty() {
        report.required(&format!("{place}.values"), "");
    }
    let mut seen = BTreeSet::new();
    for (index, value) in values.iter().enumerate() {
        if !seen.insert(value.as_str().unwrap_or_default()) {
            report.duplicate(&format!("{place}.values[{index}]"), value);
        }
    }
    let key = text(expression, &["key"]);
    report.findings(&format!("{place}.key"), &json!(key), format::label_key(key));
    seen
}
