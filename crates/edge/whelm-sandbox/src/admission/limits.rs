//! Limit ranges: how much Pods, containers and claims of a namespace may ask for, and what they get when they ask for nothing.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `plugin/pkg/admission/limitranger`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::core::Core;
use crate::kinds::{Kind, Resource};
use crate::object::{at, items, name, namespace, set, text};
use crate::quantity::Quantity;
use crate::status::Refusal;

type Amounts = BTreeMap<String, Quantity>;

const NOTE: &str = "kubernetes.io/limit-ranger";

fn ranges(core: &Core, namespace: &str) -> Vec<Arc<Value>> {
    core.store.list(&Resource::new("", "limitranges"), namespace)
}

/// Returns the limits of a range for Pods, containers or claims.
fn limits<'a>(range: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = items(range, &["spec", "limits"]).iter();
    all.filter(move |limit| text(limit, &["type"]) == kind)
}

/// Gives the containers of a new Pod the amounts that they do not say.
pub(super) fn complete(core: &Core, pod: &mut Value) {
    for range in ranges(core, namespace(pod)) {
        let mut notes = Vec::new();
        for (list, word) in [("containers", "container"), ("initContainers", "init container")] {
            let Some(Value::Array(containers)) = pod.pointer_mut(&format!("/spec/{list}")) else {
                continue;
            };
            for container in containers {
                complete_container(container, &range, word, &mut notes);
            }
        }
        if !notes.is_empty() {
            let note = format!("LimitRanger plugin set: {}", notes.join("; "));
            set(pod, &["metadata", "annotations", NOTE], note);
        }
    }
}

fn complete_container(container: &mut Value, range: &Value, word: &str, notes: &mut Vec<String>) {
    let container_name = name_of(container);
    for (from, list, what) in [
        ("defaultRequest", "requests", "request"),
        ("default", "limits", "limit"),
    ] {
        let mut own = Map::new();
        for limit in limits(range, "Container") {
            let amounts = limit.get(from).and_then(Value::as_object);
            own.extend(
                amounts
                    .into_iter()
                    .flatten()
                    .map(|(name, amount)| (name.clone(), amount.clone())),
            );
        }
        let given = at(container, &["resources", list]).and_then(Value::as_object);
        own.retain(|name, _| given.is_none_or(|given| !given.contains_key(name)));
        if own.is_empty() {
            continue;
        }
        let names: BTreeSet<&str> = own.keys().map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        notes.push(format!("{} {what} for {word} {container_name}", names.join(", ")));
        for (name, amount) in own {
            set(container, &["resources", list, &name], amount);
        }
    }
}

fn name_of(container: &Value) -> String {
    text(container, &["name"]).to_owned()
}

/// Refuses what a limit range of its namespace forbids.
pub(super) fn check(core: &Core, kind: &Kind, object: &Value) -> Result<(), Refusal> {
    for range in ranges(core, namespace(object)) {
        let mut causes = Vec::new();
        if kind.plural == "pods" {
            check_pod(object, &range, &mut causes);
        } else {
            check_claim(object, &range, &mut causes);
        }
        let mut seen = BTreeSet::new();
        causes.retain(|cause| seen.insert(cause.clone()));
        match causes.as_slice() {
            [] => {}
            [cause] => return Err(Refusal::forbidden(kind, name(object), cause)),
            causes => {
                let cause = format!("[{}]", causes.join(", "));
                return Err(Refusal::forbidden(kind, name(object), &cause));
            }
        }
    }
    Ok(())
}

fn amounts(object: &Value, path: &[&str]) -> Amounts {
    let pairs = at(object, path).and_then(Value::as_object).into_iter().flatten();
    let parsed = pairs.filter_map(|(name, amount)| Some((name.clone(), Quantity::parse(amount.as_str()?).ok()?)));
    parsed.collect()
}

fn check_claim(claim: &Value, range: &Value, causes: &mut Vec<String>) {
    let asked = Asked {
        word: "PersistentVolumeClaim",
        requests: amounts(claim, &["spec", "resources", "requests"]),
        limits: Amounts::new(),
    };
    for limit in limits(range, "PersistentVolumeClaim") {
        for (name, least) in amounts(limit, &["min"]) {
            causes.extend(asked.least(&name, least));
        }
        for (name, most) in amounts(limit, &["max"]) {
            causes.extend(asked.most_request(&name, most));
        }
    }
}

fn check_pod(pod: &Value, range: &Value, causes: &mut Vec<String>) {
    for limit in items(range, &["spec", "limits"]) {
        match text(limit, &["type"]) {
            "Container" => {
                for list in ["containers", "initContainers"] {
                    for container in items(pod, &["spec", list]) {
                        let asked = Asked {
                            word: "Container",
                            requests: amounts(container, &["resources", "requests"]),
                            limits: amounts(container, &["resources", "limits"]),
                        };
                        asked.within(limit, causes);
                    }
                }
            }
            "Pod" => {
                let asked = Asked {
                    word: "Pod",
                    requests: of_pod(pod, "requests"),
                    limits: of_pod(pod, "limits"),
                };
                asked.within(limit, causes);
            }
            _ => {}
        }
    }
}

fn add(total: &mut Amounts, own: &Amounts) {
    for (name, amount) in own {
        let sum = total.get(name).map_or(*amount, |total| total.plus(amount.nanos()));
        total.insert(name.clone(), sum);
    }
}

fn raise(total: &mut Amounts, own: &Amounts) {
    for (name, amount) in own {
        if total.get(name).is_none_or(|total| total.nanos() < amount.nanos()) {
            total.insert(name.clone(), *amount);
        }
    }
}

/// Returns what the containers of a Pod ask for together, or one of those that run before them when that is more.
fn of_pod(pod: &Value, list: &str) -> Amounts {
    let of = |container: &Value| amounts(container, &["resources", list]);
    let mut total = Amounts::new();
    for container in items(pod, &["spec", "containers"]) {
        add(&mut total, &of(container));
    }
    let (mut staying, mut first) = (Amounts::new(), Amounts::new());
    for container in items(pod, &["spec", "initContainers"]) {
        let mut own = of(container);
        if text(container, &["restartPolicy"]) == "Always" {
            add(&mut total, &own);
            add(&mut staying, &own);
            own.clone_from(&staying);
        } else {
            add(&mut own, &staying);
        }
        raise(&mut first, &own);
    }
    raise(&mut total, &first);
    total.extend(amounts(pod, &["spec", "resources", list]));
    total
}

/// What something asks for.
struct Asked {
    word: &'static str,
    requests: Amounts,
    limits: Amounts,
}

/// Returns an amount in thousandths.
fn thousandths(amount: Quantity) -> i128 {
    let nanos = amount.nanos();
    nanos / 1_000_000 + i128::from(nanos % 1_000_000 > 0)
}

impl Asked {
    fn within(&self, limit: &Value, causes: &mut Vec<String>) {
        for (name, least) in amounts(limit, &["min"]) {
            causes.extend(self.least(&name, least));
        }
        for (name, most) in amounts(limit, &["max"]) {
            causes.extend(self.most(&name, most));
        }
        for (name, ratio) in amounts(limit, &["maxLimitRequestRatio"]) {
            causes.extend(self.ratio(&name, ratio));
        }
    }

    fn least(&self, name: &str, least: Quantity) -> Option<String> {
        let start = format!("minimum {name} usage per {} is {least}", self.word);
        let Some(request) = self.requests.get(name) else {
            return Some(format!("{start}.  No request is specified"));
        };
        let below = |own: &&Quantity| thousandths(**own) < thousandths(least);
        if below(&request) {
            return Some(format!("{start}, but request is {request}"));
        }
        let limit = self.limits.get(name).filter(below)?;
        Some(format!("{start}, but limit is {limit}"))
    }

    fn most_request(&self, name: &str, most: Quantity) -> Option<String> {
        let start = format!("maximum {name} usage per {} is {most}", self.word);
        match self.requests.get(name) {
            None => Some(format!("{start}.  No request is specified")),
            Some(own) if thousandths(*own) > thousandths(most) => Some(format!("{start}, but request is {own}")),
            Some(_) => None,
        }
    }

    fn most(&self, name: &str, most: Quantity) -> Option<String> {
        let start = format!("maximum {name} usage per {} is {most}", self.word);
        let Some(limit) = self.limits.get(name) else {
            return Some(format!("{start}.  No limit is specified"));
        };
        let above = |own: &&Quantity| thousandths(**own) > thousandths(most);
        if above(&limit) {
            return Some(format!("{start}, but limit is {limit}"));
        }
        let request = self.requests.get(name).filter(above)?;
        Some(format!("{start}, but request is {request}"))
    }

    fn ratio(&self, name: &str, most: Quantity) -> Option<String> {
        let start = format!("{name} max limit to request ratio per {} is {most}", self.word);
        let some = |own: Option<&Quantity>| own.map(|own| thousandths(*own)).filter(|own| *own != 0);
        let Some(request) = some(self.requests.get(name)) else {
            return Some(format!("{start}, but no request is specified or request is 0"));
        };
        let Some(limit) = some(self.limits.get(name)) else {
            return Some(format!("{start}, but no limit is specified or limit is 0"));
        };
        // In millionths, as it is shown.
        let ratio = (limit * 1_000_000 + request / 2) / request;
        if limit * 1000 <= thousandths(most) * request {
            return None;
        }
        let (whole, rest) = (ratio / 1_000_000, ratio % 1_000_000);
        Some(format!("{start}, but provided ratio is {whole}.{rest:06}"))
    }
}
