//! Patches of all four kinds.

use std::sync::Arc;

use serde_json::{Value, json};

use super::body::{OtherKind, decode_document, other_kind, unregistered};
use super::metadata::check_name;
use super::scale;
use super::store::{Write, update_object};
use crate::core::{Answer, Core, Target};
use crate::document::{self, Document};
use crate::kinds::Kind;
use crate::object::{json_kind, text};
use crate::options;
use crate::patch::{json::Misfit, json::json_patch, merge::merge_patch, strategic::strategic_patch};
use crate::request::Ask;
use crate::status::{FieldFault, Refusal};
use crate::store::Key;

/// How many operations a JSON patch may have.
const MOST_OPERATIONS: usize = 10_000;

/// Answers a `PATCH`.
pub(crate) fn patch(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let accepted = accepted_types(&target.kind);
    if !accepted.contains(&ask.media_type()) {
        return Err(if target.kind.custom {
            Refusal::unsupported_media_type(&accepted.join(", "))
        } else {
            Refusal::unsupported_content()
        });
    }
    crate::form::Form::of(ask)?;
    options::check_patch(ask)?;
    let mut write = Write::of(ask, target);
    let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
    if target.subresource == "scale" {
        let result = patch_scale(core, ask, target, &mut write, &key);
        return Ok(super::scale_answer(core, ask, target, result, write));
    }
    let result = patch_read(core, ask, target, &mut write, &key);
    Ok(super::answered(core, ask, target, result, write))
}

fn patch_read(core: &mut Core, ask: &Ask, target: &Target, write: &mut Write, key: &Key) -> super::Written {
    let live = core.store.get(key).cloned();
    if ask.media_type() == "application/apply-patch+yaml" {
        return super::apply::apply(core, ask, target, write, key, live);
    }
    let live = live.ok_or_else(|| Refusal::not_found(&target.kind, &target.name))?;
    let object = patched_object(core, ask, &target.kind, &live, write)?;
    Ok((200, update_object(core, write, key, &live, object)?))
}

fn patch_scale(
    core: &mut Core,
    ask: &Ask,
    target: &Target,
    write: &mut Write,
    key: &Key,
) -> Result<Arc<Value>, Refusal> {
    let live = core.store.get(key).cloned();
    let live = live.ok_or_else(|| Refusal::not_found(&target.kind, &target.name))?;
    let live = crate::read::shown(core, &target.kind, &live);
    let (kind, before) = (
        scale::scale_kind(&target.kind),
        scale::owned_scale(core, &target.kind, &live),
    );
    let scale = if ask.media_type() == "application/apply-patch+yaml" {
        let (applied, _) = super::apply::applied(core, ask, &kind, write, Some(&before))?;
        write.owners_are_set = true;
        applied
    } else {
        patched_object(core, ask, &kind, &before, write)?
    };
    scale::store(core, write, key, scale)
}

fn accepted_types(kind: &Kind) -> Vec<&'static str> {
    let strategic = (!kind.custom).then_some("application/strategic-merge-patch+json");
    let mut types = vec!["application/json-patch+json", "application/merge-patch+json"];
    types.extend(strategic);
    types.push("application/apply-patch+yaml");
    types
}

/// Returns the live object with a patch applied, in the form in which the server holds it.
fn patched_object(core: &Core, ask: &Ask, kind: &Kind, live: &Arc<Value>, write: &mut Write) -> Result<Value, Refusal> {
    let shown = crate::read::shown(core, kind, live);
    let is_strategic = ask.media_type() == "application/strategic-merge-patch+json";
    let (patched, patch) = patched(ask, kind, shown, write)?;
    // What cannot be read shows the patch, or what came of it.
    let refuse = |error: String| {
        let shown = if is_strategic {
            strategic_merge::text_of(&patch)
        } else {
            patched.to_string()
        };
        let fault = FieldFault::invalid("patch", &json!(shown), &error);
        Refusal::invalid(&Kind::nameless(), "", &[fault])
    };
    if kind.custom {
        if text(&patched, &["kind"]).is_empty() {
            return Err(refuse(format!("Object 'Kind' is missing in '{patched}'")));
        }
        super::body::check_type(kind, &patched)?;
    }
    let is_nothing = |field| text(&patched, &[field]).is_empty();
    if !is_strategic && !kind.custom && is_nothing("apiVersion") && is_nothing("kind") && patched.is_object() {
        // What says neither is read as nothing at all.
        let name = crate::object::name(live);
        return check_name(&Value::Null, name).map(|()| Value::Null);
    }
    let object = with_kind(kind, patched.clone());
    let (api_version, name) = (text(&object, &["apiVersion"]), text(&object, &["kind"]));
    if !is_strategic && (api_version != kind.api_version() || name != kind.kind) {
        return match other_kind(core, kind, api_version, name) {
            OtherKind::Error(error) => Err(refuse(error)),
            OtherKind::Version => Err(refuse(unregistered(name, api_version))),
        };
    }
    let document = Document::of(object);
    if is_strategic
        && let Some(own) = kind.structure()
        && let Some(error) = crate::decode::misfit(own, &document.value)
    {
        return Err(refuse(error));
    }
    decode_document(core, kind, document, write).map_err(refuse)
}

/// What a typed object does not say of its kind, it is.
fn with_kind(kind: &Kind, mut object: Value) -> Value {
    for (field, own) in [("apiVersion", kind.api_version()), ("kind", kind.kind.clone())] {
        if !kind.custom && object.is_object() {
            crate::object::set_default(&mut object, &[field], own);
        }
    }
    object
}

/// Applies a patch to an object, and returns both.
fn patched(ask: &Ask, kind: &Kind, mut object: Value, write: &mut Write) -> Result<(Value, Value), Refusal> {
    let is_strategic = ask.media_type() == "application/strategic-merge-patch+json";
    let document = document::parse(&ask.body).map_err(|error| {
        let place = if is_strategic { "" } else { "error decoding patch: " };
        Refusal::bad_request(format!("{place}{error}"))
    })?;
    // What the patch itself has too often is told with what is wrong with the patched object.
    write.strict = document.strict_texts();
    let patch = document.value;
    if ask.media_type() == "application/json-patch+json" {
        check_operations(&patch)?;
        json_patch(&mut object, &patch).map_err(|Misfit| Refusal::unprocessable())?;
        return Ok((object, patch));
    }
    if !patch.is_object() && !patch.is_null() {
        let place = if is_strategic { "" } else { "error decoding patch: " };
        return Err(Refusal::bad_request(format!(
            "{place}json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            json_kind(&patch)
        )));
    }
    if !is_strategic {
        if patch.is_null() {
            return Err(Refusal::bad_request("Invalid JSON Patch"));
        }
        merge_patch(&mut object, &patch);
    } else if !patch.is_null() {
        strategic_patch(kind.structure(), &mut object, &patch).map_err(Refusal::internal)?;
    }
    Ok((object, patch))
}

/// Checks the form of a JSON patch.
fn check_operations(patch: &Value) -> Result<(), Refusal> {
    let wrong = |found: &Value, place: &str| {
        Refusal::bad_request(format!(
            "error decoding patch: json: cannot unmarshal {} into Go {place}",
            json_kind(found)
        ))
    };
    let operations = match patch {
        Value::Array(operations) => operations,
        Value::Null => return Ok(()),
        other => return Err(wrong(other, "value of type []handlers.jsonPatchOp")),
    };
    for operation in operations {
        if !operation.is_object() {
            return Err(wrong(operation, "value of type handlers.jsonPatchOp"));
        }
        for field in ["op", "from", "path"] {
            if let Some(value) = operation
                .get(field)
                .filter(|value| !value.is_string() && !value.is_null())
            {
                return Err(wrong(
                    value,
                    &format!("struct field jsonPatchOp.{field} of type string"),
                ));
            }
        }
    }
    if operations.len() > MOST_OPERATIONS {
        return Err(Refusal::too_large(&format!(
            "The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {}",
            operations.len()
        )));
    }
    Ok(())
}
