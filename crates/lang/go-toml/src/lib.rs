//! TOML as the Go library BurntSushi/toml 1.6 reads and writes it.
//!
//! ```
//! let value = go_toml::from_toml(b"name = 'web'\n[limits]\ncpu = 1_000\n")?;
//! assert_eq!(go_toml::to_toml(&value)?, b"name = \"web\"\n\n[limits]\n  cpu = 1000\n");
//!
//! let error = go_toml::from_toml(b"name = \n").unwrap_err();
//! assert_eq!(error.to_string(), r#"toml: line 1 (last key "name"): expected value but found '\n' instead"#);
//! # Ok::<(), go_toml::Error>(())
//! ```
//!
//! What it does not do: no types of the caller's own, no comments kept, and dates and times come as strings in the form of
//! RFC 3339, since plain data has no times.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod encode;
mod error;
mod input;
mod parser;
mod scalar;
mod table;

pub use encode::to_toml;
pub use error::{Error, ErrorKind};
pub use parser::from_toml;
