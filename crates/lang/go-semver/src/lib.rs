//! Semantic versions and version constraints, with the rules and error texts of Masterminds/semver 3.5.0.
//!
//! ```
//! use go_semver::{Constraints, Version};
//!
//! let version = Version::parse("v1.4")?;
//! assert_eq!(version.to_string(), "1.4.0");
//! assert!(Constraints::parse("^1.2 || ~3.1")?.check(&version));
//! # Ok::<(), go_semver::Error>(())
//! ```
//!
//! A prerelease satisfies a group of constraints only when one of them names a prerelease. Build metadata never counts in
//! comparisons.
//!
//! What it does not do: no version ranges as sets (union, intersection), no resolution.

mod check;
mod constraints;
mod error;
mod grammar;
mod version;

pub use check::Reason;
pub use constraints::Constraints;
pub use error::{Error, ErrorKind};
pub use version::Version;
