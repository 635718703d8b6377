//! One function per verb, and the plan executor.

mod apply_options;
mod cancel;
mod chart_source;
mod cluster;
mod context;
mod dependency_list;
mod error;
mod get;
mod install;
mod lint;
mod list;
mod name;
mod namespaces;
mod post_render;
mod prepare;
mod rendered;
mod request;
mod rollback;
mod show;
mod standing;
mod template;
mod template_server;
mod test;
mod uninstall;
mod upgrade;
mod values;

pub use apply_options::{ApplyOptions, DryRun, ServerSide};
pub use cancel::{Cancel, Canceller};
pub(crate) use chart_source::load_for_upgrade;
pub(crate) use chart_source::log_chart;
pub use chart_source::{load_installable, load_located, locate_chart};
pub use cluster::{
    Cluster, ClusterAddress, ClusterLookup, Server, WaitProgress, WaitStep, WaitStrategy, capabilities, unreachable,
};
pub use context::{Context, Environment, Fetch, OnLog, OnProgress, Stdin};
pub use dependency_list::{DependencyList, DependencyRow, dependency_list};
pub use error::{Error, ErrorKind};
pub use get::{ReleaseMetadata, RevisionRequest, StatusOutcome, get, get_metadata, get_values, status};
pub use install::{InstallRequest, install};
pub use lint::{LintRequest, Linted, lint};
pub use list::{ListRequest, StateFilter, history, list};
pub use name::name_and_chart;
pub use namespaces::namespaces;
pub use prepare::{
    ReleaseTarget, RenderFailure, RenderedRelease, append_document, check_readable, document_pieces, prepare,
};
pub use request::{ChartRequest, NameRequest, RenderOptions};
pub use rollback::{RollbackRequest, rollback};
pub use show::{show, show_at};
pub use template::{TemplateRequest, template};
pub use template_server::{ServerCheck, template_on_server};
pub use test::{OnTestReport, TestReport, TestRequest, test};
pub use uninstall::{UninstallOutcome, UninstallRequest, uninstall};
pub use upgrade::{OldValues, UpgradeFailure, UpgradeOutcome, UpgradeRequest, upgrade};
pub use values::gather_values;
pub use whelm_values::ValueSources;
