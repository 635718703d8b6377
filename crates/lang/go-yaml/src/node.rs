//! The nodes of a document, as yaml.v3 shows them to programs that change YAML and keep its comments.

use std::borrow::Cow;
use std::ops::{Index, IndexMut};

use crate::read::short_tag_of;

/// The place of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(pub(crate) u32);

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A document; it has one child.
    Document,
    /// A list.
    Sequence,
    /// A map: its children are keys and values in turn.
    Mapping,
    /// A text, a number, a truth value, a date or null.
    Scalar,
    /// A reference to a node with an anchor.
    Alias,
}

impl Kind {
    /// Returns Go's name of the constant.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Document => "DocumentNode",
            Kind::Sequence => "SequenceNode",
            Kind::Mapping => "MappingNode",
            Kind::Scalar => "ScalarNode",
            Kind::Alias => "AliasNode",
        }
    }
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// Without quotes, if that is possible.
    #[default]
    Plain,
    /// `"…"`
    Double,
    /// `'…'`
    Single,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The tag is written out.
    pub tagged: bool,
    /// A collection stands in brackets.
    pub flow: bool,
    /// For scalars.
    pub quoting: Quoting,
}

impl Style {
    /// The style of a scalar.
    pub const fn quoted(quoting: Quoting) -> Self {
        Style {
            tagged: false,
            flow: false,
            quoting,
        }
    }
}

/// The comments of a node, each with its `#`, lines separated by line feeds. Empty ones are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// In the lines before the node.
    pub head: Vec<u8>,
    /// At the end of its line.
    pub line: Vec<u8>,
    /// In the lines after it, before an empty line.
    pub foot: Vec<u8>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub style: Style,
    /// The tag, in its short form when YAML defines it: `!!str`. A read node always has one, found by its text where
    /// none was given (but aliases and documents have none); a node to be written may go without.
    pub tag: Cow<'static, [u8]>,
    /// The text of a scalar, or the name in an alias.
    pub value: Vec<u8>,
    /// The name by which aliases refer to the node; usually empty.
    pub anchor: Vec<u8>,
    /// What an alias refers to.
    pub alias: Option<NodeId>,
    /// The children.
    pub content: Vec<NodeId>,
    /// The comments.
    pub comments: Comments,
    /// Where the node stood in the text, from 1; 0 for one that was not read.
    pub line: usize,
    /// Where the node stood in its line, in characters, from 1.
    pub column: usize,
}

impl Node {
    /// Makes a node with nothing but its kind.
    pub fn new(kind: Kind) -> Self {
        Node {
            kind,
            style: Style::default(),
            tag: Cow::Borrowed(b""),
            value: Vec::new(),
            anchor: Vec::new(),
            alias: None,
            content: Vec::new(),
            comments: Comments::default(),
            line: 0,
            column: 0,
        }
    }

    /// Makes a scalar without a tag: its text decides what it is.
    pub fn scalar(value: impl Into<Vec<u8>>) -> Self {
        Node {
            value: value.into(),
            ..Node::new(Kind::Scalar)
        }
    }

    /// Makes a string, as `SetString` does: bytes that are not UTF-8 become base64, several lines are literal.
    pub fn string(value: &[u8]) -> Self {
        let mut node = Node::new(Kind::Scalar);
        if std::str::from_utf8(value).is_ok() {
            node.value = value.to_vec();
            node.tag = Cow::Borrowed(b"!!str");
        } else {
            node.value = crate::base64::encode_lines(value);
            node.tag = Cow::Borrowed(b"!!binary");
        }
        if memchr::memchr(b'\n', &node.value).is_some() {
            node.style.quoting = Quoting::Literal;
        }
        node
    }

    /// Tells whether the tag, given or found, is `!!null`.
    pub fn is_null(&self) -> bool {
        *self.tag == *b"!!null"
    }
}

/// A document as a tree of nodes. Nodes that nothing refers to any longer stay in it, unseen.
///
/// Aliases may make the graph of nodes cyclic, but never the tree of [`Node::content`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    nodes: Vec<Node>,
    /// Where to start: what reads returns is a [`Kind::Document`].
    pub root: NodeId,
}

impl Tree {
    /// Makes a tree of one node.
    pub fn new(root: Node) -> Self {
        Tree {
            nodes: vec![root],
            root: NodeId(0),
        }
    }

    /// Adds a node that no other node refers to yet.
    pub fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    /// Returns the root, or, if that is a document, what the document holds.
    pub fn top(&self) -> NodeId {
        self.inner(self.root)
    }

    /// Returns `id`, or, if that is a document, what the document holds.
    pub fn inner(&self, id: NodeId) -> NodeId {
        match self[id].content.first() {
            Some(&child) if self[id].kind == Kind::Document => child,
            _ => id,
        }
    }

    /// Returns the value of the first key `name` of a mapping; `None` when `id` is none, or has no such key.
    pub fn field(&self, id: NodeId, name: &[u8]) -> Option<NodeId> {
        if self[id].kind != Kind::Mapping {
            return None;
        }
        self.field_place(id, name)
            .and_then(|at| self[id].content.get(at + 1).copied())
    }

    /// Returns where the first key `name` stands among the children of `id`.
    pub fn field_place(&self, id: NodeId, name: &[u8]) -> Option<usize> {
        let content = &self[id].content;
        (0..content.len())
            .step_by(2)
            .find(|&at| self[content[at]].value == name)
    }

    /// Returns the tag of a node in its short form, found by its text where none is given.
    pub fn short_tag(&self, id: NodeId) -> Cow<'static, [u8]> {
        let node = &self[id];
        match node.alias {
            // An anchor is never an alias, so this is one step.
            Some(target) if node.kind == Kind::Alias && node.tag.is_empty() => short_tag_of(&self[target]),
            _ => short_tag_of(node),
        }
    }
}

impl Index<NodeId> for Tree {
    type Output = Node;
    fn index(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

impl IndexMut<NodeId> for Tree {
    fn index_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }
}
