//! The entries of a map, in byte order of their keys.

use std::collections::{BTreeMap, btree_map};
use std::slice;

use go_value::Str;

use super::Value;

/// Up to how many entries a map is a list. Most maps have a handful: a list of these is smaller than a tree, and comparing the
/// lengths of all keys finds one sooner than comparing the texts of some.
const FEW: usize = 64;

/// Entries by key: a sorted list of a few, a tree of many.
#[derive(Debug)]
pub(crate) enum Table {
    Few(Vec<(Str, Value)>),
    Many(BTreeMap<Str, Value>),
}

impl Default for Table {
    fn default() -> Self {
        Table::Few(Vec::new())
    }
}

impl Table {
    #[inline]
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Value> {
        match self {
            Table::Few(list) => {
                let mut entries = list.iter();
                let entry = entries.find(|(known, _)| known.len() == key.len() && known.as_bytes() == key);
                entry.map(|(_, value)| value)
            }
            Table::Many(map) => map.get(key),
        }
    }

    pub(crate) fn insert(&mut self, key: Str, value: Value) {
        match self {
            Table::Few(list) => match list.binary_search_by(|(known, _)| known.cmp(&key)) {
                Ok(place) => list[place].1 = value,
                Err(place) if list.len() < FEW => list.insert(place, (key, value)),
                Err(_) => {
                    let mut map: BTreeMap<_, _> = std::mem::take(list).into_iter().collect();
                    map.insert(key, value);
                    *self = Table::Many(map);
                }
            },
            Table::Many(map) => {
                map.insert(key, value);
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &[u8]) -> Option<Value> {
        match self {
            Table::Few(list) => {
                let place = list.iter().position(|(known, _)| known.as_bytes() == key)?;
                Some(list.remove(place).1)
            }
            Table::Many(map) => map.remove(key),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Table::Few(list) => list.len(),
            Table::Many(map) => map.len(),
        }
    }

    pub(crate) fn iter(&self) -> Iter<'_> {
        match self {
            Table::Few(list) => Iter::Few(list.iter()),
            Table::Many(map) => Iter::Many(map.iter()),
        }
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// Takes out all entries and returns those values that are `wanted`.
    pub(crate) fn take_values(&mut self, wanted: fn(&Value) -> bool) -> Vec<Value> {
        match std::mem::take(self) {
            Table::Few(list) => list.into_iter().map(|(_, value)| value).filter(wanted).collect(),
            Table::Many(map) => map.into_values().filter(wanted).collect(),
        }
    }
}

impl From<BTreeMap<Str, Value>> for Table {
    fn from(map: BTreeMap<Str, Value>) -> Self {
        if map.len() > FEW {
            Table::Many(map)
        } else {
            Table::Few(map.into_iter().collect())
        }
    }
}

impl FromIterator<(Str, Value)> for Table {
    /// Of entries with the same key, the last one counts.
    fn from_iter<I: IntoIterator<Item = (Str, Value)>>(entries: I) -> Self {
        let mut list: Vec<_> = entries.into_iter().collect();
        go_value::map::sort_entries(&mut list);
        if list.len() > FEW {
            Table::Many(list.into_iter().collect())
        } else {
            Table::Few(list)
        }
    }
}

/// The entries in order.
pub(crate) enum Iter<'t> {
    Few(slice::Iter<'t, (Str, Value)>),
    Many(btree_map::Iter<'t, Str, Value>),
}

impl<'t> Iterator for Iter<'t> {
    type Item = (&'t Str, &'t Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Iter::Few(entries) => entries.next().map(|(key, value)| (key, value)),
            Iter::Many(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Iter::Few(entries) => entries.size_hint(),
            Iter::Many(entries) => entries.size_hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each table next to the tree that it stands for, while entries come and go.
    #[test]
    fn a_table_does_what_a_tree_does() {
        let mut table = Table::default();
        let mut tree = BTreeMap::new();
        let mut state = 1u32;
        for step in 0..6000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // First few keys, then many, then few again.
            let keys = if (2000..4000).contains(&step) { 500 } else { 40 };
            let key = Str::from(format!("k{}", (state >> 16) % keys));
            if state >> 30 == 0 {
                let removed = table.remove(&key).is_some();
                assert_eq!(removed, tree.remove(&key).is_some());
            } else {
                table.insert(key.clone(), Value::Int(step));
                tree.insert(key.clone(), step);
            }
            let found = table.get(&key).map(|value| format!("{value:?}"));
            assert_eq!(found, tree.get(&key).map(|step| format!("Int({step})")));
            assert_eq!(table.len(), tree.len());
            assert!(table.iter().map(|(key, _)| key).eq(tree.keys()));
        }
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        let entries = [("b", 1), ("a", 2), ("b", 3), ("a", 4)];
        let table: Table = entries
            .map(|(key, value)| (key.into(), Value::Int(value)))
            .into_iter()
            .collect();
        let entries: Vec<_> = table.iter().map(|(key, value)| format!("{key}{value:?}")).collect();
        assert_eq!(entries, ["aInt(4)", "bInt(3)"]);
    }
}
