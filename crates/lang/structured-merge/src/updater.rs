//! Applying and updating objects with owners.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde_json::Value;

use crate::compare::{Comparison, compare};
use crate::conflict::Conflicts;
use crate::field_set::FieldSet;
use crate::managed_fields::{Managed, Manager, Operation, Owned, entries_of, pack_owners};
use crate::merge::merge;
use crate::owned_fields::OwnedFields;
use crate::remove::remove_items;
use crate::schema::{Schema, TypeId};
use crate::to_field_set::to_field_set;
use crate::validate::{Duplicates, ValidationErrors, validate};
use crate::value::equal;

/// How many managers that update an object may be told apart.
const MAX_UPDATE_MANAGERS: usize = 10;

/// Whether an apply takes fields from their owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It does.
    Yes,
    /// It fails with [`ApplyError::Conflicts`].
    No,
}

/// Why a configuration cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApplyError {
    /// The configuration does not fit its type.
    Configuration(ValidationErrors),
    /// The live object does not fit its type.
    Live(ValidationErrors),
    /// The two cannot be merged.
    Merge(ValidationErrors),
    /// Others own some of the fields.
    Conflicts(Conflicts),
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApplyError::Configuration(errors) | ApplyError::Live(errors) => errors.fmt(f),
            ApplyError::Merge(errors) => write!(f, "failed to merge config: {errors}"),
            ApplyError::Conflicts(conflicts) => conflicts.fmt(f),
        }
    }
}

impl std::error::Error for ApplyError {}

/// Applies to and updates objects of one type, through one subresource.
#[derive(Debug, Clone)]
pub struct Updater<'a> {
    schema: &'a Schema,
    type_id: TypeId,
    /// The version of the objects, such as `apps/v1`.
    pub api_version: &'a str,
    /// The subresource of the request, empty for the object itself.
    pub subresource: &'a str,
    /// Fields that requests of this kind cannot change, and so not own, such as `.status`.
    pub ignored: FieldSet,
    /// What an object has before anybody has set anything, such as an empty `.spec`.
    pub empty: Cow<'a, Value>,
    /// Whether the owners' fields are held as texts, in the objects given and in those returned. Most writes look into few of
    /// them, and a text is copied and compared far faster than a tree. [`unpack_owners`](crate::unpack_owners) makes trees of them.
    pub packed: bool,
}

impl<'a> Updater<'a> {
    /// Returns an updater for the objects themselves that ignores no fields.
    #[must_use]
    pub fn new(schema: &'a Schema, type_id: TypeId, api_version: &'a str) -> Self {
        Updater {
            schema,
            type_id,
            api_version,
            subresource: "",
            ignored: FieldSet::new(),
            empty: Cow::Owned(Value::Object(serde_json::Map::new())),
            packed: false,
        }
    }

    /// Returns `new` with the owners of its fields, after a manager has changed `live` to it.
    ///
    /// `live` is an empty map when the object is created. An object whose owners were never tracked stays so; owners that
    /// `new` brings along replace those of `live`, and an empty list of them resets the tracking. An object that does not fit
    /// its type, such as one whose list items cannot be told apart, has no owners.
    #[must_use]
    pub fn update(&self, live: &Value, new: Value, manager: &str, now: &str) -> Value {
        let mut new_object = new;
        if self.packed {
            pack_owners(&mut new_object);
        }
        let given = take_owners(&mut new_object);
        let managed = if given.as_deref().unwrap_or_default() == entries_of(live) {
            Managed::keep(given.unwrap_or_default())
        } else if self.subresource.is_empty() {
            owners_after_update(live, given.as_deref())
        } else {
            Managed::of_stored(live)
        };
        let is_created = live.get("metadata").and_then(|metadata| metadata.get("uid")).is_none();
        if managed.0.is_empty() && !is_created {
            return new_object;
        }
        // What the live object holds fits: it has owners, or is empty.
        if validate(self.schema, self.type_id, &new_object, Duplicates::Allowed).is_err() {
            return new_object;
        }
        let managed = self.update_owners(live, &new_object, managed, manager, now);
        cap_update_managers(managed).store(&mut new_object, self.packed);
        new_object
    }

    /// Returns the live object with a configuration merged in, and with its owners.
    ///
    /// What the manager applied before and does not apply any more is removed, unless others own it. `live` is an empty
    /// map when the object does not exist yet.
    ///
    /// # Errors
    /// The configuration does not fit its type, or others own what it would change and `force` is [`Force::No`].
    pub fn apply(
        &self,
        live: &Value,
        config: &Value,
        manager: &str,
        force: Force,
        now: &str,
    ) -> Result<Value, ApplyError> {
        validate(self.schema, self.type_id, config, Duplicates::Refused).map_err(ApplyError::Configuration)?;
        let mut live_fields = live.clone();
        let owners = take_owners(&mut live_fields).unwrap_or_default();
        validate(self.schema, self.type_id, &live_fields, Duplicates::Allowed).map_err(ApplyError::Live)?;
        let mut managed = Managed::keep(owners);
        if managed.0.is_empty() {
            managed = self.update_owners(&self.empty, &live_fields, managed, "before-first-apply", now);
        }
        let manager = self.manager(manager, Operation::Apply);
        let (object, mut managed) = self.merge_config(&live_fields, config, managed, &manager, force)?;
        let mut object = match object {
            Some(object) => {
                if let Some(owned) = managed.0.get_mut(&manager) {
                    owned.time = Some(now.to_owned());
                }
                object
            }
            None => live_fields,
        };
        managed.store(&mut object, self.packed);
        Ok(object)
    }

    fn manager(&self, name: &str, operation: Operation) -> Manager {
        Manager {
            name: if name.is_empty() {
                "unknown".into()
            } else {
                name.to_owned()
            },
            operation,
            api_version: if operation == Operation::Apply {
                String::new()
            } else {
                self.api_version.to_owned()
            },
            subresource: self.subresource.to_owned(),
        }
    }

    /// Gives the changed fields to the manager that changed them. Whether the two states hold their owners does not matter:
    /// nobody owns these.
    fn update_owners(&self, live: &Value, new: &Value, managed: Managed, manager: &str, now: &str) -> Managed {
        let changes = compare(self.schema, self.type_id, live, new).excluding(&self.ignored);
        let mut managed = take_from_owners(managed, &changes, None);
        let mut taken = changes.modified;
        taken.append(changes.added);
        taken.subtract(metadata_of_the_server());
        if !taken.is_empty() {
            let owned = managed.0.entry(self.manager(manager, Operation::Update)).or_default();
            owned.fields.set_mut().append(taken);
            owned.api_version = self.api_version.to_owned();
            owned.time = Some(now.to_owned());
        }
        managed
    }

    /// Merges, prunes and finds conflicts. There is no object when nothing changed.
    fn merge_config(
        &self,
        live: &Value,
        config: &Value,
        mut managed: Managed,
        manager: &Manager,
        force: Force,
    ) -> Result<(Option<Value>, Managed), ApplyError> {
        let merged = merge(self.schema, self.type_id, live, config).map_err(ApplyError::Merge)?;
        let mut set = to_field_set(self.schema, self.type_id, config);
        set.subtract_recursively(&self.ignored);
        let last = managed.0.remove(manager);
        let time = last.as_ref().and_then(|last| last.time.clone());
        managed.0.insert(
            manager.clone(),
            Owned {
                fields: OwnedFields::from(set),
                api_version: self.api_version.to_owned(),
                time,
            },
        );
        let object = match last {
            Some(last) if !last.fields.is_empty() => self.prune(merged, &managed, &last.set()),
            _ => merged,
        };
        let changes = compare(self.schema, self.type_id, live, &object).excluding(&self.ignored);
        if force == Force::No {
            let conflicts = conflicts(&mut managed, &changes, manager);
            if !conflicts.0.is_empty() {
                return Err(ApplyError::Conflicts(conflicts));
            }
        }
        let mut managed = take_from_owners(managed, &changes, Some(manager));
        if let Some(owned) = managed.0.get_mut(manager) {
            owned.fields.subtract(metadata_of_the_server());
            if owned.fields.is_empty() {
                managed.0.remove(manager);
            }
        }
        let changed = !equal(live, &object);
        Ok((changed.then_some(object), managed))
    }

    /// Takes out of a merged object what the manager applied last time and nobody owns now.
    fn prune(&self, merged: Value, managed: &Managed, last: &FieldSet) -> Value {
        let named = |set: &FieldSet| set.with_named_fields(self.schema, self.type_id);
        let fields = |value: &Value| named(&to_field_set(self.schema, self.type_id, value));
        let without = |set: &FieldSet| remove_items(self.schema, self.type_id, &merged, set);
        let (last, mut merged_fields) = (named(last), fields(&merged));

        let pruned = without(&last);
        let mut owned = FieldSet::new();
        for owner in managed.0.values() {
            owned.append(owner.set().into_owned());
        }
        let mut kept = fields(&pruned);
        kept.append(named(&owned));
        let pruned = without(&merged_fields.difference(&kept));
        merged_fields.subtract(&fields(&pruned));
        // What the manager never owned was not its to remove.
        let gone = merged_fields.intersection(&last);
        if gone.is_empty() { merged } else { without(&gone) }
    }
}

fn conflicts(managed: &mut Managed, changes: &Comparison, manager: &Manager) -> Conflicts {
    let touched = changes.modified.union(&changes.added);
    let mut conflicts = Conflicts::default();
    for (owner, owned) in managed.0.iter_mut().filter(|(owner, _)| *owner != manager) {
        // Who shares fields loses them next, and so is read to be changed.
        if owned.fields.may_share(&touched) {
            conflicts.add(owner, &owned.fields.set_mut().intersection(&touched));
        }
    }
    conflicts
}

/// Takes changed and removed fields from all owners but one.
fn take_from_owners(mut managed: Managed, changes: &Comparison, keeper: Option<&Manager>) -> Managed {
    for (_, owned) in managed.0.iter_mut().filter(|(owner, _)| Some(*owner) != keeper) {
        for fields in [&changes.modified, &changes.added, &changes.removed] {
            owned.fields.subtract(fields);
        }
    }
    managed.0.retain(|_, owned| !owned.fields.is_empty());
    managed
}

fn owners_after_update(live: &Value, given: Option<&[Value]>) -> Managed {
    let is_reset = given.is_some_and(|entries| match entries {
        [] => true,
        [only] => only.as_object().is_some_and(serde_json::Map::is_empty),
        _ => false,
    });
    if is_reset {
        return Managed::default();
    }
    let managed = given.and_then(Managed::read).unwrap_or_default();
    if managed.0.is_empty() {
        Managed::of_stored(live)
    } else {
        managed
    }
}

/// Takes the owners out of an object.
fn take_owners(object: &mut Value) -> Option<Vec<Value>> {
    match object.get_mut("metadata")?.as_object_mut()?.remove("managedFields")? {
        Value::Array(entries) => Some(entries),
        _ => None,
    }
}

/// The fields that nobody owns, since the server keeps them.
fn metadata_of_the_server() -> &'static FieldSet {
    static FIELDS: LazyLock<FieldSet> = LazyLock::new(|| {
        FieldSet::of_names(&[
            &["apiVersion"],
            &["kind"],
            &["metadata"],
            &["metadata", "name"],
            &["metadata", "namespace"],
            &["metadata", "creationTimestamp"],
            &["metadata", "selfLink"],
            &["metadata", "uid"],
            &["metadata", "clusterName"],
            &["metadata", "generation"],
            &["metadata", "managedFields"],
            &["metadata", "resourceVersion"],
        ])
    });
    &FIELDS
}

/// Puts the oldest updaters of one version together when there are too many.
fn cap_update_managers(mut managed: Managed) -> Managed {
    if managed.0.len() <= MAX_UPDATE_MANAGERS {
        return managed;
    }
    let mut updaters: Vec<(Option<String>, Manager)> = managed
        .0
        .iter()
        .filter(|(manager, _)| manager.operation == Operation::Update)
        .map(|(manager, owned)| (owned.time.clone(), manager.clone()))
        .collect();
    updaters.sort();
    let mut count = updaters.len();
    let mut first_of_version: BTreeMap<String, Manager> = BTreeMap::new();
    for (time, manager) in updaters {
        if count <= MAX_UPDATE_MANAGERS {
            break;
        }
        let Some(owned) = managed.0.get(&manager) else { continue };
        let version = owned.api_version.clone();
        let Some(first) = first_of_version.get(&version) else {
            first_of_version.insert(version, manager);
            continue;
        };
        let bucket = Manager {
            name: "ancient-changes".into(),
            operation: Operation::Update,
            api_version: version,
            subresource: String::new(),
        };
        if !managed.0.contains_key(&bucket)
            && let Some(first) = managed.0.remove(first)
        {
            managed.0.insert(bucket.clone(), first);
        }
        let Some(owned) = managed.0.remove(&manager) else {
            continue;
        };
        let kept = managed.0.entry(bucket).or_default();
        kept.fields.set_mut().extend(&owned.set());
        kept.time = time;
        count -= 1;
    }
    managed
}
