//! A Kubernetes API server inside the process.
//!
//! [`Sandbox`] is a cluster without containers: an API server with all built-in kinds of Kubernetes 1.36 and those of
//! CustomResourceDefinitions, and simulated controllers that bring workloads to the status that real ones give them, at
//! once. Clients reach it as a [`Transport`](whelm_net::Transport), or over a socket.
//!
//! [`Core`] is the same as a function of its state: a request and a time in, an answer out, nothing else touched.
//!
//! ```
//! use whelm_sandbox::{Answer, Core};
//!
//! let mut core = Core::new(1, 0);
//! let request = http::Request::get("/api/v1/namespaces/default").body(bytes::Bytes::new()).unwrap();
//! let Answer::Full { code, .. } = core.handle(&request, 0) else { panic!("no watch was asked for") };
//! assert_eq!(code, 200);
//! ```
//!
//! The state of a cluster can live in a file that many processes use at once ([`Sandbox::open`]); what was answered
//! survives the end of any process. Time passes as it does outside, or faster: [`Sandbox::advance`] puts the clock
//! forward, and [`Sandbox::in_runtime_time`] starts a cluster in the time of a test. A [`Scenario`] makes Pods fail or
//! take their time, and requests go wrong.
//!
//! `conformance/api` asks it and the real API server the same things and compares their answers. Where the two are known to
//! differ for good, `crates/dev/whelm-api-diff/data/known.json` says so, with the reason of each difference.
//!
//! What it does not do (yet): run programs, so that logs are what scenarios say and there is no `exec`; admission
//! webhooks; prose and enumerations in OpenAPI documents; protobuf answers; conversion of custom resources by webhooks.
//! Objects are checked as Kubernetes checks them, but for what only Windows has, and the types of CEL's operands and the
//! work that is to be expected of them. Quotas count creations only.

mod admission;
mod alarms;
mod authorization;
mod autoscalers;
mod base64;
mod cel;
mod clock;
mod controllers;
mod convert;
mod core;
mod cron;
mod custom;
mod decode;
mod defaults;
mod difference;
mod discovery;
mod document;
mod events;
mod eviction;
mod faults;
mod form;
mod internal;
mod kinds;
mod list_options;
mod object;
mod openapi;
mod options;
mod patch;
mod protobuf;
mod quantity;
mod quota;
mod read;
mod request;
mod rules;
mod scenario;
mod script;
mod selectable;
mod selection;
mod service;
mod snapshot;
mod socket;
mod state_file;
mod status;
mod store;
mod strategy;
mod subresources;
mod table;
mod text;
mod time;
mod validation;
mod warnings;
mod watch;
mod write;
mod yaml;

pub use crate::authorization::{User, token_path};
pub use crate::core::{Answer, Core};
pub use kinds::{Kind, Resource, Subresource};
pub use scenario::Scenario;
pub use service::Sandbox;
pub use status::{FieldFault, Refusal};
pub use watch::Watch;
