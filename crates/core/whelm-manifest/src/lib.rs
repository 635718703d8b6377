//! Rendered text to Kubernetes documents.
//!
//! Templates render to text; a file may hold several YAML documents. This crate splits the text ([`split`]), reads the head of
//! each document ([`Head`]), tells hooks from manifests ([`sort`]) and puts both into the order in which Helm installs or
//! uninstalls kinds ([`KindOrder`]).
//!
//! ```
//! use whelm_manifest::{KindOrder, sort};
//!
//! let files = vec![("web/templates/a.yaml".into(), "kind: Service\n---\nkind: Secret\n".into())];
//! let sorted = sort(files, KindOrder::Install)?;
//! assert_eq!(sorted.manifests[0].head.kind, "Secret");
//! # Ok::<(), whelm_manifest::Error>(())
//! ```
//!
//! What it does not do: it keeps every document as the text it was and never re-writes it.

mod head;
mod hook;
mod order;
mod sort;
mod space;
mod split;
mod text;

pub use head::{Head, HeadMetadata};
pub use hook::{
    DeletePolicy, EVENT_NAMES, HOOK_ANNOTATION, HOOK_DELETE_ANNOTATION, HOOK_LOG_ANNOTATION, HOOK_WEIGHT_ANNOTATION,
    Hook, HookEvent,
};
pub use order::{KindOrder, compare_kinds};
pub use sort::{Error, Manifest, Sorted, UnknownHook, sort, sort_with};
pub use space::{trim, trim_start};
pub use split::{split, split_places};
pub use text::Text;
