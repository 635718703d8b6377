//! The sprig template functions

mod base64;
mod crypto;
mod date;
mod duration;
pub mod host;
mod random;
mod time_object;

pub use host::{FixedHost, Host};
