//! One function per verb, and the plan executor.

mod chart_source;
mod context;
mod error;
mod name;
mod prepare;
mod request;
mod template;
mod values;

pub use chart_source::{load_installable, load_located, locate_chart};
pub use context::{Context, Environment, Fetch, Stdin};
pub use error::{Error, ErrorKind};
pub use name::name_and_chart;
pub use prepare::{ReleaseTarget, RenderFailure, RenderedRelease, append_document, prepare};
pub use request::{ChartRequest, NameRequest, RenderOptions};
pub use template::{TemplateRequest, template};
pub use values::gather_values;
pub use whelm_values::ValueSources;
