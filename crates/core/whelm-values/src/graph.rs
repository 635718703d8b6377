//! Values while they are coalesced: maps that several places share, as Go's maps are shared.
//!
//! Helm merges maps in place and hands the same map to several charts, so a key that a subchart adds to a nested global
//! shows up in its parent and its siblings. A [`Graph`] keeps that: a map in it has a number, and two places with the
//! same number are the same map. What nobody has touched yet stays a reference to the data it came from.

use std::collections::BTreeMap;

use go_value::{Map, Str, Value};

use crate::{Error, ErrorKind};

/// How many nodes a result may have. Charts named `global` inside each other double it at each level.
const MAX_NODES: usize = 50_000_000;
/// How deep a result may be; the YAML reader allows as much. A chart named `global` can tie values into a ring.
pub(crate) const MAX_DEPTH: usize = 1000;

/// The keys that lead to a value.
pub type Place = Vec<Str>;

/// The number of a map in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MapId(usize);

/// A value in a graph.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    /// A value, or a map that nobody has touched, as in the data it came from.
    Ref(&'a Value),
    /// A map that is untouched, but is not inside of a value.
    Table(&'a Map),
    /// A map that may be changed.
    Map(MapId),
}

static NIL: Value = Value::Nil;

impl Node<'_> {
    /// The value `nil`.
    pub(crate) const NIL: Node<'static> = Node::Ref(&NIL);

    pub(crate) fn is_table(self) -> bool {
        !matches!(self, Node::Ref(value) if value.as_map().is_none())
    }

    pub(crate) fn is_nil(self) -> bool {
        matches!(self, Node::Ref(Value::Nil))
    }
}

/// The maps of values being coalesced.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    maps: Vec<BTreeMap<Str, Node<'a>>>,
    /// Merging went deeper than any data goes.
    pub(crate) is_ring: bool,
}

impl<'a> Graph<'a> {
    /// Adds an empty map.
    pub(crate) fn new_map(&mut self) -> MapId {
        self.maps.push(BTreeMap::new());
        MapId(self.maps.len() - 1)
    }

    /// Adds a copy of `map`.
    pub(crate) fn copy_of(&mut self, map: &'a Map) -> MapId {
        let nodes = map.iter().map(|(key, value)| (key.clone(), Node::Ref(value))).collect();
        self.maps.push(nodes);
        MapId(self.maps.len() - 1)
    }

    pub(crate) fn get(&self, map: MapId, key: &[u8]) -> Option<Node<'a>> {
        self.maps[map.0].get(key).copied()
    }

    pub(crate) fn set(&mut self, map: MapId, key: Str, node: Node<'a>) {
        self.maps[map.0].insert(key, node);
    }

    pub(crate) fn remove(&mut self, map: MapId, key: &[u8]) {
        self.maps[map.0].remove(key);
    }

    pub(crate) fn entries(&self, map: MapId) -> Vec<(Str, Node<'a>)> {
        self.maps[map.0]
            .iter()
            .map(|(key, node)| (key.clone(), *node))
            .collect()
    }

    pub(crate) fn is_empty(&self, map: MapId) -> bool {
        self.maps[map.0].is_empty()
    }

    /// Returns the map at `key` ready for changing, or `None` when there is no map.
    pub(crate) fn open(&mut self, map: MapId, key: &[u8]) -> Option<MapId> {
        let node = self.get(map, key)?;
        let opened = self.open_node(node)?;
        if !matches!(node, Node::Map(_))
            && let Some(slot) = self.maps[map.0].get_mut(key)
        {
            *slot = Node::Map(opened);
        }
        Some(opened)
    }

    /// Returns a map for a node that is not stored anywhere yet.
    pub(crate) fn open_node(&mut self, node: Node<'a>) -> Option<MapId> {
        match node {
            Node::Map(id) => Some(id),
            Node::Table(map) | Node::Ref(Value::Map(map)) => Some(self.copy_of(map)),
            Node::Ref(_) => None,
        }
    }

    /// Returns what is at `key` in a form that may be stored in a second place as well.
    pub(crate) fn share(&mut self, map: MapId, key: &[u8]) -> Option<Node<'a>> {
        match self.open(map, key) {
            Some(id) => Some(Node::Map(id)),
            None => self.get(map, key),
        }
    }

    /// Copies one level of a map; the maps in it are then in both.
    pub(crate) fn shallow_copy(&mut self, map: MapId) -> MapId {
        let keys: Vec<Str> = self.maps[map.0].keys().cloned().collect();
        for key in keys {
            self.open(map, &key);
        }
        let copy = self.maps[map.0].clone();
        self.maps.push(copy);
        MapId(self.maps.len() - 1)
    }

    /// Returns the data at a node, every shared map written out in each of its places.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when that is more than any chart can mean.
    pub(crate) fn freeze(&self, map: MapId) -> Result<Map, Error> {
        if self.is_ring {
            return Err(too_large());
        }
        self.freeze_map(map, 0, &mut MAX_NODES.clone())
    }

    fn freeze_map(&self, map: MapId, depth: usize, budget: &mut usize) -> Result<Map, Error> {
        let entries = &self.maps[map.0];
        if depth > MAX_DEPTH || *budget < entries.len() {
            return Err(too_large());
        }
        *budget -= entries.len();
        let mut frozen = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            frozen.push((key.clone(), self.freeze_node(*node, depth, budget)?));
        }
        Ok(frozen.into())
    }

    pub(crate) fn freeze_node(&self, node: Node<'a>, depth: usize, budget: &mut usize) -> Result<Value, Error> {
        match node {
            Node::Ref(value) => Ok(value.clone()),
            Node::Table(map) => Ok(Value::Map(map.clone())),
            Node::Map(id) => self.freeze_map(id, depth + 1, budget).map(Value::Map),
        }
    }

    /// Returns where the same map or list stands in more than one place; what is inside of it is in the first place only.
    pub(crate) fn shared(&self, map: MapId) -> Vec<Vec<Place>> {
        let mut places = Places::default();
        self.find_shared(map, &mut Vec::new(), &mut places);
        places.0.into_values().filter(|places| places.len() > 1).collect()
    }

    fn find_shared(&self, map: MapId, place: &mut Place, places: &mut Places) {
        for (key, node) in &self.maps[map.0] {
            place.push(key.clone());
            match *node {
                Node::Map(id) => {
                    if places.note(Shareable::Map(id), place) {
                        self.find_shared(id, place, places);
                    }
                }
                Node::Ref(Value::List(items)) if items.iter().any(holds_map) => {
                    places.note(Shareable::List(items.as_ptr() as usize), place);
                }
                Node::Ref(_) | Node::Table(_) => {}
            }
            place.pop();
        }
    }

    /// Returns the data at a node for a message.
    pub(crate) fn show(&self, node: Node<'a>) -> Value {
        self.freeze_node(node, 0, &mut MAX_NODES.clone()).unwrap_or_default()
    }
}

/// What Go hands on by reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shareable {
    Map(MapId),
    /// A list, known by where its items are.
    List(usize),
}

/// Where each map and list stands.
#[derive(Default)]
struct Places(BTreeMap<Shareable, Vec<Place>>);

impl Places {
    /// Notes a place; tells whether it is the first.
    fn note(&mut self, what: Shareable, place: &Place) -> bool {
        let places = self.0.entry(what).or_default();
        places.push(place.clone());
        places.len() == 1
    }
}

/// Makes sure that none of the map's lists stands where a list of the data stands that it was made of. A list is known by where it
/// stands, so what is going to be coalesced again must not have the same one in two places.
pub(crate) fn apart(map: Map) -> Map {
    with_lists_of_its_own(&map).unwrap_or(map)
}

/// Returns such a copy if the map has lists that matter.
fn with_lists_of_its_own(map: &Map) -> Option<Map> {
    let mut copy = None;
    for (key, value) in map {
        let own = match value {
            Value::Map(map) => with_lists_of_its_own(map).map(Value::Map),
            Value::List(items) if items.iter().any(holds_map) => Some(value.clone()),
            _ => None,
        };
        if let Some(own) = own {
            copy.get_or_insert_with(|| map.clone()).insert(key.clone(), own);
        }
    }
    copy
}

/// Lists of scalars cannot be changed by a template.
fn holds_map(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(items) => items.iter().any(holds_map),
        _ => false,
    }
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, "coalesced values are too large")
}
