//! Nodes to data of a type.

use std::collections::{HashMap, HashSet};

use go_value::{Str, strconv};

use super::data::{Data, DataMap, Key};
use super::{Struct, Type, UnknownFields, scalar};
use crate::node::{Kind, Node, NodeId, Tree};
use crate::read::{AliasCounter, short_tag};
use crate::{Error, ErrorKind, MAX_DEPTH};

/// The most duplicate keys of one mapping that an error tells.
const MAX_DUPLICATES: usize = 1000;

/// Decodes a node; all that does not fit is told at once.
pub(super) fn decode(tree: &Tree, id: NodeId, known: &Type, unknown: UnknownFields) -> Result<Data, Error> {
    let mut decoder = Decoder {
        tree,
        unknown,
        complaints: Vec::new(),
        following: HashSet::new(),
        counter: AliasCounter::default(),
        depth: 0,
        merged: None,
    };
    let mut data = Data::Nil;
    decoder.node(id, Target::Value(known, &mut data))?;
    if decoder.complaints.is_empty() {
        return Ok(data);
    }
    let complaints = decoder.complaints.join("\n  ");
    Err(Error::new(
        ErrorKind::Decode,
        format!("yaml: unmarshal errors:\n  {complaints}"),
    ))
}

struct Decoder<'t> {
    tree: &'t Tree,
    unknown: UnknownFields,
    complaints: Vec<String>,
    /// The aliases that are being followed.
    following: HashSet<NodeId>,
    counter: AliasCounter,
    depth: usize,
    /// The keys that what is merged must not set, while something is merged.
    merged: Option<HashSet<Key>>,
}

/// What a node is decoded into.
enum Target<'o> {
    Value(&'o Type, &'o mut Data),
    /// A map that has entries already, because something is merged into it.
    Map(MapTarget<'o>),
    Struct(&'o Struct, &'o mut DataMap),
}

/// A map.
struct MapTarget<'o> {
    map: &'o mut DataMap,
    value: &'o Type,
    is_new: bool,
}

impl Target<'_> {
    fn type_name(&self) -> String {
        match self {
            Target::Value(known, _) => known.name().into_owned(),
            Target::Map(target) if target.map.general => "map[interface {}]interface {}".to_owned(),
            Target::Map(target) => format!("map[string]{}", target.value.name()),
            Target::Struct(known, _) => known.name.to_owned(),
        }
    }
}

impl Decoder<'_> {
    /// Decodes a node; returns whether that gave something.
    fn node(&mut self, id: NodeId, target: Target<'_>) -> Result<bool, Error> {
        self.counter.count(!self.following.is_empty())?;
        let node = &self.tree[id];
        match node.kind {
            Kind::Document => match node.content.first() {
                Some(&child) => self.node(child, target).map(|_| true),
                None => Ok(false),
            },
            Kind::Alias => self.alias(id, node, target),
            Kind::Scalar => self.scalar(node, target),
            Kind::Sequence => self.deeper(|decoder| decoder.sequence(node, target)),
            Kind::Mapping => self.deeper(|decoder| decoder.mapping(node, target)),
        }
    }

    fn deeper(&mut self, decode: impl FnOnce(&mut Self) -> Result<bool, Error>) -> Result<bool, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::depth());
        }
        let good = decode(self)?;
        self.depth -= 1;
        Ok(good)
    }

    fn alias(&mut self, id: NodeId, node: &Node, target: Target<'_>) -> Result<bool, Error> {
        if !self.following.insert(id) {
            let name = String::from_utf8_lossy(&node.value);
            return Err(Error::decode(format_args!("anchor '{name}' value contains itself")));
        }
        let good = match node.alias {
            Some(to) => self.node(to, target)?,
            None => false,
        };
        self.following.remove(&id);
        Ok(good)
    }

    /// Complains about a node that does not fit.
    fn complain(&mut self, node: &Node, target: &Target<'_>) {
        let tag = short_tag(&node.tag);
        let text = String::from_utf8_lossy(&node.value);
        let value = match (&*node.tag, node.value.len()) {
            // Of a scalar with such a tag yaml.v3 shows all.
            (b"!!seq" | b"!!map", _) => text.into_owned(),
            (_, ..=10) => format!(" `{text}`"),
            _ => format!(" `{}...`", String::from_utf8_lossy(&node.value[..7])),
        };
        let (line, tag, name) = (node.line, String::from_utf8_lossy(&tag), target.type_name());
        self.complaints
            .push(format!("line {line}: cannot unmarshal {tag}{value} into {name}"));
    }

    fn scalar(&mut self, node: &Node, target: Target<'_>) -> Result<bool, Error> {
        let scalar = scalar::read(node)?;
        let Target::Value(known, out) = target else {
            if !matches!(scalar.data, Data::Nil) {
                self.complain(node, &target);
            }
            return Ok(false);
        };
        if let Data::Nil = scalar.data {
            let nil = matches!(known.underlying(), Type::Any | Type::List(_) | Type::Map(_));
            if nil {
                *out = Data::Nil;
            }
            return Ok(nil);
        }
        match scalar.fit(node, known) {
            Some(data) => {
                *out = data;
                Ok(true)
            }
            None => {
                self.complain(node, &Target::Value(known, out));
                Ok(false)
            }
        }
    }

    fn sequence(&mut self, node: &Node, target: Target<'_>) -> Result<bool, Error> {
        let item = match &target {
            Target::Value(known, _) => match known.underlying() {
                Type::List(item) => Some(*item),
                Type::Any => Some(&Type::Any),
                _ => None,
            },
            _ => None,
        };
        let Some(item) = item else {
            self.complain(node, &target);
            return Ok(false);
        };
        let mut list = Vec::new();
        for &child in &node.content {
            let mut data = Data::Nil;
            if self.node(child, Target::Value(item, &mut data))? {
                list.push(data);
            }
        }
        if let Target::Value(_, out) = target {
            *out = Data::List(list);
        }
        Ok(true)
    }

    fn mapping(&mut self, node: &Node, target: Target<'_>) -> Result<bool, Error> {
        if !self.are_keys_unique(node) {
            return Ok(false);
        }
        match target {
            Target::Map(target) => self.map(node, target),
            Target::Struct(known, map) => self.fields(node, known, map),
            Target::Value(known, out) => match known.underlying() {
                Type::Struct(known) => {
                    let mut map = take_map(out).unwrap_or_default();
                    let good = self.fields(node, known, &mut map)?;
                    *out = Data::Map(map);
                    Ok(good)
                }
                Type::Map(value) => {
                    let old = take_map(out);
                    let is_new = old.is_none();
                    self.new_map(node, old.unwrap_or_default(), value, is_new, out)
                }
                Type::Any => {
                    let map = DataMap::new(!self.has_string_keys(node));
                    self.new_map(node, map, &Type::Any, false, out)
                }
                _ => {
                    self.complain(node, &Target::Value(known, out));
                    Ok(false)
                }
            },
        }
    }

    fn new_map(
        &mut self,
        node: &Node,
        mut map: DataMap,
        value: &Type,
        is_new: bool,
        out: &mut Data,
    ) -> Result<bool, Error> {
        let target = MapTarget {
            map: &mut map,
            value,
            is_new,
        };
        let good = self.map(node, target)?;
        *out = Data::Map(map);
        Ok(good)
    }

    /// Complains about each pair of equal keys, within reason.
    fn are_keys_unique(&mut self, node: &Node) -> bool {
        let tree = self.tree;
        let keys: Vec<&Node> = node.content.iter().step_by(2).map(|&key| &tree[key]).collect();
        let mut places: HashMap<(u8, &[u8]), Vec<usize>> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            places.entry((key.kind as u8, &key.value)).or_default().push(at);
        }
        if places.len() == keys.len() {
            return true;
        }
        let pairs = keys.iter().enumerate().flat_map(|(first, key)| {
            let same = &places[&(key.kind as u8, &key.value[..])];
            let later = same.partition_point(|&at| at <= first);
            same[later..].iter().map(move |&second| (first, second))
        });
        for (first, second) in pairs.take(MAX_DUPLICATES) {
            let (first, second) = (keys[first], keys[second]);
            self.complaints.push(format!(
                "line {}: mapping key {} already defined at line {}",
                second.line,
                strconv::quote(&second.value),
                first.line
            ));
        }
        false
    }

    fn has_string_keys(&self, node: &Node) -> bool {
        let mut keys = node.content.iter().step_by(2);
        keys.all(|&key| matches!(&*self.tree.short_tag(key), b"!!str" | b"!!merge"))
    }

    fn is_merge(&self, id: NodeId) -> bool {
        let node = &self.tree[id];
        node.kind == Kind::Scalar
            && node.value == b"<<"
            && (matches!(&*node.tag, b"" | b"!") || *short_tag(&node.tag) == *b"!!merge")
    }

    fn map(&mut self, node: &Node, target: MapTarget<'_>) -> Result<bool, Error> {
        let MapTarget { map, value, is_new } = target;
        let mut merged = self.merged.take();
        let mut merge = None;
        for pair in node.content.chunks_exact(2) {
            if self.is_merge(pair[0]) {
                merge = Some(pair[1]);
                continue;
            }
            let key_type = if map.general { Type::Any } else { Type::String };
            let mut key = Data::Nil;
            if !self.node(pair[0], Target::Value(&key_type, &mut key))? {
                continue;
            }
            if let Some(merged) = &mut merged {
                check_hashable(&key)?;
                if !merged.insert(Key(key.clone())) {
                    continue;
                }
            }
            if key.unhashable_type().is_some() {
                return Err(Error::decode(format_args!("invalid map key: {}", key.go_syntax())));
            }
            let mut data = Data::Nil;
            let good = self.node(pair[1], Target::Value(value, &mut data))?;
            let null = || *self.tree.short_tag(pair[1]) == *b"!!null";
            if good || (null() && (is_new || !map.contains(&key))) {
                map.set(key, if good { data } else { zero(value) });
            }
        }
        self.merged = merged;
        if let Some(merge) = merge {
            self.merge(node, merge, &mut |decoder, id| {
                decoder.node(
                    id,
                    Target::Map(MapTarget {
                        map,
                        value,
                        is_new: false,
                    }),
                )
            })?;
        }
        Ok(true)
    }

    fn fields(&mut self, node: &Node, known: &Struct, map: &mut DataMap) -> Result<bool, Error> {
        let mut merged = self.merged.take();
        let mut merge = None;
        let mut done = HashSet::new();
        for pair in node.content.chunks_exact(2) {
            if self.is_merge(pair[0]) {
                merge = Some(pair[1]);
                continue;
            }
            let mut name = Data::Nil;
            if !self.node(pair[0], Target::Value(&Type::String, &mut name))? {
                continue;
            }
            if let Some(merged) = &mut merged
                && !merged.insert(Key(name.clone()))
            {
                continue;
            }
            let Data::Str(text) = &name else { continue };
            let field = known.fields.iter().find(|(field, _)| field.as_bytes() == &**text);
            let line = self.tree[pair[0]].line;
            match field {
                Some((field, _)) if !done.insert(*field) => self
                    .complaints
                    .push(format!("line {line}: field {field} already set in type {}", known.name)),
                Some((_, field_type)) => {
                    let mut data = map.take(&name);
                    if self.node(pair[1], Target::Value(field_type, &mut data))? || !matches!(data, Data::Nil) {
                        map.set(name, data);
                    }
                }
                None if self.unknown == UnknownFields::Refuse => {
                    let text = text.to_string_lossy();
                    let name = known.name;
                    self.complaints
                        .push(format!("line {line}: field {text} not found in type {name}"));
                }
                None => {}
            }
        }
        self.merged = merged;
        if let Some(merge) = merge {
            self.merge(node, merge, &mut |decoder, id| {
                decoder.node(id, Target::Struct(known, map))
            })?;
        }
        Ok(true)
    }

    /// Decodes what is merged into a mapping with `decode`; the keys of the mapping itself, `parent`, stay as they are.
    fn merge(
        &mut self,
        parent: &Node,
        id: NodeId,
        decode: &mut dyn FnMut(&mut Self, NodeId) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let is_merged = self.merged.is_some();
        if !is_merged {
            let mut keys = HashSet::new();
            for &key in parent.content.iter().step_by(2) {
                let mut data = Data::Nil;
                if self.node(key, Target::Value(&Type::Any, &mut data))? {
                    check_hashable(&data)?;
                    keys.insert(Key(data));
                }
            }
            self.merged = Some(keys);
        }
        let node = &self.tree[id];
        match node.kind {
            Kind::Mapping => {
                decode(self, id)?;
            }
            Kind::Sequence => {
                for &child in &node.content {
                    self.check_merged(child)?;
                    decode(self, child)?;
                }
            }
            _ => {
                self.check_merged(id)?;
                decode(self, id)?;
            }
        }
        if !is_merged {
            self.merged = None;
        }
        Ok(())
    }

    /// Complains about what is neither a mapping nor an alias of one.
    fn check_merged(&self, id: NodeId) -> Result<(), Error> {
        let node = &self.tree[id];
        let node = node.alias.map_or(node, |target| &self.tree[target]);
        match node.kind {
            Kind::Mapping => Ok(()),
            _ => Err(Error::decode("map merge requires map or sequence of maps as the value")),
        }
    }
}

/// Takes the map out of `data`, if it is one.
fn take_map(data: &mut Data) -> Option<DataMap> {
    match std::mem::replace(data, Data::Nil) {
        Data::Map(map) => Some(map),
        other => {
            *data = other;
            None
        }
    }
}

fn check_hashable(key: &Data) -> Result<(), Error> {
    match key.unhashable_type() {
        Some(name) => Err(Error::decode(format_args!(
            "runtime error: hash of unhashable type {name}"
        ))),
        None => Ok(()),
    }
}

/// Returns the zero value of a type.
fn zero(known: &Type) -> Data {
    match known.underlying() {
        Type::Bool => Data::Bool(false),
        Type::String => Data::Str(Str::default()),
        Type::Int(..) => Data::Int(0),
        Type::Uint(..) => Data::Uint(0),
        Type::Float => Data::Float(0.0),
        Type::Struct(_) => Data::Map(DataMap::default()),
        Type::Any | Type::List(_) | Type::Map(_) | Type::Named(..) => Data::Nil,
    }
}
