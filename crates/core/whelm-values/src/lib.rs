//! Values: reading them from flags and files, putting them together, and checking them.
//!
//! [`process_dependencies`] settles which charts take part, [`coalesce_values`] puts the user's values over the defaults
//! of a chart and of the charts below it.
//!
//! Everything is a function of data. What Helm would log is collected in a [`whelm_chart::Log`].
//!
//! Error texts are Helm's.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod coalesce;
mod dependencies;
mod display;
mod error;
mod forest;
mod graph;
mod imports;
mod json_stream;
mod lookup;
mod schema;
mod sources;
pub mod strvals;

pub use coalesce::{Nulls, SharedValues, coalesce_shared_values, coalesce_tables, coalesce_values, merge_values};
pub use dependencies::{Unused, is_compatible_range, is_likely_enabled, process_dependencies, settle_dependencies};
pub use error::{Error, ErrorKind};
pub use graph::Place;
pub use lookup::{path_value, table};
pub use schema::{NoSchemas, SchemaLoader, check_schema, check_schemas};
pub use sources::ValueSources;
