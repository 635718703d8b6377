//! The reader of `go.yaml.in/yaml/v3`: nodes with their tags and lines, for callers that fill Go structs from them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use go_value::{Map, Str, Value, strconv};

use super::compose::{Document, NodeId, NodeKind};
use super::decode::{allowed_alias_ratio, is_core_tag};
use super::input::Input;
use super::parser::{LONG_TAG_PREFIX, Parser};
use super::resolve::{Resolved, resolve};
use super::scanner::Scanner;
use super::token::{Scalar, Style};
use crate::{Dialect, Error, ErrorKind, MAX_DEPTH, base64};

/// The most duplicate keys that an error tells.
const MAX_COMPLAINTS: usize = 1000;

/// A node of a document, with the aliases in it replaced by what they stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The line, from 1.
    pub line: usize,
    /// The tag in its short form, such as `!!str`, given or guessed.
    pub tag: String,
    /// What the node holds.
    pub content: Content,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A text; the tag tells what it is.
    Scalar(Str),
    /// The items of a sequence.
    List(Vec<Node>),
    /// The keys and values of a mapping in their order; a merge key comes last.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Returns the value as yaml.v3 decodes it into an `interface{}`, but with dates as text and all keys as text. Keys that stand
    /// in a mapping itself win over merged ones.
    pub fn to_value(&self) -> Value {
        match &self.content {
            Content::Scalar(text) => self.scalar_value(text),
            Content::List(list) => Value::List(list.iter().map(Node::to_value).collect()),
            Content::Map(entries) => {
                let mut map = Map::new();
                add_entries(entries, false, &mut map);
                Value::Map(map)
            }
        }
    }

    fn scalar_value(&self, text: &Str) -> Value {
        match self.tag.as_str() {
            "!!null" | "!!bool" | "!!int" | "!!float" => match resolve(text, Dialect::V3, false) {
                Resolved::Null => Value::Nil,
                Resolved::Bool(value) => Value::Bool(value),
                Resolved::Int(value) if self.tag == "!!float" => Value::Float(value as f64),
                Resolved::Int(value) => Value::Int(value),
                Resolved::Uint(value) => Value::Uint(value),
                Resolved::Float(value) => Value::Float(value),
                Resolved::Timestamp | Resolved::Str => Value::Str(text.clone()),
            },
            _ => Value::Str(text.clone()),
        }
    }
}

/// Adds entries to a map that has some. A null key that is merged is lost, because it does not fit into a map of strings.
fn add_entries(entries: &[(Node, Node)], merged: bool, map: &mut Map) {
    for (key, value) in entries {
        let skipped = key.tag == "!!merge" || (merged && key.tag == "!!null");
        if let (Content::Scalar(text), false) = (&key.content, skipped) {
            map.entry(text.clone()).or_insert_with(|| value.to_value());
        }
    }
    let Some((_, value)) = entries.iter().find(|(key, _)| key.tag == "!!merge") else {
        return;
    };
    match &value.content {
        Content::Map(entries) => add_entries(entries, true, map),
        Content::List(list) => {
            for node in list {
                if let Content::Map(entries) = &node.content {
                    add_entries(entries, true, map);
                }
            }
        }
        Content::Scalar(_) => {}
    }
}

/// Reads the first document of `text`; `None` when there is none.
pub(crate) fn read(text: &[u8]) -> Result<Option<Node>, Error> {
    let input = Input::new(text);
    let mut parser = Parser::new(Scanner::new(&input, Dialect::V3), Dialect::V3);
    let Some(document) = Document::read(&mut parser)? else {
        return Ok(None);
    };
    let mut reader = Reader {
        document: &document,
        following: HashSet::new(),
        depth: 0,
        decoded: 1,
        decoded_in_aliases: 0,
        complaints: Vec::new(),
    };
    let node = reader.node(0)?;
    if reader.complaints.is_empty() {
        return Ok(Some(node));
    }
    let complaints = reader.complaints.join("\n  ");
    Err(Error::new(
        ErrorKind::Decode,
        format!("yaml: unmarshal errors:\n  {complaints}"),
    ))
}

struct Reader<'d, 'a> {
    document: &'d Document<'a>,
    following: HashSet<NodeId>,
    depth: usize,
    decoded: u64,
    decoded_in_aliases: u64,
    complaints: Vec<String>,
}

impl Reader<'_, '_> {
    fn count(&mut self) -> Result<(), Error> {
        self.decoded += 1;
        self.decoded_in_aliases += u64::from(!self.following.is_empty());
        let ratio = self.decoded_in_aliases as f64 / self.decoded as f64;
        if self.decoded_in_aliases > 100 && self.decoded > 1000 && ratio > allowed_alias_ratio(self.decoded) {
            return Err(Error::decode("document contains excessive aliasing"));
        }
        Ok(())
    }

    fn node(&mut self, id: NodeId) -> Result<Node, Error> {
        self.count()?;
        let node = &self.document.nodes[id as usize];
        let line = node.line as usize + 1;
        let (tag, content) = match node.kind {
            NodeKind::Scalar { scalar, .. } => read_scalar(&scalar, node.tag())?,
            NodeKind::Alias { name, target } => {
                if !self.following.insert(id) {
                    let name = String::from_utf8_lossy(name);
                    return Err(Error::decode(format_args!("anchor '{name}' value contains itself")));
                }
                let node = self.node(target)?;
                self.following.remove(&id);
                return Ok(node);
            }
            NodeKind::Sequence => (collection_tag(node.tag(), "!!seq"), Content::List(self.list(id)?)),
            NodeKind::Mapping => (collection_tag(node.tag(), "!!map"), Content::Map(self.map(id)?)),
        };
        Ok(Node { line, tag, content })
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err(Error::depth())
        } else {
            Ok(())
        }
    }

    fn list(&mut self, id: NodeId) -> Result<Vec<Node>, Error> {
        self.enter()?;
        let document = self.document;
        let list = document
            .children(id)
            .map(|child| self.node(child))
            .collect::<Result<_, _>>()?;
        self.depth -= 1;
        Ok(list)
    }

    fn map(&mut self, id: NodeId) -> Result<Vec<(Node, Node)>, Error> {
        self.enter()?;
        let document = self.document;
        let mut entries = Vec::new();
        if self.are_keys_unique(id) {
            let mut children = document.children(id);
            let mut merge = None;
            while let (Some(key), Some(value)) = (children.next(), children.next()) {
                if self.is_merge(key) {
                    merge = Some((key, value));
                } else {
                    entries.push((self.node(key)?, self.node(value)?));
                }
            }
            if let Some((key, value)) = merge {
                self.check_merge(value)?;
                entries.push((self.node(key)?, self.node(value)?));
            }
        }
        self.depth -= 1;
        Ok(entries)
    }

    fn is_merge(&self, id: NodeId) -> bool {
        let node = &self.document.nodes[id as usize];
        match node.kind {
            NodeKind::Scalar { scalar, .. } => {
                let plain = matches!(node.tag(), b"" | b"!") && scalar.style == Style::Plain;
                *scalar.value() == *b"<<" && (plain || is_core_tag(node.tag(), b"merge"))
            }
            _ => false,
        }
    }

    fn check_merge(&self, id: NodeId) -> Result<(), Error> {
        let is_map = |id: NodeId| match self.document.nodes[id as usize].kind {
            NodeKind::Mapping => true,
            NodeKind::Alias { target, .. } => matches!(self.document.nodes[target as usize].kind, NodeKind::Mapping),
            _ => false,
        };
        let fits = match self.document.nodes[id as usize].kind {
            NodeKind::Sequence => self.document.children(id).all(is_map),
            _ => is_map(id),
        };
        if fits {
            Ok(())
        } else {
            Err(Error::decode("map merge requires map or sequence of maps as the value"))
        }
    }

    /// Complains about each pair of equal keys.
    fn are_keys_unique(&mut self, id: NodeId) -> bool {
        let document = self.document;
        let mut seen: HashMap<(u8, Cow<'_, [u8]>), Vec<NodeId>> = HashMap::new();
        let mut pairs = Vec::new();
        for key in document.children(id).step_by(2) {
            let identity = match document.nodes[key as usize].kind {
                NodeKind::Scalar { scalar, .. } => (0, scalar.value()),
                NodeKind::Alias { name, .. } => (1, Cow::Borrowed(name)),
                NodeKind::Sequence => (2, Cow::Borrowed(&b""[..])),
                NodeKind::Mapping => (3, Cow::Borrowed(&b""[..])),
            };
            let text = identity.1.clone();
            let earlier = seen.entry(identity).or_default();
            if pairs.len() < MAX_COMPLAINTS {
                pairs.extend(
                    earlier
                        .iter()
                        .take(MAX_COMPLAINTS)
                        .map(|&first| (first, key, text.clone())),
                );
            }
            earlier.push(key);
        }
        pairs.sort_by_key(|&(first, second, _)| (first, second));
        let line = |id: NodeId| document.nodes[id as usize].line + 1;
        for (first, second, text) in &pairs {
            let text = strconv::quote(text);
            let (first, second) = (line(*first), line(*second));
            self.complaints.push(format!(
                "line {second}: mapping key {text} already defined at line {first}"
            ));
        }
        pairs.is_empty()
    }
}

/// Returns the short form of a tag.
fn short_tag(tag: &[u8]) -> String {
    match tag.strip_prefix(LONG_TAG_PREFIX) {
        Some(name) => format!("!!{}", String::from_utf8_lossy(name)),
        None => String::from_utf8_lossy(tag).into_owned(),
    }
}

fn collection_tag(tag: &[u8], default: &str) -> String {
    if tag.is_empty() || tag == b"!" {
        default.to_owned()
    } else {
        short_tag(tag)
    }
}

fn read_scalar(scalar: &Scalar<'_>, tag: &[u8]) -> Result<(String, Content), Error> {
    let text = scalar.value();
    let content = |text: &[u8]| Content::Scalar(Str::from(text));
    if tag.is_empty() || tag == b"!" {
        let tag = match scalar.style {
            Style::Plain if *text == *b"<<" => "!!merge",
            Style::Plain => resolve(&text, Dialect::V3, true).short_tag(),
            _ => "!!str",
        };
        return Ok((tag.to_owned(), content(&text)));
    }
    let short = short_tag(tag);
    match short.as_str() {
        "!!binary" => {
            let decoded = base64::decode(&text);
            let problem = || Error::decode("!!binary value contains invalid base64 data");
            Ok((short, content(&decoded.ok_or_else(problem)?)))
        }
        "!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp" => {
            let resolved = resolve(&text, Dialect::V3, short == "!!timestamp");
            let fits = resolved.short_tag() == short || matches!((resolved, &*short), (Resolved::Int(_), "!!float"));
            if !fits {
                let (found, text) = (resolved.short_tag(), String::from_utf8_lossy(&text));
                return Err(Error::decode(format_args!(
                    "cannot decode {found} `{text}` as a {short}"
                )));
            }
            Ok((short, content(&text)))
        }
        _ => Ok((short, content(&text))),
    }
}
