//! Refusing what the real server refuses: names, the commonest missing fields, and fields that cannot change.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/*/validation`.

pub(crate) mod format;
mod metadata;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object::{at, items, labels, selects, text};
use crate::status::FieldFault;

const IMMUTABLE: &str = "field is immutable";

/// Says what is wrong with a new object.
pub(crate) fn created(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let mut faults = metadata::created(kind, object);
    faults.extend(specification(kind, object));
    faults
}

/// Says what is wrong with everything but the metadata.
fn specification(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if kind.custom {
        return faults;
    }
    match kind.plural.as_str() {
        "deployments" | "statefulsets" | "daemonsets" | "replicasets" => check_workload(object, &mut faults),
        "pods" => check_pod_spec(object, &["spec"], &mut faults),
        "jobs" => check_job(object, &["spec"], &mut faults),
        "cronjobs" => check_cron_job(object, &mut faults),
        "services" => check_service(object, &mut faults),
        "customresourcedefinitions" => check_definition(object, &mut faults),
        "persistentvolumeclaims" => check_claim(object, &mut faults),
        "configmaps" => check_keys(object, &["data", "binaryData"], &mut faults),
        "secrets" => check_keys(object, &["data"], &mut faults),
        _ => {}
    }
    faults
}

fn check_workload(object: &Value, faults: &mut Vec<FieldFault>) {
    let selector = at(object, &["spec", "selector"]);
    let is_empty = |selector: &Value| {
        at(selector, &["matchLabels"])
            .and_then(Value::as_object)
            .is_none_or(serde_json::Map::is_empty)
            && items(selector, &["matchExpressions"]).is_empty()
    };
    match selector {
        None => faults.push(FieldFault::required("spec.selector", "")),
        Some(selector) if is_empty(selector) => {
            faults.push(FieldFault::invalid(
                "spec.selector",
                &json!({}),
                "empty selector is invalid for deployment",
            ));
        }
        _ => {}
    }
    let template_labels = at(object, &["spec", "template"]).map(labels).unwrap_or_default();
    if selector.is_none_or(|selector| !is_empty(selector) && !selects(selector, &template_labels)) {
        let value = json!(template_labels);
        faults.push(FieldFault::invalid(
            "spec.template.metadata.labels",
            &value,
            "`selector` does not match template `labels`",
        ));
    }
    check_pod_spec(object, &["spec", "template", "spec"], faults);
}

fn check_pod_spec(object: &Value, path: &[&str], faults: &mut Vec<FieldFault>) {
    let Some(spec) = at(object, path) else { return };
    let place = path.join(".");
    let containers = items(spec, &["containers"]);
    if containers.is_empty() {
        faults.push(FieldFault::required(format!("{place}.containers"), ""));
    }
    let mut names = std::collections::BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        let place = format!("{place}.containers[{index}]");
        let name = text(container, &["name"]);
        if name.is_empty() {
            faults.push(FieldFault::required(format!("{place}.name"), ""));
        } else if !format::label(name).is_empty() {
            faults.push(FieldFault::invalid(
                format!("{place}.name"),
                &json!(name),
                &format::label(name).join(", "),
            ));
        } else if !names.insert(name) {
            let message = format!("Duplicate value: {name:?}");
            faults.push(FieldFault {
                reason: "FieldValueDuplicate",
                field: format!("{place}.name"),
                message,
            });
        }
        if text(container, &["image"]).is_empty() {
            faults.push(FieldFault::required(format!("{place}.image"), ""));
        }
    }
    check_volume_mounts(spec, &place, faults);
}

fn check_volume_mounts(spec: &Value, place: &str, faults: &mut Vec<FieldFault>) {
    let volumes = items(spec, &["volumes"]);
    for list in ["containers", "initContainers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            for (mount_index, mount) in items(container, &["volumeMounts"]).iter().enumerate() {
                let name = text(mount, &["name"]);
                if !volumes.iter().any(|volume| text(volume, &["name"]) == name) {
                    let field = format!("{place}.{list}[{index}].volumeMounts[{mount_index}].name");
                    let message = format!("Not found: {name:?}");
                    faults.push(FieldFault {
                        reason: "FieldValueNotFound",
                        field,
                        message,
                    });
                }
            }
        }
    }
}

fn check_job(object: &Value, path: &[&str], faults: &mut Vec<FieldFault>) {
    let mut pod_path = path.to_vec();
    pod_path.extend(["template", "spec"]);
    check_pod_spec(object, &pod_path, faults);
    let policy = at(object, &pod_path).map_or("", |spec| text(spec, &["restartPolicy"]));
    if policy == "Always" || policy.is_empty() {
        let field = format!("{}.restartPolicy", pod_path.join("."));
        let message = if policy.is_empty() {
            "Required value: valid values: \"OnFailure\", \"Never\"".to_owned()
        } else {
            format!("Unsupported value: {policy:?}: supported values: \"OnFailure\", \"Never\"")
        };
        let reason = if policy.is_empty() {
            "FieldValueRequired"
        } else {
            "FieldValueNotSupported"
        };
        faults.push(FieldFault { reason, field, message });
    }
}

fn check_cron_job(object: &Value, faults: &mut Vec<FieldFault>) {
    if text(object, &["spec", "schedule"]).is_empty() {
        faults.push(FieldFault::required("spec.schedule", ""));
    }
    check_job(object, &["spec", "jobTemplate", "spec"], faults);
}

fn check_service(object: &Value, faults: &mut Vec<FieldFault>) {
    let ports = items(object, &["spec", "ports"]);
    let headless = text(object, &["spec", "clusterIP"]) == "None";
    if ports.is_empty() && !headless && text(object, &["spec", "type"]) != "ExternalName" {
        faults.push(FieldFault::required("spec.ports", ""));
    }
    for (index, port) in ports.iter().enumerate() {
        if ports.len() > 1 && text(port, &["name"]).is_empty() {
            faults.push(FieldFault::required(format!("spec.ports[{index}].name"), ""));
        }
        let number = at(port, &["port"]).and_then(Value::as_i64).unwrap_or(0);
        if !(1..=65_535).contains(&number) {
            let field = format!("spec.ports[{index}].port");
            faults.push(FieldFault::invalid(
                field,
                &json!(number),
                "must be between 1 and 65535, inclusive",
            ));
        }
    }
}

fn check_definition(object: &Value, faults: &mut Vec<FieldFault>) {
    let (plural, group) = (
        text(object, &["spec", "names", "plural"]),
        text(object, &["spec", "group"]),
    );
    let (name, wanted) = (text(object, &["metadata", "name"]), format!("{plural}.{group}"));
    if name != wanted {
        let detail = "must be spec.names.plural+\".\"+spec.group";
        faults.push(FieldFault::invalid("metadata.name", &json!(name), detail));
    }
    for (index, version) in items(object, &["spec", "versions"]).iter().enumerate() {
        if at(version, &["schema", "openAPIV3Schema"]).is_none() {
            let field = format!("spec.versions[{index}].schema.openAPIV3Schema");
            faults.push(FieldFault::required(field, "schemas are required"));
        }
    }
}

fn check_claim(object: &Value, faults: &mut Vec<FieldFault>) {
    if items(object, &["spec", "accessModes"]).is_empty() {
        faults.push(FieldFault::required(
            "spec.accessModes",
            "at least 1 access mode is required",
        ));
    }
    if at(object, &["spec", "resources", "requests", "storage"]).is_none() {
        faults.push(FieldFault::required("spec.resources[storage]", ""));
    }
}

fn check_keys(object: &Value, fields: &[&str], faults: &mut Vec<FieldFault>) {
    for field in fields {
        for key in at(object, &[field])
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key)
        {
            let fits = key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
            if !fits || key.is_empty() {
                let detail = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. \
                    'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
                faults.push(FieldFault::invalid(format!("{field}[{key}]"), &json!(key), detail));
            }
        }
    }
}

/// Says what is wrong with the new state of an object.
pub(crate) fn updated(kind: &Kind, subresource: &str, live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = metadata::general(kind, object);
    // The real server looks at what changed of the metadata for all kinds, and most kinds look once more.
    for _ in 0..2 {
        faults.extend(metadata::updated(live, object));
    }
    if !subresource.is_empty() {
        return faults;
    }
    faults.extend(changes(kind, live, object));
    faults.extend(specification(kind, object));
    faults
}

/// Says what is wrong with how the specification of an object changes.
fn changes(kind: &Kind, live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if kind.custom {
        return faults;
    }
    let mut keep = |path: &[&str]| {
        let value = at(object, path);
        if at(live, path) != value {
            faults.push(FieldFault::invalid(
                path.join("."),
                value.unwrap_or(&Value::Null),
                IMMUTABLE,
            ));
        }
    };
    match kind.plural.as_str() {
        "deployments" | "daemonsets" | "replicasets" => keep(&["spec", "selector"]),
        "jobs" => {
            keep(&["spec", "selector"]);
            keep(&["spec", "template"]);
            keep(&["spec", "completionMode"]);
        }
        "secrets" => keep(&["type"]),
        "rolebindings" | "clusterrolebindings" if live.get("roleRef") != object.get("roleRef") => {
            // The real server shows its internal form, which has other names.
            let own = |field: &str| text(object, &["roleRef", field]).to_owned();
            let value = json!({"APIGroup": own("apiGroup"), "Kind": own("kind"), "Name": own("name")});
            faults.push(FieldFault::invalid("roleRef", &value, "cannot change roleRef"));
        }
        "statefulsets" => faults.extend(stateful_set_changes(live, object)),
        "persistentvolumeclaims" => faults.extend(claim_changes(live, object)),
        "pods" => faults.extend(pod_changes(live, object)),
        "services" => faults.extend(service_changes(live, object)),
        "configmaps" => faults.extend(frozen_changes(live, object, &["data", "binaryData"])),
        _ => {}
    }
    if kind.plural == "secrets" {
        faults.extend(frozen_changes(live, object, &["data"]));
    }
    faults
}

/// ConfigMaps and Secrets that are marked immutable keep their data.
fn frozen_changes(live: &Value, object: &Value, fields: &[&str]) -> Vec<FieldFault> {
    if live.get("immutable") != Some(&Value::Bool(true)) {
        return Vec::new();
    }
    let changed = fields.iter().filter(|field| live.get(**field) != object.get(**field));
    let mut faults: Vec<FieldFault> = changed
        .map(|field| FieldFault::forbidden(*field, "field is immutable when `immutable` is set"))
        .collect();
    if object.get("immutable") != Some(&Value::Bool(true)) {
        faults.insert(
            0,
            FieldFault::forbidden("immutable", "field is immutable when `immutable` is set"),
        );
    }
    faults
}

fn without(object: &Value, fields: &[&str]) -> Value {
    let mut spec = object.get("spec").cloned().unwrap_or_default();
    for field in fields {
        crate::object::remove(&mut spec, &[field]);
    }
    spec
}

fn stateful_set_changes(live: &Value, object: &Value) -> Option<FieldFault> {
    let free = [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    (without(live, &free) != without(object, &free)).then(|| {
        FieldFault::forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
             'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        )
    })
}

fn claim_changes(live: &Value, object: &Value) -> Option<FieldFault> {
    let free = ["resources", "volumeAttributesClassName", "volumeName"];
    (without(live, &free) != without(object, &free)).then(|| {
        FieldFault::forbidden(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
        )
    })
}

fn pod_changes(live: &Value, object: &Value) -> Option<FieldFault> {
    let fixed = |object: &Value| {
        let free = [
            "activeDeadlineSeconds",
            "tolerations",
            "terminationGracePeriodSeconds",
            "schedulingGates",
            "nodeName",
        ];
        let mut spec = without(object, &free);
        for list in ["containers", "initContainers"] {
            if let Some(Value::Array(containers)) = spec.get_mut(list) {
                for container in containers {
                    crate::object::remove(container, &["image"]);
                }
            }
        }
        spec
    };
    (fixed(live) != fixed(object)).then(|| {
        FieldFault::forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,\
             `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
             tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        )
    })
}

fn service_changes(live: &Value, object: &Value) -> Vec<FieldFault> {
    let (before, after) = (text(live, &["spec", "clusterIP"]), text(object, &["spec", "clusterIP"]));
    let external = |object: &Value| text(object, &["spec", "type"]) == "ExternalName";
    if before.is_empty() || before == after || external(live) || external(object) {
        return Vec::new();
    }
    let value = json!([after]);
    vec![FieldFault::invalid(
        "spec.clusterIPs[0]",
        &value,
        "may not change once set",
    )]
}
