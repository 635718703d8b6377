//! Clock, randomness, DNS, key making and files for the pure crates
