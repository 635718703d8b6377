//! What Helm does around a post-renderer: all rendered files become one stream, and what comes back becomes files again.
//!
//! Each document carries the name of its file in an annotation on the way. Documents are read and written by the rules of kyaml,
//! which keeps comments and the order of keys, but neither indentation nor all quotes, so that even a post-renderer that
//! changes nothing changes bytes.
//!
//! ```
//! let files = [("web/templates/a.yaml".into(), "kind: Pod\nspec:\n    items:\n      - 1\n".into())];
//! let stream = whelm_postrender::combine(&files)?;
//! assert_eq!(
//!     std::str::from_utf8(&stream)?,
//!     "kind: Pod\nspec:\n  items:\n  - 1\nmetadata:\n  annotations:\n    \
//!      postrenderer.helm.sh/postrender-filename: 'web/templates/a.yaml'\n",
//! );
//! let files = whelm_postrender::split(&stream)?;
//! assert_eq!(&*files[0].0, b"web/templates/a.yaml");
//! assert_eq!(&*files[0].1, b"kind: Pod\nspec:\n  items:\n  - 1\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate runs nothing: who has the stream runs the post-renderer, and complains if it says nothing.
//!
//! Source: Helm 4.3.1, `pkg/action/action.go`; kyaml 0.21.2, `kio` and `yaml`.

mod annotation;
mod combine;
mod error;
mod field;
mod json;
mod meta;
mod read;
mod split;
mod write;

pub use combine::combine;
pub use error::{Error, ErrorKind};
pub use split::split;

/// The annotation that holds the name of a document's file.
pub const FILENAME_ANNOTATION: &str = "postrenderer.helm.sh/postrender-filename";
