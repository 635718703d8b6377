//! `helm sandbox`: the embedded cluster as such. Helm has no such command.

pub mod advance;
pub mod dump;
pub mod reset;
pub mod serve;
pub mod status;
mod users;
