//! The whelm binary.
fn main() {}
