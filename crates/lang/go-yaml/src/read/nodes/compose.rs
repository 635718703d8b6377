//! Events to nodes.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::token;
use super::parse::{Event, NodeParser, What};
use super::tag;
use crate::Error;
use crate::node::{Comments, Kind, Node, NodeId, Quoting, Tree};

/// Reads the next document; `None` at the end of the text.
pub(super) fn compose(parser: &mut NodeParser<'_>) -> Result<Option<Tree>, Error> {
    let start = parser.next()?;
    if let What::StreamEnd = start.what {
        return Ok(None);
    }
    let mut composer = Composer {
        tree: Tree::new(new_node(start, Kind::Document, Cow::Borrowed(b""))),
        anchors: HashMap::new(),
        open: Vec::new(),
    };
    composer.open.push(composer.tree.root);
    loop {
        let event = parser.next()?;
        if let What::DocumentEnd | What::StreamEnd = event.what {
            let root = composer.tree.root;
            composer.tree[root].comments.foot = event.comments.foot;
            return Ok(Some(composer.tree));
        }
        composer.add(event)?;
    }
}

struct Composer<'a> {
    tree: Tree,
    anchors: HashMap<&'a [u8], NodeId>,
    /// The open collections, with the document as the outermost.
    open: Vec<NodeId>,
}

impl<'a> Composer<'a> {
    /// Adds the node that the event begins, or ends the innermost collection.
    fn add(&mut self, event: Event<'a>) -> Result<(), Error> {
        let anchor = event.anchor;
        let node = match event.what {
            What::Scalar(scalar) => scalar_node(event, &scalar),
            What::Alias(name) => self.alias_node(event, name)?,
            What::SequenceStart { flow } => collection_node(event, Kind::Sequence, b"!!seq", flow),
            What::MappingStart { flow } => collection_node(event, Kind::Mapping, b"!!map", flow),
            What::End => {
                self.end(event.comments);
                return Ok(());
            }
            What::DocumentStart | What::DocumentEnd | What::StreamEnd => return Ok(()),
        };
        let opens = matches!(node.kind, Kind::Sequence | Kind::Mapping);
        let id = self.tree.add(node);
        if let Some(name) = anchor {
            self.anchors.insert(name, id);
        }
        if let Some(&parent) = self.open.last() {
            self.tree[parent].content.push(id);
        }
        if opens {
            self.open.push(id);
        } else {
            self.complete();
        }
        Ok(())
    }

    fn alias_node(&self, event: Event<'a>, name: &[u8]) -> Result<Node, Error> {
        let Some(&target) = self.anchors.get(name) else {
            return Err(Error::decode(format_args!(
                "unknown anchor '{}' referenced",
                String::from_utf8_lossy(name)
            )));
        };
        let mut node = new_node(event, Kind::Alias, Cow::Borrowed(b""));
        node.value = name.to_vec();
        node.alias = Some(target);
        Ok(node)
    }

    /// Ends a collection: what was at the end of the line of its start is lost.
    fn end(&mut self, comments: Comments) {
        let Some(id) = self.open.pop() else { return };
        let node = &mut self.tree[id];
        node.comments.line = comments.line;
        node.comments.foot = comments.foot;
        let last_key = match node.content[..] {
            [.., key, _] if node.kind == Kind::Mapping && !node.style.flow => Some(key),
            _ => None,
        };
        if let Some(key) = last_key {
            self.move_foot(id, key, Overwrite::Yes);
        }
        self.complete();
    }

    /// Gives the foot of the child that is complete to the key that it is about.
    fn complete(&mut self) {
        let Some(&parent) = self.open.last() else { return };
        let node = &self.tree[parent];
        if node.kind != Kind::Mapping {
            return;
        }
        let is_key = !node.content.len().is_multiple_of(2);
        match node.content[..] {
            // The foot above a key that is less indented than the value before it.
            [.., key, _, child] if is_key && !node.style.flow => self.move_foot(child, key, Overwrite::Yes),
            [.., key, value] if !is_key => self.move_foot(value, key, Overwrite::No),
            _ => {}
        }
    }

    fn move_foot(&mut self, from: NodeId, to: NodeId, overwrite: Overwrite) {
        let keeps = overwrite == Overwrite::No && !self.tree[to].comments.foot.is_empty();
        if keeps || self.tree[from].comments.foot.is_empty() {
            return;
        }
        self.tree[to].comments.foot = std::mem::take(&mut self.tree[from].comments.foot);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Overwrite {
    Yes,
    No,
}

/// Makes a node with what any event has.
fn new_node(event: Event<'_>, kind: Kind, default_tag: Cow<'static, [u8]>) -> Node {
    let mut node = Node::new(kind);
    node.line = (event.start.line + 1) as usize;
    node.column = (event.start.column + 1) as usize;
    node.comments = event.comments;
    node.anchor = event.anchor.unwrap_or_default().to_vec();
    if matches!(&*event.tag, b"" | b"!") {
        node.tag = default_tag;
    } else {
        node.tag = tag::short(&event.tag);
        node.style.tagged = true;
    }
    node
}

fn collection_node(event: Event<'_>, kind: Kind, tag: &'static [u8], flow: bool) -> Node {
    let mut node = new_node(event, kind, Cow::Borrowed(tag));
    node.style.flow = flow;
    node
}

fn scalar_node(event: Event<'_>, scalar: &token::Scalar<'_>) -> Node {
    let value = scalar.value().into_owned();
    let quoting = match scalar.style {
        token::Style::Plain => Quoting::Plain,
        token::Style::SingleQuoted => Quoting::Single,
        token::Style::DoubleQuoted => Quoting::Double,
        token::Style::Literal => Quoting::Literal,
        token::Style::Folded => Quoting::Folded,
    };
    let tag = match quoting {
        Quoting::Plain if value == b"<<" => b"!!merge",
        Quoting::Plain => tag::guess(&value),
        _ => b"!!str",
    };
    let mut node = new_node(event, Kind::Scalar, Cow::Borrowed(tag));
    node.value = value;
    node.style.quoting = quoting;
    node
}
