//! The fields of a mapping, by kyaml's rules: null stands for "nothing there", anything else that is no mapping is an error.

use go_yaml::nodes::{Encoder, Kind, Layout, Node, NodeId, Tree};

use crate::{Error, ErrorKind};

/// Which field to take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clear {
    /// The first of the name.
    Any,
    /// The first of the name whose value has no children; texts and numbers have none.
    Empty,
}

/// Returns the value of a field; none of null.
pub(crate) fn get(tree: &Tree, id: NodeId, name: &[u8]) -> Result<Option<NodeId>, Error> {
    if tree[id].is_null() {
        return Ok(None);
    }
    check_mapping(tree, id)?;
    Ok(tree.field(id, name))
}

/// Returns the value of a field; makes a mapping of it when there is none (but not in null).
pub(crate) fn get_or_create(tree: &mut Tree, id: NodeId, name: &[u8]) -> Result<Option<NodeId>, Error> {
    let found = get(tree, id, name)?;
    if found.is_some() || tree[id].is_null() {
        return Ok(found);
    }
    let value = tree.add(Node::new(Kind::Mapping));
    push(tree, id, name, value);
    Ok(Some(value))
}

/// Sets a field. A value that is there already keeps its style, but not its comments.
pub(crate) fn set(tree: &mut Tree, id: NodeId, name: &[u8], mut value: Node) -> Result<(), Error> {
    match get(tree, id, name)? {
        Some(old) => {
            value.style = tree[old].style;
            tree[old] = value;
        }
        None => {
            let value = tree.add(value);
            push(tree, id, name, value);
        }
    }
    Ok(())
}

fn push(tree: &mut Tree, id: NodeId, name: &[u8], value: NodeId) {
    let key = tree.add(Node::scalar(name));
    tree[id].content.extend([key, value]);
}

/// Takes a field away.
pub(crate) fn clear(tree: &mut Tree, id: NodeId, name: &[u8], which: Clear) -> Result<(), Error> {
    if !tree[id].is_null() {
        check_mapping(tree, id)?;
    }
    let content = &tree[id].content;
    let found = content
        .chunks_exact(2)
        .position(|pair| tree[pair[0]].value == name && (which == Clear::Any || tree[pair[1]].content.is_empty()));
    if let Some(at) = found {
        tree[id].content.drain(2 * at..2 * at + 2);
    }
    Ok(())
}

fn check_mapping(tree: &Tree, id: NodeId) -> Result<(), Error> {
    let kind = tree[id].kind;
    if kind == Kind::Mapping {
        return Ok(());
    }
    let mut message = format!(
        "wrong node kind: expected {} but got {}",
        Kind::Mapping.name(),
        kind.name()
    );
    let mut encoder = Encoder::new(Layout::KYAML);
    if encoder.encode(tree, id).is_ok() {
        let content = encoder.finish();
        message.push_str(": node contents:\n");
        message.push_str(&String::from_utf8_lossy(&content));
    }
    Err(Error::new(ErrorKind::Annotation, message))
}
