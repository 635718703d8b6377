//! The chart model: files to chart, `.helmignore`, metadata rules.
//!
//! A [`Chart`] is plain data: metadata, templates, values, other files and the charts it depends on. This crate makes
//! one out of the files of a folder or the bytes of an archive, with the rules, the order and the error texts of
//! Helm 4. It does no IO: a caller that walks a folder asks [`FolderLoader`] what to read and hands over the bytes.
//!
//!
//! What Helm would log on the way is collected in a [`Log`] and left to the caller to print.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chart;
mod error;
mod log;
mod metadata;

pub use chart::{BufferedFile, Chart, Crd, File, ModTime};
pub use error::{Error, ErrorKind};
pub use log::{Level, Log, LogEntry};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};
