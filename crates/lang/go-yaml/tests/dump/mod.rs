//! Nodes in the form in which the Go driver shows them.
#![allow(dead_code)]

use std::fmt::Write;

use go_value::strconv::quote;
use go_yaml::nodes::{self, Encoder, Kind, Layout, NodeId, Quoting, Style, Tree};

/// What this crate says, in the form in which the driver answers.
pub fn answer(operation: u8, document: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let error = |error: go_yaml::Error| error.to_string().into_bytes();
    let Some(tree) = nodes::read(document).map_err(error)? else {
        return Ok(b"EOF".to_vec());
    };
    let layout = match operation {
        b'N' => return Ok(dump(&tree).into_bytes()),
        b'R' => Layout::KYAML,
        _ => Layout::MARSHAL,
    };
    let mut encoder = Encoder::new(layout);
    for _ in 0..2 {
        encoder.encode(&tree, tree.root).map_err(error)?;
    }
    Ok(encoder.finish())
}

fn dump(tree: &Tree) -> String {
    let mut out = String::new();
    let mut nodes = vec![(tree.root, 0)];
    while let Some((id, depth)) = nodes.pop() {
        dump_node(&mut out, tree, id, depth);
        nodes.extend(tree[id].content.iter().rev().map(|&child| (child, depth + 1)));
    }
    out
}

fn dump_node(out: &mut String, tree: &Tree, id: NodeId, depth: usize) {
    let node = &tree[id];
    let kind = match node.kind {
        Kind::Document => 1,
        Kind::Sequence => 2,
        Kind::Mapping => 4,
        Kind::Scalar => 8,
        Kind::Alias => 16,
    };
    let comments = &node.comments;
    let _ = write!(
        out,
        "{depth} kind={kind} style={} tag={} value={} anchor={} at={}:{} head={} line={} foot={} short={}",
        style(node.style),
        quote(&node.tag),
        quote(&node.value),
        quote(&node.anchor),
        node.line,
        node.column,
        quote(&comments.head),
        quote(&comments.line),
        quote(&comments.foot),
        quote(&tree.short_tag(id)),
    );
    if let Some(target) = node.alias {
        let _ = write!(out, " alias={}:{}", tree[target].line, tree[target].column);
    }
    out.push('\n');
}

fn style(style: Style) -> u8 {
    let quoting = match style.quoting {
        Quoting::Plain => 0,
        Quoting::Double => 2,
        Quoting::Single => 4,
        Quoting::Literal => 8,
        Quoting::Folded => 16,
    };
    u8::from(style.tagged) | quoting | if style.flow { 32 } else { 0 }
}
