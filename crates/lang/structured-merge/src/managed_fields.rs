//! Who owns which fields, and `metadata.managedFields`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::field_set::FieldSet;
use crate::fields_v1::{decode, pack, unpack};
use crate::owned_fields::OwnedFields;

/// How a manager came to own its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// By applying them.
    Apply,
    /// By creating, updating or patching in any other way.
    Update,
}

impl Operation {
    /// Returns the word in `managedFields`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Apply => "Apply",
            Operation::Update => "Update",
        }
    }
}

/// What tells managers of one object apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Manager {
    /// The name that the client gave.
    pub name: String,
    /// How it owns.
    pub operation: Operation,
    /// The version at which it updated; empty for appliers, which are one manager at all versions.
    pub api_version: String,
    /// The subresource that it wrote through, mostly empty.
    pub subresource: String,
}

/// What one manager owns.
#[derive(Debug, Clone, Default)]
pub struct Owned {
    pub(crate) fields: OwnedFields,
    /// The version at which the fields are named.
    pub api_version: String,
    /// When the manager last changed them, in RFC 3339.
    pub time: Option<String>,
}

impl Owned {
    /// Returns the fields.
    #[must_use]
    pub fn set(&self) -> Cow<'_, FieldSet> {
        self.fields.set()
    }
}

/// The owners of the fields of one object.
#[derive(Debug, Clone, Default)]
pub struct Managed(pub BTreeMap<Manager, Owned>);

impl Managed {
    /// Reads the owners from an object; what is malformed counts as no owners at all, as in the API server.
    #[must_use]
    pub fn of(object: &Value) -> Self {
        Managed::read(entries_of(object)).unwrap_or_default()
    }

    /// Reads the owners of an object that a server has stored, whose fields are well-formed.
    pub(crate) fn of_stored(object: &Value) -> Self {
        Managed::keep(entries_of(object).to_vec())
    }

    /// Takes in entries that are well-formed.
    pub(crate) fn keep(entries: Vec<Value>) -> Self {
        let owners = entries.into_iter().map(|mut entry| {
            let fields = entry.get_mut("fieldsV1").map(Value::take);
            owner(&entry, fields.map(OwnedFields::encoded).unwrap_or_default())
        });
        Managed(owners.collect::<Option<_>>().unwrap_or_default())
    }

    pub(crate) fn read(entries: &[Value]) -> Option<Self> {
        let owners = entries.iter().map(|entry| {
            let set = entry.get("fieldsV1").map_or_else(|| Some(FieldSet::new()), decode)?;
            owner(entry, set.into())
        });
        owners.collect::<Option<_>>().map(Managed)
    }

    /// Returns the entries of `managedFields`: appliers first, then by time, name, version and subresource.
    #[must_use]
    pub fn encode(self) -> Vec<Value> {
        self.encode_as(false)
    }

    fn encode_as(self, packed: bool) -> Vec<Value> {
        let mut owners: Vec<(Manager, Owned)> = self.0.into_iter().collect();
        owners.sort_by(|left, right| place(left).cmp(&place(right)));
        owners
            .into_iter()
            .map(|(manager, owned)| encode_entry(manager, owned, packed))
            .collect()
    }

    /// Writes the owners into an object, in place of those it had.
    pub(crate) fn store(self, object: &mut Value, packed: bool) {
        let metadata = object
            .as_object_mut()
            .map(|fields| fields.entry("metadata").or_insert_with(|| json!({})));
        let Some(Value::Object(metadata)) = metadata else {
            return;
        };
        if self.0.is_empty() {
            metadata.remove("managedFields");
        } else {
            metadata.insert("managedFields".into(), Value::Array(self.encode_as(packed)));
        }
    }
}

/// What entries are sorted by.
fn place((manager, owned): &(Manager, Owned)) -> (Operation, Option<&str>, &str, &str, &str) {
    let (name, subresource) = (&manager.name, &manager.subresource);
    (
        manager.operation,
        owned.time.as_deref(),
        name,
        &owned.api_version,
        subresource,
    )
}

/// Turns the fields of all owners of an object into texts; see [`Updater::packed`](crate::Updater::packed).
pub fn pack_owners(object: &mut Value) {
    each_fields(object, pack);
}

/// Turns texts back into the fields that clients see.
pub fn unpack_owners(object: &mut Value) {
    each_fields(object, unpack);
}

fn each_fields(object: &mut Value, change: fn(&mut Value)) {
    let entries = object
        .get_mut("metadata")
        .and_then(|metadata| metadata.get_mut("managedFields"))
        .and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        if let Some(fields) = entry.get_mut("fieldsV1") {
            change(fields);
        }
    }
}

/// Returns the entries of `managedFields`.
pub(crate) fn entries_of(object: &Value) -> &[Value] {
    let entries = object
        .get("metadata")
        .and_then(|metadata| metadata.get("managedFields"));
    entries.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Reads an entry whose fields were read already.
fn owner(entry: &Value, fields: OwnedFields) -> Option<(Manager, Owned)> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let operation = match entry.get("operation")?.as_str()? {
        "Apply" => Operation::Apply,
        "Update" => Operation::Update,
        _ => return None,
    };
    let api_version = text("apiVersion");
    if api_version.is_empty() || entry.get("fieldsType")?.as_str()? != "FieldsV1" {
        return None;
    }
    let manager = Manager {
        name: text("manager"),
        operation,
        api_version: match operation {
            Operation::Apply => String::new(),
            Operation::Update => api_version.clone(),
        },
        subresource: text("subresource"),
    };
    let time = entry.get("time").and_then(Value::as_str).map(str::to_owned);
    let owned = Owned {
        fields,
        api_version,
        time,
    };
    Some((manager, owned))
}

fn encode_entry(manager: Manager, owned: Owned, packed: bool) -> Value {
    let mut entry = Map::new();
    entry.insert("manager".into(), manager.name.into());
    entry.insert("operation".into(), manager.operation.as_str().into());
    entry.insert("apiVersion".into(), owned.api_version.into());
    if let Some(time) = owned.time {
        entry.insert("time".into(), time.into());
    }
    entry.insert("fieldsType".into(), "FieldsV1".into());
    entry.insert("fieldsV1".into(), owned.fields.encode(packed));
    if !manager.subresource.is_empty() {
        entry.insert("subresource".into(), manager.subresource.into());
    }
    Value::Object(entry)
}
