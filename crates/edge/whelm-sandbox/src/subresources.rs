//! Subresources other than status: scale, logs, evictions, tokens, and reviews.

use serde_json::{Value, json};

use crate::core::{Answer, Core, Target};
use crate::kinds::Kind;
use crate::object::{items, name, set, text};
use crate::read::find;
use crate::request::Ask;
use crate::script::Script;
use crate::status::{FieldFault, Refusal};
use crate::store::Key;

/// Answers a request to a subresource.
pub(crate) fn answer(
    core: &mut Core,
    ask: &Ask,
    target: &Target,
    method: &str,
    subresource: &str,
) -> Result<Answer, Refusal> {
    match (method, subresource) {
        ("POST", "eviction") => return crate::eviction::evict(core, ask, target),
        ("POST", "binding") => return bind(core, ask, target),
        _ => {}
    }
    let object = find(core, target)?;
    match (method, subresource) {
        ("GET", "log") => log(core, ask, &object),
        (_, "exec" | "attach" | "portforward" | "proxy") => Err(no_programs(subresource)),
        ("POST", "token") => crate::authorization::issue_token(core, ask, target, &object),
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn no_programs(subresource: &str) -> Refusal {
    Refusal {
        code: 501,
        reason: "NotImplemented",
        message: format!("the embedded cluster does not run programs, so that there is no {subresource}"),
        details: Value::Null,
    }
}

/// There are no programs behind the containers: what they have written is scripted, else nothing.
fn log(core: &Core, ask: &Ask, pod: &Value) -> Result<Answer, Refusal> {
    let wanted = ask.query.get("container");
    let containers = items(pod, &["spec", "containers"])
        .iter()
        .chain(items(pod, &["spec", "initContainers"]));
    if !wanted.is_empty() && !containers.clone().any(|container| text(container, &["name"]) == wanted) {
        let message = format!("container {wanted} is not valid for pod {}", name(pod));
        return Err(Refusal::bad_request(message));
    }
    let written = Script::of(core, pod).log;
    Ok(Answer::text(200, &last_part(ask, &written)))
}

/// Returns the part of a log that is asked for: its last lines, and no more than so many bytes of them.
fn last_part(ask: &Ask, written: &str) -> String {
    let lines: Vec<&str> = written.split_inclusive('\n').collect();
    let number = |name: &str| ask.query.get(name).parse::<usize>().unwrap_or(usize::MAX);
    let kept = lines.len().saturating_sub(number("tailLines"));
    let mut text = lines[kept..].concat();
    let mut end = number("limitBytes").min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// Gives a Pod its node, which only the scheduler and who binds Pods can.
pub(crate) fn assign(core: &mut Core, key: &Key, node: &str) {
    if let Some(pod) = core.store.get(key) {
        let mut bound = Value::clone(pod);
        set(&mut bound, &["spec", "nodeName"], node);
        core.store.put(key, bound);
    }
}

/// Answers reviews and other kinds that are only ever created.
pub(crate) fn review(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    match target.kind.kind.as_str() {
        "Binding" => bind(core, ask, target),
        _ => crate::authorization::review(core, ask, target),
    }
}

/// Gives a Pod the node that a binding names.
fn bind(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let kind = Kind {
        version: "v1".into(),
        kind: "Binding".into(),
        ..Kind::nameless()
    };
    let (binding, warnings) = crate::write::read_body(core, ask, target, &kind)?;
    if !target.name.is_empty() && target.name != name(&binding) {
        return Err(Refusal::bad_request(
            "name in URL does not match name in Binding object",
        ));
    }
    let pods = core.kinds.at("", "v1", "pods").ok_or_else(Refusal::no_such_resource)?;
    let key = Key::new(&pods.resource(), &target.namespace, name(&binding));
    check_target(&binding)?;
    let Some(pod) = core.store.get(&key).cloned() else {
        return Err(Refusal::not_found(&pods, name(&binding)));
    };
    let bound = text(&pod, &["spec", "nodeName"]);
    if !bound.is_empty() {
        let cause = format!("pod {} is already assigned to node {bound:?}", name(&pod));
        return Err(Refusal::conflict(&as_binding(), name(&pod), &cause));
    }
    if !ask.dry_run() {
        let mut assigned = Value::clone(&pod);
        set(
            &mut assigned,
            &["spec", "nodeName"],
            text(&binding, &["target", "name"]),
        );
        let time = core.timestamp();
        let mut conditions = items(&assigned, &["status", "conditions"]).to_vec();
        conditions.retain(|own| text(own, &["type"]) != "PodScheduled");
        conditions.push(json!({
            "type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": time,
        }));
        set(&mut assigned, &["status", "conditions"], conditions);
        core.store.put(&key, assigned);
    }
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    Ok(Answer::with_warnings(201, &status, warnings))
}

fn as_binding() -> Kind {
    Kind {
        plural: "pods/binding".into(),
        ..Kind::nameless()
    }
}

/// Pods are bound to nodes.
fn check_target(binding: &Value) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let kind = text(binding, &["target", "kind"]);
    if !matches!(kind, "" | "Node") {
        faults.push(FieldFault::unsupported(
            "target.kind",
            &json!(kind),
            &["Node", "<empty>"],
        ));
    }
    if text(binding, &["target", "name"]).is_empty() {
        faults.push(FieldFault::required("target.name", ""));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(
        &Kind {
            kind: "Binding".into(),
            ..Kind::nameless()
        },
        name(binding),
        &faults,
    ))
}
