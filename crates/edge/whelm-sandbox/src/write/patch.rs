//! Patches of all four kinds.

use std::sync::Arc;

use serde_json::{Value, json};
use structured_merge::{ApplyError, Force};

use super::body::decode_object;
use super::store::{Write, create_object, update_object};
use crate::core::{Answer, Core, Target};
use crate::kinds::Kind;
use crate::object::{set, text};
use crate::patch::{json::json_patch, merge::merge_patch, strategic::strategic_patch};
use crate::request::Ask;
use crate::schema::BuiltInSchema;
use crate::status::{FieldFault, Refusal};
use crate::store::Key;

/// Answers a `PATCH`.
pub(crate) fn patch(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let mut write = Write::of(ask, target);
    let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
    let live = core.store.get(&key).cloned();
    if ask.media_type() == "application/apply-patch+yaml" {
        return apply(core, ask, target, &mut write, &key, live);
    }
    let live = live.ok_or_else(|| Refusal::not_found(&target.kind, &target.name))?;
    let body = ask.json_body()?;
    if target.subresource == "scale" {
        let mut scale = crate::subresources::scale_of(&live);
        merge_patch(&mut scale, &body);
        return crate::subresources::replace_scale(core, &write, &key, &scale);
    }
    let shown = crate::read::shown(core, &target.kind, &live);
    let patched = patched(ask, &target.kind, &shown, &body)?;
    let object = decode_object(core, &target.kind, patched, &mut write)?;
    let updated = update_object(core, &write, &key, &live, object)?;
    Ok(super::answer(core, ask, target, 200, &updated, write.warnings))
}

/// Returns the live object with a patch applied.
fn patched(ask: &Ask, kind: &Kind, live: &Value, patch: &Value) -> Result<Value, Refusal> {
    let mut object = live.clone();
    let own = BuiltInSchema::get()
        .of_kind(&kind.group, &kind.version, &kind.kind)
        .filter(|_| !kind.custom);
    match (ask.media_type(), own) {
        ("application/json-patch+json", _) => json_patch(&mut object, patch).map_err(|_| Refusal {
            code: 422,
            reason: "Invalid",
            message: "the server rejected our request due to an error in our request".into(),
            details: json!({}),
        })?,
        ("application/merge-patch+json", _) => merge_patch(&mut object, patch),
        ("application/strategic-merge-patch+json", Some(own)) => {
            strategic_patch(own, &mut object, patch).map_err(Refusal::internal)?;
        }
        _ => {
            let message = "415: Unsupported Media Type".into();
            return Err(Refusal {
                code: 415,
                reason: "UnsupportedMediaType",
                message,
                details: json!({}),
            });
        }
    }
    Ok(object)
}

/// Server-side apply: creates the object, or merges the configuration into it.
fn apply(
    core: &mut Core,
    ask: &Ask,
    target: &Target,
    write: &mut Write,
    key: &Key,
    live: Option<Arc<Value>>,
) -> Result<Answer, Refusal> {
    let kind = &target.kind;
    let (config, place) = read_config(ask, kind, target)?;
    if ask.query.get("fieldManager").is_empty() {
        return Err(Refusal {
            code: 422,
            reason: "Invalid",
            message:
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
                    .into(),
            details: json!({"group": "meta.k8s.io", "kind": "PatchOptions", "causes": [{
                "reason": "FieldValueRequired", "message": "Required value: is required for apply patch",
                "field": "fieldManager",
            }]}),
        });
    }
    check_resource_version(kind, target, &config, live.as_deref())?;
    let force = if ask.query.is_true("force") {
        Force::Yes
    } else {
        Force::No
    };
    let time = core.timestamp();
    let shown = live.as_ref().map(|live| crate::read::shown(core, kind, live));
    let base = shown.unwrap_or_else(|| json!({}));
    let applied = write
        .with_updater(core, |updater| {
            updater.apply(&base, &config, &write.manager, force, &time)
        })
        .map_err(|error| refuse_apply(&place, &error))?;
    let owners = crate::object::at(&applied, &["metadata", "managedFields"]).cloned();
    let mut object = decode_object(core, kind, applied, write)?;
    if let Some(owners) = owners {
        set(&mut object, &["metadata", "managedFields"], owners);
    }
    write.owners_are_set = true;
    let (code, object) = match live {
        Some(live) => (200, update_object(core, write, key, &live, object)?),
        None => (201, create_object(core, write, &target.namespace, object)?),
    };
    Ok(super::answer(
        core,
        ask,
        target,
        code,
        &object,
        std::mem::take(&mut write.warnings),
    ))
}

/// Reads a configuration, completes its name and namespace, and returns it with the place that errors name.
fn read_config(ask: &Ask, kind: &Kind, target: &Target) -> Result<(Value, String), Refusal> {
    let mut config = ask.json_body()?;
    if !config.is_object() {
        return Err(Refusal::bad_request(
            "error decoding YAML: json: cannot unmarshal into Go value of type map[string]interface {}",
        ));
    }
    let (api_version, own_kind) = (text(&config, &["apiVersion"]), text(&config, &["kind"]));
    if own_kind.is_empty() {
        return Err(Refusal::internal("Object 'Kind' is missing"));
    }
    if api_version != kind.api_version() {
        return Err(Refusal::bad_request(format!(
            "invalid object type: {api_version}, Kind={own_kind}"
        )));
    }
    if crate::object::at(&config, &["metadata", "managedFields"]).is_some_and(|owners| !owners.is_null()) {
        return Err(Refusal::bad_request("metadata.managedFields must be nil"));
    }
    let name = text(&config, &["metadata", "name"]);
    if !name.is_empty() && name != target.name {
        let fault = FieldFault::invalid("metadata.name", &json!(name), "must match the name on the URL");
        return Err(Refusal::invalid(kind, name, &[fault]));
    }
    let (namespace, api_version) = (crate::object::namespace(&config), kind.api_version());
    let place = format!("{namespace}/{}; {api_version}, Kind={}", target.name, kind.kind);
    set(&mut config, &["metadata", "name"], target.name.clone());
    if kind.namespaced {
        super::metadata::check_namespace(kind, &target.namespace, &mut config)?;
    }
    Ok((config, place))
}

fn check_resource_version(kind: &Kind, target: &Target, config: &Value, live: Option<&Value>) -> Result<(), Refusal> {
    let given = text(config, &["metadata", "resourceVersion"]);
    match live {
        Some(live) if !given.is_empty() && given != text(live, &["metadata", "resourceVersion"]) => {
            Err(Refusal::modified(kind, &target.name))
        }
        None if !text(config, &["metadata", "uid"]).is_empty() => {
            let uid = text(config, &["metadata", "uid"]);
            let cause =
                format!("uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            Err(Refusal::conflict(kind, &target.name, &cause))
        }
        _ => Ok(()),
    }
}

fn refuse_apply(place: &str, error: &ApplyError) -> Refusal {
    match error {
        ApplyError::Conflicts(conflicts) => {
            let cause = |conflict: &structured_merge::Conflict| json!({"reason": "FieldManagerConflict", "message": conflict.message(), "field": conflict.field});
            Refusal::apply_conflict(conflicts.to_string(), conflicts.0.iter().map(cause).collect())
        }
        ApplyError::Configuration(errors) => {
            Refusal::internal(format!("failed to create typed patch object ({place}): {errors}"))
        }
        ApplyError::Live(errors) => {
            Refusal::internal(format!("failed to create typed live object ({place}): {errors}"))
        }
        other => Refusal::internal(other.to_string()),
    }
}
