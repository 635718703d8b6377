//! Services.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::report::Report;
use super::{addresses, endpoints, format, metadata};
use crate::object::{int, items, text};
use crate::status::FieldFault;

/// Checks a Service.
pub(super) fn check(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let ports = items(spec, &["ports"]);
    kinds(spec, report);
    check_ports(ports, report);
    report.0.extend(metadata::labels(spec, "spec.selector", "selector"));
    affinity(spec, report);
    families(spec, report);
    for (index, address) in items(spec, &["externalIPs"]).iter().enumerate() {
        let (text, field) = (
            address.as_str().unwrap_or_default(),
            format!("spec.externalIPs[{index}]"),
        );
        let findings = format::address(text);
        if findings.is_empty() {
            endpoints::reachable(text, &field, report);
        }
        report.findings(&field, address, findings);
    }
    match text(spec, &["type"]) {
        "" => report.required("spec.type", ""),
        kind => report.one_of(
            "spec.type",
            kind,
            &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
        ),
    }
    node_ports(spec, report);
    unique_ports(ports, report);
    balancers(spec, report);
    policies(spec, report);
}

/// Checks what the type of a Service needs and forbids.
fn kinds(spec: &Value, report: &mut Report) {
    let (kind, is_headless) = (text(spec, &["type"]), text(spec, &["clusterIP"]) == "None");
    if items(spec, &["ports"]).is_empty() && !is_headless && kind != "ExternalName" {
        report.required("spec.ports", "");
    }
    if matches!(kind, "LoadBalancer" | "NodePort") && is_headless {
        let detail = format!("may not be set to 'None' for {kind} services");
        report.invalid("spec.clusterIPs[0]", &json!("None"), &detail);
    }
    if kind != "ExternalName" {
        return;
    }
    for field in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        let own = spec.get(field);
        if own.is_some_and(|own| own.as_array().is_none_or(|list| !list.is_empty())) {
            report.forbidden(&format!("spec.{field}"), "may not be set for ExternalName services");
        }
    }
    let name = text(spec, &["externalName"]);
    let form = name.strip_suffix('.').unwrap_or(name);
    if form.is_empty() {
        report.required("spec.externalName", "");
    } else {
        report.findings("spec.externalName", &json!(form), format::subdomain(form));
    }
}

fn affinity(spec: &Value, report: &mut Report) {
    let place = "spec.sessionAffinityConfig";
    let kind = text(spec, &["sessionAffinity"]);
    match kind {
        "" => report.required("spec.sessionAffinity", ""),
        kind => report.one_of("spec.sessionAffinity", kind, &["ClientIP", "None"]),
    }
    let config = spec.get("sessionAffinityConfig");
    let needed = "when session affinity type is ClientIP";
    match (kind, config) {
        ("None", Some(_)) => report.forbidden(place, "must not be set when session affinity is None"),
        ("ClientIP", None) => report.required(place, needed),
        ("ClientIP", Some(config)) => {
            let field = format!("{place}.clientIP.timeoutSeconds");
            match (config.get("clientIP"), int(config, &["clientIP", "timeoutSeconds"])) {
                (None, _) => report.required(&format!("{place}.clientIP"), needed),
                (Some(_), None) => report.required(&field, needed),
                (Some(_), Some(own)) if !(1..=86_400).contains(&own) => {
                    report.invalid(&field, &json!(own), "must be greater than 0 and less than 86400");
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// Checks the addresses of a Service and their families.
pub(super) fn families(spec: &Value, report: &mut Report) {
    if text(spec, &["type"]) == "ExternalName" {
        return;
    }
    let (own, list) = (text(spec, &["clusterIP"]), items(spec, &["clusterIPs"]));
    let (field, shown) = ("spec.clusterIPs", json!(list));
    match list.first().and_then(Value::as_str) {
        None if !own.is_empty() => report.required(field, ""),
        Some(first) if !own.is_empty() && first != own => {
            report.invalid(field, &shown, "first value must match `clusterIP`");
        }
        Some(_) if own.is_empty() => {
            let detail = "must be empty when `clusterIP` is not specified";
            report.invalid(field, &shown, detail);
        }
        _ => {}
    }
    let kinds = items(spec, &["ipFamilies"]);
    for (index, kind) in kinds.iter().enumerate() {
        let field = format!("spec.ipFamilies[{index}]");
        report.one_of(&field, kind.as_str().unwrap_or_default(), &["IPv4", "IPv6"]);
        if kinds.iter().take(index).any(|before| before == kind) {
            report.duplicate(&field, kind);
        }
    }
    if let Some(policy) = spec.get("ipFamilyPolicy").and_then(Value::as_str) {
        let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
        report.one_of("spec.ipFamilyPolicy", policy, &policies);
    }
    cluster_addresses(list, kinds, report);
}

fn cluster_addresses(list: &[Value], kinds: &[Value], report: &mut Report) {
    let (field, shown, before) = ("spec.clusterIPs", json!(list), report.0.len());
    let is_headless = list.first().is_some_and(|first| first == "None");
    if is_headless && list.len() > 1 {
        report.invalid(field, &shown, "'None' must be the first and only value");
    }
    for (index, address) in list.iter().enumerate().skip(usize::from(is_headless)) {
        let findings = format::address(address.as_str().unwrap_or_default());
        report.findings(&format!("{field}[{index}]"), address, findings);
    }
    let is_wrong = report.0.len() > before;
    if list.len() > 2 {
        report.invalid(field, &shown, "may only hold up to 2 values");
    }
    if is_wrong || is_headless {
        return;
    }
    let is_new = |address: &Value| address.as_str().is_some_and(|text| text.contains(':'));
    let count = list.iter().filter(|own| is_new(own)).count();
    if list.len() > 1 && (count == 0 || count == list.len()) {
        let detail = "may specify no more than one IP for each IP family";
        report.invalid(field, &shown, detail);
    }
    for (index, (address, kind)) in list.iter().zip(kinds).enumerate() {
        let fits = match kind.as_str() {
            Some("IPv4") => !is_new(address),
            Some("IPv6") => is_new(address),
            _ => true,
        };
        if !fits {
            let kind = kind.as_str().unwrap_or_default();
            let detail = format!("expected an {kind} value as indicated by `ipFamilies[{index}]`");
            report.invalid(&format!("{field}[{index}]"), address, &detail);
        }
    }
}

/// Says whether a Service may have families that the cluster has not: it has no address, and its endpoints are not the
/// cluster's work.
pub(crate) fn chooses_families(spec: &Value) -> bool {
    text(spec, &["clusterIP"]) == "None"
        && spec
            .get("selector")
            .and_then(Value::as_object)
            .is_none_or(serde_json::Map::is_empty)
}

/// The cluster has addresses of one family only.
pub(crate) fn unavailable(spec: &Value) -> Vec<FieldFault> {
    let mut report = Report::default();
    families(spec, &mut report);
    if !report.0.is_empty() || text(spec, &["type"]) == "ExternalName" {
        return report.0;
    }
    if chooses_families(spec) {
        return report.0;
    }
    let policy = text(spec, &["ipFamilyPolicy"]);
    if policy == "RequireDualStack" {
        let detail = "this cluster is not configured for dual-stack services";
        report.invalid("spec.ipFamilyPolicy", &json!(policy), detail);
    }
    for (index, kind) in items(spec, &["ipFamilies"]).iter().enumerate() {
        if kind == "IPv6" {
            report.invalid(
                &format!("spec.ipFamilies[{index}]"),
                kind,
                "not configured on this cluster",
            );
        }
    }
    report.0
}

fn node_ports(spec: &Value, report: &mut Report) {
    let mut seen = BTreeSet::new();
    let ports = items(spec, &["ports"]).iter().enumerate();
    let used = ports.filter_map(|(index, port)| {
        let number = int(port, &["nodePort"]).filter(|&number| number != 0)?;
        Some((format!("spec.ports[{index}].nodePort"), port, number))
    });
    let used: Vec<_> = used.collect();
    if text(spec, &["type"]) == "ClusterIP" {
        for (field, _, _) in &used {
            report.forbidden(field, "may not be used when `type` is 'ClusterIP'");
        }
    }
    for (field, port, number) in used {
        if !seen.insert((text(port, &["protocol"]), number)) {
            report.duplicate(&field, &json!(number));
        }
    }
}

/// Checks what only Services behind load balancers have.
fn balancers(spec: &Value, report: &mut Report) {
    let detail = "may only be used when `type` is 'LoadBalancer'";
    let is_balanced = text(spec, &["type"]) == "LoadBalancer";
    let ranges = items(spec, &["loadBalancerSourceRanges"]);
    let field = "spec.LoadBalancerSourceRanges";
    if !ranges.is_empty() && !is_balanced {
        report.forbidden(field, detail);
    }
    for (index, range) in ranges.iter().enumerate() {
        let range = range.as_str().unwrap_or_default().trim();
        let findings = addresses::cidr(range);
        report.findings(&format!("{field}[{index}]"), &json!(range), findings);
    }
    if spec.get("allocateLoadBalancerNodePorts").is_some() && !is_balanced {
        report.forbidden("spec.allocateLoadBalancerNodePorts", detail);
    }
    if let Some(class) = spec.get("loadBalancerClass").and_then(Value::as_str) {
        let field = "spec.loadBalancerClass";
        if is_balanced {
            report.findings(field, &json!(class), format::label_key(class));
        } else {
            report.forbidden(field, detail);
        }
    }
}

fn policies(spec: &Value, report: &mut Report) {
    let kind = text(spec, &["type"]);
    let is_open = matches!(kind, "LoadBalancer" | "NodePort")
        || (kind == "ClusterIP" && !items(spec, &["externalIPs"]).is_empty());
    let (field, policy) = ("spec.externalTrafficPolicy", text(spec, &["externalTrafficPolicy"]));
    match (is_open, policy) {
        (false, "") => {}
        (false, policy) => {
            let detail = "may only be set for externally-accessible services";
            report.invalid(field, &json!(policy), detail);
        }
        (true, "") => report.required(field, ""),
        (true, policy) => report.one_of(field, policy, &["Cluster", "Local"]),
    }
    let port = int(spec, &["healthCheckNodePort"]).filter(|&port| port != 0);
    if let Some(port) = port.filter(|_| kind != "LoadBalancer" || policy != "Local") {
        let detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        report.invalid("spec.healthCheckNodePort", &json!(port), detail);
    }
    let policy = text(spec, &["internalTrafficPolicy"]);
    if !policy.is_empty() {
        report.one_of("spec.internalTrafficPolicy", policy, &["Cluster", "Local"]);
    }
    if let Some(distribution) = spec.get("trafficDistribution").and_then(Value::as_str) {
        let supported = ["PreferClose", "PreferSameZone", "PreferSameNode"];
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
            report.duplicate_as(&format!("spec.ports[{index}]"), "@core.ServicePort", &shown);
        }
    }
}

/// Says what of a Service may not change.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    let kind = |object| text(object, &["spec", "type"]);
    if kind(live) != "ExternalName" && kind(object) != "ExternalName" {
        address_changes(live, object, report);
    }
    let class = |object| crate::object::at(object, &["spec", "loadBalancerClass"]);
    let stays = kind(live) == "LoadBalancer" && kind(object) == "LoadBalancer";
    if stays && class(live) != class(object) {
        let shown = class(object).cloned().unwrap_or_default();
        report.invalid("spec.loadBalancerClass", &shown, "may not change once set");
    }
}

/// Says whether a Service prefers two families, as before: what it has stays, even where the cluster would not give it now.
pub(crate) fn keeps_preference(live: &Value, own: &Value) -> bool {
    let names = ["ipFamilyPolicy", "ipFamilies", "clusterIPs"];
    text(own, &["ipFamilyPolicy"]) == "PreferDualStack" && names.iter().all(|name| live.get(name) == own.get(name))
}

fn address_changes(live: &Value, object: &Value, report: &mut Report) {
    let own = |object| items(object, &["spec", "clusterIPs"]);
    let (before, after) = (own(live), own(object));
    let shown = json!(after);
    if before.len() > after.len() {
        if after.is_empty() {
            report.invalid("spec.clusterIPs[0]", &shown, "primary clusterIP can not be unset");
        }
        return;
    }
    for (index, (old, new)) in before.iter().zip(after).enumerate() {
        if old != new {
            let field = format!("spec.clusterIPs[{index}]");
            report.invalid(&field, &shown, "may not change once set");
        }
    }
}
