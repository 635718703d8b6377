//! Resource quotas: how much there may be in a namespace, and how much there is.
//!
//! Only creations count against a quota.
//!
//! Source: `k8s.io/apiserver` v0.36.3, `pkg/admission/plugin/resourcequota`; `k8s.io/kubernetes` v1.36.3, `pkg/quota/v1`.

mod scopes;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::core::Core;
use crate::kinds::{Kind, Resource};
use crate::object::{at, items, name, namespace, text};
use crate::quantity::Quantity;
use crate::status::Refusal;

/// What the names of the amounts that a class of storage has contain.
const OF_CLASS: &str = ".storageclass.storage.k8s.io/";

/// Amounts by the names that quotas have for them.
type Amounts = BTreeMap<String, Quantity>;

/// The resource of quotas themselves.
pub(crate) fn quotas() -> Resource {
    Resource::new("", "resourcequotas")
}

/// Returns the quotas of a namespace.
pub(crate) fn in_namespace(core: &Core, namespace: &str) -> Vec<Arc<Value>> {
    if namespace.is_empty() || core.store.count(&quotas(), namespace) == 0 {
        return Vec::new();
    }
    core.store.list(&quotas(), namespace)
}

/// Refuses a new object for which a quota of its namespace has no room.
pub(crate) fn check(core: &Core, kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let resource = kind.resource();
    for quota in in_namespace(core, namespace(object)) {
        if !scopes::cover(&quota, object) {
            continue;
        }
        let own = of_object(&resource, object);
        let hard = amounts(&quota, &["spec", "hard"]);
        let limited = hard.into_iter().filter(|(name, _)| resource_of(name) == resource);
        let limited: Amounts = limited.collect();
        let refuse = |cause: &str| Refusal::forbidden(kind, name(object), cause);
        let missing = missing(&resource, object, &limited);
        if !missing.is_empty() {
            let quota = name(&quota);
            return Err(refuse(&format!("failed quota: {quota}: must specify {missing}")));
        }
        let used = used(core, &quota, limited.keys());
        let exceeds = |name: &String, limit: &Quantity| {
            let asked = own.get(name).map_or(0, |own| own.nanos());
            asked > 0 && asked + used.get(name).map_or(0, |used| used.nanos()) > limit.nanos()
        };
        let names: Vec<&String> = limited
            .iter()
            .filter(|(name, limit)| exceeds(name, limit))
            .map(|(name, _)| name)
            .collect();
        if !names.is_empty() {
            let list = |amounts: &Amounts| {
                let texts = names
                    .iter()
                    .filter_map(|name| Some(format!("{name}={}", amounts.get(*name)?)));
                texts.collect::<Vec<_>>().join(",")
            };
            let (asked, used, limits) = (list(&own), list(&used), list(&limited));
            let quota = name(&quota);
            return Err(refuse(&format!(
                "exceeded quota: {quota}, requested: {asked}, used: {used}, limited: {limits}"
            )));
        }
    }
    Ok(())
}

/// Returns the status of a quota.
pub(crate) fn status(core: &Core, quota: &Value) -> Value {
    let hard = amounts(quota, &["spec", "hard"]);
    let used = used(core, quota, hard.keys());
    let shown = |amounts: &Amounts| {
        let pairs = amounts
            .iter()
            .map(|(name, amount)| (name.clone(), amount.to_string().into()));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    serde_json::json!({"hard": shown(&hard), "used": shown(&used)})
}

fn amounts(object: &Value, path: &[&str]) -> Amounts {
    let pairs = at(object, path).and_then(Value::as_object).into_iter().flatten();
    let pairs = pairs.filter_map(|(name, amount)| Some((name.clone(), Quantity::parse(amount.as_str()?).ok()?)));
    pairs.collect()
}

/// Returns how much of each there is that a quota is about.
fn used<'a>(core: &Core, quota: &Value, names: impl Iterator<Item = &'a String>) -> Amounts {
    let mut used = Amounts::new();
    for name in names {
        let resource = resource_of(name);
        let mut total: Option<Quantity> = None;
        let objects = core.store.list_after(&resource, namespace(quota), None);
        for object in objects.filter(|object| scopes::cover(quota, object)) {
            if let Some(own) = of_object(&resource, object).remove(name) {
                total = Some(total.map_or(own, |total| total.plus(own.nanos())));
            }
        }
        used.extend(total.or_else(|| count(0)).map(|total| (name.clone(), total)));
    }
    used
}

fn count(number: usize) -> Option<Quantity> {
    Quantity::parse(&number.to_string()).ok()
}

/// Returns the resource whose objects count for a name.
fn resource_of(name: &str) -> Resource {
    if let Some(counted) = name.strip_prefix("count/") {
        let (plural, group) = counted.split_once('.').unwrap_or((counted, ""));
        return Resource::new(group, plural);
    }
    let plural = match name {
        _ if name.contains(OF_CLASS) => "persistentvolumeclaims",
        "requests.storage" => "persistentvolumeclaims",
        "services.loadbalancers" | "services.nodeports" => "services",
        "cpu" | "memory" | "ephemeral-storage" => "pods",
        other if other.starts_with("requests.") || other.starts_with("limits.") => "pods",
        other => other,
    };
    Resource::new("", plural)
}

/// Returns what an object takes.
fn of_object(resource: &Resource, object: &Value) -> Amounts {
    let mut taken = Amounts::new();
    let group = if resource.group.is_empty() {
        String::new()
    } else {
        format!(".{}", resource.group)
    };
    let mut take = |name: &str, amount: Option<Quantity>| taken.extend(amount.map(|amount| (name.to_owned(), amount)));
    take(&format!("count/{}{group}", resource.plural), count(1));
    if !resource.group.is_empty() {
        return taken;
    }
    let has_ended = crate::object::has_ended(object);
    if resource.plural != "pods" || !has_ended {
        take(&resource.plural, count(1));
    }
    match resource.plural.as_str() {
        "pods" if !has_ended => taken.extend(of_pod(object)),
        "persistentvolumeclaims" => {
            let storage = text(object, &["spec", "resources", "requests", "storage"]);
            take("requests.storage", Quantity::parse(storage).ok());
            let class = text(object, &["spec", "storageClassName"]);
            if !class.is_empty() {
                take(
                    &format!("{class}{OF_CLASS}requests.storage"),
                    Quantity::parse(storage).ok(),
                );
                take(&format!("{class}{OF_CLASS}persistentvolumeclaims"), count(1));
            }
        }
        "services" => {
            let balanced = usize::from(text(object, &["spec", "type"]) == "LoadBalancer");
            let ports = items(object, &["spec", "ports"]).iter();
            let node_ports = ports.filter(|port| port.get("nodePort").is_some()).count();
            take("services.loadbalancers", count(balanced));
            take("services.nodeports", count(node_ports));
        }
        _ => {}
    }
    taken
}

/// Returns what the containers of a Pod ask for: all together, or the largest of those that run before.
fn of_pod(pod: &Value) -> Amounts {
    let mut total = Amounts::new();
    for container in items(pod, &["spec", "containers"]) {
        for (name, amount) in of_container(container) {
            total
                .entry(name)
                .and_modify(|total| *total = total.plus(amount.nanos()))
                .or_insert(amount);
        }
    }
    for container in items(pod, &["spec", "initContainers"]) {
        for (name, amount) in of_container(container) {
            let own = total.entry(name).or_insert(amount);
            if amount.nanos() > own.nanos() {
                *own = amount;
            }
        }
    }
    let short = ["cpu", "memory", "ephemeral-storage"];
    let requests: Amounts = short
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), *total.get(&format!("requests.{name}"))?)))
        .collect();
    total.extend(requests);
    total
}

fn of_container(container: &Value) -> Amounts {
    let kinds = ["requests", "limits"].into_iter();
    let named = kinds.flat_map(|kind| {
        let own = amounts(container, &["resources", kind]).into_iter();
        own.map(move |(name, amount)| (format!("{kind}.{name}"), amount))
    });
    named.collect()
}

/// Returns what a Pod must say because a quota limits it: which amounts, and for which containers.
fn missing(resource: &Resource, pod: &Value, limited: &Amounts) -> String {
    if resource.plural != "pods" {
        return String::new();
    }
    let is_compute = |name: &str| name.ends_with("cpu") || name.ends_with("memory");
    let mut parts = Vec::new();
    for limit in limited.keys().filter(|name| is_compute(name)) {
        let full = if limit.contains('.') {
            limit.clone()
        } else {
            format!("requests.{limit}")
        };
        let containers = items(pod, &["spec", "containers"]).iter();
        let silent = containers.filter(|container| !of_container(container).contains_key(&full));
        let mut names: Vec<&str> = silent.map(|container| text(container, &["name"])).collect();
        if !names.is_empty() {
            names.sort_unstable();
            parts.push(format!("{limit} for: {}", names.join(",")));
        }
    }
    parts.join("; ")
}
