//! The sprig template functions

mod crypto;
mod date;
mod duration;
pub mod host;
mod random;

pub use host::{FixedHost, Host};
