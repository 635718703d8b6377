//! Nodes to data with Go's types, as go-yaml v2 decodes into an `interface{}`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::alias::AliasCounter;
use super::compose::{Document, NodeId, NodeKind};
use super::gosyntax;
use super::parser::LONG_TAG_PREFIX;
use super::resolve::{Resolved, resolve};
use super::token::Scalar;
use crate::base64;
use crate::{Dialect, Duplicates, Error, ErrorKind, MAX_DEPTH};

/// Data as go-yaml makes it: maps may have keys of any scalar type.
#[derive(Clone, Debug)]
pub(crate) enum Any<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(Cow<'a, [u8]>),
    Seq(Vec<Any<'a>>),
    Map(AnyMap<'a>),
}

/// Go's `map[interface{}]interface{}`, but in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnyMap<'a> {
    pub(crate) entries: Vec<(Any<'a>, Any<'a>)>,
    places: HashMap<Key<'a>, usize>,
}

/// A scalar as Go compares it with `==` in an interface: the types must be the same.
#[derive(Clone, Debug)]
struct Key<'a>(Any<'a>);

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Any::Nil, Any::Nil) => true,
            (Any::Bool(a), Any::Bool(b)) => a == b,
            (Any::Int(a), Any::Int(b)) => a == b,
            (Any::Uint(a), Any::Uint(b)) => a == b,
            (Any::Float(a), Any::Float(b)) => a == b,
            (Any::Str(a), Any::Str(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Any::Bool(value) => value.hash(state),
            Any::Int(value) => value.hash(state),
            Any::Uint(value) => value.hash(state),
            // Zero and negative zero are equal.
            Any::Float(value) => (value + 0.0).to_bits().hash(state),
            Any::Str(text) => text.hash(state),
            Any::Nil | Any::Seq(_) | Any::Map(_) => {}
        }
    }
}

impl<'a> AnyMap<'a> {
    fn contains(&self, key: &Any<'a>) -> bool {
        self.places.contains_key(&Key(key.clone()))
    }

    fn set(&mut self, key: Any<'a>, value: Any<'a>) {
        match self.places.get(&Key(key.clone())) {
            Some(&at) => self.entries[at].1 = value,
            None => {
                self.places.insert(Key(key.clone()), self.entries.len());
                self.entries.push((key, value));
            }
        }
    }
}

/// Turns a document into data.
pub(crate) struct Decoder<'d, 'a> {
    document: &'d Document<'a>,
    duplicates: Duplicates,
    /// The aliases that are being followed.
    following: HashSet<NodeId>,
    depth: usize,
    counter: AliasCounter,
    /// What a strict reader complains about at the end.
    complaints: Vec<String>,
}

impl<'d, 'a> Decoder<'d, 'a> {
    /// Decodes the whole document.
    pub(crate) fn decode(document: &'d Document<'a>, duplicates: Duplicates) -> Result<Any<'a>, Error> {
        let mut decoder = Decoder {
            document,
            duplicates,
            following: HashSet::new(),
            depth: 0,
            counter: AliasCounter::default(),
            complaints: Vec::new(),
        };
        if document.nodes.is_empty() {
            return Ok(Any::Nil);
        }
        // The document counts as a node.
        decoder.count()?;
        let data = decoder.node(0)?;
        if !decoder.complaints.is_empty() {
            let complaints = decoder.complaints.join("\n  ");
            return Err(Error::new(
                ErrorKind::Decode,
                format!("yaml: unmarshal errors:\n  {complaints}"),
            ));
        }
        Ok(data)
    }

    fn count(&mut self) -> Result<(), Error> {
        self.counter.count(!self.following.is_empty())
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err(Error::depth())
        } else {
            Ok(())
        }
    }

    fn node(&mut self, id: NodeId) -> Result<Any<'a>, Error> {
        self.count()?;
        let node = &self.document.nodes[id as usize];
        match node.kind {
            NodeKind::Scalar { scalar, implicit } => decode_scalar(&scalar, implicit, node.tag()),
            NodeKind::Alias { name, target } => {
                self.follow(id, name)?;
                let data = self.node(target)?;
                self.following.remove(&id);
                Ok(data)
            }
            NodeKind::Sequence => {
                self.enter()?;
                let document = self.document;
                let mut list = Vec::new();
                for child in document.children(id) {
                    list.push(self.node(child)?);
                }
                self.depth -= 1;
                Ok(Any::Seq(list))
            }
            NodeKind::Mapping => {
                let mut map = AnyMap::default();
                self.mapping(id, &mut map)?;
                Ok(Any::Map(map))
            }
        }
    }

    fn follow(&mut self, alias: NodeId, name: &[u8]) -> Result<(), Error> {
        if !self.following.insert(alias) {
            let name = String::from_utf8_lossy(name);
            return Err(Error::decode(format_args!("anchor '{name}' value contains itself")));
        }
        Ok(())
    }

    fn mapping(&mut self, id: NodeId, map: &mut AnyMap<'a>) -> Result<(), Error> {
        self.enter()?;
        let document = self.document;
        let mut children = document.children(id);
        while let (Some(key_id), Some(value_id)) = (children.next(), children.next()) {
            if self.is_merge(key_id) {
                self.merge(value_id, map)?;
                continue;
            }
            let key = self.node(key_id)?;
            if let Any::Map(_) | Any::Seq(_) = key {
                return Err(Error::decode(format_args!(
                    "invalid map key: {}",
                    gosyntax::format(&key)
                )));
            }
            let value = self.node(value_id)?;
            if self.duplicates == Duplicates::Refuse && map.contains(&key) {
                let line = document.nodes[value_id as usize].line + 1;
                let key = gosyntax::format(&key);
                self.complaints
                    .push(format!("line {line}: key {key} already set in map"));
            } else {
                map.set(key, value);
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn is_merge(&self, id: NodeId) -> bool {
        let node = &self.document.nodes[id as usize];
        match node.kind {
            NodeKind::Scalar { scalar, implicit } if implicit || is_core_tag(node.tag(), b"merge") => {
                *scalar.value() == *b"<<"
            }
            _ => false,
        }
    }

    fn merge(&mut self, id: NodeId, map: &mut AnyMap<'a>) -> Result<(), Error> {
        let document = self.document;
        if let NodeKind::Sequence = document.nodes[id as usize].kind {
            // Backwards: the earlier ones have precedence.
            let mut children: Vec<NodeId> = document.children(id).collect();
            while let Some(child) = children.pop() {
                self.merge_one(child, map)?;
            }
            return Ok(());
        }
        self.merge_one(id, map)
    }

    fn merge_one(&mut self, id: NodeId, map: &mut AnyMap<'a>) -> Result<(), Error> {
        let want_map = || Error::decode("map merge requires map or sequence of maps as the value");
        match self.document.nodes[id as usize].kind {
            NodeKind::Mapping => {
                self.count()?;
                self.mapping(id, map)
            }
            NodeKind::Alias { name, target } => {
                let NodeKind::Mapping = self.document.nodes[target as usize].kind else {
                    return Err(want_map());
                };
                self.count()?;
                self.follow(id, name)?;
                self.count()?;
                self.mapping(target, map)?;
                self.following.remove(&id);
                Ok(())
            }
            _ => Err(want_map()),
        }
    }
}

/// Tells whether `tag` is YAML's own tag `name`.
pub(crate) fn is_core_tag(tag: &[u8], name: &[u8]) -> bool {
    tag.strip_prefix(LONG_TAG_PREFIX) == Some(name)
}

/// Makes the value of a scalar. No tag is an empty tag.
pub(crate) fn decode_scalar<'a>(scalar: &Scalar<'a>, implicit: bool, tag: &[u8]) -> Result<Any<'a>, Error> {
    let text = scalar.value();
    if tag.is_empty() {
        return Ok(if implicit { guess(text) } else { Any::Str(text) });
    }
    let Some(name) = tag.strip_prefix(LONG_TAG_PREFIX) else {
        return Ok(Any::Str(text));
    };
    let resolved = match name {
        b"binary" => {
            let Some(bytes) = base64::decode(&text) else {
                return Err(Error::decode("!!binary value contains invalid base64 data"));
            };
            return Ok(Any::Str(Cow::Owned(bytes)));
        }
        b"bool" | b"int" | b"float" | b"null" => resolve(&text, Dialect::V2, false),
        b"timestamp" => resolve(&text, Dialect::V2, true),
        // Also `!!str`.
        _ => return Ok(Any::Str(text)),
    };
    let short = [b"!!", name].concat();
    match (resolved, name) {
        (Resolved::Int(value), b"float") => Ok(Any::Float(value as f64)),
        _ if resolved.short_tag().as_bytes() == short => Ok(from_resolved(resolved, text)),
        _ => Err(Error::decode(format_args!(
            "cannot decode {} `{}` as a {}",
            resolved.short_tag(),
            String::from_utf8_lossy(&text),
            String::from_utf8_lossy(&short)
        ))),
    }
}

fn guess(text: Cow<'_, [u8]>) -> Any<'_> {
    let resolved = resolve(&text, Dialect::V2, true);
    from_resolved(resolved, text)
}

fn from_resolved(resolved: Resolved, text: Cow<'_, [u8]>) -> Any<'_> {
    match resolved {
        Resolved::Null => Any::Nil,
        Resolved::Bool(value) => Any::Bool(value),
        Resolved::Int(value) => Any::Int(value),
        Resolved::Uint(value) => Any::Uint(value),
        Resolved::Float(value) => Any::Float(value),
        Resolved::Timestamp | Resolved::Str => Any::Str(text),
    }
}
