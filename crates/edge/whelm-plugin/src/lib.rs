//! Plugins: what their `plugin.yaml` says, how they are found, and how a post-renderer is run.
//!
//! A post-renderer is a program that gets rendered manifests on its standard input and gives others back. It is a plugin of
//! the type `postrenderer/v1`, or as Helm 3 had it any program.
//!
//! ```no_run
//! # fn example(folders: &[String]) -> Result<(), whelm_plugin::Error> {
//! let mut log = whelm_chart::Log::default();
//! let search = whelm_plugin::Search { folders, path: "/usr/bin" };
//! let renderer = search.post_renderer("kustomize-it", &["--fast".to_owned()], &mut log)?;
//! let changed = renderer.run(b"kind: ConfigMap\n", &mut log)?;
//! # Ok(()) }
//! ```
//!
//! What it does not do: run plugins that are verbs or download something, or those that are WebAssembly.
//!
//! Source: Helm 4.3.1, `internal/plugin`, `pkg/postrenderer`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod command;
mod error;
mod find;
mod manifest;
mod post_renderer;
mod types;

pub use command::PlatformCommand;
pub use error::Error;
pub use find::{Plugin, Search};
pub use manifest::{Manifest, Runtime};
pub use post_renderer::PostRenderer;
