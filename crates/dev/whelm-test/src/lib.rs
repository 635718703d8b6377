//! Test support: servers that tests start by themselves.

mod postgres;

pub use postgres::Postgres;
