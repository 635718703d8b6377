//! Services.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::metadata;
use super::report::Report;
use crate::object::{int, items, text};

/// Checks a Service.
pub(super) fn check(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let (kind, address) = (text(spec, &["type"]), text(spec, &["clusterIP"]));
    let ports = items(spec, &["ports"]);
    if ports.is_empty() && address != "None" && kind != "ExternalName" {
        report.required("spec.ports", "");
    }
    if kind == "ExternalName" {
        let name = text(spec, &["externalName"]);
        let form = name.strip_suffix('.').unwrap_or(name);
        if name.is_empty() {
            report.required("spec.externalName", "");
        } else {
            report.findings("spec.externalName", &json!(name), format::subdomain(form));
        }
    }
    check_ports(ports, report);
    report.0.extend(metadata::labels(spec, "spec.selector", "selector"));
    match text(spec, &["sessionAffinity"]) {
        "" => report.required("spec.sessionAffinity", ""),
        affinity => report.one_of("spec.sessionAffinity", affinity, &["ClientIP", "None"]),
    }
    for (index, address) in items(spec, &["externalIPs"]).iter().enumerate() {
        let findings = format::address(address.as_str().unwrap_or_default());
        report.findings(&format!("spec.externalIPs[{index}]"), address, findings);
    }
    match kind {
        "" => report.required("spec.type", ""),
        kind => report.one_of(
            "spec.type",
            kind,
            &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
        ),
    }
    policies(spec, report);
    unique_ports(ports, report);
}

fn policies(spec: &Value, report: &mut Report) {
    for field in ["externalTrafficPolicy", "internalTrafficPolicy"] {
        let policy = text(spec, &[field]);
        if !policy.is_empty() {
            report.one_of(&format!("spec.{field}"), policy, &["Cluster", "Local"]);
        }
    }
    if let Some(distribution) = spec.get("trafficDistribution").and_then(Value::as_str) {
        let supported = ["PreferClose", "PreferSameNode", "PreferSameZone"];
        report.one_of("spec.trafficDistribution", distribution, &supported);
    }
}

fn check_ports(ports: &[Value], report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let place = format!("spec.ports[{index}]");
        let name = text(port, &["name"]);
        if name.is_empty() && ports.len() > 1 {
            report.required(&format!("{place}.name"), "");
        } else if !name.is_empty() {
            report.findings(&format!("{place}.name"), &json!(name), format::label(name));
            if !names.insert(name) {
                report.duplicate(&format!("{place}.name"), &json!(name));
            }
        }
        let number = int(port, &["port"]).unwrap_or(0);
        report.findings(&format!("{place}.port"), &json!(number), format::port(number));
        match text(port, &["protocol"]) {
            "" => report.required(&format!("{place}.protocol"), ""),
            protocol => report.one_of(&format!("{place}.protocol"), protocol, &["SCTP", "TCP", "UDP"]),
        }
        match port.get("targetPort") {
            Some(own @ Value::Number(number)) => {
                let findings = format::port(number.as_i64().unwrap_or(0));
                report.findings(&format!("{place}.targetPort"), own, findings);
            }
            Some(own @ Value::String(name)) => {
                report.findings(&format!("{place}.targetPort"), own, format::port_name(name));
            }
            _ => {}
        }
        if let Some(protocol) = port.get("appProtocol") {
            let findings = format::label_key(protocol.as_str().unwrap_or_default());
            report.findings(&format!("{place}.appProtocol"), protocol, findings);
        }
    }
}

/// No two ports have the same number and protocol.
fn unique_ports(ports: &[Value], report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let (number, protocol) = (int(port, &["port"]).unwrap_or(0), text(port, &["protocol"]));
        if !seen.insert((number, protocol)) {
            let shown = json!({"protocol": protocol, "port": number});
            let mut own = serde_json::Map::new();
            own.insert("port".into(), shown.get("port").cloned().unwrap_or_default());
            own.insert("protocol".into(), shown.get("protocol").cloned().unwrap_or_default());
            report.duplicate(&format!("spec.ports[{index}]"), &Value::Object(own));
        }
    }
}

/// Says what of a Service may not change.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    let (before, after) = (text(live, &["spec", "clusterIP"]), text(object, &["spec", "clusterIP"]));
    let external = |object: &Value| text(object, &["spec", "type"]) == "ExternalName";
    if before.is_empty() || before == after || external(live) || external(object) {
        return;
    }
    report.invalid("spec.clusterIPs[0]", &json!([after]), "may not change once set");
}
