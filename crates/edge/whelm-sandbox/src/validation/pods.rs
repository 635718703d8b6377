//! Pods and their templates.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::metadata;
use super::report::Report;
use super::{containers, selector, volumes};
use crate::object::{int, items, text};

/// Checks a template of Pods: its labels and its specification.
pub(super) fn template(template: &Value, place: &str, report: &mut Report) {
    template_with(template, &[], place, report);
}

/// Checks a template of Pods that get more volumes than it has.
pub(super) fn template_with(template: &Value, more: &[&str], place: &str, report: &mut Report) {
    let metadata = template.get("metadata").unwrap_or(&Value::Null);
    report
        .0
        .extend(metadata::labels(metadata, &format!("{place}.labels"), "labels"));
    let nothing = Value::Null;
    let own = template.get("spec").unwrap_or(&nothing);
    spec_with(own, more, &format!("{place}.spec"), report);
    if !items(template, &["spec", "ephemeralContainers"]).is_empty() {
        report.forbidden(
            &format!("{place}.spec.ephemeralContainers"),
            "ephemeral containers not allowed in pod template",
        );
    }
}

/// Checks the specification of a Pod.
pub(super) fn spec(spec: &Value, place: &str, report: &mut Report) {
    spec_with(spec, &[], place, report);
}

fn spec_with(spec: &Value, more: &[&str], place: &str, report: &mut Report) {
    let mut names = volumes::check(items(spec, &["volumes"]), &format!("{place}.volumes"), report);
    names.extend(more.iter().map(|name| (*name).to_owned()));
    containers::check(spec, &names, place, report);
    one_of(spec, "restartPolicy", &["Always", "Never", "OnFailure"], place, report);
    one_of(
        spec,
        "dnsPolicy",
        &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
        place,
        report,
    );
    report
        .0
        .extend(metadata::labels(spec, &format!("{place}.nodeSelector"), "nodeSelector"));
    for (index, constraint) in items(spec, &["topologySpreadConstraints"]).iter().enumerate() {
        spread(
            constraint,
            &format!("{place}.topologySpreadConstraints[{index}]"),
            report,
        );
    }
    let account = text(spec, &["serviceAccountName"]);
    if !account.is_empty() {
        report.findings(
            &format!("{place}.serviceAccountName"),
            &json!(account),
            format::subdomain(account),
        );
    }
    let node = text(spec, &["nodeName"]);
    if !node.is_empty() {
        report.findings(&format!("{place}.nodeName"), &json!(node), format::subdomain(node));
    }
    if let Some(seconds) = int(spec, &["activeDeadlineSeconds"]) {
        let findings = format::in_range(seconds, 1, i64::from(i32::MAX));
        report.findings(&format!("{place}.activeDeadlineSeconds"), &json!(seconds), findings);
    }
    for field in ["hostname", "subdomain"] {
        let value = text(spec, &[field]);
        if !value.is_empty() {
            report.findings(&format!("{place}.{field}"), &json!(value), format::label(value));
        }
    }
    for (index, toleration) in items(spec, &["tolerations"]).iter().enumerate() {
        tolerate(toleration, &format!("{place}.tolerations[{index}]"), report);
    }
    for (index, alias) in items(spec, &["hostAliases"]).iter().enumerate() {
        let place = format!("{place}.hostAliases[{index}]");
        let address = text(alias, &["ip"]);
        report.findings(&format!("{place}.ip"), &json!(address), format::address(address));
        for (index, host) in items(alias, &["hostnames"]).iter().enumerate() {
            let findings = format::subdomain(host.as_str().unwrap_or_default());
            report.findings(&format!("{place}.hostnames[{index}]"), host, findings);
        }
    }
    for field in ["priorityClassName", "runtimeClassName"] {
        let value = text(spec, &[field]);
        if !value.is_empty() {
            report.findings(&format!("{place}.{field}"), &json!(value), format::subdomain(value));
        }
    }
}

fn one_of(spec: &Value, field: &str, supported: &[&str], place: &str, report: &mut Report) {
    let field_place = format!("{place}.{field}");
    match text(spec, &[field]) {
        "" => {}
        value => report.one_of(&field_place, value, supported),
    }
}

fn spread(constraint: &Value, place: &str, report: &mut Report) {
    let skew = int(constraint, &["maxSkew"]).unwrap_or(0);
    if skew <= 0 {
        report.invalid(&format!("{place}.maxSkew"), &json!(skew), "must be greater than zero");
    }
    let key = text(constraint, &["topologyKey"]);
    if key.is_empty() {
        report.required(&format!("{place}.topologyKey"), "can not be empty");
    } else {
        report.findings(&format!("{place}.topologyKey"), &json!(key), format::label_key(key));
    }
    report.one_of(
        &format!("{place}.whenUnsatisfiable"),
        text(constraint, &["whenUnsatisfiable"]),
        &["DoNotSchedule", "ScheduleAnyway"],
    );
    if let Some(least) = int(constraint, &["minDomains"]).filter(|&least| least <= 0) {
        report.invalid(
            &format!("{place}.minDomains"),
            &json!(least),
            "must be greater than zero",
        );
    }
    selector::label_selector(
        constraint.get("labelSelector"),
        &format!("{place}.labelSelector"),
        report,
    );
}

fn tolerate(toleration: &Value, place: &str, report: &mut Report) {
    let (key, operator, value) = (
        text(toleration, &["key"]),
        text(toleration, &["operator"]),
        text(toleration, &["value"]),
    );
    if !key.is_empty() {
        report.findings(&format!("{place}.key"), &json!(key), format::label_key(key));
    }
    if key.is_empty() && operator != "Exists" {
        report.invalid(
            &format!("{place}.operator"),
            &json!(operator),
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        );
    }
    let effect = text(toleration, &["effect"]);
    if toleration.get("tolerationSeconds").is_some() && effect != "NoExecute" {
        report.invalid(
            &format!("{place}.effect"),
            &json!(effect),
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
    match operator {
        "" | "Equal" => report.findings(&format!("{place}.operator"), &json!(value), format::label_value(value)),
        "Exists" if !value.is_empty() => {
            let detail = "value must be empty when `operator` is 'Exists'";
            report.invalid(&format!("{place}.operator"), &json!(toleration), detail);
        }
        "Exists" => {}
        other => report.one_of(&format!("{place}.operator"), other, &["Equal", "Exists"]),
    }
    if !effect.is_empty() {
        let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
        report.one_of(&format!("{place}.effect"), effect, &effects);
    }
}

/// Says what of a Pod may not change.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    let fixed = |object: &Value| {
        let mut spec = object.get("spec").cloned().unwrap_or_default();
        for field in [
            "activeDeadlineSeconds",
            "tolerations",
            "terminationGracePeriodSeconds",
            "schedulingGates",
            "nodeName",
        ] {
            crate::object::remove(&mut spec, &[field]);
        }
        for list in ["containers", "initContainers"] {
            if let Some(Value::Array(containers)) = spec.get_mut(list) {
                for container in containers {
                    crate::object::remove(container, &["image"]);
                }
            }
        }
        spec
    };
    if fixed(live) != fixed(object) {
        report.forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,\
             `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
             tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        );
    }
    let kept: BTreeSet<String> = items(object, &["spec", "tolerations"])
        .iter()
        .map(Value::to_string)
        .collect();
    let before = items(live, &["spec", "tolerations"]);
    if before.iter().any(|toleration| !kept.contains(&toleration.to_string())) {
        report.forbidden(
            "spec.tolerations",
            "existing toleration can not be modified except its tolerationSeconds",
        );
    }
}
