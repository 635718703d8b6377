//! Where the state of the embedded cluster is.

use std::path::PathBuf;

use whelm_cli::Invocation;
use whelm_sdk::sandbox::Sandbox;

use crate::failure::Failure;

/// The value of `--sandbox` without one.
const DEFAULT: &str = "true";

/// Where a cluster's state is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: it ends with the process.
    Memory,
    /// In a file.
    File(PathBuf),
}

impl Place {
    /// Opens the cluster, or starts one.
    pub fn open(&self) -> Result<Sandbox, Failure> {
        match self {
            Place::Memory => Ok(Sandbox::new()),
            Place::File(path) => Sandbox::open(path)
                .map_err(|error| Failure::new(format!("cannot use the cluster in {}: {error}", path.display()))),
        }
    }
}

/// Returns the place that `--sandbox` names; nothing when the cluster of the kubeconfig is meant.
pub fn place(invocation: &Invocation<'_>) -> Option<Place> {
    match invocation.string("sandbox").as_str() {
        "" | "false" => None,
        DEFAULT => Some(default_place(invocation)),
        "memory" => Some(Place::Memory),
        path => Some(Place::File(path.into())),
    }
}

/// Returns the place that `--sandbox` names, and the usual one without the flag.
pub fn place_or_default(invocation: &Invocation<'_>) -> Place {
    place(invocation).unwrap_or_else(|| default_place(invocation))
}

/// Returns the file of [`place_or_default`], for what makes no sense for a cluster in memory.
pub fn file(invocation: &Invocation<'_>) -> Result<PathBuf, Failure> {
    match place_or_default(invocation) {
        Place::File(path) => Ok(path),
        Place::Memory => Err(Failure::new("a cluster in memory ends with its command")),
    }
}

fn default_place(invocation: &Invocation<'_>) -> Place {
    Place::File(invocation.environment().data_path("sandbox/state").into())
}
