//! Who owns which fields, and `metadata.managedFields`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::field_set::FieldSet;

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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owned {
    /// The fields.
    pub set: FieldSet,
    /// The version at which the fields are named.
    pub api_version: String,
    /// When the manager last changed them, in RFC 3339.
    pub time: Option<String>,
}

/// The owners of the fields of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Managed(pub BTreeMap<Manager, Owned>);

impl Managed {
    /// Reads the owners from an object; what is malformed counts as no owners at all, as in the API server.
    #[must_use]
    pub fn of(object: &Value) -> Self {
        match object
            .get("metadata")
            .and_then(|metadata| metadata.get("managedFields"))
        {
            Some(Value::Array(entries)) => Managed::decode(entries).unwrap_or_default(),
            _ => Managed::default(),
        }
    }

    fn decode(entries: &[Value]) -> Option<Self> {
        let mut managed = BTreeMap::new();
        for entry in entries {
            let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let operation = match text("operation").as_str() {
                "Apply" => Operation::Apply,
                "Update" => Operation::Update,
                _ => return None,
            };
            let api_version = text("apiVersion");
            if api_version.is_empty() || text("fieldsType") != "FieldsV1" {
                return None;
            }
            let set = match entry.get("fieldsV1") {
                Some(fields) => FieldSet::from_fields_v1(fields).ok()?,
                None => FieldSet::new(),
            };
            let manager = Manager {
                name: text("manager"),
                operation,
                api_version: if operation == Operation::Apply {
                    String::new()
                } else {
                    api_version.clone()
                },
                subresource: text("subresource"),
            };
            let time = entry.get("time").and_then(Value::as_str).map(str::to_owned);
            managed.insert(manager, Owned { set, api_version, time });
        }
        Some(Managed(managed))
    }

    /// Returns the entries of `managedFields`: appliers first, then by time, name, version and subresource.
    #[must_use]
    pub fn encode(&self) -> Vec<Value> {
        let mut owners: Vec<(&Manager, &Owned)> = self.0.iter().collect();
        owners.sort_by_key(|(manager, owned)| {
            (
                manager.operation,
                owned.time.as_ref(),
                &manager.name,
                &owned.api_version,
                &manager.subresource,
            )
        });
        owners
            .into_iter()
            .map(|(manager, owned)| encode_entry(manager, owned))
            .collect()
    }

    /// Writes the owners into an object, in place of those it had.
    pub(crate) fn store(&self, object: &mut Value) {
        let metadata = object
            .as_object_mut()
            .map(|fields| fields.entry("metadata").or_insert_with(|| json!({})));
        let Some(Value::Object(metadata)) = metadata else {
            return;
        };
        if self.0.is_empty() {
            metadata.remove("managedFields");
        } else {
            metadata.insert("managedFields".into(), Value::Array(self.encode()));
        }
    }
}

fn encode_entry(manager: &Manager, owned: &Owned) -> Value {
    let mut entry = Map::new();
    entry.insert("manager".into(), manager.name.clone().into());
    entry.insert("operation".into(), manager.operation.as_str().into());
    entry.insert("apiVersion".into(), owned.api_version.clone().into());
    if let Some(time) = &owned.time {
        entry.insert("time".into(), time.clone().into());
    }
    entry.insert("fieldsType".into(), "FieldsV1".into());
    entry.insert("fieldsV1".into(), owned.set.to_fields_v1());
    if !manager.subresource.is_empty() {
        entry.insert("subresource".into(), manager.subresource.clone().into());
    }
    Value::Object(entry)
}
