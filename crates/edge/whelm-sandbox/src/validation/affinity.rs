//! Near what a Pod wants to run.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use serde_json::{Value, json};

use super::report::Report;
use super::{format, nodes, selector};
use crate::object::{int, items, text};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Checks near which nodes and other Pods a Pod wants to run.
pub(super) fn check(spec: &Value, place: &str, report: &mut Report) {
    let Some(own) = spec.get("affinity") else { return };
    let place = format!("{place}.affinity");
    if let Some(own) = own.get("nodeAffinity") {
        to_nodes(own, &format!("{place}.nodeAffinity"), report);
    }
    for field in ["podAffinity", "podAntiAffinity"] {
        if let Some(own) = own.get(field) {
            to_pods(own, &format!("{place}.{field}"), report);
        }
    }
}

fn weight(own: &Value, place: &str, report: &mut Report) {
    let weight = int(own, &["weight"]).unwrap_or(0);
    if !(1..=100).contains(&weight) {
        report.invalid(&format!("{place}.weight"), &json!(weight), "must be in the range 1-100");
    }
}

fn to_nodes(own: &Value, place: &str, report: &mut Report) {
    if let Some(needed) = own.get(REQUIRED) {
        nodes::selector(needed, &format!("{place}.{REQUIRED}"), report);
    }
    for (index, term) in items(own, &[PREFERRED]).iter().enumerate() {
        let place = format!("{place}.{PREFERRED}[{index}]");
        weight(term, &place, report);
        if let Some(preference) = term.get("preference") {
            nodes::loose_term(preference, &format!("{place}.preference"), report);
        }
    }
}

fn to_pods(own: &Value, place: &str, report: &mut Report) {
    for (index, needed) in items(own, &[REQUIRED]).iter().enumerate() {
        term(needed, &format!("{place}.{REQUIRED}[{index}]"), report);
    }
    for (index, weighted) in items(own, &[PREFERRED]).iter().enumerate() {
        let place = format!("{place}.{PREFERRED}[{index}]");
        weight(weighted, &place, report);
        let own = weighted.get("podAffinityTerm").unwrap_or(&Value::Null);
        term(own, &format!("{place}.podAffinityTerm"), report);
    }
}

fn term(own: &Value, place: &str, report: &mut Report) {
    for field in ["labelSelector", "namespaceSelector"] {
        selector::label_selector(own.get(field), &format!("{place}.{field}"), report);
    }
    for name in items(own, &["namespaces"]) {
        let findings = format::label(name.as_str().unwrap_or_default());
        report.findings(&format!("{place}.namespace"), name, findings);
    }
    label_keys(own, place, report);
    let (key, field) = (text(own, &["topologyKey"]), format!("{place}.topologyKey"));
    if key.is_empty() {
        report.required(&field, "can not be empty");
    }
    report.findings(&field, &json!(key), format::label_key(key));
}

/// Checks the labels that the Pods that are meant have in common with this Pod.
pub(super) fn label_keys(own: &Value, place: &str, report: &mut Report) {
    for list in ["matchLabelKeys", "mismatchLabelKeys"] {
        let keys = items(own, &[list]);
        if !keys.is_empty() && own.get("labelSelector").is_none() {
            let detail = "must not be specified when labelSelector is not set";
            report.forbidden(&format!("{place}.{list}"), detail);
        }
        for (index, key) in keys.iter().enumerate() {
            let findings = format::label_key(key.as_str().unwrap_or_default());
            report.findings(&format!("{place}.{list}[{index}]"), key, findings);
        }
    }
    let others = items(own, &["mismatchLabelKeys"]);
    for (index, key) in items(own, &["matchLabelKeys"]).iter().enumerate() {
        if others.contains(key) {
            let detail = "exists in both matchLabelKeys and mismatchLabelKeys";
            report.invalid(&format!("{place}.matchLabelKeys[{index}]"), key, detail);
        }
    }
}
