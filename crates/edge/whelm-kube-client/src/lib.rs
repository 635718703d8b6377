//! Discovery, get, list, watch, apply and delete over a transport.
//!
//! [`Client`] sends the requests that `whelm-kube-api` makes to one API server and reads the answers. It is made from a
//! kubeconfig ([`Client::connect`]) or over any transport ([`Client::over`]), such as a server in the same process.
//!
//! ```no_run
//! # async fn example() -> Result<(), whelm_kube_client::Error> {
//! use whelm_kube_client::{Client, ConnectOptions};
//!
//! let client = Client::connect(&ConnectOptions::from_environment()).await?;
//! println!("{}", client.server_version().await?.git_version);
//! # Ok(()) }
//! ```
//!
//! [`Client::patient`] gives a client that outlasts failures which pass by themselves.
//!
//! What it does not do: it knows nothing of charts and releases, and keeps no cache on disk.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod again;
mod client;
mod connect;
mod credentials;
mod error;
mod items;
mod objects;
mod patience;
mod watch;
mod yaml;

pub use again::insistently;
pub use client::{Client, ServerVersion, WarningSink};
pub use connect::ConnectOptions;
pub use error::Error;
pub use items::Items;
pub use watch::Watch;
pub use yaml::{to_go_value, to_json_value, yaml_to_json};
