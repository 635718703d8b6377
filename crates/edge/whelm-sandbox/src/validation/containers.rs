//! The containers of Pods.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{at, int, items, text};
use crate::quantity::Quantity;

/// Checks all containers of a Pod that has volumes of these names.
pub(super) fn check(spec: &Value, volumes: &BTreeSet<String>, place: &str, report: &mut Report) {
    let mut names = BTreeSet::new();
    let containers = items(spec, &["containers"]);
    if containers.is_empty() {
        report.required(&format!("{place}.containers"), "");
    }
    for list in ["containers", "initContainers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            let place = format!("{place}.{list}[{index}]");
            check_container(container, volumes, &place, report);
            let name = text(container, &["name"]);
            if !names.insert(name.to_owned()) {
                report.duplicate(&format!("{place}.name"), &json!(name));
            }
            probes(container, &place, report);
        }
    }
}

fn check_container(container: &Value, volumes: &BTreeSet<String>, place: &str, report: &mut Report) {
    report.named(&format!("{place}.name"), text(container, &["name"]), format::label);
    if text(container, &["image"]).is_empty() {
        report.required(&format!("{place}.image"), "");
    }
    let policy = text(container, &["terminationMessagePolicy"]);
    if !policy.is_empty() {
        let field = format!("{place}.terminationMessagePolicy");
        report.one_of(&field, policy, &["FallbackToLogsOnError", "File"]);
    }
    ports(items(container, &["ports"]), &format!("{place}.ports"), report);
    for (index, variable) in items(container, &["env"]).iter().enumerate() {
        environment(variable, &format!("{place}.env[{index}]"), report);
    }
    mounts(container, volumes, place, report);
    let pull = text(container, &["imagePullPolicy"]);
    if !pull.is_empty() {
        report.one_of(
            &format!("{place}.imagePullPolicy"),
            pull,
            &["Always", "IfNotPresent", "Never"],
        );
    }
    resources(container, &format!("{place}.resources"), report);
}

fn ports(list: &[Value], place: &str, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, port) in list.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let name = text(port, &["name"]);
        if !name.is_empty() {
            let findings = format::port_name(name);
            if !findings.is_empty() {
                report.findings(&format!("{place}.name"), &json!(name), findings);
            } else if !names.insert(name) {
                report.duplicate(&format!("{place}.name"), &json!(name));
            }
        }
        match int(port, &["containerPort"]).unwrap_or(0) {
            0 => report.required(&format!("{place}.containerPort"), ""),
            number => report.findings(&format!("{place}.containerPort"), &json!(number), format::port(number)),
        }
        if let Some(number) = int(port, &["hostPort"]).filter(|&number| number != 0) {
            report.findings(&format!("{place}.hostPort"), &json!(number), format::port(number));
        }
        match text(port, &["protocol"]) {
            "" => report.required(&format!("{place}.protocol"), ""),
            protocol => report.one_of(&format!("{place}.protocol"), protocol, &["SCTP", "TCP", "UDP"]),
        }
    }
}

fn environment(variable: &Value, place: &str, report: &mut Report) {
    let name = text(variable, &["name"]);
    if name.is_empty() {
        report.required(&format!("{place}.name"), "");
    } else {
        report.findings(&format!("{place}.name"), &json!(name), format::variable_name(name));
    }
    let Some(source) = variable.get("valueFrom") else {
        return;
    };
    let place = format!("{place}.valueFrom");
    let kinds = [
        "fieldRef",
        "resourceFieldRef",
        "configMapKeyRef",
        "secretKeyRef",
        "fileKeyRef",
    ];
    let count = kinds.iter().filter(|kind| source.get(**kind).is_some()).count();
    if at(source, &["fieldRef"]).is_some_and(|field| text(field, &["fieldPath"]).is_empty()) {
        report.required(&format!("{place}.fieldRef.fieldPath"), "");
    }
    for kind in ["configMapKeyRef", "secretKeyRef"] {
        if let Some(reference) = source.get(kind) {
            let key = text(reference, &["key"]);
            report.named(&format!("{place}.{kind}.key"), key, format::config_key);
        }
    }
    if count == 0 {
        let detail =
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
        report.invalid(&place, &json!(""), detail);
    }
    if !text(variable, &["value"]).is_empty() {
        if count != 0 {
            report.invalid(&place, &json!(""), "may not be specified when `value` is not empty");
        }
    } else if count > 1 {
        report.invalid(
            &place,
            &json!(""),
            "may not have more than one field specified at a time",
        );
    }
}

fn mounts(container: &Value, volumes: &BTreeSet<String>, place: &str, report: &mut Report) {
    let mut paths = BTreeSet::new();
    for (index, mount) in items(container, &["volumeMounts"]).iter().enumerate() {
        let place = format!("{place}.volumeMounts[{index}]");
        let (name, path) = (text(mount, &["name"]), text(mount, &["mountPath"]));
        if name.is_empty() {
            report.required(&format!("{place}.name"), "");
        }
        if !volumes.contains(name) {
            report.not_found(&format!("{place}.name"), &json!(name));
        }
        if path.is_empty() {
            report.required(&format!("{place}.mountPath"), "");
        }
        if !paths.insert(path) {
            report.invalid(&format!("{place}.mountPath"), &json!(path), "must be unique");
        }
    }
}

fn resources(container: &Value, place: &str, report: &mut Report) {
    let amounts = |list: &str| at(container, &["resources", list]).and_then(Value::as_object);
    for list in ["limits", "requests"] {
        for (name, amount) in amounts(list).into_iter().flatten() {
            let field = format!("{place}.{list}[{name}]");
            if !is_standard(name) {
                report.invalid(&field, &json!(name), "must be a standard resource for containers");
            }
            if quantity(amount).is_some_and(Quantity::is_negative) {
                report.invalid(&field, amount, "must be greater than or equal to 0");
            }
        }
    }
    for (name, request) in amounts("requests").into_iter().flatten() {
        let limit = amounts("limits").and_then(|limits| limits.get(name));
        if let (Some(limit), Some(request_amount)) = (limit, quantity(request))
            && quantity(limit).is_some_and(|limit| request_amount.nanos() > limit.nanos())
        {
            let shown = limit.as_str().unwrap_or_default();
            let detail = format!("must be less than or equal to {name} limit of {shown}");
            report.invalid(&format!("{place}.requests"), request, &detail);
        }
    }
}

fn quantity(value: &Value) -> Option<Quantity> {
    Quantity::parse(value.as_str()?).ok()
}

fn is_standard(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-") || name.contains('/')
}

fn probes(container: &Value, place: &str, report: &mut Report) {
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.get(name) else { continue };
        let place = format!("{place}.{name}");
        let kinds = ["exec", "httpGet", "tcpSocket", "grpc"];
        let given: Vec<&&str> = kinds.iter().filter(|kind| probe.get(**kind).is_some()).collect();
        for kind in given.iter().skip(1) {
            report.forbidden(&format!("{place}.{kind}"), "may not specify more than 1 handler type");
        }
        if given.is_empty() {
            report.required(&place, "must specify a handler type");
        }
        for field in [
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
        ] {
            report.not_negative(&format!("{place}.{field}"), int(probe, &[field]));
        }
        if name != "readinessProbe" {
            let successes = int(probe, &["successThreshold"]).unwrap_or(1);
            if successes != 1 {
                report.invalid(&format!("{place}.successThreshold"), &json!(successes), "must be 1");
            }
        }
    }
}
