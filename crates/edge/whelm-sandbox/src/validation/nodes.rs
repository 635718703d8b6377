//! Nodes, and what selects them.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::report::Report;
use super::{addresses, format, limits, selector};
use crate::object::{at, items, text};
use crate::status::FieldFault;

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Checks a new Node.
pub(super) fn created(object: &Value, report: &mut Report) {
    taints(object, report);
    resources(object, report);
    features(object, report);
    let ranges = items(object, &["spec", "podCIDRs"]);
    for (index, range) in ranges.iter().enumerate() {
        let findings = addresses::cidr(range.as_str().unwrap_or_default());
        report.findings(&format!("spec.podCIDRs[{index}]"), range, findings);
    }
    let is_six = |range: &Value| range.as_str().is_some_and(|text| text.contains(':'));
    let both = ranges.iter().any(is_six) && !ranges.iter().all(is_six);
    if ranges.len() > 1 && (!both || ranges.len() > 2) {
        let detail = "may specify no more than one CIDR for each IP family";
        report.invalid("spec.podCIDRs", &json!(ranges), detail);
    }
}

fn taints(object: &Value, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (index, taint) in items(object, &["spec", "taints"]).iter().enumerate() {
        let place = format!("metadata.taints[{index}]");
        let (key, value, effect) = (text(taint, &["key"]), text(taint, &["value"]), text(taint, &["effect"]));
        report.findings(&format!("{place}.key"), &json!(key), format::label_key(key));
        let findings = format::label_value(value);
        if !findings.is_empty() {
            report.invalid(&format!("{place}.value"), &json!(value), &findings.join(";"));
        }
        let field = format!("{place}.effect");
        if effect.is_empty() {
            report.required(&field, "");
        } else {
            report.one_of(&field, effect, &EFFECTS);
        }
        if !seen.insert((key, effect)) {
            let shown = crate::internal::shown("@core.Taint", Some(taint));
            report.0.push(FieldFault {
                reason: "FieldValueDuplicate",
                field: place,
                message: format!("Duplicate value: {shown}: taints must be unique by key and effect pair"),
            });
        }
    }
}

fn resources(object: &Value, report: &mut Report) {
    for list in ["capacity", "allocatable"] {
        let own = at(object, &["status", list]).and_then(Value::as_object);
        for (name, value) in own.into_iter().flatten() {
            limits::amount(name, value, &format!("status.{list}.{name}"), report);
        }
    }
}

/// Checks the features that a Node says it has.
fn features(object: &Value, report: &mut Report) {
    let list = items(object, &["status", "declaredFeatures"]);
    let own = |index: usize| list.get(index).and_then(Value::as_str).unwrap_or_default();
    for (index, feature) in list.iter().enumerate() {
        let (name, field) = (own(index), format!("status.declaredFeatures[{index}]"));
        if !is_feature(name) {
            let detail = format!(
                "invalid feature name {name:?}: must start with an UpperCamelCase segment, with subsequent segments separated by \
                 '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"
            );
            report.invalid(&field, feature, &detail);
        }
        let Some(next) = list.get(index + 1) else { continue };
        let field = format!("status.declaredFeatures[{}]", index + 1);
        match name.cmp(own(index + 1)) {
            std::cmp::Ordering::Equal => report.duplicate(&field, next),
            std::cmp::Ordering::Greater => report.invalid(&field, next, "list must be sorted alphabetically"),
            std::cmp::Ordering::Less => {}
        }
    }
}

fn is_feature(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name
            .split('/')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Checks how a Node changes.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    resources(object, report);
    features(object, report);
    let mut seen: Vec<&Value> = Vec::new();
    for (index, address) in items(object, &["status", "addresses"]).iter().enumerate() {
        if seen.contains(&address) {
            report.duplicate_as(&format!("status.addresses[{index}]"), "@core.NodeAddress", address);
        }
        seen.push(address);
    }
    let (before, after) = (items(live, &["spec", "podCIDRs"]), items(object, &["spec", "podCIDRs"]));
    let changed = if before.len() == after.len() {
        before
            .iter()
            .zip(after)
            .filter(|(before, after)| before != after)
            .count()
    } else {
        usize::from(!before.is_empty())
    };
    for _ in 0..changed {
        let detail = "node updates may not change podCIDR except from \"\" to valid";
        report.forbidden("spec.podCIDRs", detail);
    }
    let provider = |object| text(object, &["spec", "providerID"]);
    if !provider(live).is_empty() && provider(live) != provider(object) {
        let detail = "node updates may not change providerID except from \"\" to valid";
        report.forbidden("spec.providerID", detail);
    }
    config(object, report);
    taints(object, report);
    let external = |object| text(object, &["spec", "externalID"]);
    if external(live) != external(object) {
        report.forbidden("spec.externalID", "may not be updated");
    }
}

/// Checks where a Node has its configuration from.
fn config(object: &Value, report: &mut Report) {
    let Some(source) = at(object, &["spec", "configSource"]) else {
        return;
    };
    let place = "spec.configSource";
    match source.get("configMap") {
        None => {
            let detail = "exactly one reference subfield must be non-nil";
            report.invalid_as(place, "*@core.NodeConfigSource", Some(source), detail);
        }
        Some(map) => {
            let place = format!("{place}.configMap");
            for field in ["uid", "resourceVersion"] {
                if !text(map, &[field]).is_empty() {
                    let detail = format!("{field} must not be set in spec");
                    report.forbidden(&format!("{place}.{field}"), &detail);
                }
            }
            config_map(map, &place, report);
        }
    }
}

fn config_map(map: &Value, place: &str, report: &mut Report) {
    report.named(&format!("{place}.namespace"), text(map, &["namespace"]), format::label);
    report.named(&format!("{place}.name"), text(map, &["name"]), format::subdomain);
    report.named(
        &format!("{place}.kubeletConfigKey"),
        text(map, &["kubeletConfigKey"]),
        format::config_key,
    );
}

/// Checks a selector of nodes.
pub(super) fn selector(selector: &Value, place: &str, report: &mut Report) {
    let terms = items(selector, &["nodeSelectorTerms"]);
    let place = format!("{place}.nodeSelectorTerms");
    if terms.is_empty() {
        report.required(&place, "must have at least one node selector term");
    }
    for (index, own) in terms.iter().enumerate() {
        term(own, &format!("{place}[{index}]"), report);
    }
}

/// Checks one term of a selector of nodes.
pub(super) fn term(term: &Value, place: &str, report: &mut Report) {
    any_term(term, true, place, report);
}

/// Checks one term of a selector of nodes whose values may be any texts.
pub(super) fn loose_term(term: &Value, place: &str, report: &mut Report) {
    any_term(term, false, place, report);
}

fn any_term(term: &Value, strict: bool, place: &str, report: &mut Report) {
    for (index, own) in items(term, &["matchExpressions"]).iter().enumerate() {
        requirement(own, strict, &format!("{place}.matchExpressions[{index}]"), report);
    }
    for (index, own) in items(term, &["matchFields"]).iter().enumerate() {
        field_requirement(own, &format!("{place}.matchFields[{index}]"), report);
    }
}

fn requirement(own: &Value, strict: bool, place: &str, report: &mut Report) {
    if matches!(text(own, &["operator"]), "Gt" | "Lt") {
        if items(own, &["values"]).len() != 1 {
            let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
            report.required(&format!("{place}.values"), detail);
        }
    } else {
        selector::values_fit(own, place, report);
    }
    selector::check_key(own, place, report);
    if strict {
        selector::check_values(own, place, report);
    }
}

fn field_requirement(own: &Value, place: &str, report: &mut Report) {
    let (operator, values) = (text(own, &["operator"]), items(own, &["values"]));
    match operator {
        "In" | "NotIn" => {
            if values.len() != 1 {
                let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
                report.required(&format!("{place}.values"), detail);
            }
        }
        _ => report.invalid(
            &format!("{place}.operator"),
            &json!(operator),
            "not a valid selector operator",
        ),
    }
    let key = text(own, &["key"]);
    if key != "metadata.name" {
        report.invalid(&format!("{place}.key"), &json!(key), "not a valid field selector key");
        return;
    }
    for (index, value) in values.iter().enumerate() {
        let findings = format::subdomain(value.as_str().unwrap_or_default());
        report.findings(&format!("{place}.values[{index}]"), value, findings);
    }
}
