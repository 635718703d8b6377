//! The last steps of every write: defaults, validation, owners, storing.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use structured_merge::Updater;

use super::empties::{self, Emptied};
use super::metadata::{check_name, check_namespace, prepare_created, prepare_updated, wipe};
use crate::authorization::{User, check_escalation, check_right_to_create};
use crate::core::{Core, Target};
use crate::custom;
use crate::kinds::Kind;
use crate::object::{is_deleted, items, name, remove, same_but, set, text};
use crate::request::{Ask, FieldValidation};
use crate::status::Refusal;
use crate::store::Key;
use crate::{admission, defaults, strategy, validation, warnings};
use kube_schema::BuiltInSchema;

/// Who writes what, and how.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub kind: Arc<Kind>,
    pub subresource: String,
    pub manager: String,
    pub dry_run: bool,
    pub validation: FieldValidation,
    /// What a strict reader finds wrong with a patch, until that is told.
    pub strict: Vec<String>,
    /// What the client is told beside the answer.
    pub warnings: Vec<String>,
    /// Whether the object comes with its owners up to date, as after an apply.
    pub owners_are_set: bool,
    /// Whether the object came with empty lists or maps, which count as changes for some kinds.
    pub empties: bool,
    /// Whether the object has empty lists that are to be null.
    pub empty_lists: bool,
    /// The empty lists and maps that the object was read without.
    pub emptied: Vec<Emptied>,
    /// Whether nulls that cannot be are refused, and not taken out.
    pub keeps_nulls: bool,
    /// Who wants it; nobody when a controller does.
    pub caller: Option<Arc<User>>,
    /// Whether an object is created by a request that may only change one: the right to create it was not checked yet.
    pub upserts: bool,
}

impl Write {
    pub fn of(ask: &Ask, target: &Target) -> Self {
        Write {
            dry_run: ask.dry_run(),
            validation: ask.field_validation(),
            caller: Some(ask.user.clone()),
            ..Write::by_controller(target.kind.clone(), &target.subresource, &ask.manager())
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
            strict: Vec::new(),
            warnings: Vec::new(),
            owners_are_set: false,
            empties: false,
            empty_lists: false,
            emptied: Vec::new(),
            keeps_nulls: false,
            caller: None,
            upserts: false,
        }
    }

    /// Makes empty lists null that are written so, once their owners are known.
    fn settle(&self, object: &mut Value) {
        if let Some(own) = self.kind.structure().filter(|_| self.empty_lists) {
            crate::decode::settle(own, object);
        }
    }

    /// Returns what a client asks in an object that is answered but not stored, with its owner.
    pub fn owned(&self, core: &Core, object: Value) -> Value {
        let time = core.timestamp();
        let nothing = nothing_yet(&self.kind);
        let mut owned = self.with_updater(core, |updater| updater.update(nothing, object, &self.manager, &time));
        structured_merge::unpack_owners(&mut owned);
        owned
    }

    /// Calls `use_it` with what keeps the owners of the kind's fields.
    pub fn with_updater<T>(&self, core: &Core, use_it: impl FnOnce(&Updater<'_>) -> T) -> T {
        let (kind, api_version) = (&self.kind, self.kind.api_version());
        let definition = core.definitions.get(&kind.resource());
        let built_in = || {
            let type_id = kind
                .structure()
                .map_or(structured_merge::Schema::DEDUCED, |own| own.type_id);
            (&BuiltInSchema::get().merge, type_id)
        };
        let (schema, type_id) = definition
            .and_then(|definition| definition.merge_type(&kind.version))
            .unwrap_or_else(built_in);
        let mut updater = Updater::new(schema, type_id, &api_version);
        updater.subresource = &self.subresource;
        updater.packed = true;
        updater.empty = Cow::Borrowed(nothing_yet(kind));
        updater.ignored = strategy::ignored_fields(kind, &self.subresource);
        use_it(&updater)
    }
}

/// Creates an object that was read already.
pub(crate) fn create_object(
    core: &mut Core,
    write: &mut Write,
    namespace: &str,
    mut object: Value,
) -> Result<Arc<Value>, Refusal> {
    let kind = write.kind.clone();
    wipe(&mut object);
    check_namespace(&kind, namespace, &mut object)?;
    defaults::apply(&kind, &mut object);
    crate::convert::settle(&kind, &mut object);
    let nothing = nothing_yet(&kind);
    if !write.owners_are_set {
        // Before anything else changes the object: what the server adds belongs to nobody.
        let time = core.timestamp();
        object = write.with_updater(core, |updater| updater.update(nothing, object, &write.manager, &time));
    }
    write.settle(&mut object);
    check_namespace_exists(core, &kind, namespace, name(&object))?;
    check_escalation(core, write, namespace, None, &object)?;
    if write.caller.is_some() && kind.group.is_empty() && kind.plural == "pods" {
        admission::check_account(core, &kind, &object)?;
    }
    let was_generated = name(&object).is_empty();
    prepare_created(core, &kind, &mut object);
    if strategy::keeps_first_status(&kind) {
        // A configuration that nobody can set any more.
        remove(&mut object, &["status", "config"]);
    } else if strategy::has_status(&kind) {
        let quality = text(&object, &["status", "qosClass"]).to_owned();
        remove(&mut object, &["status"]);
        if let Some(status) = nothing.get("status") {
            set(&mut object, &["status"], status.clone());
        }
        if kind.group.is_empty() && kind.plural == "pods" && !quality.is_empty() {
            set(&mut object, &["status", "qosClass"], quality);
        }
    }
    crate::convert::keep(&kind, &Value::Null, &mut object, false);
    admission::created(core, &kind, write.caller.is_some(), &mut object)?;
    let mut faults = validation::created(&kind, &object);
    faults.extend(custom::faults(core, &kind, "", &object));
    faults.extend(crate::rules::check(core, &kind, None, &object));
    empties::show(&write.emptied, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::invalid(&kind, name(&object), &faults));
    }
    write.warnings.extend(warnings::created(&kind, &object));
    check_right_to_create(core, write, namespace, name(&object))?;
    admission::check(core, &kind, true, &object)?;
    crate::quota::check(core, &kind, &object)?;
    custom::store(core, &kind, &mut object);
    store_created(core, write, object, was_generated)
}

/// Stores a new object that is valid.
fn store_created(
    core: &mut Core,
    write: &Write,
    mut object: Value,
    was_generated: bool,
) -> Result<Arc<Value>, Refusal> {
    let kind = &write.kind;
    let version = text(&object, &["metadata", "resourceVersion"]);
    if !write.dry_run && version.parse::<u64>().is_ok_and(|version| version > 0) {
        return Err(Refusal::internal(
            "resourceVersion should not be set on objects to be created",
        ));
    }
    let key = Key::of(&kind.resource(), &object);
    if let Some(found) = core.store.get(&key) {
        let has_prefix = was_generated || !text(&object, &["metadata", "generateName"]).is_empty();
        let mut refusal = if has_prefix {
            Refusal::no_unique_name(kind, name(&object))
        } else {
            Refusal::already_exists(kind, name(&object))
        };
        if is_deleted(found) {
            refusal.message.insert_str(0, "object is being deleted: ");
        }
        return Err(refusal);
    }
    if write.dry_run {
        return Ok(Arc::new(object));
    }
    remove(&mut object, &["metadata", "resourceVersion"]);
    Ok(core.store.put(&key, object))
}

/// Returns what an object of a kind has before anybody has set anything.
fn nothing_yet(kind: &Kind) -> &'static Value {
    static NOTHING: LazyLock<Value> = LazyLock::new(|| json!({}));
    kind.structure()
        .map_or_else(|| &*NOTHING, |own| own.empty(crate::decode::empty_object))
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
    write: &mut Write,
    key: &Key,
    live: &Arc<Value>,
    mut object: Value,
) -> Result<Arc<Value>, Refusal> {
    let kind = write.kind.clone();
    check_namespace(&kind, &key.namespace, &mut object)?;
    check_name(&object, &key.name)?;
    let live = match custom::shown(core, &kind, live) {
        Some(mut shown) => {
            set(&mut shown, &["apiVersion"], kind.api_version());
            Arc::new(shown)
        }
        None => crate::convert::to_version(&kind, live),
    };
    set(&mut object, &["apiVersion"], kind.api_version());
    set(&mut object, &["kind"], kind.kind.clone());
    defaults::apply(&kind, &mut object);
    crate::convert::settle(&kind, &mut object);
    check_escalation(core, write, &key.namespace, Some(&live), &object)?;
    let time = core.timestamp();
    if !write.owners_are_set {
        // Before anything else changes the object: what the server adds belongs to nobody.
        object = write.with_updater(core, |updater| updater.update(&live, object, &write.manager, &time));
        if !custom::fits_owners(core, &kind, &live, &object) {
            remove(&mut object, &["metadata", "managedFields"]);
        }
    }
    write.settle(&mut object);
    check_version(&kind, key, &live, &mut object)?;
    if write.subresource.is_empty() {
        admission::updated(core, &kind, &live, &mut object)?;
    }
    prepare_updated(write, &time, &live, &mut object);
    crate::convert::keep(&kind, &live, &mut object, write.subresource == "status");
    // Controllers write through subresources of their own, such as the binding of a Pod; what they make is right.
    if write.caller.is_some() {
        check_updated(core, write, key, &live, &object)?;
    }
    if write.subresource.is_empty() {
        write.warnings.extend(warnings::updated(&kind, &live, &object));
        admission::check(core, &kind, false, &object)?;
    }
    if kind.custom {
        custom::make_whole(&mut object);
    }
    if is_same(&live, &object) {
        return Ok(live);
    }
    custom::store(core, &kind, &mut object);
    let ends_deletion = is_deleted(&object) && items(&object, &["metadata", "finalizers"]).is_empty();
    if write.dry_run {
        return Ok(Arc::new(object));
    }
    if ends_deletion {
        // The last finalizer is gone: this update ends the deletion.
        core.store.put(key, object);
        return Ok(core.store.remove(key).unwrap_or(live));
    }
    Ok(core.store.put(key, object))
}

/// Refuses a new state of an object that is wrong.
fn check_updated(core: &Core, write: &Write, key: &Key, live: &Value, object: &Value) -> Result<(), Refusal> {
    let kind = &write.kind;
    let mut faults = validation::updated(kind, &write.subresource, live, object);
    faults.extend(custom::faults(core, kind, &write.subresource, object));
    faults.extend(crate::rules::check(core, kind, Some(live), object));
    empties::changes(kind, &write.emptied, live, &mut faults);
    empties::show(&write.emptied, &mut faults);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid(kind, &key.name, &faults))
    }
}

/// The object that a client means must be the one that is there.
pub(super) fn check_uid(kind: &Kind, key: &Key, live: &Value, object: &Value) -> Result<(), Refusal> {
    let (given, own) = (text(object, &["metadata", "uid"]), text(live, &["metadata", "uid"]));
    if given.is_empty() || given == own {
        return Ok(());
    }
    let folder = strategy::folder(kind);
    let parts = [folder, key.namespace.as_str(), key.name.as_str()];
    let place: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let cause = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{}, ResourceVersion: 0, AdditionalErrorMsg: Precondition \
         failed: UID in precondition: {given}, UID in object meta: {own}",
        place.join("/"),
    );
    Err(Refusal::conflict(kind, &key.name, &cause))
}

/// The version that a client changes must be the last one.
fn check_version(kind: &Kind, key: &Key, live: &Value, object: &mut Value) -> Result<(), Refusal> {
    let (given, own) = (
        text(object, &["metadata", "resourceVersion"]),
        text(live, &["metadata", "resourceVersion"]).to_owned(),
    );
    if !given.is_empty() && given.parse::<u64>().is_err() {
        let reason = if given.bytes().all(|byte| byte.is_ascii_digit()) {
            "value out of range"
        } else {
            "invalid syntax"
        };
        return Err(Refusal::internal(format!(
            "strconv.ParseUint: parsing {given:?}: {reason}"
        )));
    }
    if matches!(given, "" | "0") {
        if !strategy::allows_unconditional_update(kind) {
            let detail = "must be specified for an update";
            let fault = crate::status::FieldFault::invalid("metadata.resourceVersion", &json!(0), detail);
            return Err(Refusal::invalid_resource(kind, &key.name, &[fault]));
        }
    } else if given != own {
        return Err(Refusal::modified(kind, &key.name));
    }
    set(object, &["metadata", "resourceVersion"], own);
    Ok(())
}

/// Says whether two states differ in nothing but the times of their owners.
fn is_same(live: &Value, object: &Value) -> bool {
    same_but(live, object, "metadata", |live, object| {
        same_but(live, object, "managedFields", |live, object| {
            let (live, object) = (items(live, &[]), items(object, &[]));
            let mut pairs = live.iter().zip(object);
            live.len() == object.len() && pairs.all(|(live, object)| same_but(live, object, "time", |_, _| true))
        })
    })
}

/// Reads an object that a controller made, so that it has the form of all others.
pub(crate) fn read_own(core: &Core, kind: &Kind, object: Value) -> Value {
    let mut findings = crate::decode::Findings::default();
    match kind.structure() {
        Some(own) => {
            let mut object = crate::decode::decode(own, object, &mut findings).unwrap_or_default();
            crate::decode::settle(own, &mut object);
            object
        }
        None => {
            let read = custom::decode(core, kind, object.clone(), &mut findings);
            read.unwrap_or(object)
        }
    }
}
