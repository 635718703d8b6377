//! Resources to a stream of YAML, as kyaml's `ByteWriter` writes it.

use go_yaml::nodes::{Encoder, Kind, Layout, NodeId, Tree};

use crate::meta::{Meta, is_empty};
use crate::read::{INDEX, LEGACY_INDEX, LEGACY_PATH, PATH, Resource, SEQUENCE_INDENT};
use crate::{Error, ErrorKind, annotation, field, json};

/// Under this key kyaml keeps a list that stands alone in a document.
const BARE_SEQUENCE: &[u8] = b"bareSeqNodeWrappingKey";

/// Writes resources, which lose the annotations of the reader.
pub(crate) fn write(trees: &mut [Tree], resources: &[Resource]) -> Result<Vec<u8>, Error> {
    if let [resource] = resources
        && is_json_file(&Meta::of(&trees[resource.tree], resource.node))
    {
        let tree = &mut trees[resource.tree];
        tidy(tree, resource.node)?;
        return json::write(tree, resource.node);
    }
    let compact: Vec<bool> = resources
        .iter()
        .map(|resource| !is_wide(&trees[resource.tree], resource.node))
        .collect();
    for resource in resources {
        tidy(&mut trees[resource.tree], resource.node)?;
    }
    let mut encoder = Encoder::new(Layout::KYAML);
    for (resource, compact) in resources.iter().zip(compact) {
        let tree = &trees[resource.tree];
        encoder.set_compact(compact);
        encoder
            .encode(tree, unwrap_bare_sequence(tree, resource.node))
            .map_err(|error| Error::new(ErrorKind::Write, error.to_string()))?;
    }
    Ok(encoder.finish())
}

/// Takes away what the reader added.
fn tidy(tree: &mut Tree, id: NodeId) -> Result<(), Error> {
    for name in [INDEX, LEGACY_INDEX, SEQUENCE_INDENT] {
        annotation::clear(tree, id, name)?;
    }
    annotation::clear_empty(tree, id)
}

/// Tells whether the resource says that it stood in a JSON file.
fn is_json_file(meta: &Meta) -> bool {
    let path = match meta.annotations.contains_key(PATH.as_bytes()) {
        true => meta.annotation(PATH),
        false => meta.annotation(LEGACY_PATH),
    };
    let end = path.iter().rposition(|&byte| byte != b'/').map_or(0, |at| at + 1);
    path[..end].ends_with(b".json")
}

/// Tells whether the resource says that its lists are to be indented. Of equal annotations the last counts here.
fn is_wide(tree: &Tree, id: NodeId) -> bool {
    let value = |id, name: &[u8]| tree.field(id, name).filter(|&id| !is_empty(&tree[id]));
    let top = tree.inner(id);
    let annotations = value(top, b"metadata").and_then(|metadata| tree.field(metadata, b"annotations"));
    let Some(annotations) = annotations.filter(|&id| tree[id].kind == Kind::Mapping) else {
        return false;
    };
    let mut entries = tree[annotations].content.chunks_exact(2).rev();
    entries
        .find(|pair| tree[pair[0]].value == SEQUENCE_INDENT.as_bytes())
        .is_some_and(|pair| tree[pair[1]].value == b"wide")
}

fn unwrap_bare_sequence(tree: &Tree, id: NodeId) -> NodeId {
    match field::get(tree, tree.inner(id), BARE_SEQUENCE) {
        Ok(Some(sequence)) if !is_empty(&tree[sequence]) => sequence,
        _ => id,
    }
}
