//! Comparison with Go's own `text/template`. Without Go here, nothing is compared.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that runs Go"
)]

mod driver;
mod execution;
mod fixtures;
mod functions;
mod generator;
mod parsing;
mod random;

/// A number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
