//! One function per verb, and the plan executor.

mod apply_options;
mod chart_source;
mod cluster;
mod context;
mod dependency_list;
mod error;
mod get;
mod install;
mod list;
mod name;
mod prepare;
mod rendered;
mod request;
mod show;
mod template;
mod uninstall;
mod upgrade;
mod values;

pub use apply_options::{ApplyOptions, DryRun, ServerSide};
pub use chart_source::{load_installable, load_located, locate_chart};
pub use cluster::{Cluster, ClusterAddress, ClusterLookup, Server, WaitStrategy, capabilities, unreachable};
pub use dependency_list::{DependencyList, DependencyRow, dependency_list};
pub use context::{Context, Environment, Fetch, Stdin};
pub use error::{Error, ErrorKind};
pub use get::{ReleaseMetadata, RevisionRequest, StatusOutcome, get, get_metadata, get_values, status};
pub use install::{InstallRequest, install};
pub use list::{ListRequest, StateFilter, history, list};
pub use name::name_and_chart;
pub use prepare::{ReleaseTarget, RenderFailure, RenderedRelease, append_document, prepare};
pub use request::{ChartRequest, NameRequest, RenderOptions};
pub use show::show;
pub use template::{TemplateRequest, template};
pub use uninstall::{UninstallOutcome, UninstallRequest, uninstall};
pub use upgrade::{OldValues, UpgradeFailure, UpgradeOutcome, UpgradeRequest, upgrade};
pub use values::gather_values;
pub use whelm_values::ValueSources;
