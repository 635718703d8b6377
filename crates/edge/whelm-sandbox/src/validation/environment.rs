//! The variables of containers, and what of Pods they and files can show.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation` and `pkg/apis/core/pods`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{items, text};
use crate::quantity::Quantity;

/// What of a Pod its variables can show.
const IN_VARIABLES: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// What of a Pod can be shown at all.
const FIELDS: [&str; 14] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];
const SIZES: &str = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";

/// Checks the variables of a container.
pub(super) fn check(container: &Value, place: &str, report: &mut Report) {
    for (index, variable) in items(container, &["env"]).iter().enumerate() {
        let place = format!("{place}.env[{index}]");
        report.named(
            &format!("{place}.name"),
            text(variable, &["name"]),
            format::variable_name,
        );
        if let Some(source) = variable.get("valueFrom") {
            value_from(source, variable, &format!("{place}.valueFrom"), report);
        }
    }
    let place = format!("{place}.envFrom");
    for (index, source) in items(container, &["envFrom"]).iter().enumerate() {
        all_from(source, &place, index, report);
    }
}

fn value_from(source: &Value, variable: &Value, place: &str, report: &mut Report) {
    let mut count = 0;
    let mut each = |kind: &str, check: &dyn Fn(&Value, &str, &mut Report)| {
        if let Some(own) = source.get(kind) {
            count += 1;
            check(own, &format!("{place}.{kind}"), report);
        }
    };
    each("fieldRef", &|own, place, report| {
        field(own, &IN_VARIABLES, place, report);
    });
    each("resourceFieldRef", &|own, place, report| {
        resource(own, false, place, report);
    });
    each("configMapKeyRef", &key);
    each("secretKeyRef", &key);
    each("fileKeyRef", &file_key);
    if count == 0 {
        let detail =
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
        report.invalid(place, &json!(""), detail);
    } else if !text(variable, &["value"]).is_empty() {
        let detail = "may not be specified when `value` is not empty";
        report.invalid(place, &json!(""), detail);
    } else if count > 1 {
        let detail = "may not have more than one field specified at a time";
        report.invalid(place, &json!(""), detail);
    }
}

fn key(own: &Value, place: &str, report: &mut Report) {
    let name = text(own, &["name"]);
    report.findings(&format!("{place}.name"), &json!(name), format::subdomain(name));
    report.named(&format!("{place}.key"), text(own, &["key"]), format::config_key);
}

fn file_key(own: &Value, place: &str, report: &mut Report) {
    report.named(&format!("{place}.key"), text(own, &["key"]), format::variable_name);
    let volume = text(own, &["volumeName"]);
    report.named(&format!("{place}.volumeName"), volume, format::label);
    report.named(&format!("{place}.path"), text(own, &["path"]), format::no_steps_back);
}

fn all_from(source: &Value, list: &str, index: usize, report: &mut Report) {
    let place = format!("{list}[{index}]");
    let prefix = text(source, &["prefix"]);
    report.formed(&format!("{place}.prefix"), prefix, format::variable_name);
    let mut count = 0;
    for kind in ["configMapRef", "secretRef"] {
        let Some(own) = source.get(kind) else { continue };
        count += 1;
        let name = text(own, &["name"]);
        report.named(&format!("{place}.{kind}.name"), name, format::subdomain_start);
    }
    if count == 0 {
        let detail = "must specify one of: `configMapRef` or `secretRef`";
        report.invalid(list, &json!(""), detail);
    } else if count > 1 {
        let detail = "may not have more than one field specified at a time";
        report.invalid(list, &json!(""), detail);
    }
}

/// Splits `metadata.labels['key']`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    let (path, key) = path.strip_suffix("']")?.split_once("['")?;
    Some((path, key)).filter(|(path, _)| !path.is_empty())
}

/// Checks which field of a Pod is shown.
pub(super) fn field(own: &Value, supported: &[&str], place: &str, report: &mut Report) {
    let (version, path) = (text(own, &["apiVersion"]), text(own, &["fieldPath"]));
    if path.is_empty() {
        report.required(&format!("{place}.fieldPath"), "");
        return;
    }
    let parts = subscripted(path);
    let is_list = |path: &str| matches!(path, "metadata.annotations" | "metadata.labels");
    let fault = match parts {
        _ if !matches!(version, "" | "v1") => format!("unsupported pod version: {version}"),
        Some((list, _)) if !is_list(list) => format!("field label does not support subscript: {path}"),
        None if path != "spec.host" && !FIELDS.contains(&path) => format!("field label not supported: {path}"),
        _ => String::new(),
    };
    if !fault.is_empty() {
        let detail = format!("error converting fieldPath: {fault}");
        report.invalid(&format!("{place}.fieldPath"), &json!(path), &detail);
        return;
    }
    match parts {
        Some(("metadata.annotations", key)) => {
            let key = key.to_lowercase();
            report.findings(place, &json!(key), format::label_key(&key));
        }
        Some((_, key)) => report.findings(place, &json!(key), format::label_key(key)),
        None => {
            let path = if path == "spec.host" { "spec.nodeName" } else { path };
            report.one_of(&format!("{place}.fieldPath"), path, supported);
        }
    }
}

/// Checks which resource of a container is shown.
pub(super) fn resource(own: &Value, in_file: bool, place: &str, report: &mut Report) {
    let name = text(own, &["resource"]);
    let is_huge = name.starts_with("requests.hugepages-") || name.starts_with("limits.hugepages-");
    if in_file && text(own, &["containerName"]).is_empty() {
        report.required(&format!("{place}.containerName"), "");
    } else if name.is_empty() {
        report.required(&format!("{place}.resource"), "");
    } else if !is_huge {
        report.one_of(&format!("{place}.resource"), name, &RESOURCES);
    }
    divisor(own, name, is_huge, place, report);
}

fn divisor(own: &Value, name: &str, is_huge: bool, place: &str, report: &mut Report) {
    let amount = text(own, &["divisor"]);
    if amount.is_empty() || Quantity::parse(amount).is_ok_and(|amount| amount.nanos() == 0) {
        return;
    }
    let (supported, word) = match name.split_once('.') {
        Some(("limits" | "requests", "cpu")) => ("1m, 1", "cpu"),
        Some(("limits" | "requests", "memory")) => (SIZES, "memory"),
        Some(("limits" | "requests", "ephemeral-storage")) => (SIZES, "local ephemeral storage"),
        _ if is_huge => (SIZES, "hugepages"),
        _ => return,
    };
    if supported.split(", ").any(|own| own == amount) {
        return;
    }
    let shown = if word == "cpu" { "1m and 1" } else { supported };
    let detail = format!("only divisor's values {shown} are supported with the {word} resource");
    report.invalid(&format!("{place}.divisor"), &json!(name), &detail);
}
