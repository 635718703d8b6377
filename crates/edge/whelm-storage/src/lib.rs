//! Release stores: Secrets, ConfigMaps, memory, PostgreSQL.
//!
//! A [`Store`] keeps the revisions of releases where Helm keeps them, under the names, labels and in the encoding that
//! Helm uses.
//!
//! ```
//! # async fn example() -> Result<(), whelm_storage::Error> {
//! use whelm_release::Release;
//! use whelm_storage::{Memory, Store};
//!
//! let store = Store::memory(Memory::default(), "default");
//! let release = Release { name: "web".into(), namespace: "default".into(), version: 1, ..Release::default() };
//! store.create(&release).await?;
//! assert_eq!(store.last("web").await?.version, 1);
//! # Ok(()) }
//! ```
//!
//! What it does not do: it decides nothing about revisions except which ones history leaves behind.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod choice;
mod error;
mod memory;
mod objects;
mod prune;
mod records;
mod sql;
mod store;

pub use choice::{Head, Survey};
pub use error::{Error, ErrorKind};
pub use memory::Memory;
pub use sql::{Sql, SqlSource};
pub use store::{DriverKind, Store};
