//! From a Kubernetes object to its status, and the wait state machine fed with events.
//!
//! Clients that wait for objects need one answer per object: is it as its owner wants it, still on its way, broken, or
//! going away? [`compute`] gives that answer from the object alone, by the rules and in the words of the `kstatus`
//! library that Helm uses. [`Waiter`] adds the bookkeeping for many objects: it is fed with what a watch reports and says
//! when the wait is over and with which error text.
//!
//! ```
//! use kstatus::{compute, Status, Timestamp};
//!
//! let object = serde_json::json!({
//!     "apiVersion": "v1", "kind": "PersistentVolumeClaim",
//!     "metadata": {"name": "data", "namespace": "default"},
//!     "status": {"phase": "Pending"},
//! });
//! let result = compute(&object, Timestamp::from_unix_seconds(0)).unwrap();
//! assert_eq!(result.status, Status::InProgress);
//! assert_eq!(result.message, "PVC is not Bound. phase: Pending");
//! ```
//!
//! The crate does no input or output and reads no clock: the caller gives the time. It does not talk to a cluster, and it
//! does not know Helm 3's older polling rules.
//!
//! Source of truth: `github.com/fluxcd/cli-utils` v1.2.2, `pkg/kstatus`; Helm 4.3.1, `pkg/kube/statuswait.go`.

mod field;
mod generic;
mod object_id;
mod pod_controller;
mod rules;
mod status;
mod timestamp;
mod waiter;

pub use field::FieldError;
pub use generic::{compute, compute_lenient};
pub use object_id::{GroupKind, ObjectId};
pub use pod_controller::{compute_with_pods, is_pod_unschedulable, pod_selector};
pub use rules::hook::{hook_job, hook_pod};
pub use status::{Condition, Status, StatusResult};
pub use timestamp::Timestamp;
pub use waiter::{End, ObjectStatus, Progress, WaitError, WaitFor, Waiter};
