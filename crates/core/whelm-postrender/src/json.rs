//! A resource that says it is JSON.

use go_yaml::nodes::{NodeId, Tree};

use crate::{Error, ErrorKind};

/// Writes the only resource of a file as JSON.
pub(crate) fn write(_tree: &Tree, _id: NodeId) -> Result<Vec<u8>, Error> {
    Err(Error::new(
        ErrorKind::Write,
        "resources in JSON files are not supported yet",
    ))
}
