//! Chart, values and capabilities to rendered files.
//!
//! [`render`] parses every template of a chart and of the charts below it into one set and executes those that are no
//! partials, each with the scope of its chart. What a render may ask of the world comes in through [`World`].
//!
//! What it does not do: it reads no files and no cluster, merges no values (that is `whelm-values`) and does not split what
//! was rendered into documents (that is `whelm-manifest`).

mod ahead;
mod capabilities;
mod engine;
mod error;
mod files;
mod functions;
mod glob;
mod notes;
mod parse;
mod scope;
mod values;
mod world;

pub use ahead::{Ahead, Likely};
pub use capabilities::{BuildInfo, Capabilities, KubeVersion};
pub use engine::{Mode, ReleaseOptions, RenderInput, Rendered, render, render_ahead};
pub use error::Error;
pub use notes::{Notes, take_notes};
pub use world::{Lookup, LookupRequest, World};
