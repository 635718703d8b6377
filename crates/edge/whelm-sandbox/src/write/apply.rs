//! Server-side apply: creates an object, or merges a configuration into it.

use std::sync::Arc;

use serde_json::{Value, json};
use structured_merge::{ApplyError, Force};

use super::body::decode_document;
use super::metadata::{check_name, check_namespace};
use super::store::{Write, create_object, update_object};
use crate::core::{Core, Target};
use crate::document::Document;
use crate::kinds::Kind;
use crate::object::{at, json_kind, remove, set, text};
use crate::request::{Ask, FieldValidation};
use crate::status::Refusal;
use crate::store::Key;

pub(super) fn apply(
    core: &mut Core,
    ask: &Ask,
    target: &Target,
    write: &mut Write,
    key: &Key,
    live: Option<Arc<Value>>,
) -> Result<(u16, Arc<Value>), Refusal> {
    let kind = &target.kind;
    let mut object = applied_to(core, ask, target, write, live.as_deref())?;
    check_namespace(kind, &target.namespace, &mut object)?;
    check_name(&object, &target.name)?;
    write.owners_are_set = true;
    if live.is_none() && !target.subresource.is_empty() {
        return Err(Refusal::not_found(kind, &target.name));
    }
    Ok(match live {
        Some(live) => (200, update_object(core, write, key, &live, object)?),
        None => {
            write.upserts = true;
            (201, create_object(core, write, &target.namespace, object)?)
        }
    })
}

/// Merges the configuration in a body into an object, and checks that it is the one that the client knows.
fn applied_to(
    core: &Core,
    ask: &Ask,
    target: &Target,
    write: &mut Write,
    live: Option<&Value>,
) -> Result<Value, Refusal> {
    let kind = &target.kind;
    let base = live.map(|live| crate::read::at_version(core, kind, live));
    let (object, config) = applied(core, ask, kind, write, base.as_deref())?;
    check_version(kind, target, &config, live)?;
    Ok(object)
}

/// Merges the configuration in a body into a live object, and returns it with its owners, and the configuration.
pub(super) fn applied(
    core: &Core,
    ask: &Ask,
    kind: &Kind,
    write: &mut Write,
    live: Option<&Value>,
) -> Result<(Value, Value), Refusal> {
    let (config, place) = read_config(ask, kind, write)?;
    let force = if ask.query.is_true("force") {
        Force::Yes
    } else {
        Force::No
    };
    let time = core.timestamp();
    let nothing = json!({});
    let mut own = write.clone();
    own.kind = Arc::new(kind.clone());
    let mut applied = own
        .with_updater(core, |updater| {
            updater.apply(live.unwrap_or(&nothing), &config, &write.manager, force, &time)
        })
        .map_err(|error| refuse_apply(&place, &error))?;
    let owners = remove(&mut applied, &["metadata", "managedFields"]);
    if let Some(own) = kind.structure()
        && let Some(error) = crate::decode::misfit(own, &applied)
    {
        let group_version_kind = place.split_once("; ").map_or("", |(_, kind)| kind);
        return Err(Refusal::internal(format!(
            "failed to convert new object ({place}) to proper version: unable to convert unstructured object to \
             {group_version_kind}: {error}"
        )));
    }
    write.keeps_nulls = true;
    let mut object = decode_document(core, kind, Document::of(applied), write).map_err(Refusal::internal)?;
    if let Some(owners) = owners {
        set(&mut object, &["metadata", "managedFields"], owners);
    }
    Ok((object, config))
}

/// Reads a configuration, and returns it with the place that errors name.
fn read_config(ask: &Ask, kind: &Kind, write: &mut Write) -> Result<(Value, String), Refusal> {
    let config = read_yaml(ask, write)?;
    if !config.is_object() {
        let found = json_kind(&config);
        return Err(Refusal::bad_request(format!(
            "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value \
             of type map[string]interface {{}}"
        )));
    }
    let (api_version, own_kind) = (text(&config, &["apiVersion"]), text(&config, &["kind"]));
    let group_version = match api_version {
        "" => "/".to_owned(),
        grouped if grouped.contains('/') => grouped.to_owned(),
        core => format!("/{core}"),
    };
    if api_version != kind.api_version() || own_kind != kind.kind {
        return Err(Refusal::bad_request(format!(
            "invalid object type: {group_version}, Kind={own_kind}"
        )));
    }
    let owners = at(&config, &["metadata", "managedFields"]);
    if owners.is_some_and(Value::is_array) {
        return Err(Refusal::bad_request("metadata.managedFields must be nil"));
    }
    let (namespace, name) = (crate::object::namespace(&config), crate::object::name(&config));
    let place = format!("{namespace}/{name}; {group_version}, Kind={own_kind}");
    Ok((config, place))
}

fn read_yaml(ask: &Ask, write: &mut Write) -> Result<Value, Refusal> {
    if let Some(value) = crate::yaml::of_json(&ask.body) {
        return Ok(value);
    }
    let value = crate::yaml::to_json(&ask.body).map_err(|error| {
        Refusal::bad_request(format!("error decoding YAML: error converting YAML to JSON: {error}"))
    })?;
    if write.validation != FieldValidation::Ignore
        && let Some(error) = crate::yaml::duplicates(&ask.body)
    {
        if write.validation == FieldValidation::Strict {
            let place = "error strict decoding YAML: error converting YAML to JSON";
            return Err(Refusal::bad_request(format!("{place}: {error}")));
        }
        write.warnings.extend(super::body::lines(&error));
    }
    Ok(if value.is_null() { json!({}) } else { value })
}

fn check_version(kind: &Kind, target: &Target, config: &Value, live: Option<&Value>) -> Result<(), Refusal> {
    let given = text(config, &["metadata", "resourceVersion"]);
    match live {
        Some(_) if !given.is_empty() && given.parse::<u64>().is_err() => Err(Refusal::internal(format!(
            "strconv.ParseUint: parsing {given:?}: invalid syntax"
        ))),
        Some(live) if !matches!(given, "" | "0") && given != text(live, &["metadata", "resourceVersion"]) => {
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
