//! The addresses, ports and families that Services get, and what stays of them when they are replaced.

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, items, set, set_default, text};
use crate::status::Refusal;
use crate::validation::{chooses_families, keeps_preference, unavailable_addresses};

/// Completes a new service.
pub(super) fn created(core: &mut Core, kind: &Kind, object: &mut Value) -> Result<(), Refusal> {
    first_address(object);
    check_families(kind, object)?;
    allocate_addresses(core, object);
    allocate_ports(core, object);
    set_default(object, &["status", "loadBalancer"], json!({}));
    Ok(())
}

/// Carries over what a client that replaces a service may leave out.
pub(super) fn updated(core: &mut Core, kind: &Kind, live: &Value, object: &mut Value) -> Result<(), Refusal> {
    keep_service_addresses(live, object);
    follow_address(live, object);
    drop_fields(live, object);
    let spec = |object| Value::get(object, "spec").unwrap_or(&Value::Null);
    if !keeps_preference(spec(live), spec(object)) {
        check_families(kind, object)?;
    }
    if text(live, &["spec", "type"]) == "ExternalName" {
        allocate_addresses(core, object);
    }
    allocate_ports(core, object);
    Ok(())
}

/// The address that a Service asks for is the first of its addresses.
fn first_address(object: &mut Value) {
    let own = text(object, &["spec", "clusterIP"]).to_owned();
    if !own.is_empty() && items(object, &["spec", "clusterIPs"]).is_empty() {
        set(object, &["spec", "clusterIPs"], json!([own]));
    }
}

fn check_families(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let faults = unavailable_addresses(object.get("spec").unwrap_or(&Value::Null));
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(kind, crate::object::name(object), &faults))
}

/// Gives a service the address that it needs.
fn allocate_addresses(core: &mut Core, object: &mut Value) {
    if text(object, &["spec", "type"]) == "ExternalName" {
        return;
    }
    if text(object, &["spec", "clusterIP"]).is_empty() {
        let address = next_address(core, "10.96");
        set(object, &["spec", "clusterIP"], address);
    }
    let address = at(object, &["spec", "clusterIP"]).cloned().unwrap_or_default();
    set_default(object, &["spec", "clusterIPs"], json!([address]));
    let is_free = at(object, &["spec"]).is_some_and(chooses_families);
    let policy = if is_free { "RequireDualStack" } else { "SingleStack" };
    set_default(object, &["spec", "ipFamilyPolicy"], policy);
    set_default(object, &["spec", "ipFamilies"], json!(["IPv4"]));
    if is_free && text(object, &["spec", "ipFamilyPolicy"]) != "SingleStack" {
        let both = match items(object, &["spec", "ipFamilies"]) {
            [only] if only == "IPv6" => json!(["IPv6", "IPv4"]),
            [_] => json!(["IPv4", "IPv6"]),
            _ => return,
        };
        set(object, &["spec", "ipFamilies"], both);
    }
}

/// Gives a service the ports of nodes that it needs.
fn allocate_ports(core: &mut Core, object: &mut Value) {
    let kind = text(object, &["spec", "type"]).to_owned();
    let spares = at(object, &["spec", "allocateLoadBalancerNodePorts"]) == Some(&Value::Bool(false));
    let health = ["spec", "healthCheckNodePort"];
    if kind == "LoadBalancer"
        && text(object, &["spec", "externalTrafficPolicy"]) == "Local"
        && at(object, &health).is_none()
    {
        let port = next_port(core);
        set(object, &health, port);
    }
    if kind != "NodePort" && (kind != "LoadBalancer" || spares) {
        return;
    }
    let count = items(object, &["spec", "ports"]).len();
    for index in 0..count {
        if let Some(own) = object.pointer_mut(&format!("/spec/ports/{index}"))
            && own.get("nodePort").is_none()
        {
            let port = next_port(core);
            set(own, &["nodePort"], port);
        }
    }
}

fn next_port(core: &mut Core) -> u32 {
    core.next_address += 1;
    (core.next_address - 1) % 2767 + 30_000
}

/// Returns an address that nothing else has.
pub(crate) fn next_address(core: &mut Core, prefix: &str) -> String {
    core.next_address += 1;
    format!(
        "{prefix}.{}.{}",
        core.next_address / 250 % 250,
        core.next_address % 250 + 1
    )
}

fn keep_service_addresses(live: &Value, object: &mut Value) {
    if text(object, &["spec", "type"]) == "ExternalName" {
        return;
    }
    for field in [
        "clusterIP",
        "clusterIPs",
        "ipFamilies",
        "ipFamilyPolicy",
        "healthCheckNodePort",
    ] {
        if let Some(value) = at(live, &["spec", field])
            && (at(object, &["spec", field]).is_none()
                || (field == "clusterIP" && at(object, &["spec", field]) == Some(&json!(""))))
        {
            set(object, &["spec", field], value.clone());
        }
    }
    if !matches!(text(object, &["spec", "type"]), "NodePort" | "LoadBalancer") {
        return;
    }
    let before = items(live, &["spec", "ports"]).to_vec();
    if let Some(Value::Array(ports)) = object.pointer_mut("/spec/ports") {
        for port in ports {
            let same = before
                .iter()
                .find(|own| own.get("port") == port.get("port") && own.get("protocol") == port.get("protocol"));
            if let Some(number) = same.and_then(|own| own.get("nodePort")) {
                set_default(port, &["nodePort"], number.clone());
            }
        }
    }
}

/// Where only one of the two fields for the address of a Service changes, the other follows.
fn follow_address(live: &Value, object: &mut Value) {
    let (one, all) = (["spec", "clusterIP"], ["spec", "clusterIPs"]);
    let (own, list) = (text(object, &one).to_owned(), items(object, &all).to_vec());
    let kept = list == items(live, &all);
    if own != text(live, &one) && kept && !list.is_empty() && !own.is_empty() {
        let rest = list.into_iter().skip(1);
        let list: Vec<Value> = std::iter::once(json!(own)).chain(rest).collect();
        set(object, &all, list);
    } else if own == text(live, &one) && !kept {
        let first = list.first().cloned().unwrap_or_default();
        set(object, &one, first.as_str().unwrap_or_default());
    }
}

/// A service that becomes one of another type loses what only the old type has, unless the request changes it.
fn drop_fields(live: &Value, object: &mut Value) {
    let kind = |object: &Value| text(object, &["spec", "type"]).to_owned();
    let reachable = |object: &Value| {
        matches!(kind(object).as_str(), "NodePort" | "LoadBalancer")
            || !items(object, &["spec", "externalIPs"]).is_empty()
    };
    let is_balanced = |object: &Value| kind(object) == "LoadBalancer";
    let named = |object: &Value| kind(object) == "ExternalName";
    let checked = |object: &Value| is_balanced(object) && text(object, &["spec", "externalTrafficPolicy"]) == "Local";
    let mut gone: Vec<&str> = Vec::new();
    if !reachable(object) {
        gone.push("externalTrafficPolicy");
    }
    if named(object) && !named(live) {
        gone.extend([
            "clusterIP",
            "clusterIPs",
            "ipFamilies",
            "ipFamilyPolicy",
            "internalTrafficPolicy",
        ]);
    }
    if is_balanced(live) && !is_balanced(object) {
        gone.extend(["allocateLoadBalancerNodePorts", "loadBalancerClass"]);
    }
    if checked(live) && !checked(object) {
        gone.push("healthCheckNodePort");
    }
    for field in gone {
        let path = ["spec", field];
        if at(live, &path) == at(object, &path) {
            crate::object::remove(object, &path);
        }
    }
    let numbers = |object: &Value| -> std::collections::BTreeSet<String> {
        let ports = items(object, &["spec", "ports"]).iter();
        ports
            .filter_map(|port| port.get("nodePort").map(Value::to_string))
            .collect()
    };
    let has_ports = |object: &Value| matches!(kind(object).as_str(), "NodePort" | "LoadBalancer");
    if has_ports(live)
        && !has_ports(object)
        && numbers(live) == numbers(object)
        && let Some(Value::Array(ports)) = object.pointer_mut("/spec/ports")
    {
        for port in ports {
            crate::object::remove(port, &["nodePort"]);
        }
    }
}
