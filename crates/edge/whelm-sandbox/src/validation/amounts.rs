//! How much containers need, and how much they get at most.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::report::Report;
use super::{format, limits};
use crate::object::{items, text};
use crate::quantity::Quantity;

/// Checks the resources of a container, whose Pod has these claims for devices.
pub(super) fn check(resources: &Value, claims: &BTreeSet<&str>, place: &str, report: &mut Report) {
    check_named(resources, limits::container_resource, place, report);
    devices(resources, claims, &format!("{place}.claims"), report);
}

/// Checks the resources of something that can have those of certain names.
fn check_named(resources: &Value, names: impl Fn(&str, &str, &mut Report), place: &str, report: &mut Report) {
    let nothing = Map::new();
    let list = |name: &str| resources.get(name).and_then(Value::as_object).unwrap_or(&nothing);
    let (limits, requests) = (list("limits"), list("requests"));
    for (list, own) in [("limits", limits), ("requests", requests)] {
        for (name, amount) in own {
            let field = format!("{place}.{list}[{name}]");
            names(name, &field, report);
            limits::amount(name, amount, &field, report);
            if list == "requests" {
                within(name, amount, limits.get(name), place, report);
            }
            if name.starts_with("hugepages-") && !is_multiple(amount, name) {
                let shown = amount.as_str().unwrap_or_default();
                let detail = format!("{shown} is not positive integer multiple of {name}");
                report.invalid(&field, amount, &detail);
            }
        }
    }
    let has = |fits: &dyn Fn(&str) -> bool| limits.keys().chain(requests.keys()).any(|name| fits(name));
    if has(&|name| name.starts_with("hugepages-")) && !has(&|name| matches!(name, "cpu" | "memory")) {
        report.forbidden(place, "HugePages require cpu or memory");
    }
}

fn quantity(value: &Value) -> Option<Quantity> {
    Quantity::parse(value.as_str()?).ok()
}

/// Says whether an amount of pages is a whole number of them.
fn is_multiple(amount: &Value, name: &str) -> bool {
    let size = name.strip_prefix("hugepages-").map(Quantity::parse);
    let (Some(Ok(size)), Some(amount)) = (size, quantity(amount)) else {
        return false;
    };
    size.nanos() > 0 && amount.nanos() % size.nanos() == 0
}

/// A request is not above its limit; what cannot be shared is as much as its limit.
fn within(name: &str, request: &Value, limit: Option<&Value>, place: &str, report: &mut Report) {
    let is_shared = limits::is_native(name) && !name.starts_with("hugepages-");
    let Some(limit) = limit else {
        if !is_shared {
            let detail = "Limit must be set for non overcommitable resources";
            report.required(&format!("{place}.limits"), detail);
        }
        return;
    };
    let (Some(own), Some(most)) = (quantity(request), quantity(limit)) else {
        return;
    };
    let shown = limit.as_str().unwrap_or_default();
    let field = format!("{place}.requests");
    if own.nanos() != most.nanos() && !is_shared {
        report.invalid(&field, request, &format!("must be equal to {name} limit of {shown}"));
    } else if own.nanos() > most.nanos() {
        let detail = format!("must be less than or equal to {name} limit of {shown}");
        report.invalid(&field, request, &detail);
    }
}

fn devices(resources: &Value, claims: &BTreeSet<&str>, place: &str, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, claim) in items(resources, &["claims"]).iter().enumerate() {
        let place = format!("{place}[{index}]");
        let (name, request) = (text(claim, &["name"]), text(claim, &["request"]));
        if name.is_empty() {
            report.required(&place, "");
            continue;
        }
        let key = if request.is_empty() {
            name.to_owned()
        } else {
            format!("{name}/{request}")
        };
        if names.contains(name) {
            report.duplicate(&place, &json!(name));
        } else {
            report.formed(&format!("{place}.request"), request, format::label);
            let overlaps = request.is_empty() && names.iter().any(|own: &String| own.starts_with(&format!("{name}/")));
            if names.contains(&key) || overlaps {
                report.duplicate(&place, &json!(key));
            }
            names.insert(key);
        }
        if !claims.contains(name) {
            report.not_found(&place, &json!(name));
            let known: Vec<&str> = claims.iter().copied().collect();
            let rest = match known.is_empty() {
                true => " which is empty".to_owned(),
                false => format!(": {}", known.join(", ")),
            };
            if let Some(fault) = report.0.last_mut() {
                fault.message += &format!(": must be one of the names in pod.spec.resourceClaims{rest}");
            }
        }
    }
}

/// Checks the resources of a Pod as a whole.
pub(super) fn of_pod(spec: &Value, place: &str, report: &mut Report) {
    let Some(resources) = spec.get("resources") else { return };
    let place = format!("{place}.resources");
    if text(spec, &["os", "name"]) == "windows" {
        report.forbidden(&place, "may not be set for a windows pod");
        return;
    }
    if resources.get("claims").is_some() {
        let detail = "claims may not be set for Resources at pod-level";
        report.forbidden(&format!("{place}.claims"), detail);
    }
    let names = |name: &str, field: &str, report: &mut Report| {
        let fits = matches!(name, "cpu" | "memory") || name.starts_with("hugepages-");
        if !fits {
            let known = ["cpu", "hugepages-", "memory"];
            report.unsupported(field, &json!(name), &known);
        }
    };
    check_named(resources, names, &place, report);
    let containers = items(spec, &["containers"]);
    for (name, amount) in resources
        .get("requests")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let of = |own: &Value| crate::object::at(own, &["resources", "requests", name]).and_then(quantity);
        let mut own = containers.iter().filter_map(of);
        let Some(first) = own.next() else { continue };
        let sum = own.fold(first, |sum, next| sum.plus(next.nanos()));
        if quantity(amount).is_some_and(|whole| sum.nanos() > whole.nanos()) {
            let detail = format!("must be greater than or equal to aggregate container requests of {sum}");
            report.invalid(&format!("{place}.requests[{name}]"), amount, &detail);
        }
    }
}
