//! What identifies an object in a wait.

use std::fmt;

use serde_json::Value;

/// A kind with its API group; the version does not matter for a status.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKind {
    /// The API group, empty for the core group.
    pub group: String,
    /// The kind, such as `Deployment`.
    pub kind: String,
}

/// Group, kind, namespace and name of an object. Prints as `Kind/namespace/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    /// Group and kind.
    pub group_kind: GroupKind,
    /// The namespace, empty for cluster-scoped objects.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ObjectId {
    /// Reads the identity from `apiVersion`, `kind` and `metadata`; fields that are absent are empty.
    #[must_use]
    pub fn of(object: &Value) -> Self {
        let (group, kind) = group_and_kind(object);
        let metadata = |field: &str| {
            object
                .get("metadata")
                .and_then(|m| m.get(field))
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        ObjectId {
            group_kind: GroupKind {
                group: group.to_owned(),
                kind: kind.to_owned(),
            },
            namespace: metadata("namespace"),
            name: metadata("name"),
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.group_kind.kind, self.namespace, self.name)
    }
}

/// Returns the API group and the kind of an object.
pub(crate) fn group_and_kind(object: &Value) -> (&str, &str) {
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
    (group, text("kind"))
}
