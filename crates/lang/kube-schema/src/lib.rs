//! The structure of Kubernetes' built-in kinds: fields, types, defaults, and how lists are merged.
//!
//! It is recorded from a real API server (`whelm-sandbox/data/record.py`), as one table of structs, for all kinds that
//! Kubernetes 1.36 serves. Servers read objects by it and merge them on their side; clients make strategic merge patches.
//!
//! ```
//! use kube_schema::{BuiltInSchema, known_to_clients};
//! use serde_json::json;
//!
//! let deployment = BuiltInSchema::get().of_kind("apps", "v1", "Deployment").unwrap();
//! assert!(deployment.fields.contains_key("spec"));
//!
//! let service = known_to_clients("", "v1", "Service").unwrap();
//! let old = json!({"spec": {"ports": [{"port": 80, "name": "a"}]}});
//! let new = json!({"spec": {"ports": [{"port": 80, "name": "b"}]}});
//! let patch = strategic_merge::three_way(&service, &old, &new, &old).unwrap();
//! assert_eq!(patch["spec"]["ports"], json!([{"port": 80, "name": "b"}]));
//! ```

mod patch;
mod schema;

pub use patch::{PatchType, known_to_clients};
pub use schema::{BuiltInSchema, Shape, Struct, StructField};
