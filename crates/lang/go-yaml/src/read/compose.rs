//! Events to a tree of nodes, kept in one vector.

use std::collections::HashMap;

use super::parser::{Event, Parser, Properties};
use super::token::Scalar;
use crate::Error;

/// The place of a node in its [`Document`].
pub(crate) type NodeId = u32;
/// No node.
pub(crate) const NONE: NodeId = NodeId::MAX;

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NodeKind<'a> {
    Scalar { scalar: Scalar<'a>, implicit: bool },
    Alias { name: &'a [u8], target: NodeId },
    Sequence,
    Mapping,
}

/// A node. The children of a mapping are keys and values in turn.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) kind: NodeKind<'a>,
    /// The line, from 0.
    pub(crate) line: u32,
    pub(crate) first_child: NodeId,
    pub(crate) next: NodeId,
    pub(crate) properties: Option<Box<Properties<'a>>>,
}

impl Node<'_> {
    /// Returns the whole tag; empty when there is none.
    pub(crate) fn tag(&self) -> &[u8] {
        self.properties.as_ref().map_or(b"", |properties| &properties.tag)
    }
}

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
}

impl<'a> Document<'a> {
    /// Reads the next document; `None` at the end of the text.
    pub(crate) fn read(parser: &mut Parser<'a>) -> Result<Option<Document<'a>>, Error> {
        if let (Event::StreamEnd, _) = parser.next()? {
            return Ok(None);
        }
        let mut composer = Composer {
            document: Document::default(),
            anchors: HashMap::new(),
            open: Vec::new(),
        };
        while composer.add(parser.next()?)? {}
        Ok(Some(composer.document))
    }

    /// Walks over the children of a node.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.nodes[id as usize].first_child;
        std::iter::from_fn(move || {
            let id = next;
            next = self.nodes.get(id as usize)?.next;
            Some(id)
        })
    }
}

struct Composer<'a> {
    document: Document<'a>,
    anchors: HashMap<&'a [u8], NodeId>,
    /// The open collections, each with its last child.
    open: Vec<(NodeId, NodeId)>,
}

impl<'a> Composer<'a> {
    /// Adds the node that the event begins. Returns whether the document goes on.
    fn add(&mut self, (event, line): (Event<'a>, u32)) -> Result<bool, Error> {
        let (kind, properties, opens) = match event {
            Event::Scalar {
                scalar,
                implicit,
                properties,
            } => (NodeKind::Scalar { scalar, implicit }, properties, false),
            Event::SequenceStart(properties) => (NodeKind::Sequence, properties, true),
            Event::MappingStart(properties) => (NodeKind::Mapping, properties, true),
            Event::Alias(name) => {
                let Some(&target) = self.anchors.get(name) else {
                    return Err(Error::decode(format_args!(
                        "unknown anchor '{}' referenced",
                        String::from_utf8_lossy(name)
                    )));
                };
                (NodeKind::Alias { name, target }, None, false)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                return Ok(true);
            }
            Event::DocumentStart => return Ok(true),
            Event::DocumentEnd | Event::StreamEnd => return Ok(false),
        };
        let id = self.document.nodes.len() as NodeId;
        if let Some(anchor) = properties.as_ref().and_then(|properties| properties.anchor) {
            self.anchors.insert(anchor, id);
        }
        self.document.nodes.push(Node {
            kind,
            line,
            first_child: NONE,
            next: NONE,
            properties,
        });
        if let Some((parent, last)) = self.open.last_mut() {
            match *last {
                NONE => self.document.nodes[*parent as usize].first_child = id,
                last => self.document.nodes[last as usize].next = id,
            }
            *last = id;
        }
        if opens {
            self.open.push((id, NONE));
        }
        Ok(true)
    }
}
