//! The statuses of Pods.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{at, int, items, text};

/// Checks the status of a Pod, and how it changes.
pub(super) fn check(live: &Value, object: &Value, report: &mut Report) {
    let nothing = Value::Null;
    let (before, after) = (
        live.get("status").unwrap_or(&nothing),
        object.get("status").unwrap_or(&nothing),
    );
    let spec = live.get("spec").unwrap_or(&nothing);
    conditions(after, report);
    nominated(before, after, spec, report);
    let generation = int(after, &["observedGeneration"]).unwrap_or(0);
    if generation < 0 {
        let detail = "must be a non-negative integer";
        report.invalid("status.observedGeneration", &json!(generation), detail);
    }
    let (old, new) = (text(before, &["qosClass"]), text(after, &["qosClass"]));
    if old != new {
        report.invalid("status.qosClass", &json!(new), "field is immutable");
    }
    for (list, containers) in [
        ("containerStatuses", "containers"),
        ("initContainerStatuses", "initContainers"),
        ("ephemeralContainerStatuses", ""),
    ] {
        states(before, after, list, spec, containers, report);
    }
    claims(after, spec, report);
    if let Some(own) = after.get("extendedResourceClaimStatus") {
        extended(own, spec, report);
    }
    addresses(before, after, "podIPs", "[@core.PodIP", report);
    host_addresses(before, after, report);
}

fn conditions(status: &Value, report: &mut Report) {
    for (index, condition) in items(status, &["conditions"]).iter().enumerate() {
        let place = format!("status.conditions[{index}]");
        let (kind, generation) = (text(condition, &["type"]), int(condition, &["observedGeneration"]));
        if let Some(generation) = generation.filter(|&own| own < 0) {
            let detail = "must be a non-negative integer";
            report.invalid(&format!("{place}.observedGeneration"), &json!(generation), detail);
        }
        if !matches!(kind, "PodScheduled" | "Ready" | "Initialized") {
            report.findings(&format!("{place}.Type"), &json!(kind), format::label_key(kind));
        }
    }
}

fn nominated(before: &Value, after: &Value, spec: &Value, report: &mut Report) {
    let field = "status.nominatedNodeName";
    let node = text(after, &["nominatedNodeName"]);
    if node.is_empty() || node == text(before, &["nominatedNodeName"]) {
        return;
    }
    report.findings(field, &json!(node), format::subdomain(node));
    if !text(spec, &["nodeName"]).is_empty() {
        report.forbidden(field, "may not be set on pods that are already bound to a node");
    }
}

/// Says whether a container may start again that has ended with this code.
fn restarts(container: &Value, spec: &Value, code: i64) -> bool {
    for rule in items(container, &["restartPolicyRules"]) {
        let is_in = items(rule, &["exitCodes", "values"]).contains(&json!(code));
        let fits = match text(rule, &["exitCodes", "operator"]) {
            "In" => is_in,
            "NotIn" => !is_in,
            _ => false,
        };
        if fits {
            return true;
        }
    }
    let policy = match text(container, &["restartPolicy"]) {
        "" => text(spec, &["restartPolicy"]),
        own => own,
    };
    match policy {
        "Never" => false,
        "OnFailure" => code != 0,
        _ => true,
    }
}

/// What has ended and may not start again stays as it is.
fn states(before: &Value, after: &Value, list: &str, spec: &Value, containers: &str, report: &mut Report) {
    for (index, old) in items(before, &[list]).iter().enumerate() {
        let Some(end) = at(old, &["state", "terminated"]) else {
            continue;
        };
        let name = text(old, &["name"]);
        let mut same = items(after, &[list]).iter().filter(|new| text(new, &["name"]) == name);
        if !same.any(|new| at(new, &["state", "terminated"]).is_none()) {
            continue;
        }
        let mut own = items(spec, &[containers]).iter();
        let own = own.find(|container| text(container, &["name"]) == name);
        let code = int(end, &["exitCode"]).unwrap_or(0);
        if !own.is_some_and(|container| restarts(container, spec, code)) {
            let detail = "may not be transitioned to non-terminated state";
            report.forbidden(&format!("status.{list}[{index}].state"), detail);
        }
    }
}

fn claims(status: &Value, spec: &Value, report: &mut Report) {
    let known = items(spec, &["resourceClaims"]);
    let mut seen = BTreeSet::new();
    for (index, own) in items(status, &["resourceClaimStatuses"]).iter().enumerate() {
        let place = format!("status.resourceClaimStatuses[{index}]");
        let name = text(own, &["name"]);
        if !known.iter().any(|claim| text(claim, &["name"]) == name) {
            let detail = "must match the name of an entry in `spec.resourceClaims`";
            report.invalid(&format!("{place}.name"), &json!(name), detail);
        }
        if !seen.insert(name) {
            report.duplicate(&format!("{place}.name"), &json!(name));
        }
        if let Some(claim) = own.get("resourceClaimName").and_then(Value::as_str) {
            let field = format!("{place}.resourceClaimName");
            report.findings(&field, &json!(claim), format::subdomain(claim));
        }
    }
}

fn extended(own: &Value, spec: &Value, report: &mut Report) {
    let place = "status.extendedResourceClaimStatus";
    let mappings = items(own, &["requestMappings"]);
    if mappings.is_empty() {
        let detail = "at least one request mapping is required";
        report.required(&format!("{place}.requestMappings"), detail);
    }
    let containers = || {
        items(spec, &["containers"])
            .iter()
            .chain(items(spec, &["initContainers"]))
    };
    let mut seen = BTreeSet::new();
    for (index, mapping) in mappings.iter().enumerate() {
        let item = format!("{place}.requestMappings[{index}]");
        let key = ["containerName", "resourceName", "requestName"].map(|field| text(mapping, &[field]));
        let [container, resource, request] = key;
        match containers().find(|own| text(own, &["name"]) == container) {
            None => {
                let detail = "must match the name of an entry in spec.initContainers.name or spec.containers.name";
                report.invalid(&format!("{item}.containerName"), &json!(container), detail);
            }
            Some(found) if at(found, &["resources", "requests", resource]).is_none() => {
                let detail = "must match the extended resource name of an entry in \
                    spec.initContainers.resources.requests or spec.containers.resources.requests";
                report.invalid(&format!("{item}.resourceName"), &json!(resource), detail);
            }
            Some(_) => {}
        }
        let findings = format::label(request);
        report.findings(&format!("{place}.requestName"), &json!(request), findings);
        if !seen.insert(key) {
            for (field, value) in [
                ("containerName", container),
                ("resourceName", resource),
                ("requestName", request),
            ] {
                report.duplicate(&format!("{item}.{field}"), &json!(value));
            }
        }
    }
    let claim = text(own, &["resourceClaimName"]);
    report.named(&format!("{place}.resourceClaimName"), claim, format::subdomain);
}

/// Checks addresses that were not there before; of two, one is of each family.
fn addresses(before: &Value, after: &Value, list: &str, form: &str, report: &mut Report) {
    let field = format!("status.{list}");
    let known = items(before, &[list]);
    let own = items(after, &[list]);
    for (index, address) in own.iter().enumerate().filter(|(_, own)| !known.contains(own)) {
        let address = text(address, &["ip"]);
        let findings = format::address(address);
        report.findings(&format!("{field}[{index}]"), &json!(address), findings);
    }
    let families: BTreeSet<bool> = own.iter().map(|own| text(own, &["ip"]).contains(':')).collect();
    if own.len() > 1 && (families.len() != 2 || own.len() > 2) {
        let detail = "may specify no more than one IP for each IP family";
        report.invalid_as(&field, form, after.get(list), detail);
    }
}

fn host_addresses(before: &Value, after: &Value, report: &mut Report) {
    let Some(first) = items(after, &["hostIPs"]).first() else {
        return;
    };
    let first = text(first, &["ip"]);
    if first != text(after, &["hostIP"]) {
        report.invalid("status.hostIPs[0].ip", &json!(first), "must be equal to `hostIP`");
    }
    addresses(before, after, "hostIPs", "[@core.HostIP", report);
}
