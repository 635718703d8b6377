//! Annotations: set and taken away.

use go_yaml::nodes::{Node, NodeId, Quoting, Style, Tree};

use crate::Error;
use crate::field::{self, Clear};

/// Sets an annotation of the resource `id`, in single quotes. Null stays null.
pub(crate) fn set(tree: &mut Tree, id: NodeId, name: &str, value: &[u8]) -> Result<(), Error> {
    let id = tree.inner(id);
    clear_empty(tree, id)?;
    let Some(metadata) = field::get_or_create(tree, id, b"metadata")? else {
        return Ok(());
    };
    let Some(annotations) = field::get_or_create(tree, metadata, b"annotations")? else {
        return Ok(());
    };
    let mut node = Node::string(value);
    node.style = Style::quoted(Quoting::Single);
    field::set(tree, annotations, name.as_bytes(), node)
}

/// Takes an annotation away.
pub(crate) fn clear(tree: &mut Tree, id: NodeId, name: &str) -> Result<(), Error> {
    let id = tree.inner(id);
    let Some(metadata) = field::get(tree, id, b"metadata")? else {
        return Ok(());
    };
    match field::get(tree, metadata, b"annotations")? {
        Some(annotations) => field::clear(tree, annotations, name.as_bytes(), Clear::Any),
        None => Ok(()),
    }
}

/// Takes annotations, and then metadata, away if there is nothing in them.
pub(crate) fn clear_empty(tree: &mut Tree, id: NodeId) -> Result<(), Error> {
    let id = tree.inner(id);
    if let Some(metadata) = field::get(tree, id, b"metadata")? {
        field::clear(tree, metadata, b"annotations", Clear::Empty)?;
    }
    field::clear(tree, id, b"metadata", Clear::Empty)
}
