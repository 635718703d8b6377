//! The writer of yaml.v3 for nodes: comments and styles are kept.

mod analysis;
mod emit;
mod page;
mod value;

use std::borrow::Cow;

use self::emit::{Event, NodeEmitter, What};
pub(crate) use self::value::tree_of;
use crate::node::{Kind, NodeId, Quoting, Tree};
use crate::read::guess_tag;
use crate::{Error, base64};

/// How a stream of documents is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many columns each level is indented, 2 to 9.
    pub spaces: usize,
    /// Whether the `- ` of a sequence in a mapping is part of its indentation.
    pub compact: bool,
}

impl Layout {
    /// What `yaml.Marshal` writes.
    pub const MARSHAL: Layout = Layout {
        spaces: 4,
        compact: false,
    };
    /// What kyaml, and with it Helm's post-rendering, writes.
    pub const KYAML: Layout = Layout {
        spaces: 2,
        compact: true,
    };
}

/// Writes nodes as yaml.v3's `Encoder` does, one document after the other, with `---` between them.
#[derive(Debug)]
pub struct Encoder {
    emitter: NodeEmitter,
}

impl Encoder {
    /// Makes an encoder with nothing written.
    pub fn new(layout: Layout) -> Self {
        let layout = Layout {
            spaces: if (2..=9).contains(&layout.spaces) {
                layout.spaces
            } else {
                2
            },
            ..layout
        };
        Encoder {
            emitter: NodeEmitter::new(layout),
        }
    }

    /// Changes from here on whether the `- ` of a sequence in a mapping is part of its indentation.
    pub fn set_compact(&mut self, compact: bool) {
        self.emitter.set_compact(compact);
    }

    /// Writes a node as a document; it may be a [`Kind::Document`] itself.
    ///
    /// # Errors
    /// A scalar that is no UTF-8, which no read node is.
    pub fn encode(&mut self, tree: &Tree, id: NodeId) -> Result<(), Error> {
        let mut walk = Walk { tree, open: Vec::new() };
        let root = &tree[id];
        let is_document = root.kind == Kind::Document;
        let mut start = Event::new(What::DocumentStart);
        let mut end = Event::new(What::DocumentEnd);
        if is_document {
            start.head = &root.comments.head;
            end.foot = &root.comments.foot;
        }
        self.emitter.emit(&start);
        walk.write(if is_document { tree.inner(id) } else { id }, &mut self.emitter)?;
        self.emitter.emit(&end);
        Ok(())
    }

    /// Returns the text.
    pub fn finish(self) -> Vec<u8> {
        self.emitter.page.out
    }
}

/// A walk over a tree of nodes, without the call stack.
struct Walk<'t> {
    tree: &'t Tree,
    open: Vec<Open<'t>>,
}

/// A collection that is being written.
struct Open<'t> {
    id: NodeId,
    next: usize,
    is_key: bool,
    /// The foot of the last key, which comes after its value.
    tail: &'t [u8],
}

impl<'t> Walk<'t> {
    fn write(&mut self, id: NodeId, emitter: &mut NodeEmitter) -> Result<(), Error> {
        self.begin(id, false, b"", emitter)?;
        while let Some(open) = self.open.last_mut() {
            let node = &self.tree[open.id];
            let is_mapping = node.kind == Kind::Mapping;
            let Some(&child) = node.content.get(open.next) else {
                let (tail, is_key) = (open.tail, open.is_key);
                self.open.pop();
                let mut event = Event::new(if is_mapping {
                    What::MappingEnd
                } else {
                    What::SequenceEnd
                });
                event.tail = tail;
                event.line = &node.comments.line;
                event.foot = if is_key { b"" } else { &node.comments.foot };
                emitter.emit(&event);
                continue;
            };
            let is_key = is_mapping && open.next.is_multiple_of(2);
            open.next += 1;
            let mut tail: &[u8] = b"";
            if is_key {
                tail = std::mem::replace(&mut open.tail, &self.tree[child].comments.foot);
            }
            self.begin(child, is_key, tail, emitter)?;
        }
        Ok(())
    }

    /// Writes a scalar, or the beginning of a collection.
    fn begin(&mut self, id: NodeId, is_key: bool, tail: &'t [u8], emitter: &mut NodeEmitter) -> Result<(), Error> {
        let node = &self.tree[id];
        let flow = node.style.flow;
        let empty = node.content.is_empty();
        let opens = match node.kind {
            Kind::Sequence => Some(What::SequenceStart { flow, empty }),
            Kind::Mapping => Some(What::MappingStart { flow, empty }),
            _ => None,
        };
        let mut event = match (opens, node.kind) {
            (Some(what), kind) => {
                self.open.push(Open {
                    id,
                    next: 0,
                    is_key,
                    tail: b"",
                });
                let mut event = Event::new(what);
                event.tag = self.collection_tag(id);
                event.anchor = &node.anchor;
                // A sequence that is a key has no tail.
                event.tail = if kind == Kind::Mapping { tail } else { b"" };
                event
            }
            (None, Kind::Alias) => {
                let mut event = Event::new(What::Alias(&node.value));
                event.line = &node.comments.line;
                event.foot = if is_key { b"" } else { &node.comments.foot };
                event
            }
            (None, _) => {
                let mut event = self.scalar(id)?;
                event.anchor = &node.anchor;
                event.line = &node.comments.line;
                event.foot = if is_key { b"" } else { &node.comments.foot };
                event.tail = tail;
                event
            }
        };
        event.head = &node.comments.head;
        emitter.emit(&event);
        Ok(())
    }

    /// Returns the tag of a collection if it is to be written.
    fn collection_tag(&self, id: NodeId) -> Cow<'t, [u8]> {
        let node = &self.tree[id];
        let default: &[u8] = match node.kind {
            Kind::Mapping => b"!!map",
            _ => b"!!seq",
        };
        match !node.style.tagged && *short_tag(&node.tag) == *default {
            true => Cow::Borrowed(b""),
            false => long_tag(&node.tag),
        }
    }

    fn scalar(&self, id: NodeId) -> Result<Event<'t>, Error> {
        let node = &self.tree[id];
        let (tag, quotes) = self.scalar_tag(id);
        let short = short_tag(&node.tag);
        let mut event = Event::new(What::Scalar {
            value: Cow::Borrowed(&node.value),
            quoting: node.style.quoting,
        });
        event.tag = long_tag(tag);
        if std::str::from_utf8(&node.value).is_err() {
            event.tag = Cow::Borrowed(b"tag:yaml.org,2002:binary");
            if *short == *b"!!binary" {
                return Err(Error::emit("explicitly tagged !!binary data must be base64-encoded"));
            }
            if !short.is_empty() {
                let tag = String::from_utf8_lossy(&short).into_owned();
                return Err(Error::emit(format_args!("cannot marshal invalid UTF-8 data as {tag}")));
            }
            event.what = What::Scalar {
                value: Cow::Owned(base64::encode_lines(&node.value)),
                quoting: node.style.quoting,
            };
        }
        if let What::Scalar { value, quoting } = &mut event.what
            && *quoting == Quoting::Plain
        {
            *quoting = match memchr::memchr(b'\n', value) {
                Some(_) => Quoting::Literal,
                None if quotes => Quoting::Double,
                None => Quoting::Plain,
            };
        }
        Ok(event)
    }

    /// Returns the tag of a scalar if it is to be written, and whether a plain text would be something else than it is.
    fn scalar_tag(&self, id: NodeId) -> (&'t [u8], bool) {
        let node = &self.tree[id];
        let tag: &'t [u8] = &node.tag;
        if tag.is_empty() || node.style.tagged {
            return (tag, false);
        }
        let short = short_tag(tag);
        let is_string = *short == *b"!!str";
        if is_string && node.style.quoting != Quoting::Plain {
            return (b"", false);
        }
        match guess_tag(&node.value) == &*short {
            true => (b"", false),
            false if is_string => (b"", true),
            false => (tag, false),
        }
    }
}

/// The prefix of the tags that YAML itself defines.
const LONG_TAG_PREFIX: &[u8] = b"tag:yaml.org,2002:";

fn short_tag(tag: &[u8]) -> Cow<'_, [u8]> {
    match tag.strip_prefix(LONG_TAG_PREFIX) {
        Some(name) => Cow::Owned([b"!!", name].concat()),
        None => Cow::Borrowed(tag),
    }
}

fn long_tag(tag: &[u8]) -> Cow<'_, [u8]> {
    match tag.strip_prefix(b"!!") {
        Some(name) => Cow::Owned([LONG_TAG_PREFIX, name].concat()),
        None => Cow::Borrowed(tag),
    }
}
