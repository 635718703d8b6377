//! What kyaml reads of a resource's head.

use std::collections::BTreeMap;

use go_yaml::nodes::{Kind, Node, NodeId, Tree};

/// The head of a resource.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    pub(crate) kind: Vec<u8>,
    pub(crate) annotations: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether there is nothing of a head: no version, kind, name, namespace, labels or annotations.
    pub(crate) missing: bool,
}

impl Meta {
    /// Reads the head of the resource `id`.
    pub(crate) fn of(tree: &Tree, id: NodeId) -> Meta {
        let id = tree.inner(id);
        if tree[id].is_null() {
            return Meta::default();
        }
        let field = |id, name: &str| tree.field(id, name.as_bytes()).filter(|&id| !is_empty(&tree[id]));
        let mut meta = Meta {
            missing: field(id, "apiVersion").is_none(),
            ..Meta::default()
        };
        if let Some(kind) = field(id, "kind") {
            meta.kind = text(&tree[kind]);
            meta.missing = false;
        }
        if let Some(metadata) = field(id, "metadata") {
            let present = |name| field(metadata, name).is_some();
            meta.missing &= !["name", "namespace", "labels", "annotations"].into_iter().any(present);
            if let Some(annotations) = field(metadata, "annotations") {
                meta.annotations = texts(tree, annotations);
            }
        }
        meta
    }

    /// Returns an annotation; an empty text when there is none.
    pub(crate) fn annotation(&self, name: &str) -> &[u8] {
        self.annotations.get(name.as_bytes()).map_or(&[], |value| value)
    }
}

/// Reads a mapping of texts. Of equal keys the first counts.
fn texts(tree: &Tree, id: NodeId) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut map = BTreeMap::new();
    if tree[id].kind == Kind::Mapping && !tree[id].is_null() {
        for pair in tree[id].content.chunks_exact(2) {
            map.entry(text(&tree[pair[0]])).or_insert_with(|| text(&tree[pair[1]]));
        }
    }
    map
}

/// Returns the text of a scalar; that of null is empty.
fn text(node: &Node) -> Vec<u8> {
    match node.is_null() {
        true => Vec::new(),
        false => node.value.clone(),
    }
}

/// Tells whether a value is null or has no entries.
pub(crate) fn is_empty(node: &Node) -> bool {
    let collection = matches!(node.kind, Kind::Mapping | Kind::Sequence);
    node.is_null() || (collection && node.content.is_empty())
}
