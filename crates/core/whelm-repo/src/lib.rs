//! The index of a chart repository: `index.yaml` to data, and a chart's name and wanted versions to an entry.
//!
//! ```
//! use whelm_chart::Log;
//! use whelm_repo::IndexFile;
//!
//! let text = "
//! apiVersion: v1
//! entries:
//!   web:
//!   - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}
//!   - {name: web, version: 1.2.0, urls: [web-1.2.0.tgz]}
//! ";
//! let mut log = Log::default();
//! let index = IndexFile::read(text.as_bytes(), "index.yaml", &mut log)?;
//! assert_eq!(index.get("web", "^1", &mut log)?.metadata.version, "1.2.0");
//! # Ok::<(), whelm_repo::Error>(())
//! ```
//!
//! What Helm would log on the way is collected in a [`Log`](whelm_chart::Log).
//!
//! What it does not do: no fetching, no writing of an index, no OCI references and no `Chart.lock` yet.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod decode;
mod error;
mod find;
mod index;
mod sort;

pub use error::{Error, ErrorKind};
pub use index::{ChartVersion, IndexFile};
