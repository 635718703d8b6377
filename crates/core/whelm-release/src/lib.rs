//! Releases and their stored encoding.
//!
//! A [`Release`] is what Helm remembers of one revision of an installed chart. [`encode`] and [`decode`] turn it into the
//! text that lies in a Secret or ConfigMap and back: JSON with Helm's keys in Helm's order, gzip, base64. Records written
//! here are read by Helm, and the reverse.
//!
//! ```
//! use whelm_release::{Release, Status, decode, encode};
//!
//! let mut release = Release { name: "web".into(), namespace: "default".into(), version: 1, ..Release::default() };
//! release.set_status(Status::Deployed, "Install complete");
//! let text = encode(&release).unwrap();
//! assert_eq!(decode(text.as_bytes()).unwrap().info.status, Status::Deployed);
//! ```
//!
//! What it does not do: it neither stores anything nor knows the clock.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chart_json;
mod codec;
mod from_json;
mod labels;
mod name;
mod outline;
mod release;
mod status;
mod time;
mod to_json;

pub use codec::{CodecError, MAX_DECODED_BYTES, decode, decode_outline, encode};
pub use from_json::from_json;
pub use labels::{
    SYSTEM_LABELS, contains_system_labels, merge_custom_labels, system_labels_error, without_system_labels,
};
pub use name::{NameError, validate_release_name};
pub use release::{ApplyMethod, Hook, HookEvent, HookExecution, HookPhase, Info, Release, hook_delete, hook_log};
pub use status::Status;
pub use time::Time;
pub use to_json::to_json;
