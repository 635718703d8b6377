//! Clock, randomness, DNS, key making and files for the pure crates

mod io_error;

pub use io_error::io_error_text;
