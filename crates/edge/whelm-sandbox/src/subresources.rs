//! Subresources other than status: scale, logs, evictions, tokens, and reviews.

use serde_json::{Value, json};

use crate::core::{Answer, Core, Target};
use crate::object::{items, name, namespace, set, text};
use crate::read::find;
use crate::request::Ask;
use crate::script::Script;
use crate::status::Refusal;
use crate::store::Key;
use crate::write::{Propagation, delete_object};

/// Answers a request to a subresource.
pub(crate) fn answer(
    core: &mut Core,
    ask: &Ask,
    target: &Target,
    method: &str,
    subresource: &str,
) -> Result<Answer, Refusal> {
    let object = find(core, target)?;
    match (method, subresource) {
        ("GET", "log") => log(core, ask, &object),
        ("POST", "eviction") => {
            let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
            delete_object(core, &target.kind, &key, &object, Propagation::Background);
            Ok(Answer::json(
                201,
                &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}),
            ))
        }
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

/// Answers reviews and other kinds that are only ever created.
pub(crate) fn review(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    match target.kind.kind.as_str() {
        "Binding" => bind(core, &ask.json_body()?, target),
        _ => crate::authorization::review(core, ask, target),
    }
}

fn bind(core: &mut Core, binding: &Value, target: &Target) -> Result<Answer, Refusal> {
    let pods = crate::kinds::Resource::new("", "pods");
    let key = Key::new(&pods, &target.namespace, name(binding));
    let Some(pod) = core.store.get(&key).cloned() else {
        return Err(Refusal::namespace_not_found(namespace(binding)));
    };
    let mut bound = Value::clone(&pod);
    set(&mut bound, &["spec", "nodeName"], text(binding, &["target", "name"]));
    core.store.put(&key, bound);
    Ok(Answer::json(
        201,
        &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}),
    ))
}
