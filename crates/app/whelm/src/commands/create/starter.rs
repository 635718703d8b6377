//! A new chart from a starter chart.

use crate::failure::Failure;

/// Copies the starter chart at `source` to `folder`, with the new name.
pub fn create(_name: &str, _folder: &str, _source: &str) -> Result<(), Failure> {
    Err(Failure::new("this release of whelm does not have --starter yet"))
}
