//! What the server tells clients about objects that it takes, but that may not do what was meant.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/api/{pod,service}/warnings.go` and the strategies of the kinds.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kinds::Kind;
use crate::object::{at, int, items, name, text};
use crate::validation::format;

/// Returns the warnings about a kind as a whole.
pub(crate) fn of_kind(kind: &Kind) -> Option<String> {
    let warning = match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "endpoints") => "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
        ("", "componentstatuses") => "v1 ComponentStatus is deprecated in v1.19+",
        _ => return None,
    };
    Some(warning.to_owned())
}

/// Returns the warnings about a new object.
pub(crate) fn created(kind: &Kind, object: &Value) -> Vec<String> {
    let mut warnings = Vec::new();
    let used_in = match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "pods") => "the Pod's hostname",
        ("apps", "deployments" | "replicasets") | ("batch", _) | ("", "replicationcontrollers") => {
            "Pod names and hostnames"
        }
        _ => "",
    };
    let findings = format::label(name(object));
    if !used_in.is_empty() && !findings.is_empty() {
        warnings.push(format!(
            "metadata.name: this is used in {used_in}, which can result in surprising behavior; a DNS label is recommended: \
             [{}]",
            findings.join(" "),
        ));
    }
    warnings.extend(specification(kind, object));
    warnings
}

/// Returns the warnings about an object that was changed.
pub(crate) fn updated(kind: &Kind, live: &Value, object: &Value) -> Vec<String> {
    let generation = |object: &Value| int(object, &["metadata", "generation"]);
    if kind.plural != "services" && generation(live) == generation(object) {
        return Vec::new();
    }
    specification(kind, object)
}

fn specification(kind: &Kind, object: &Value) -> Vec<String> {
    let template = match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "services") => return service(object),
        ("", "pods") => return pod(object, ""),
        ("", "podtemplates") => "template",
        ("batch", "cronjobs") => "spec.jobTemplate.spec.template",
        ("apps", "deployments" | "replicasets" | "statefulsets" | "daemonsets")
        | ("batch", "jobs")
        | ("", "replicationcontrollers") => "spec.template",
        _ => return Vec::new(),
    };
    let path: Vec<&str> = template.split('.').collect();
    at(object, &path)
        .map(|own| pod(own, &format!("{template}.")))
        .unwrap_or_default()
}

/// Warnings about a Pod or a template, whose place ends with a dot.
fn pod(pod: &Value, place: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    let spec = pod.get("spec").unwrap_or(&Value::Null);
    for (index, constraint) in items(spec, &["topologySpreadConstraints"]).iter().enumerate() {
        if constraint.get("labelSelector").is_none() {
            warnings.push(format!(
                "{place}spec.topologySpreadConstraints[{index}].labelSelector: a null labelSelector results in matching no pod"
            ));
        }
    }
    for (list, field) in [("hostAliases", "ip"), ("imagePullSecrets", "name")] {
        let mut seen = BTreeSet::new();
        for (index, item) in items(spec, &[list]).iter().enumerate() {
            let value = text(item, &[field]);
            if !seen.insert(value) {
                warnings.push(format!(
                    "{place}spec.{list}[{index}].{field}: duplicate {field} {value:?}"
                ));
            }
        }
    }
    for (index, secret) in items(spec, &["imagePullSecrets"]).iter().enumerate() {
        if text(secret, &["name"]).is_empty() {
            warnings.push(format!(
                "{place}spec.imagePullSecrets[{index}].name: invalid empty name \"\""
            ));
        }
    }
    for list in ["initContainers", "containers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            hidden_variables(container, &format!("{place}spec.{list}[{index}]"), &mut warnings);
        }
    }
    warnings
}

/// A variable that is there twice hides the first one, unless it refers to it.
fn hidden_variables(container: &Value, place: &str, warnings: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (index, variable) in items(container, &["env"]).iter().enumerate() {
        let (name, value) = (text(variable, &["name"]), text(variable, &["value"]));
        if seen.insert(name) {
            continue;
        }
        let reference = format!("$({name})");
        if variable.get("valueFrom").is_some() || value == reference || !value.contains(&reference) {
            warnings.push(format!(
                "{place}.env[{index}]: hides previous definition of {name:?}, which may be dropped when using apply"
            ));
        }
    }
}

fn service(object: &Value) -> Vec<String> {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let kind = text(spec, &["type"]);
    let is_external = kind == "ExternalName";
    let headless = text(spec, &["clusterIP"]) == "None" && !is_external;
    let has_addresses = !items(spec, &["externalIPs"]).is_empty();
    let mut warnings: Vec<&str> = Vec::new();
    if headless {
        if !text(spec, &["loadBalancerIP"]).is_empty() {
            warnings.push("spec.loadBalancerIP is ignored for headless services");
        }
        if has_addresses {
            warnings.push("spec.externalIPs is ignored for headless services");
        }
        if text(spec, &["sessionAffinity"]) != "None" {
            warnings.push("spec.SessionAffinity is ignored for headless services");
        }
    }
    if has_addresses && !headless && !is_external {
        warnings.push("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
    }
    if has_addresses && is_external {
        warnings.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
    }
    if !is_external && !text(spec, &["externalName"]).is_empty() {
        warnings.push("spec.externalName is ignored when spec.type is not \"ExternalName\"");
    }
    if text(spec, &["trafficDistribution"]) == "PreferClose" {
        warnings.push("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
    }
    warnings.into_iter().map(str::to_owned).collect()
}
