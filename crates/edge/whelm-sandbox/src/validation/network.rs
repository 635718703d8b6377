//! Ingresses and network policies.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/networking/validation`.

use serde_json::{Value, json};

use super::addresses::cidr;
use super::format;
use super::report::Report;
use super::selector::label_selector;
use crate::object::{at, int, items, text};

/// Checks an Ingress.
pub(super) fn ingress(object: &Value, report: &mut Report) {
    let rules = items(object, &["spec", "rules"]);
    let backend = at(object, &["spec", "defaultBackend"]);
    if rules.is_empty() && backend.is_none() {
        let own = at(object, &["spec", "rules"]);
        let detail = "either `defaultBackend` or `rules` must be specified";
        report.invalid_as("spec", "[@networking.IngressRule", own, detail);
    }
    if let Some(own) = backend {
        ingress_backend(own, "spec.defaultBackend", report);
    }
    for (index, rule) in rules.iter().enumerate() {
        ingress_rule(rule, &format!("spec.rules[{index}]"), report);
    }
    for (index, tls) in items(object, &["spec", "tls"]).iter().enumerate() {
        for (place, host) in items(tls, &["hosts"]).iter().enumerate() {
            let field = format!("spec.tls[{index}].hosts[{place}]");
            report.findings(&field, host, host_findings(host.as_str().unwrap_or_default()));
        }
        let secret = text(tls, &["secretName"]);
        if !secret.is_empty() {
            report.findings(
                &format!("spec.tls[{index}].secretName"),
                &json!(secret),
                format::subdomain(secret),
            );
        }
    }
    if let Some(class) = at(object, &["spec", "ingressClassName"]) {
        let findings = format::subdomain(class.as_str().unwrap_or_default());
        report.findings("spec.ingressClassName", class, findings);
    }
}

fn host_findings(host: &str) -> format::Findings {
    if host.contains('*') {
        format::wildcard_subdomain(host)
    } else {
        format::subdomain(host)
    }
}

fn ingress_rule(rule: &Value, place: &str, report: &mut Report) {
    let host = text(rule, &["host"]);
    if !host.is_empty() {
        let field = format!("{place}.host");
        if host.parse::<std::net::IpAddr>().is_ok() {
            report.invalid(&field, &json!(host), "must be a DNS name, not an IP address");
        }
        report.findings(&field, &json!(host), host_findings(host));
    }
    let Some(http) = rule.get("http") else { return };
    let paths = items(http, &["paths"]);
    if paths.is_empty() {
        report.required(&format!("{place}.http.paths"), "");
    }
    for (index, path) in paths.iter().enumerate() {
        ingress_path(path, &format!("{place}.http.paths[{index}]"), report);
    }
}

fn ingress_path(path: &Value, place: &str, report: &mut Report) {
    let own = text(path, &["path"]);
    let field = format!("{place}.path");
    let Some(kind) = at(path, &["pathType"]).and_then(Value::as_str) else {
        report.required(&format!("{place}.pathType"), "pathType must be specified");
        return;
    };
    match kind {
        "Exact" | "Prefix" => {
            if !own.starts_with('/') {
                report.invalid(&field, &json!(own), "must be an absolute path");
            }
            for sequence in ["//", "/./", "/../", "%2f", "%2F"] {
                if own.contains(sequence) {
                    report.invalid(&field, &json!(own), &format!("must not contain '{sequence}'"));
                }
            }
            for end in ["/..", "/."] {
                if own.ends_with(end) {
                    report.invalid(&field, &json!(own), &format!("cannot end with '{end}'"));
                }
            }
        }
        "ImplementationSpecific" => {
            if !own.is_empty() && !own.starts_with('/') {
                report.invalid(&field, &json!(own), "must be an absolute path");
            }
        }
        other => report.one_of(
            &format!("{place}.pathType"),
            other,
            &["Exact", "ImplementationSpecific", "Prefix"],
        ),
    }
    ingress_backend(
        path.get("backend").unwrap_or(&Value::Null),
        &format!("{place}.backend"),
        report,
    );
}

fn ingress_backend(backend: &Value, place: &str, report: &mut Report) {
    match (backend.get("resource"), backend.get("service")) {
        (Some(_), Some(_)) => report.invalid(place, &json!(""), "cannot set both resource and service backends"),
        (Some(resource), None) => {
            for name in ["kind", "name"] {
                report.named(&format!("{place}.resource.{name}"), text(resource, &[name]), |text| {
                    format::path_segment(text, false)
                });
            }
        }
        (None, Some(service)) => service_backend(service, place, report),
        (None, None) => report.invalid(place, &json!(""), "resource or service backend is required"),
    }
}

fn service_backend(service: &Value, place: &str, report: &mut Report) {
    report.named(
        &format!("{place}.service.name"),
        text(service, &["name"]),
        format::label,
    );
    let (name, number) = (
        text(service, &["port", "name"]),
        int(service, &["port", "number"]).unwrap_or(0),
    );
    match (name.is_empty(), number) {
        (true, 0) => report.required(place, "port name or number is required"),
        (true, number) => report.findings(
            &format!("{place}.service.port.number"),
            &json!(number),
            format::port(number),
        ),
        (false, 0) => report.findings(
            &format!("{place}.service.port.name"),
            &json!(name),
            format::port_name(name),
        ),
        _ => report.invalid(place, &json!(""), "cannot set both port name & port number"),
    }
}

/// Checks a NetworkPolicy.
pub(super) fn policy(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    label_selector(spec.get("podSelector"), "spec.podSelector", report);
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for (index, rule) in items(spec, &[direction]).iter().enumerate() {
            let place = format!("spec.{direction}[{index}]");
            for (index, port) in items(rule, &["ports"]).iter().enumerate() {
                policy_port(port, &format!("{place}.ports[{index}]"), report);
            }
            for (index, peer) in items(rule, &[peers]).iter().enumerate() {
                policy_peer(peer, &format!("{place}.{peers}[{index}]"), report);
            }
        }
    }
    let types = items(spec, &["policyTypes"]);
    if types.len() > 2 {
        report.invalid(
            "spec.policyTypes",
            &json!(types),
            "may not specify more than two policyTypes",
        );
        return;
    }
    for (index, kind) in types.iter().enumerate() {
        let field = format!("spec.policyTypes[{index}]");
        report.one_of(&field, kind.as_str().unwrap_or_default(), &["Ingress", "Egress"]);
    }
}

fn policy_port(port: &Value, place: &str, report: &mut Report) {
    let protocol = text(port, &["protocol"]);
    if !protocol.is_empty() {
        report.one_of(&format!("{place}.protocol"), protocol, &["SCTP", "TCP", "UDP"]);
    }
    let field = format!("{place}.port");
    match port.get("port") {
        Some(own @ Value::Number(number)) => {
            report.findings(&field, own, format::port(number.as_i64().unwrap_or(0)));
            if let Some(end) = int(port, &["endPort"]) {
                if end < number.as_i64().unwrap_or(0) {
                    report.invalid(
                        &format!("{place}.endPort"),
                        own,
                        "must be greater than or equal to `port`",
                    );
                }
                report.findings(&format!("{place}.endPort"), &json!(end), format::port(end));
            }
        }
        Some(own @ Value::String(name)) => {
            if let Some(end) = port.get("endPort") {
                report.invalid(
                    &format!("{place}.endPort"),
                    end,
                    "may not be specified when `port` is non-numeric",
                );
            }
            report.findings(&field, own, format::port_name(name));
        }
        _ => {
            if let Some(end) = port.get("endPort") {
                report.invalid(
                    &format!("{place}.endPort"),
                    end,
                    "may not be specified when `port` is not specified",
                );
            }
        }
    }
}

fn policy_peer(peer: &Value, place: &str, report: &mut Report) {
    let mut kinds = 0;
    for field in ["podSelector", "namespaceSelector"] {
        if peer.get(field).is_some() {
            kinds += 1;
            label_selector(peer.get(field), &format!("{place}.{field}"), report);
        }
    }
    let block = peer.get("ipBlock");
    if let Some(block) = block {
        ip_block(block, &format!("{place}.ipBlock"), report);
    }
    match (kinds, block.is_some()) {
        (0, false) => report.required(place, "must specify a peer"),
        (1.., true) => report.forbidden(place, "may not specify both ipBlock and another peer"),
        _ => {}
    }
}

fn ip_block(block: &Value, place: &str, report: &mut Report) {
    let range = text(block, &["cidr"]);
    if range.is_empty() {
        report.required(&format!("{place}.cidr"), "");
        return;
    }
    let findings = cidr(range);
    let fits = findings.is_empty();
    report.findings(&format!("{place}.cidr"), &json!(range), findings);
    if !fits {
        return;
    }
    for (index, except) in items(block, &["except"]).iter().enumerate() {
        let findings = cidr(except.as_str().unwrap_or_default());
        report.findings(&format!("{place}.except[{index}]"), except, findings);
    }
}
