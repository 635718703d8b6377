//! The chart model: files to chart, `.helmignore`, metadata rules.
//!
//! A [`Chart`] is plain data: metadata, templates, values, other files and the charts it depends on. This crate makes
//! one out of the files of a folder or the bytes of an archive, with the rules, the order and the error texts of
//! Helm 4. It does no IO.
//!
//! ```
//! use whelm_chart::{BufferedFile, Log, load_files};
//!
//! let files = vec![
//!     BufferedFile::new("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
//!     BufferedFile::new("templates/a.yaml", "kind: ConfigMap\n"),
//! ];
//! let chart = load_files(files, &mut Log::default())?;
//! assert_eq!(chart.name(), "web");
//! assert_eq!(chart.templates.len(), 1);
//! # Ok::<(), whelm_chart::Error>(())
//! ```
//!
//! What Helm would log on the way is collected in a [`Log`] and left to the caller to print.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod archive;
pub mod both;
mod chart;
mod content;
pub mod decode;
mod error;
mod exchange;
mod folder;
mod glob;
mod ignore;
mod load;
mod log;
mod marshal;
mod metadata;
mod rfc3339;
mod unpacking;
mod validate;
mod values_file;
mod yaml;

pub use chart::{BufferedFile, Chart, Crd, File, ModTime};
pub use content::Content;
pub use decode::{Generation, decode_api_version, decode_lock, decode_map, decode_metadata, decode_metadata_strict};
pub use error::{Error, ErrorKind};
pub use folder::FolderLoader;
pub use glob::{BadPattern, match_path};
pub use ignore::{HELM_IGNORE, Rules};
pub use load::{
    detect_generation, load_archive, load_archive_file, load_archive_file_v2, load_chartfile, load_files,
    load_generation,
};
pub use log::{Level, Log, LogEntry};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};
pub use values_file::{load_values, merge_maps};
