//! Creating, replacing, patching and deleting objects.

mod apply;
mod body;
mod delete;
pub(crate) mod empties;
mod metadata;
mod patch;
mod scale;
mod store;

pub(crate) use body::read_options;
pub(crate) use delete::{
    Propagation, check_preconditions, delete, delete_as_asked, delete_collection, delete_object, finish_deletion,
};
pub(crate) use patch::patch;
pub(crate) use scale::{check_wanted, scale_of};
pub(crate) use store::{Write, create_object, read_own, update_object};

use std::sync::Arc;

use serde_json::Value;

use crate::core::{Answer, Core, Target};
use crate::form::Form;
use crate::options;
use crate::request::Ask;
use crate::status::Refusal;
use crate::store::Key;

/// Answers a `POST` to a collection.
pub(crate) fn create(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    if !target.kind.has_verb("create") || (target.kind.namespaced && target.namespace.is_empty()) {
        return Err(Refusal::method_not_allowed());
    }
    if !target.kind.has_verb("get") {
        return crate::subresources::review(core, ask, target);
    }
    Form::of(ask)?;
    options::check_write(ask, "CreateOptions")?;
    let mut write = Write::of(ask, target);
    let result = create_read(core, ask, target, &mut write);
    Ok(answered(core, ask, target, result, write))
}

/// Creates the object in a body.
fn create_read(core: &mut Core, ask: &Ask, target: &Target, write: &mut Write) -> Written {
    let object = body::read_object(core, ask, &target.kind, write)?;
    Ok((201, create_object(core, write, &target.namespace, object)?))
}

/// Reads a body of another kind than that of the path, and what the client is to be told of it.
pub(crate) fn read_body(
    core: &Core,
    ask: &Ask,
    target: &Target,
    kind: &crate::kinds::Kind,
) -> Result<(Value, Vec<String>), Refusal> {
    Form::of(ask)?;
    options::check_write(ask, "CreateOptions")?;
    let mut write = Write::of(ask, target);
    let object = body::read_object(core, ask, kind, &mut write)?;
    Ok((object, write.warnings))
}

/// The status code and the new state of an object that was written.
type Written = Result<(u16, Arc<Value>), Refusal>;

/// Answers with what came of a write. What the client is told beside comes with refusals, too.
fn answered(core: &Core, ask: &Ask, target: &Target, result: Written, write: Write) -> Answer {
    match result {
        Ok((code, object)) => answer(core, ask, target, code, &object, write.warnings),
        Err(refusal) => Answer::refuse_with(&refusal, write.warnings),
    }
}

/// Answers a `PUT` of an object, its status, its finalizers or its scale.
pub(crate) fn replace(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    Form::of(ask)?;
    options::check_write(ask, "UpdateOptions")?;
    let mut write = Write::of(ask, target);
    let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
    if target.subresource == "scale" {
        let result = scale::replace(core, ask, target, &mut write, &key);
        return Ok(scale_answer(core, ask, target, result, write));
    }
    let result = replace_read(core, ask, target, &mut write, &key);
    Ok(answered(core, ask, target, result, write))
}

/// Answers with the scale of an object that was written.
fn scale_answer(core: &Core, ask: &Ask, target: &Target, result: Result<Arc<Value>, Refusal>, write: Write) -> Answer {
    let answer = result.and_then(|object| {
        let scale = scale_of(
            core,
            &target.kind,
            &crate::read::at_version(core, &target.kind, &object),
        );
        Ok(Form::of(ask)?.answer(core, &crate::kinds::Kind::scale(), 200, scale, write.warnings.clone()))
    });
    answer.unwrap_or_else(|refusal| Answer::refuse_with(&refusal, write.warnings))
}

/// Replaces an object by the one in a body.
fn replace_read(core: &mut Core, ask: &Ask, target: &Target, write: &mut Write, key: &Key) -> Written {
    let mut object = body::read_object(core, ask, &target.kind, write)?;
    metadata::check_namespace(&target.kind, &target.namespace, &mut object)?;
    metadata::check_name(&object, &target.name)?;
    let Some(live) = core.store.get(key).cloned() else {
        if !target.subresource.is_empty() || !crate::strategy::creates_on_update(&target.kind) {
            return Err(Refusal::not_found(&target.kind, &target.name));
        }
        // The version that the client knew is gone with the object.
        crate::object::remove(&mut object, &["metadata", "resourceVersion"]);
        write.upserts = true;
        return Ok((201, create_object(core, write, &target.namespace, object)?));
    };
    store::check_uid(&target.kind, key, &live, &object)?;
    Ok((200, update_object(core, write, key, &live, object)?))
}

/// Sends an object in the form that the client wants.
pub(crate) fn answer(
    core: &Core,
    ask: &Ask,
    target: &Target,
    code: u16,
    object: &Value,
    warnings: Vec<String>,
) -> Answer {
    // Whether there is such a form was found out before the object was written.
    match Form::of(ask) {
        Ok(form) => form.answer_held(core, &target.kind, code, object, warnings),
        Err(refusal) => Answer::refuse(&refusal),
    }
}
