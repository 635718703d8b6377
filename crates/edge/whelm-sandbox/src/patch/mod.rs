//! The three kinds of patch that are not server-side apply.

pub(crate) mod json;
pub(crate) mod merge;
pub(crate) mod strategic;
