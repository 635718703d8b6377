//! Columns of what leads to Pods.

use serde_json::{Value, json};

use super::cells::{first_three, joined, labels_text, name_or_default, plain, selector_text, text_or};
use super::{AGE, Column, NAME};
use crate::object::{at, int, items, text};

/// How many hosts of an Ingress are shown.
const MOST_HOSTS: usize = 3;

pub(super) fn columns(group: &str, plural: &str) -> Option<&'static [Column]> {
    Some(match (group, plural) {
        ("", "services") => SERVICES,
        ("", "endpoints") => ENDPOINTS,
        ("discovery.k8s.io", "endpointslices") => SLICES,
        ("networking.k8s.io", "ingresses") => INGRESSES,
        ("networking.k8s.io", "ingressclasses") => INGRESS_CLASSES,
        ("networking.k8s.io", "networkpolicies") => POLICIES,
        ("networking.k8s.io", "servicecidrs") => CIDRS,
        ("networking.k8s.io", "ipaddresses") => ADDRESSES,
        _ => return None,
    })
}

const SERVICES: &[Column] = &[
    NAME,
    Column::text("Type", |own, _| plain(own, &["spec", "type"])),
    Column::text("Cluster-IP", |own, _| {
        json!(
            items(own, &["spec", "clusterIPs"])
                .first()
                .and_then(Value::as_str)
                .unwrap_or("<none>")
        )
    }),
    Column::text("External-IP", |own, _| json!(external_address(own))),
    Column::text("Port(s)", |own, _| json!(service_ports(own))),
    AGE,
    Column::text("Selector", |own, _| json!(labels_text(own, &["spec", "selector"]))).wide(),
];

fn external_address(service: &Value) -> String {
    let own = joined(service, &["spec", "externalIPs"]);
    match text(service, &["spec", "type"]) {
        "ExternalName" => text(service, &["spec", "externalName"]).to_owned(),
        "LoadBalancer" => {
            let given = balancer_addresses(service);
            let all: Vec<&str> = [given.as_str(), own.as_str()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect();
            if all.is_empty() {
                "<pending>".into()
            } else {
                all.join(",")
            }
        }
        "ClusterIP" | "NodePort" if own.is_empty() => "<none>".into(),
        "ClusterIP" | "NodePort" => own,
        _ => "<unknown>".into(),
    }
}

fn balancer_addresses(object: &Value) -> String {
    let mut addresses: Vec<&str> = items(object, &["status", "loadBalancer", "ingress"])
        .iter()
        .map(|own| match text(own, &["ip"]) {
            "" => text(own, &["hostname"]),
            address => address,
        })
        .filter(|address| !address.is_empty())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses.join(",")
}

fn service_ports(service: &Value) -> String {
    let ports: Vec<String> = items(service, &["spec", "ports"])
        .iter()
        .map(|port| {
            let node = int(port, &["nodePort"]).filter(|&number| number > 0);
            let node = node.map(|number| format!(":{number}")).unwrap_or_default();
            format!(
                "{}{node}/{}",
                int(port, &["port"]).unwrap_or(0),
                text(port, &["protocol"])
            )
        })
        .collect();
    if ports.is_empty() {
        "<none>".into()
    } else {
        ports.join(",")
    }
}

const ENDPOINTS: &[Column] = &[NAME, Column::text("Endpoints", |own, _| json!(endpoints(own))), AGE];

fn endpoints(own: &Value) -> String {
    let mut all = Vec::new();
    for subset in items(own, &["subsets"]) {
        let addresses = items(subset, &["addresses"])
            .iter()
            .map(|address| text(address, &["ip"]));
        let ports = items(subset, &["ports"]);
        if ports.is_empty() {
            all.extend(addresses.clone().map(str::to_owned));
        }
        for port in ports {
            let number = int(port, &["port"]).unwrap_or(0);
            all.extend(addresses.clone().map(|address| with_port(address, number)));
        }
    }
    // An empty list of subsets is not the same as subsets without addresses.
    let none = if items(own, &["subsets"]).is_empty() {
        "<none>"
    } else {
        ""
    };
    first_three(&all, none)
}

/// Addresses with colons of their own stand in brackets.
fn with_port(address: &str, port: i64) -> String {
    if address.contains(':') {
        format!("[{address}]:{port}")
    } else {
        format!("{address}:{port}")
    }
}

const SLICES: &[Column] = &[
    NAME,
    Column::text("AddressType", |own, _| plain(own, &["addressType"])),
    Column::text("Ports", |own, _| {
        let number = |port: &Value| int(port, &["port"]).map(|number| number.to_string());
        let named = |port: &Value| {
            Some(text(port, &["name"]))
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
        };
        let ports = items(own, &["ports"]).iter();
        let ports: Vec<String> = ports
            .map(|port| number(port).or_else(|| named(port)).unwrap_or_else(|| "*".into()))
            .collect();
        json!(first_three(&ports, "<unset>"))
    }),
    Column::text("Endpoints", |own, _| {
        let addresses = items(own, &["endpoints"])
            .iter()
            .flat_map(|endpoint| items(endpoint, &["addresses"]));
        let addresses: Vec<String> = addresses.filter_map(Value::as_str).map(str::to_owned).collect();
        json!(first_three(&addresses, "<unset>"))
    }),
    AGE,
];

const INGRESSES: &[Column] = &[
    NAME,
    Column::text("Class", |own, _| {
        json!(text_or(own, &["spec", "ingressClassName"], "<none>"))
    }),
    Column::text("Hosts", |own, _| json!(hosts(own))),
    Column::text("Address", |own, _| json!(balancer_addresses(own))),
    Column::text("Ports", |own, _| {
        json!(if items(own, &["spec", "tls"]).is_empty() {
            "80"
        } else {
            "80, 443"
        })
    }),
    AGE,
];

/// Returns at most three hosts. Of those beyond, it is the rules that are counted.
fn hosts(ingress: &Value) -> String {
    let rules = items(ingress, &["spec", "rules"]);
    let mut hosts: Vec<&str> = Vec::new();
    let mut more = false;
    for rule in rules {
        more |= hosts.len() == MOST_HOSTS;
        match text(rule, &["host"]) {
            host if !more && !host.is_empty() => hosts.push(host),
            _ => {}
        }
    }
    match hosts.join(",") {
        _ if hosts.is_empty() => "*".into(),
        shown if more => format!("{shown} + {} more...", rules.len() - MOST_HOSTS),
        shown => shown,
    }
}

const INGRESS_CLASSES: &[Column] = &[
    Column {
        cell: |own, _| name_or_default(own, "ingressclass.kubernetes.io/is-default-class"),
        ..NAME
    },
    Column::text("Controller", |own, _| plain(own, &["spec", "controller"])),
    Column::text("Parameters", |own, _| {
        let Some(parameters) = at(own, &["spec", "parameters"]).filter(|own| !own.is_null()) else {
            return json!("<none>");
        };
        let group = at(parameters, &["apiGroup"]).and_then(Value::as_str);
        let group = group.map(|group| format!(".{group}")).unwrap_or_default();
        json!(format!(
            "{}{group}/{}",
            text(parameters, &["kind"]),
            text(parameters, &["name"])
        ))
    }),
    AGE,
];

const POLICIES: &[Column] = &[
    NAME,
    Column::text("Pod-Selector", |own, _| {
        json!(selector_text(own, &["spec", "podSelector"], "<none>"))
    }),
    AGE,
];

const CIDRS: &[Column] = &[
    NAME,
    Column::text("CIDRs", |own, _| json!(joined(own, &["spec", "cidrs"]))),
    AGE,
];

const ADDRESSES: &[Column] = &[
    NAME,
    Column::text("ParentRef", |own, _| json!(parent(own))),
    // The real server has a cell for the age, but no column.
    Column { name: "", ..AGE },
];

fn parent(address: &Value) -> String {
    let Some(parent) = at(address, &["spec", "parentRef"]).filter(|own| !own.is_null()) else {
        return "<none>".into();
    };
    let part = |field| text(parent, &[field]);
    let before = |mark: &str, part: &str| match part {
        "" => String::new(),
        part => format!("{mark}{part}"),
    };
    let resource = format!("{}{}", part("resource"), before(".", part("group"))).to_lowercase();
    format!("{resource}{}/{}", before("/", part("namespace")), part("name"))
}
