//! Which objects a quota is about.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/quota/v1/evaluator/core`.

use serde_json::{Value, json};

use crate::object::{at, int, items, text};

/// Says whether an object is in all scopes of a quota.
pub(super) fn cover(quota: &Value, object: &Value) -> bool {
    let scopes = items(quota, &["spec", "scopes"]).iter().filter_map(Value::as_str);
    let expressions = items(quota, &["spec", "scopeSelector", "matchExpressions"]);
    scopes
        .map(|scope| json!({"scopeName": scope, "operator": "Exists"}))
        .chain(expressions.iter().cloned())
        .all(|expression| contains(&expression, object))
}

fn contains(expression: &Value, object: &Value) -> bool {
    let ends = int(object, &["spec", "activeDeadlineSeconds"]).is_some_and(|seconds| seconds >= 0);
    let is_best_effort = text(object, &["status", "qosClass"]) == "BestEffort";
    match text(expression, &["scopeName"]) {
        "Terminating" => ends,
        "NotTerminating" => !ends,
        "BestEffort" => is_best_effort,
        "NotBestEffort" => !is_best_effort,
        "PriorityClass" => selects(expression, text(object, &["spec", "priorityClassName"])),
        "VolumeAttributesClass" => {
            let class = text(object, &["spec", "volumeAttributesClassName"]);
            selects(expression, class)
        }
        "CrossNamespacePodAffinity" => looks_elsewhere(object),
        _ => false,
    }
}

fn selects(expression: &Value, class: &str) -> bool {
    let is_listed = items(expression, &["values"]).contains(&json!(class));
    match text(expression, &["operator"]) {
        "In" => is_listed,
        "NotIn" => !is_listed,
        "DoesNotExist" => class.is_empty(),
        _ => !class.is_empty(),
    }
}

/// Says whether a Pod wants to run near Pods, or far from Pods, of other namespaces.
fn looks_elsewhere(pod: &Value) -> bool {
    let elsewhere =
        |term: &Value| !items(term, &["namespaces"]).is_empty() || at(term, &["namespaceSelector"]).is_some();
    ["podAffinity", "podAntiAffinity"].iter().any(|kind| {
        let list = |name: &str| items(pod, &["spec", "affinity", kind, name]).iter();
        let required = list("requiredDuringSchedulingIgnoredDuringExecution");
        let preferred = list("preferredDuringSchedulingIgnoredDuringExecution");
        let preferred = preferred.filter_map(|own| own.get("podAffinityTerm"));
        required.chain(preferred).any(elsewhere)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_select_pods() {
        let quota = |spec: Value| json!({"spec": spec});
        let pod = json!({"spec": {"activeDeadlineSeconds": 5, "priorityClassName": "high"},
            "status": {"qosClass": "BestEffort"}});
        assert!(cover(&quota(json!({})), &pod));
        assert!(cover(&quota(json!({"scopes": ["Terminating", "BestEffort"]})), &pod));
        assert!(!cover(&quota(json!({"scopes": ["NotTerminating"]})), &pod));
        let of_class = |operator: &str, values: Value| {
            let expression = json!({"scopeName": "PriorityClass", "operator": operator, "values": values});
            quota(json!({"scopeSelector": {"matchExpressions": [expression]}}))
        };
        assert!(cover(&of_class("In", json!(["high"])), &pod));
        assert!(!cover(&of_class("NotIn", json!(["high"])), &pod));
        assert!(!cover(&of_class("In", json!(["low"])), &pod));
    }
}
