//! Kinds that mostly say what others refer to, and hardly change: classes, drivers, leases, budgets, autoscalers.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/{storage,scheduling,node,coordination,policy,autoscaling}/validation`.

use serde_json::{Map, Value, json};

use super::report::Report;
use super::selector::label_selector;
use super::{format, limits};
use crate::object::{at, int, items, text};

/// Checks a StorageClass.
pub(super) fn storage_class(object: &Value, report: &mut Report) {
    let provisioner = text(object, &["provisioner"]);
    qualified("provisioner", provisioner, report);
    for key in at(object, &["parameters"])
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key)
    {
        if key.is_empty() {
            report.invalid("parameters", &json!(key), "field can not be empty.");
        }
    }
    report.one_of("reclaimPolicy", text(object, &["reclaimPolicy"]), &["Delete", "Retain"]);
    let modes = ["Immediate", "WaitForFirstConsumer"];
    report.one_of("volumeBindingMode", text(object, &["volumeBindingMode"]), &modes);
    super::storage::topologies(object, report);
}

/// A name with perhaps a domain before it, shown in small letters.
fn qualified(field: &str, name: &str, report: &mut Report) {
    let name = name.to_lowercase();
    report.named(field, &name, format::label_key);
}

/// Checks how a StorageClass changes.
pub(super) fn storage_class_changes(live: &Value, object: &Value, report: &mut Report) {
    for field in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] {
        let empty = Value::Object(Map::new());
        let (before, after) = (live.get(field), object.get(field));
        if before != after {
            let shown = after.unwrap_or(if field == "parameters" { &Value::Null } else { &empty });
            report.invalid(field, shown, "field is immutable");
        }
    }
}

/// Checks a VolumeAttributesClass.
pub(super) fn attributes_class(object: &Value, report: &mut Report) {
    qualified("driverName", text(object, &["driverName"]), report);
    let parameters = object.get("parameters").and_then(Value::as_object);
    if parameters.is_none_or(Map::is_empty) {
        report.required("parameters", "must contain at least one key/value pair");
    }
}

/// Checks how a VolumeAttributesClass changes.
pub(super) fn attributes_class_changes(live: &Value, object: &Value, report: &mut Report) {
    for field in ["driverName", "parameters"] {
        if live.get(field) != object.get(field) {
            report.forbidden(field, &format!("updates to {field} are forbidden."));
        }
    }
}

/// Checks a PriorityClass.
pub(super) fn priority_class(object: &Value, report: &mut Report) {
    const HIGHEST: i64 = 1_000_000_000;
    let (name, value) = (crate::object::name(object), int(object, &["value"]).unwrap_or(0));
    if name.starts_with("system-") {
        if !matches!(
            (name, value),
            ("system-node-critical", 2_000_001_000) | ("system-cluster-critical", 2_000_000_000)
        ) {
            report.forbidden(
                "metadata.name",
                &format!("priority class names with 'system-' prefix are reserved for system use only. error: {name} is not a known system priority class"),
            );
        }
    } else if value > HIGHEST {
        report.forbidden(
            "value",
            &format!("maximum allowed value of a user defined priority is {HIGHEST}"),
        );
    }
    let policies = ["Never", "PreemptLowerPriority"];
    report.one_of("preemptionPolicy", text(object, &["preemptionPolicy"]), &policies);
}

/// Checks how a PriorityClass changes.
pub(super) fn priority_class_changes(live: &Value, object: &Value, report: &mut Report) {
    if int(live, &["value"]).unwrap_or(0) != int(object, &["value"]).unwrap_or(0) {
        report.forbidden("value", "may not be changed in an update.");
    }
    report.fixed(
        "preemptionPolicy",
        live.get("preemptionPolicy"),
        object.get("preemptionPolicy"),
    );
}

/// Checks a RuntimeClass.
pub(super) fn runtime_class(object: &Value, report: &mut Report) {
    let handler = text(object, &["handler"]);
    if handler.is_empty() {
        report.required("handler", "");
    } else {
        report.findings("handler", &json!(handler), format::label(handler));
    }
    let amounts = at(object, &["overhead", "podFixed"]).and_then(Value::as_object);
    for (name, amount) in amounts.into_iter().flatten() {
        let field = format!("overhead.limits[{name}]");
        limits::container_resource(name, &field, report);
        limits::amount(name, amount, &field, report);
    }
    let Some(scheduling) = object.get("scheduling") else {
        return;
    };
    let place = "scheduling.nodeSelector";
    report
        .0
        .extend(super::metadata::labels(scheduling, place, "nodeSelector"));
    let tolerations = items(scheduling, &["tolerations"]);
    for (index, toleration) in tolerations.iter().enumerate() {
        super::pods::tolerate(toleration, &format!("scheduling.tolerations[{index}]"), report);
    }
    let key =
        |toleration: &Value| ["key", "operator", "value", "effect"].map(|field| text(toleration, &[field]).to_owned());
    for (index, toleration) in tolerations.iter().enumerate() {
        if tolerations
            .iter()
            .take(index)
            .any(|other| key(other) == key(toleration))
        {
            let field = format!("scheduling.tolerations[{index}]");
            report.duplicate_as(&field, "@core.Toleration", toleration);
        }
    }
}

/// Checks an IngressClass.
pub(super) fn ingress_class(object: &Value, report: &mut Report) {
    let controller = text(object, &["spec", "controller"]);
    report.not_longer("spec.controller", controller, 250);
    report.domain_path("spec.controller", controller);
    if let Some(parameters) = at(object, &["spec", "parameters"]) {
        class_parameters(parameters, "spec.parameters", report);
    }
}

fn class_parameters(parameters: &Value, place: &str, report: &mut Report) {
    if let Some(group) = parameters.get("apiGroup") {
        let findings = format::subdomain(group.as_str().unwrap_or_default());
        report.findings(&format!("{place}.apiGroup"), group, findings);
    }
    for field in ["kind", "name"] {
        report.named(&format!("{place}.{field}"), text(parameters, &[field]), |text| {
            format::path_segment(text, false)
        });
    }
    let Some(scope) = parameters.get("scope").and_then(Value::as_str) else {
        report.required(&format!("{place}.scope"), "");
        return;
    };
    let field = format!("{place}.namespace");
    match (scope, parameters.get("namespace")) {
        ("Namespace", None) => report.required(&field, "`parameters.scope` is set to 'Namespace'"),
        ("Namespace", Some(namespace)) => {
            let findings = format::label(namespace.as_str().unwrap_or_default());
            report.findings(&field, namespace, findings);
        }
        ("Cluster", Some(_)) => report.forbidden(&field, "`parameters.scope` is set to 'Cluster'"),
        ("Cluster", None) => {}
        _ => report.one_of(&format!("{place}.scope"), scope, &["Cluster", "Namespace"]),
    }
}

/// Checks a Lease.
pub(super) fn lease(object: &Value, report: &mut Report) {
    if let Some(seconds) = int(object, &["spec", "leaseDurationSeconds"]).filter(|&seconds| seconds <= 0) {
        report.invalid("spec.leaseDurationSeconds", &json!(seconds), "must be greater than 0");
    }
    report.not_negative("spec.leaseTransitions", int(object, &["spec", "leaseTransitions"]));
}

/// Checks a PodDisruptionBudget.
pub(super) fn budget(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if least.is_some() && most.is_some() {
        let detail = "minAvailable and maxUnavailable cannot be both set";
        report.invalid_as("spec", "@policy.PodDisruptionBudgetSpec", Some(spec), detail);
    }
    for (field, value) in [("minAvailable", least), ("maxUnavailable", most)] {
        if let Some(value) = value {
            number_or_percent(value, &format!("spec.{field}"), report);
        }
    }
    label_selector(spec.get("selector"), "spec.selector", report);
    if let Some(policy) = spec.get("unhealthyPodEvictionPolicy") {
        let policies = ["AlwaysAllow", "IfHealthyBudget"];
        report.one_of(
            "spec.unhealthyPodEvictionPolicy",
            policy.as_str().unwrap_or_default(),
            &policies,
        );
    }
}

/// Checks the status of a PodDisruptionBudget.
pub(super) fn budget_status(object: &Value, report: &mut Report) {
    super::conditions::check(items(object, &["status", "conditions"]), "status.conditions", report);
    for field in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] {
        report.not_negative(&format!("status.{field}"), int(object, &["status", field]));
    }
}

/// Checks a number or a percentage, neither below zero.
pub(super) fn number_or_percent(value: &Value, field: &str, report: &mut Report) {
    match value {
        Value::String(text) => report.findings(field, value, format::percent(text)),
        _ => report.not_negative(field, value.as_i64()),
    }
    if let Some(percent) = value.as_str().and_then(|text| text.strip_suffix('%'))
        && percent.parse::<i64>().is_ok_and(|percent| percent > 100)
    {
        report.invalid(field, value, "must not be greater than 100%");
    }
}
