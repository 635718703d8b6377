//! What the tests of this crate share.

pub mod driver;
pub mod functions;
pub mod generator;
pub mod random;
