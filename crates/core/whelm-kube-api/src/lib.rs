//! Kubernetes requests and answers as data.
//!
//! The types here say what to ask an API server and what its answers mean, without asking: kinds and their versions
//! ([`Gvk`]), what discovery says about them ([`Discovery`], [`Mapping`]), requests ([`request`]), failures
//! ([`ApiError`]) and what a kubeconfig means ([`kubeconfig`]). Objects are [`serde_json::Value`]; [`object`] reads and
//! changes their metadata.
//!
//! ```
//! use whelm_kube_api::{Discovery, Gvk, request};
//!
//! let list = serde_json::json!({"kind": "APIResourceList", "groupVersion": "apps/v1", "resources": [
//!     {"name": "deployments", "kind": "Deployment", "namespaced": true, "verbs": ["get"]}]});
//! let mut discovery = Discovery::default();
//! discovery.add_resource_list(&list);
//! let mapping = discovery.mapping(&Gvk::new("apps/v1", "Deployment")).unwrap();
//! let get = request::get(mapping, "web", "front");
//! assert_eq!(get.uri(), "/apis/apps/v1/namespaces/web/deployments/front");
//! ```
//!
//! What it does not do: no sockets, no files, no typed objects.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod data_object;
mod discovery;
mod error;
mod gvk;
pub mod kubeconfig;
mod list;
pub mod object;
mod protobuf;
pub mod request;
pub mod selector;
mod watch;

pub use data_object::{DataKind, DataObject};
pub use discovery::{ACCEPT as DISCOVERY_ACCEPT, Discovery, Mapping, NoMatch};
pub use error::{ApiError, Asked, Reason};
pub use gvk::{GroupKind, Gvk};
pub use list::ListItems;
pub use protobuf::Malformed;
pub use watch::{WatchEvent, WatchLines};
