//! HorizontalPodAutoscalers.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/autoscaling/validation`.

use serde_json::{Value, json};

use super::report::Report;
use super::{format, limits, storage};
use crate::object::{at, int, items, text};
use crate::quantity::Quantity;

/// The types of metrics, with their fields in the order in which the real server looks at them.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];
const TYPES: [&str; 5] = ["ContainerResource", "External", "Object", "Pods", "Resource"];

/// Checks a HorizontalPodAutoscaler.
pub(super) fn check(object: &Value, live: Option<&Value>, report: &mut Report) {
    // The real server holds all of them as the newest version has them.
    let newest = |object: &Value| {
        let mut kind = crate::kinds::Kind::of_options("HorizontalPodAutoscaler");
        (kind.plural, kind.group, kind.version) =
            ("horizontalpodautoscalers".into(), "autoscaling".into(), "v2".into());
        crate::convert::converted(&kind, object).unwrap_or_else(|| object.clone())
    };
    let (object, live) = (newest(object), live.map(newest));
    let spec = object.get("spec").unwrap_or(&Value::Null);
    replicas(spec, live.as_ref(), report);
    let target = |object: &Value| at(object, &["spec", "scaleTargetRef"]).cloned();
    let own = target(&object).unwrap_or_default();
    let was_wrong = live
        .as_ref()
        .and_then(target)
        .is_some_and(|own| version_fault(&own).is_some());
    reference(&own, "spec.scaleTargetRef", !was_wrong, report);
    metrics(spec, report);
    for (field, name) in [
        ("scaleUp", "spec.behavior.scaleUp"),
        ("scaleDown", "spec.behavior.scaleDown"),
    ] {
        if let Some(rules) = at(spec, &["behavior", field]) {
            scaling_rules(rules, name, report);
        }
    }
}

fn replicas(spec: &Value, live: Option<&Value>, report: &mut Report) {
    let (least, most) = (int(spec, &["minReplicas"]), int(spec, &["maxReplicas"]).unwrap_or(0));
    let was_zero = live.is_some_and(|live| int(live, &["spec", "minReplicas"]) == Some(0));
    let lowest = i64::from(!was_zero);
    if let Some(least) = least.filter(|&least| least < lowest) {
        let detail = format!("must be greater than or equal to {lowest}");
        report.invalid("spec.minReplicas", &json!(least), &detail);
    }
    if most == 0 {
        report.required("spec.maxReplicas", "must be set and greater than 0");
    } else if most < 0 {
        let detail = "must be greater than or equal to 1";
        report.invalid("spec.maxReplicas", &json!(most), detail);
    }
    if least.is_some_and(|least| most < least) {
        let detail = "must be greater than or equal to `minReplicas`";
        report.invalid("spec.maxReplicas", &json!(most), detail);
    }
}

/// Says what keeps the version of a reference from being one with a group.
fn version_fault(target: &Value) -> Option<String> {
    let version = text(target, &["apiVersion"]);
    match version.matches('/').count() {
        0 => Some("apiVersion must specify API group".into()),
        1 if version.starts_with('/') => Some("apiVersion must specify API group".into()),
        1 => None,
        _ => Some(format!("unexpected GroupVersion string: {version}")),
    }
}

fn reference(target: &Value, place: &str, with_group: bool, report: &mut Report) {
    for field in ["kind", "name"] {
        report.named(&format!("{place}.{field}"), text(target, &[field]), |text| {
            format::path_segment(text, false)
        });
    }
    if let Some(fault) = version_fault(target).filter(|_| with_group) {
        let version = json!(text(target, &["apiVersion"]));
        report.invalid(&format!("{place}.apiVersion"), &version, &fault);
    }
}

fn metrics(spec: &Value, report: &mut Report) {
    let list = items(spec, &["metrics"]);
    for (index, own) in list.iter().enumerate() {
        metric(own, &format!("spec.metrics[{index}]"), report);
    }
    let others = list
        .iter()
        .any(|own| matches!(text(own, &["type"]), "Object" | "External"));
    if int(spec, &["minReplicas"]) == Some(0) && !others {
        let detail = "must specify at least one Object or External metric to support scaling to zero replicas";
        report.forbidden("spec.metrics", detail);
    }
}

fn metric(own: &Value, place: &str, report: &mut Report) {
    let kind = text(own, &["type"]);
    let field = format!("{place}.type");
    if kind.is_empty() {
        report.required(&field, "must specify a metric source type");
    }
    report.one_of(&field, kind, &TYPES);
    let present: Vec<&str> = SOURCES
        .iter()
        .map(|(_, field)| *field)
        .filter(|field| own.get(field).is_some())
        .collect();
    if let Some((field, source)) = present.first().and_then(|field| Some((*field, own.get(*field)?))) {
        metric_source(field, source, &format!("{place}.{field}"), report);
    }
    let wanted = SOURCES.iter().find(|(own, _)| *own == kind).map(|(_, field)| *field);
    match wanted {
        Some(field) if own.get(field).is_none() => report.required(
            &format!("{place}.{field}"),
            "must populate information for the given metric source",
        ),
        Some(_) => {}
        None => report.one_of(&field, kind, &TYPES),
    }
    if present.len() != 1 {
        for other in present.iter().filter(|field| Some(**field) != wanted) {
            let detail = "must populate the given metric source only";
            report.forbidden(&format!("{place}.{other}"), detail);
        }
    }
}

fn metric_source(field: &str, source: &Value, place: &str, report: &mut Report) {
    match field {
        "resource" | "containerResource" => {
            let name = text(source, &["name"]);
            if name.is_empty() {
                report.required(&format!("{place}.name"), "must specify a resource name");
            } else if field == "containerResource" {
                limits::container_resource(name, &format!("{place}.name"), report);
            }
            if field == "containerResource" {
                let container = text(source, &["container"]);
                let field = format!("{place}.container");
                if container.is_empty() {
                    report.required(&field, "must specify a container");
                }
                report.formed(&field, container, format::label);
            }
        }
        _ => {
            if field == "object" {
                let described = source.get("describedObject").unwrap_or(&Value::Null);
                reference(described, &format!("{place}.describedObject"), false, report);
            }
            let name = text(source, &["metric", "name"]);
            let field = format!("{place}.metric.name");
            if name.is_empty() {
                report.required(&field, "must specify a metric name");
            } else {
                report.findings(&field, &json!(name), format::path_segment(name, false));
            }
        }
    }
    let target = source.get("target").unwrap_or(&Value::Null);
    metric_target(target, &format!("{place}.target"), report);
    target_fields(field, target, &format!("{place}.target"), report);
}

fn metric_target(target: &Value, place: &str, report: &mut Report) {
    let kind = text(target, &["type"]);
    let field = format!("{place}.type");
    if kind.is_empty() {
        report.required(&field, "must specify a metric target type");
    }
    if !matches!(kind, "Utilization" | "Value" | "AverageValue") {
        let detail = "must be either Utilization, Value, or AverageValue";
        report.invalid(&field, &json!(kind), detail);
    }
    for field in ["value", "averageValue"] {
        if let Some(amount) = target.get(field) {
            let parsed = amount.as_str().and_then(|text| Quantity::parse(text).ok());
            if parsed.is_some_and(|amount| amount.nanos() <= 0) {
                report.invalid(&format!("{place}.{field}"), amount, "must be positive");
            }
        }
    }
    if let Some(percent) = int(target, &["averageUtilization"]).filter(|&percent| percent < 1) {
        let field = format!("{place}.averageUtilization");
        report.invalid(&field, &json!(percent), "must be greater than 0");
    }
}

/// Which amounts a target has to name.
fn target_fields(field: &str, target: &Value, place: &str, report: &mut Report) {
    let has = |field: &str| target.get(field).is_some();
    let (average, value, utilization) = (has("averageValue"), has("value"), has("averageUtilization"));
    let place_of = |field: &str| format!("{place}.{field}");
    match field {
        "object" if !value && !average => report.required(
            &place_of("averageValue"),
            "must set either a target value or averageValue",
        ),
        "external" if !value && !average => report.required(
            &place_of("averageValue"),
            "must set either a target value for metric or a per-pod target",
        ),
        "external" if value && average => report.forbidden(
            &place_of("value"),
            "may not set both a target value for metric and a per-pod target",
        ),
        "pods" if !average => report.required(&place_of("averageValue"), "must specify a positive target averageValue"),
        "resource" | "containerResource" if !utilization && !average => report.required(
            &place_of("averageUtilization"),
            "must set either a target raw value or a target utilization",
        ),
        "resource" | "containerResource" if utilization && average => report.forbidden(
            &place_of("averageValue"),
            "may not set both a target raw value and a target utilization",
        ),
        _ => {}
    }
}

fn scaling_rules(rules: &Value, place: &str, report: &mut Report) {
    let field = format!("{place}.stabilizationWindowSeconds");
    match int(rules, &["stabilizationWindowSeconds"]) {
        Some(seconds) if seconds < 0 => {
            let detail = "must be greater than or equal to zero";
            report.invalid(&field, &json!(seconds), detail);
        }
        Some(seconds) if seconds > 3600 => {
            report.invalid(&field, &json!(seconds), "must be less than or equal to 3600");
        }
        _ => {}
    }
    if let Some(policy) = rules.get("selectPolicy").and_then(Value::as_str) {
        report.one_of(&format!("{place}.selectPolicy"), policy, &["Disabled", "Max", "Min"]);
    }
    let policies = items(rules, &["policies"]);
    if policies.is_empty() {
        report.required(&format!("{place}.policies"), "must specify at least one Policy");
    }
    for (index, policy) in policies.iter().enumerate() {
        scaling_policy(policy, &format!("{place}.policies[{index}]"), report);
    }
    if let Some(tolerance) = rules.get("tolerance") {
        storage::not_negative_amount(&format!("{place}.tolerance"), tolerance, report);
    }
}

fn scaling_policy(policy: &Value, place: &str, report: &mut Report) {
    report.one_of(&format!("{place}.type"), text(policy, &["type"]), &["Percent", "Pods"]);
    for field in ["value", "periodSeconds"] {
        let number = int(policy, &[field]).unwrap_or(0);
        let place = format!("{place}.{field}");
        if number <= 0 {
            report.invalid(&place, &json!(number), "must be greater than zero");
        }
        if field == "periodSeconds" && number > 1800 {
            report.invalid(&place, &json!(number), "must be less than or equal to 1800");
        }
    }
}
