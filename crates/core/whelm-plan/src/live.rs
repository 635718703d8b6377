//! What the cluster holds.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use serde_json::Value;
use whelm_kube_api::GroupKind;

/// What identifies an object in every version of its API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Group and kind.
    pub group_kind: GroupKind,
    /// The namespace; empty for cluster-wide kinds.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// What became of looking an object up.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    /// It does not exist.
    Absent,
    /// It exists.
    Present(Box<Value>),
    /// Nobody may tell us, for this reason.
    Forbidden(String),
    /// Nobody knows, for this reason, which passes.
    Unknown(String),
}

static NAMELESS: LazyLock<Live> = LazyLock::new(|| Live::Forbidden("resource name may not be empty".to_owned()));

/// The objects that were looked up; those that were not are taken as absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveObjects(BTreeMap<ObjectKey, Live>);

impl LiveObjects {
    /// Takes in what was found for `key`.
    pub fn insert(&mut self, key: ObjectKey, live: Live) {
        self.0.insert(key, live);
    }

    /// Returns what was found for `key`. What has no name cannot be looked up.
    pub fn get(&self, key: &ObjectKey) -> &Live {
        if key.name.is_empty() {
            return &NAMELESS;
        }
        self.0.get(key).unwrap_or(&Live::Absent)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}", self.group_kind.kind, self.namespace, self.name)
    }
}
