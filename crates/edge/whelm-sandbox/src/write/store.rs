//! The last steps of every write: defaults, validation, owners, storing.

use std::sync::Arc;

use serde_json::{Value, json};
use structured_merge::{FieldSet, Updater};

use super::metadata::{check_namespace, has_status, prepare_created, prepare_updated};
use crate::core::{Core, Target};
use crate::custom;
use crate::decode::empty_object;
use crate::kinds::Kind;
use crate::object::{at, is_deleted, items, name, remove, set, text};
use crate::request::{Ask, FieldValidation};
use crate::schema::BuiltInSchema;
use crate::status::Refusal;
use crate::store::Key;
use crate::{admission, defaults, validation};

/// Who writes what, and how.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub kind: Arc<Kind>,
    pub subresource: String,
    pub manager: String,
    pub dry_run: bool,
    pub validation: FieldValidation,
    /// What the client is told beside the answer.
    pub warnings: Vec<String>,
    /// Whether the object comes with its owners up to date, as after an apply.
    pub owners_are_set: bool,
}

impl Write {
    pub fn of(ask: &Ask, target: &Target) -> Self {
        Write {
            kind: target.kind.clone(),
            subresource: target.subresource.clone(),
            manager: ask.manager(),
            dry_run: ask.dry_run(),
            validation: ask.field_validation(),
            warnings: Vec::new(),
            owners_are_set: false,
        }
    }

    /// Returns a write of a controller, to an object or to a subresource of it.
    pub fn by_controller(kind: Arc<Kind>, subresource: &str, manager: &str) -> Self {
        Write {
            kind,
            subresource: subresource.to_owned(),
            manager: manager.to_owned(),
            dry_run: false,
            validation: FieldValidation::Ignore,
            warnings: Vec::new(),
            owners_are_set: false,
        }
    }

    /// Calls `use_it` with what keeps the owners of the kind's fields.
    pub fn with_updater<T>(&self, core: &Core, use_it: impl FnOnce(&Updater<'_>) -> T) -> T {
        let (kind, api_version) = (&self.kind, self.kind.api_version());
        let definition = core.definitions.get(&kind.resource());
        let built_in = BuiltInSchema::get();
        let (schema, type_id) = match definition.and_then(|definition| definition.merge_type(&kind.version)) {
            Some(found) => found,
            None => {
                let own = built_in.of_kind(&kind.group, &kind.version, &kind.kind);
                (
                    &built_in.merge,
                    own.map_or(structured_merge::Schema::DEDUCED, |own| own.type_id),
                )
            }
        };
        let mut updater = Updater::new(schema, type_id, &api_version);
        updater.subresource = &self.subresource;
        updater.ignored = ignored_fields(kind, &self.subresource);
        use_it(&updater)
    }
}

/// The fields that a request cannot change, and so not own.
fn ignored_fields(kind: &Kind, subresource: &str) -> FieldSet {
    match subresource {
        "status" if kind.custom => FieldSet::of_names(&[
            &["spec"],
            &["metadata", "labels"],
            &["metadata", "annotations"],
            &["metadata", "finalizers"],
            &["metadata", "ownerReferences"],
        ]),
        "status" => FieldSet::of_names(&[&["spec"]]),
        _ if has_status(kind) => FieldSet::of_names(&[&["status"]]),
        _ => FieldSet::new(),
    }
}

/// Creates an object that was read already.
pub(crate) fn create_object(
    core: &mut Core,
    write: &Write,
    namespace: &str,
    mut object: Value,
) -> Result<Arc<Value>, Refusal> {
    let kind = write.kind.clone();
    prepare_created(core, &kind, namespace, &mut object)?;
    check_namespace_exists(core, &kind, namespace, name(&object))?;
    let nothing = nothing_yet(&kind);
    if has_status(&kind) {
        remove(&mut object, &["status"]);
        if let Some(status) = nothing.get("status") {
            set(&mut object, &["status"], status.clone());
        }
    }
    defaults::apply(&kind, &mut object);
    let key = Key::of(&kind.resource(), &object);
    if !write.owners_are_set {
        // Before admission: what the server adds belongs to nobody.
        let time = core.timestamp();
        object = write.with_updater(core, |updater| updater.update(&nothing, &object, &write.manager, &time));
    }
    admission::created(core, &kind, &mut object)?;
    let faults = validation::created(core, &kind, &object);
    if !faults.is_empty() {
        return Err(Refusal::invalid(&kind, name(&object), &faults));
    }
    if core.store.get(&key).is_some() {
        return Err(Refusal::already_exists(&kind, name(&object)));
    }
    if write.dry_run {
        return Ok(Arc::new(object));
    }
    Ok(core.store.put(&key, object))
}

/// Returns what an object of a kind has before anybody has set anything.
fn nothing_yet(kind: &Kind) -> Value {
    let own = BuiltInSchema::get().of_kind(&kind.group, &kind.version, &kind.kind);
    own.filter(|_| !kind.custom).map_or_else(|| json!({}), empty_object)
}

fn check_namespace_exists(core: &Core, kind: &Kind, namespace: &str, name: &str) -> Result<(), Refusal> {
    if !kind.namespaced {
        return Ok(());
    }
    let namespaces = crate::kinds::Resource::new("", "namespaces");
    match core.store.get(&Key::new(&namespaces, "", namespace)) {
        None => Err(Refusal::namespace_not_found(namespace)),
        Some(found) if is_deleted(found) => Err(Refusal::namespace_terminating(kind, name, namespace)),
        Some(_) => Ok(()),
    }
}

/// Replaces an object by one that was read already, or was made from the live one by a patch.
pub(crate) fn update_object(
    core: &mut Core,
    write: &Write,
    key: &Key,
    live: &Arc<Value>,
    mut object: Value,
) -> Result<Arc<Value>, Refusal> {
    let kind = write.kind.clone();
    check_identity(&kind, key, live, &object)?;
    check_namespace(&kind, &key.namespace, &mut object)?;
    let live = Arc::new(crate::convert::to_version(core, &kind, live));
    prepare_updated(&kind, &write.subresource, &live, &mut object);
    set(&mut object, &["apiVersion"], kind.api_version());
    set(&mut object, &["kind"], kind.kind.clone());
    if write.subresource.is_empty() {
        defaults::apply(&kind, &mut object);
        admission::updated(&kind, &live, &mut object);
        let faults = validation::updated(core, &kind, &live, &object);
        if !faults.is_empty() {
            return Err(Refusal::invalid(&kind, &key.name, &faults));
        }
    }
    if !write.owners_are_set {
        let time = core.timestamp();
        object = write.with_updater(core, |updater| updater.update(&live, &object, &write.manager, &time));
    }
    set(
        &mut object,
        &["metadata", "resourceVersion"],
        text(&live, &["metadata", "resourceVersion"]),
    );
    if is_same(&live, &object) {
        return Ok(live);
    }
    if write.dry_run {
        return Ok(Arc::new(object));
    }
    if is_deleted(&object) && items(&object, &["metadata", "finalizers"]).is_empty() {
        // The last finalizer is gone: this update ends the deletion.
        core.store.put(key, object);
        return Ok(core.store.remove(key).unwrap_or(live));
    }
    Ok(core.store.put(key, object))
}

fn check_identity(kind: &Kind, key: &Key, live: &Value, object: &Value) -> Result<(), Refusal> {
    let given = |field: &str| text(object, &["metadata", field]);
    let (name, version, uid) = (given("name"), given("resourceVersion"), given("uid"));
    if !name.is_empty() && name != key.name {
        return Err(Refusal::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            key.name
        )));
    }
    if !uid.is_empty() && uid != text(live, &["metadata", "uid"]) {
        let own = text(live, &["metadata", "uid"]);
        let place: Vec<&str> = [&key.resource.plural, &key.namespace, &key.name]
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let cause = format!(
            "StorageError: invalid object, Code: 4, Key: /registry/{}, ResourceVersion: 0, AdditionalErrorMsg: \
             Precondition failed: UID in precondition: {uid}, UID in object meta: {own}",
            place.join("/"),
        );
        return Err(Refusal::conflict(kind, &key.name, &cause));
    }
    if version.is_empty() && kind.custom {
        let value = json!(0);
        let fault =
            crate::status::FieldFault::invalid("metadata.resourceVersion", &value, "must be specified for an update");
        return Err(Refusal::invalid(kind, &key.name, &[fault]));
    }
    if !version.is_empty() && version != "0" && version != text(live, &["metadata", "resourceVersion"]) {
        return Err(Refusal::modified(kind, &key.name));
    }
    Ok(())
}

/// Says whether two states differ in nothing but the times of their owners.
fn is_same(live: &Value, object: &Value) -> bool {
    if live == object {
        return true;
    }
    let fields = |object: &Value| {
        let mut object = object.clone();
        remove(&mut object, &["metadata", "managedFields"]);
        object
    };
    let owners = |object: &Value| {
        let mut entries = at(object, &["metadata", "managedFields"]).cloned().unwrap_or_default();
        if let Value::Array(entries) = &mut entries {
            for entry in entries {
                remove(entry, &["time"]);
            }
        }
        entries
    };
    owners(live) == owners(object) && fields(live) == fields(object)
}

/// Reads an object that a controller made, so that it has the form of all others.
pub(crate) fn read_own(core: &Core, kind: &Kind, object: Value) -> Value {
    let mut findings = crate::decode::Findings::default();
    match BuiltInSchema::get().of_kind(&kind.group, &kind.version, &kind.kind) {
        Some(own) if !kind.custom => crate::decode::decode(own, object, &mut findings).unwrap_or_default(),
        _ => custom::decode(core, kind, object, &mut findings),
    }
}
