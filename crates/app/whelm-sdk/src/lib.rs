//! The supported API of whelm: everything that the command line does, as functions of data.
//!
//! A verb is a function that takes a [`Context`] (the world) and a request (plain data), and returns an outcome or an
//! [`Error`] with Helm's text. Nothing here prints, reads the environment or ends the process.

pub use whelm_actions::*;
pub use {
    whelm_chart as chart, whelm_manifest as manifest, whelm_release as release, whelm_render as render, whelm_values as values,
};
