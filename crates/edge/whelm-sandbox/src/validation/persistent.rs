//! PersistentVolumes and the claims for them.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use serde_json::{Map, Value, json};

use super::report::Report;
use super::selector::label_selector;
use super::{format, limits, nodes, sources, storage};
use crate::object::{at, items, text};
use crate::quantity::Quantity;

const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/// Checks a PersistentVolume.
pub(super) fn volume(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let modes = items(spec, &["accessModes"]);
    if modes.is_empty() {
        report.required("spec.accessModes", "");
    }
    access_modes(modes, "spec.accessModes", report);
    capacity(spec, report);
    let policy = text(spec, &["persistentVolumeReclaimPolicy"]);
    if !policy.is_empty() {
        let field = "spec.persistentVolumeReclaimPolicy";
        report.one_of(field, policy, &["Delete", "Recycle", "Retain"]);
    }
    if let Some(affinity) = spec.get("nodeAffinity") {
        match affinity.get("required") {
            Some(required) => nodes::selector(required, "spec.nodeAffinity.required", report),
            None => report.required("spec.nodeAffinity.required", "must specify required node constraints"),
        }
    }
    sources::check(spec, crate::object::name(object), "spec", report);
    let root = spec.get("hostPath").is_some_and(|own| is_root(text(own, &["path"])));
    if root && policy == "Recycle" {
        let detail = "may not be 'recycle' for a hostPath mount of '/'";
        report.forbidden("spec.persistentVolumeReclaimPolicy", detail);
    }
    report.formed(
        "spec.storageClassName",
        text(spec, &["storageClassName"]),
        format::subdomain,
    );
    if let Some(mode) = spec.get("volumeMode").and_then(Value::as_str) {
        report.one_of("spec.volumeMode", mode, &["Block", "Filesystem"]);
    }
    attributes_class(spec, report);
}

fn is_root(path: &str) -> bool {
    path.starts_with('/') && path.split('/').all(|part| matches!(part, "" | "." | ".."))
}

fn attributes_class(spec: &Value, report: &mut Report) {
    let Some(class) = spec.get("volumeAttributesClassName").and_then(Value::as_str) else {
        return;
    };
    let field = "spec.volumeAttributesClassName";
    if class.is_empty() {
        report.required(field, "an empty string is disallowed");
    } else {
        report.findings(field, &json!(class), format::subdomain(class));
    }
    if spec.get("csi").is_none() {
        report.required("spec.csi", "has to be specified when using volumeAttributesClassName");
    }
}

fn access_modes(modes: &[Value], field: &str, report: &mut Report) {
    let (mut alone, mut others) = (false, false);
    for mode in modes {
        let mode = mode.as_str().unwrap_or_default();
        report.one_of(field, mode, &MODES);
        alone |= mode == "ReadWriteOncePod";
        others |= mode != "ReadWriteOncePod" && MODES.contains(&mode);
    }
    if alone && others {
        report.forbidden(field, "may not use ReadWriteOncePod with other access modes");
    }
}

fn capacity(spec: &Value, report: &mut Report) {
    let empty = Map::new();
    let own = spec.get("capacity").and_then(Value::as_object).unwrap_or(&empty);
    if own.is_empty() {
        report.required("spec.capacity", "");
    }
    if own.get("storage").is_none() || own.len() > 1 {
        let shown = spec.get("capacity").unwrap_or(&Value::Null);
        report.unsupported("spec.capacity", shown, &["storage"]);
    }
    for (name, amount) in own {
        let field = format!("spec.capacity[{name}]");
        basic_amount(amount, &field, report);
        positive_amount(amount, &field, report);
    }
}

fn parsed(amount: &Value) -> Option<Quantity> {
    Quantity::parse(amount.as_str()?).ok()
}

fn basic_amount(amount: &Value, field: &str, report: &mut Report) {
    const NANO: i128 = 1_000_000_000;
    if let Some(whole) = parsed(amount).map(|own| own.nanos() / NANO).filter(|&whole| whole < 0) {
        let shown = json!(i64::try_from(whole).unwrap_or(i64::MIN));
        report.invalid(field, &shown, "must be a valid resource quantity");
    }
}

/// Checks that an amount is above zero, and says whether it is.
fn positive_amount(amount: &Value, field: &str, report: &mut Report) -> bool {
    let positive = parsed(amount).is_none_or(|own| own.nanos() > 0);
    if !positive {
        report.invalid(field, amount, "must be greater than zero");
    }
    positive
}

/// Checks the volume that a VolumeAttachment describes itself.
pub(super) fn inline(spec: &Value, place: &str, report: &mut Report) {
    let detail = "may not be specified in the context of inline volumes";
    let has = |field: &str| match spec.get(field) {
        Some(Value::Object(fields)) if field == "capacity" => !fields.is_empty(),
        other => other.is_some(),
    };
    for field in ["claimRef", "capacity"] {
        if has(field) {
            report.forbidden(&format!("{place}.{field}"), detail);
        }
    }
    if !has("csi") {
        let detail = "has to be specified in the context of inline volumes";
        report.required(&format!("{place}.csi"), detail);
    }
    let modes = items(spec, &["accessModes"]);
    if modes.is_empty() {
        report.required(&format!("{place}.accessModes"), "");
    }
    access_modes(modes, &format!("{place}.accessModes"), report);
    if !matches!(text(spec, &["persistentVolumeReclaimPolicy"]), "" | "Retain") {
        report.forbidden(
            &format!("{place}.persistentVolumeReclaimPolicy"),
            "may only be Retain in the context of inline volumes",
        );
    }
    if has("nodeAffinity") {
        report.forbidden(&format!("{place}.nodeAffinity"), detail);
    }
    sources::check(spec, "", place, report);
    if !text(spec, &["storageClassName"]).is_empty() {
        report.forbidden(&format!("{place}.storageClassName"), detail);
    }
    if !matches!(text(spec, &["volumeMode"]), "" | "Filesystem") {
        report.forbidden(
            &format!("{place}.volumeMode"),
            "may not specify volumeMode other than Filesystem in the context of inline volumes",
        );
    }
}

/// Checks a PersistentVolumeClaim's specification, also where a template has it.
pub(super) fn claim(spec: &Value, place: &str, report: &mut Report) {
    let modes = items(spec, &["accessModes"]);
    let field = format!("{place}.accessModes");
    if modes.is_empty() {
        report.required(&field, "at least 1 access mode is required");
    }
    label_selector(spec.get("selector"), &format!("{place}.selector"), report);
    access_modes(modes, &field, report);
    let field = format!("{place}.resources[storage]");
    match at(spec, &["resources", "requests", "storage"]) {
        None => report.required(&field, ""),
        Some(amount) => {
            if positive_amount(amount, &field, report) {
                limits::amount("storage", amount, &field, report);
            }
        }
    }
    let class = text(spec, &["storageClassName"]);
    report.formed(&format!("{place}.storageClassName"), class, format::subdomain);
    if let Some(mode) = spec.get("volumeMode").and_then(Value::as_str) {
        report.one_of(&format!("{place}.volumeMode"), mode, &["Block", "Filesystem"]);
    }
    data_sources(spec, place, report);
    report.formed(
        &format!("{place}.volumeAttributesClassName"),
        text(spec, &["volumeAttributesClassName"]),
        format::subdomain,
    );
}

fn data_sources(spec: &Value, place: &str, report: &mut Report) {
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    for (field, own) in [("dataSource", source), ("dataSourceRef", reference)] {
        if let Some(own) = own {
            data_source(own, &format!("{place}.{field}"), report);
        }
    }
    let (Some(source), Some(reference)) = (source, reference) else {
        return;
    };
    // The real server shows a field's place where the value should be, which has nothing that could be shown.
    let own = |value: &Value| ["apiGroup", "kind", "name"].map(|field| text(value, &[field]).to_owned());
    if !text(reference, &["namespace"]).is_empty() {
        let detail = "may not be specified when dataSourceRef.namespace is specified";
        report.invalid(place, &json!({}), detail);
    } else if own(source) != own(reference) {
        report.invalid(place, &json!({}), "must match dataSourceRef");
    }
}

fn data_source(own: &Value, place: &str, report: &mut Report) {
    for field in ["name", "kind"] {
        if text(own, &[field]).is_empty() {
            report.required(&format!("{place}.{field}"), "");
        }
    }
    let (group, kind) = (text(own, &["apiGroup"]), text(own, &["kind"]));
    if group.is_empty() && kind != "PersistentVolumeClaim" {
        let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
        report.invalid(place, &json!(kind), detail);
    }
    report.formed(&format!("{place}.apiGroup"), group, format::subdomain);
    if place.ends_with("Ref") {
        report.formed(&format!("{place}.namespace"), text(own, &["namespace"]), format::label);
    }
}

/// Says what of a claim may not change.
pub(super) fn claim_changes(live: &Value, object: &Value, report: &mut Report) {
    let nothing = Value::Null;
    let before = live.get("spec").unwrap_or(&nothing);
    let mut after = object.get("spec").cloned().unwrap_or_default();
    let mut old = before.clone();
    if text(before, &["volumeName"]).is_empty() {
        copy(&after, &mut old, &["volumeName"]);
    }
    let beta = text(
        live,
        &["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"],
    );
    let class = text(&after, &["storageClassName"]);
    if before.get("storageClassName").is_none() && (beta.is_empty() || beta == class) {
        // A claim that has no class yet may get one.
        copy(&after, &mut old, &["storageClassName"]);
    }
    if text(object, &["status", "phase"]) == "Bound" {
        copy(before, &mut after, &["resources", "requests", "storage"]);
        copy(before, &mut after, &["volumeAttributesClassName"]);
    }
    if old != after {
        let detail =
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        let form = "@core.PersistentVolumeClaimSpec";
        report.forbidden_change("spec", detail, form, [Some(&old), Some(&after)]);
    }
    let size = |object: &Value, path: &[&str]| at(object, path).and_then(parsed).map_or(0, Quantity::nanos);
    let asked = ["spec", "resources", "requests", "storage"];
    let (new, has) = (size(object, &asked), size(live, &["status", "capacity", "storage"]));
    if new < size(live, &asked) && new <= has {
        let detail = "field can not be less than status.capacity";
        report.forbidden("spec.resources.requests.storage", detail);
    }
    let mode = |object| at(object, &["spec", "volumeMode"]);
    report.fixed("volumeMode", mode(live), mode(object));
}

/// Makes one place of a value what it is in another.
fn copy(from: &Value, to: &mut Value, path: &[&str]) {
    match at(from, path) {
        Some(value) => crate::object::set(to, path, value.clone()),
        None => {
            crate::object::remove(to, path);
        }
    }
}

/// Says what of a volume may not change. Its specification is looked at once more.
pub(super) fn volume_changes(live: &Value, object: &Value, report: &mut Report) {
    volume(object, report);
    let nothing = Value::Null;
    let source = |object: &Value| -> Value {
        let spec = object.get("spec").unwrap_or(&nothing);
        let own = sources::fields().filter_map(|field| Some((field.to_owned(), spec.get(field)?.clone())));
        Value::Object(own.collect())
    };
    let (before, after) = (source(live), source(object));
    if before != after {
        let detail = "spec.persistentvolumesource is immutable after creation";
        let form = "@core.PersistentVolumeSource";
        let values = [Some(&before), Some(&after)];
        report.forbidden_change("spec.persistentvolumesource", detail, form, values);
    }
    let own = |object, field| at(object, &["spec", field]);
    report.fixed("volumeMode", own(live, "volumeMode"), own(object, "volumeMode"));
    if own(live, "nodeAffinity").is_some() {
        let form = "*@core.VolumeNodeAffinity";
        report.fixed_as(
            "nodeAffinity",
            form,
            own(live, "nodeAffinity"),
            own(object, "nodeAffinity"),
        );
    }
    let class = "volumeAttributesClassName";
    if own(live, class).is_some() && own(object, class).is_none() {
        let detail = "update from non-nil value to nil is forbidden";
        report.forbidden("spec.volumeAttributesClassName", detail);
    }
}

/// Checks the status of a claim.
pub(super) fn claim_status(object: &Value, report: &mut Report) {
    const STATES: [&str; 5] = [
        "ControllerResizeInProgress",
        "ControllerResizeInfeasible",
        "NodeResizeInProgress",
        "NodeResizeInfeasible",
        "NodeResizePending",
    ];
    let map = |field: &str| {
        at(object, &["status", field])
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    for (name, amount) in map("capacity") {
        basic_amount(amount, &format!("status.capacity[{name}]"), report);
    }
    let place = "status.allocatedResourceStatuses";
    for (name, state) in map("allocatedResourceStatuses") {
        resource_key(name, place, report);
        if !STATES.contains(&state.as_str().unwrap_or_default()) {
            let mut states = STATES;
            states.sort_unstable();
            report.unsupported(place, &json!(name), &states);
        }
    }
    for (name, amount) in map("allocatedResources") {
        if resource_key(name, "status.allocatedResources", report) {
            let field = format!("status.allocatedResources[{name}]");
            storage::not_negative_amount(&field, amount, report);
        }
    }
}

/// Checks what of a claim has an amount: its storage, or what others call theirs.
fn resource_key(name: &str, field: &str, report: &mut Report) -> bool {
    let findings = format::label_key(name);
    let formed = findings.is_empty();
    report.findings(field, &json!(name), findings);
    if formed && limits::is_native(name) && name != "storage" {
        report.unsupported(field, &json!(name), &["storage"]);
        return false;
    }
    formed
}
