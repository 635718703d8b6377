//! A resource that says it is JSON.

use go_value::json;
use go_yaml::nodes::{self, Encoder, Layout, NodeId, Tree};
use go_yaml::typed;

use crate::{Error, ErrorKind};

/// Writes the only resource of a file as JSON. kyaml writes YAML first, and reads that again.
pub(crate) fn write(tree: &Tree, id: NodeId) -> Result<Vec<u8>, Error> {
    let compact = to_json(tree, id).map_err(|error| {
        let message = format!("json: error calling MarshalJSON for type *yaml.RNode: {error}");
        Error::new(ErrorKind::Write, message)
    })?;
    let mut text = json::indent(&compact, "  ");
    text.push('\n');
    Ok(text.into_bytes())
}

fn to_json(tree: &Tree, id: NodeId) -> Result<String, go_yaml::Error> {
    let mut encoder = Encoder::new(Layout::KYAML);
    encoder.encode(tree, id)?;
    match nodes::read(&encoder.finish())? {
        Some(tree) => typed::node_to_json(&tree, tree.root),
        None => Ok("{}".to_owned()),
    }
}
