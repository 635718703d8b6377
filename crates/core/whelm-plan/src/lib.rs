//! Previous release, next release and live objects to ordered steps.
//!
//! What an operation does is decided here, as a value, before anything is written: [`install`], [`upgrade`] and
//! [`uninstall`] give a [`Plan`] of [`Step`]s, with what happens when one of them fails. Carrying a plan out takes no
//! further decisions. [`build`] turns the text of a manifest into [`Object`]s first; the caller looks them up in the
//! cluster and hands over what it found as [`LiveObjects`].
//!
//! ```
//! use whelm_plan::{LiveObjects, build, install, InstallOptions};
//! use whelm_kube_api::{Discovery, Gvk, Mapping};
//! use whelm_release::Release;
//!
//! let mut discovery = Discovery::default();
//! discovery.add(Mapping { gvk: Gvk::new("v1", "ConfigMap"), resource: "configmaps".into(), namespaced: true });
//! let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
//! let release = Release { name: "web".into(), namespace: "ns".into(), version: 1, ..Release::default() };
//! let objects = build(manifest.as_bytes(), &discovery, "ns").unwrap();
//! let plan = install(&release, objects, &LiveObjects::default(), &InstallOptions::default()).unwrap();
//! assert!(plan.steps.len() >= 2);
//! ```
//!
//! What it does not do: it reads nothing and waits for nothing.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod build;
mod client_patch;
mod documents;
mod hooks;
mod install;
pub mod legacy;
mod lists;
mod live;
mod managers;
mod merging;
mod metadata;
mod ownership;
mod plan;
mod rollback;
mod test_runs;
mod uninstall;
mod upgrade;

pub use build::{BuildError, Object, Unserved, build, build_served};
pub use client_patch::{ClientPatch, PatchBase, client_patch};
pub use documents::documents;
pub use hooks::HookRun;
pub use install::{InstallOptions, WaitFor, install};
pub use live::{Live, LiveObjects, ObjectKey};
pub use managers::Managers;
pub use merging::{Merging, apply_method, was_client_side};
pub use ownership::{check_ownership, set_ownership};
pub use plan::{
    Action, Apply, Delete, ErrorStyle, IfFailed, OnError, OnFailure, Plan, PlanError, RecordChange, Step, WaitPlan,
    Write,
};
pub use rollback::rollback;
pub use test_runs::{TestFilter, test_runs};
pub use uninstall::{UninstallOptions, UninstallPlan, delete_candidates, uninstall, with_unserved};
pub use upgrade::{UpgradeOptions, left_over, looked_up, owned, upgrade};
