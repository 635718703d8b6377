//! Strategic merge patches: the difference of two or three states of a Kubernetes object.
//!
//! A strategic merge patch is a JSON merge patch that knows which lists of a kind are merged, and by which key. A client that
//! applies a configuration itself, as `kubectl apply` and `helm upgrade --server-side=false` do, makes one of three states: what it
//! applied last, what it applies now, and what the cluster has. Kinds of which nothing is known get a JSON merge patch.
//!
//! ```
//! use serde_json::json;
//! use strategic_merge::{Field, FieldType, Types, three_way};
//!
//! /// One struct with one list, whose items have names.
//! #[derive(Clone, Copy)]
//! struct Pod;
//! impl Types for Pod {
//!     fn field(&self, name: &str) -> Result<Field<'_, Self>, String> {
//!         let is_merged = name == "containers";
//!         let of = FieldType::List(Some(Pod));
//!         Ok(Field { of, merges: is_merged, retains_keys: false, replaces: false, merge_key: "name" })
//!     }
//! }
//!
//! let last = json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "old", "image": "x"}]});
//! let next = json!({"containers": [{"name": "a", "image": "a:2"}]});
//! let live = json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "old", "image": "x"}, {"name": "injected"}]});
//! let patch = three_way(&Pod, &last, &next, &live).unwrap();
//! assert_eq!(patch["containers"], json!([{"name": "a", "image": "a:2"}, {"$patch": "delete", "name": "old"}]));
//! ```
//!
//! What it does not do: it applies no patches to objects, which is the server's part, and asks nobody about conflicts: what
//! others changed is overwritten.
//!
//! Source of truth: `k8s.io/apimachinery` v0.37.1, `pkg/util/strategicpatch` and `pkg/util/jsonmergepatch`.

mod diff;
mod json;
mod lists;
mod merge;
mod order;
mod text;
mod types;

pub use json::{merge_patch, three_way_merge_patch};
pub use text::text_of;
pub use types::{Field, FieldType, Types};

use serde_json::{Map, Value};

use diff::{Options, diff_maps};

/// Why there is no patch; prints as the original's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchError(String);

impl std::fmt::Display for PatchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for PatchError {}

impl PatchError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        PatchError(text.into())
    }
}

/// Returns the patch that makes `modified` of `current`, and removes what `original` had and `modified` has not.
///
/// An empty map means that there is nothing to do.
///
/// # Errors
/// A field of which the type knows nothing differs, or a list that is merged by a key has an item without it.
pub fn three_way<T: Types>(
    types: &T,
    original: &Value,
    modified: &Value,
    current: &Value,
) -> Result<Value, PatchError> {
    let nothing = Map::new();
    let fields = |value| Value::as_object(value).unwrap_or(&nothing);
    let (original, modified, current) = (fields(original), fields(modified), fields(current));
    let own = FieldType::Struct(types.clone());
    let changes = diff_maps(&own, current, modified, Options::changes())?;
    let deletions = diff_maps(&own, original, modified, Options::deletions())?;
    merge::merge_patches(&own, deletions, changes).map(Value::Object)
}
