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

/// Checks what a Pod tolerates of a node.
pub(super) fn tolerate(toleration: &Value, place: &str, report: &mut Report) {
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
    let nothing = Value::Null;
    let (before, after) = (
        live.get("spec").unwrap_or(&nothing),
        object.get("spec").unwrap_or(&nothing),
    );
    for list in ["containers", "initContainers"] {
        let place = format!("spec.{list}");
        if !container_changes(items(before, &[list]), items(after, &[list]), &place, report) {
            return;
        }
    }
    if !deadline_changes(before, after, report) {
        return;
    }
    toleration_changes(before, after, report);
    gate_changes(before, after, report);
    let mut munged = after.clone();
    for list in ["containers", "initContainers"] {
        if let Some(Value::Array(containers)) = munged.get_mut(list) {
            for (container, before) in containers.iter_mut().zip(items(before, &[list])) {
                crate::object::set(container, &["image"], text(before, &["image"]));
            }
        }
    }
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        restore(before, &mut munged, field);
    }
    let grace = "terminationGracePeriodSeconds";
    if int(before, &[grace]).is_some_and(|grace| grace < 0) && int(after, &[grace]) == Some(1) {
        restore(before, &mut munged, grace);
    }
    if &munged != before {
        let detail = "pod updates may not change fields other than `spec.containers[*].image`,\
             `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
             tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
        let values = [Some(before), Some(&munged)];
        report.forbidden_change("spec", detail, "@core.PodSpec", values);
    }
}

/// Makes a field what it was.
fn restore(before: &Value, after: &mut Value, field: &str) {
    match before.get(field) {
        Some(value) => crate::object::set(after, &[field], value.clone()),
        None => {
            crate::object::remove(after, &[field]);
        }
    }
}

/// Containers stay as many as they are, and keep having images. Says whether there are as many.
fn container_changes(before: &[Value], after: &[Value], place: &str, report: &mut Report) -> bool {
    if before.len() != after.len() {
        report.forbidden(place, "pod updates may not add or remove containers");
        return false;
    }
    for (index, container) in after.iter().enumerate() {
        let image = text(container, &["image"]);
        let field = format!("{place}[{index}].image");
        if image.is_empty() {
            report.required(&field, "");
        } else if image.trim() != image {
            report.invalid(&field, &json!(image), "must not have leading or trailing whitespace");
        }
    }
    true
}

/// A deadline may come, or come nearer. Says whether it is worth while to look on.
fn deadline_changes(before: &Value, after: &Value, report: &mut Report) -> bool {
    let field = "spec.activeDeadlineSeconds";
    let own = |spec| int(spec, &["activeDeadlineSeconds"]);
    match (own(before), own(after)) {
        (_, Some(new)) if !(0..=i64::from(i32::MAX)).contains(&new) => {
            let findings = format::in_range(new, 0, i64::from(i32::MAX));
            report.findings(field, &json!(new), findings);
            false
        }
        (Some(old), Some(new)) if old < new => {
            report.invalid(field, &json!(new), "must be less than or equal to previous value");
            false
        }
        (Some(_), None) => {
            let detail = "must not update from a positive integer to nil value";
            report.invalid(field, &Value::Null, detail);
            true
        }
        _ => true,
    }
}

/// Tolerations may come, and those that there are may last for another time.
fn toleration_changes(before: &Value, after: &Value, report: &mut Report) {
    let lasting = |toleration: &Value| {
        let mut own = toleration.clone();
        crate::object::remove(&mut own, &["tolerationSeconds"]);
        own.to_string()
    };
    let kept: BTreeSet<String> = items(after, &["tolerations"]).iter().map(lasting).collect();
    for toleration in items(before, &["tolerations"]) {
        if !kept.contains(&lasting(toleration)) {
            let detail = "existing toleration can not be modified except its tolerationSeconds";
            report.forbidden("spec.tolerations", detail);
            return;
        }
    }
    for (index, toleration) in items(after, &["tolerations"]).iter().enumerate() {
        tolerate(toleration, &format!("spec.tolerations[{index}]"), report);
    }
}

/// What keeps a Pod from being scheduled can only go.
fn gate_changes(before: &Value, after: &Value, report: &mut Report) {
    let old = items(before, &["schedulingGates"]);
    for (index, gate) in items(after, &["schedulingGates"]).iter().enumerate() {
        if !old.contains(gate) {
            let name = text(gate, &["name"]);
            let detail = format!("only deletion is allowed, but found new scheduling gate '{name}'");
            report.forbidden(&format!("spec.schedulingGates[{index}].name"), &detail);
        }
    }
}
