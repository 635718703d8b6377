//! Endpoints and EndpointSlices.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/discovery/validation` and `pkg/apis/core/validation`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Value, json};

use super::report::Report;
use super::{addresses, format, metadata};
use crate::object::{int, items, text};

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

/// Checks an EndpointSlice. `live` is its state before, of which endpoints may stay as they are.
pub(super) fn slice(object: &Value, live: Option<&Value>, report: &mut Report) {
    let kind = text(object, &["addressType"]);
    if kind.is_empty() {
        report.required("addressType", "");
    } else {
        report.one_of("addressType", kind, &["FQDN", "IPv4", "IPv6"]);
    }
    slice_ports(items(object, &["ports"]), report);
    if live.is_some_and(|live| live.get("endpoints") == object.get("endpoints")) {
        return;
    }
    let endpoints = items(object, &["endpoints"]);
    if endpoints.len() > 1000 {
        report.too_many("endpoints", endpoints.len(), 1000);
        return;
    }
    for (index, endpoint) in endpoints.iter().enumerate() {
        slice_endpoint(endpoint, kind, &format!("endpoints[{index}]"), report);
    }
}

fn slice_ports(ports: &[Value], report: &mut Report) {
    if ports.len() > 20_000 {
        report.too_many("ports", ports.len(), 20_000);
        return;
    }
    let mut names = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let (place, name) = (format!("ports[{index}]"), text(port, &["name"]));
        report.formed(&format!("{place}.name"), name, format::label);
        if !names.insert(name) {
            report.duplicate(&format!("{place}.name"), &json!(name));
        }
        let field = format!("{place}.protocol");
        match port.get("protocol").and_then(Value::as_str) {
            None => report.required(&field, ""),
            Some(protocol) => report.one_of(&field, protocol, &PROTOCOLS),
        }
        app_protocol(port, &place, report);
    }
}

fn app_protocol(port: &Value, place: &str, report: &mut Report) {
    if let Some(protocol) = port.get("appProtocol") {
        let findings = format::label_key(protocol.as_str().unwrap_or_default());
        report.findings(&format!("{place}.appProtocol"), protocol, findings);
    }
}

fn slice_endpoint(endpoint: &Value, kind: &str, place: &str, report: &mut Report) {
    let own = items(endpoint, &["addresses"]);
    let field = format!("{place}.addresses");
    if own.is_empty() {
        report.required(&field, "must contain at least 1 address");
    } else if own.len() > 100 {
        report.too_many(&field, own.len(), 100);
    }
    for (index, address) in own.iter().enumerate() {
        slice_address(address, kind, &field, index, report);
    }
    if let Some(node) = endpoint.get("nodeName") {
        let findings = format::subdomain(node.as_str().unwrap_or_default());
        report.findings(&format!("{place}.nodeName"), node, findings);
    }
    let topology = format!("{place}.deprecatedTopology");
    report
        .0
        .extend(metadata::labels(endpoint, &topology, "deprecatedTopology"));
    if let Some(host) = endpoint.get("hostname") {
        let findings = format::label(host.as_str().unwrap_or_default());
        report.findings(&format!("{place}.hostname"), host, findings);
    }
    for (list, form) in [
        ("forZones", format::label_value as fn(&str) -> format::Findings),
        ("forNodes", format::subdomain),
    ] {
        let hints = items(endpoint, &["hints", list]);
        let field = format!("{place}.hints.{list}");
        if hints.len() > 8 {
            report.too_many(&field, hints.len(), 8);
            return;
        }
        hinted(hints, &field, form, report);
    }
}

fn hinted(hints: &[Value], field: &str, form: fn(&str) -> format::Findings, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, hint) in hints.iter().enumerate() {
        let (field, name) = (format!("{field}[{index}].name"), text(hint, &["name"]));
        if !names.insert(name) {
            report.duplicate(&field, &json!(name));
        }
        report.findings(&field, &json!(name), form(name));
    }
}

fn slice_address(address: &Value, kind: &str, field: &str, index: usize, report: &mut Report) {
    let own = address.as_str().unwrap_or_default();
    let place = format!("{field}[{index}]");
    let findings = match kind {
        "IPv4" => format::address(own),
        "IPv6" => addresses::canonical(own),
        "FQDN" => {
            report.named(&place, own, format::full_domain);
            return;
        }
        _ => return,
    };
    if !findings.is_empty() {
        report.findings(&place, address, findings);
        return;
    }
    if own.contains(':') == (kind == "IPv4") {
        report.invalid(field, address, &format!("must be an {kind} address"));
    }
    reachable(own, &place, report);
}

/// Checks that an address is one that something can be reached at.
/// Checks an address that others can be sent to.
pub(super) fn reachable(text: &str, place: &str, report: &mut Report) {
    let Ok(address) = text.parse::<IpAddr>() else {
        report.invalid(place, &json!(text), "must be a valid IP address");
        return;
    };
    let address = address.to_canonical();
    let mut wrong = |is: bool, detail: &str| {
        if is {
            report.invalid(place, &json!(text), detail);
        }
    };
    wrong(address.is_unspecified(), &format!("may not be unspecified ({text})"));
    wrong(
        address.is_loopback(),
        "may not be in the loopback range (127.0.0.0/8, ::1/128)",
    );
    let (link, group) = match address {
        IpAddr::V4(own) => (
            own.octets().starts_with(&[169, 254]),
            own.octets().starts_with(&[224, 0, 0]),
        ),
        IpAddr::V6(own) => (
            own.segments()[0] & 0xffc0 == 0xfe80,
            own.segments()[0] & 0xff0f == 0xff02,
        ),
    };
    wrong(link, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    wrong(
        group,
        "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
    );
}

/// Checks Endpoints, unless they are as before.
pub(super) fn endpoints(object: &Value, live: Option<&Value>, report: &mut Report) {
    if live.is_some_and(|live| live.get("subsets") == object.get("subsets")) {
        return;
    }
    for (index, subset) in items(object, &["subsets"]).iter().enumerate() {
        let place = format!("subsets[{index}]");
        let lists = ["addresses", "notReadyAddresses"];
        if lists.iter().all(|list| items(subset, &[list]).is_empty()) {
            report.required(&place, "must specify `addresses` or `notReadyAddresses`");
        }
        for list in lists {
            for (index, address) in items(subset, &[list]).iter().enumerate() {
                subset_address(address, &format!("{place}.{list}[{index}]"), report);
            }
        }
        let ports = items(subset, &["ports"]);
        for (index, port) in ports.iter().enumerate() {
            subset_port(port, ports.len() > 1, &format!("{place}.ports[{index}]"), report);
        }
    }
}

fn subset_address(address: &Value, place: &str, report: &mut Report) {
    let own = text(address, &["ip"]);
    let field = format!("{place}.ip");
    report.findings(&field, &json!(own), format::address(own));
    report.formed(
        &format!("{place}.hostname"),
        text(address, &["hostname"]),
        format::label,
    );
    if let Some(node) = address.get("nodeName") {
        let findings = format::subdomain(node.as_str().unwrap_or_default());
        report.findings(&format!("{place}.nodeName"), node, findings);
    }
    reachable(own, &field, report);
}

fn subset_port(port: &Value, named: bool, place: &str, report: &mut Report) {
    let name = text(port, &["name"]);
    if named && name.is_empty() {
        report.required(&format!("{place}.name"), "");
    }
    report.formed(&format!("{place}.name"), name, format::label);
    let number = int(port, &["port"]).unwrap_or(0);
    report.findings(&format!("{place}.port"), &json!(number), format::port(number));
    let field = format!("{place}.protocol");
    match text(port, &["protocol"]) {
        "" => report.required(&field, ""),
        protocol => report.one_of(&field, protocol, &PROTOCOLS),
    }
    app_protocol(port, place, report);
}
