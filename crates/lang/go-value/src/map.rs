//! Maps with string keys.

mod entry;
mod iter;

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

pub use entry::Entry;
pub use iter::{IntoIter, Iter, IterMut};

use crate::{Str, Value};

/// A map with string keys, in the byte order of its keys.
///
/// The entries stand sorted in one piece of memory. A clone shares them until one of the two is changed, which nobody can tell
/// but by the time it takes: values are copied a lot more often than they are changed. To put in a key that is not the last one
/// moves those behind it, so that a large map is better collected than filled key by key.
///
/// ```
/// let mut map = go_value::Map::from([("b".into(), 2.0.into()), ("a".into(), 1.0.into())]);
/// let copy = map.clone();
/// map.insert("c".into(), 3.0.into());
/// assert_eq!(map.keys().map(|key| key.to_string()).collect::<String>(), "abc");
/// assert_eq!(copy.len(), 2);
/// ```
#[derive(Clone, Default)]
pub struct Map(Option<Arc<Vec<(Str, Value)>>>);

impl Map {
    /// Returns a map without entries.
    pub const fn new() -> Map {
        Map(None)
    }

    /// Returns the entries in the order of their keys.
    pub fn as_slice(&self) -> &[(Str, Value)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Tells whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Returns the value at `key`.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<&Value> {
        let entries = self.as_slice();
        find(entries, key.as_ref()).ok().map(|at| &entries[at].1)
    }

    /// Returns the value at `key` for changing.
    pub fn get_mut(&mut self, key: impl AsRef<[u8]>) -> Option<&mut Value> {
        let at = find(self.as_slice(), key.as_ref()).ok()?;
        Some(&mut self.entries_mut()[at].1)
    }

    /// Tells whether there is an entry `key`.
    pub fn contains_key(&self, key: impl AsRef<[u8]>) -> bool {
        find(self.as_slice(), key.as_ref()).is_ok()
    }

    /// Sets the value at `key`; returns the one that was there.
    pub fn insert(&mut self, key: Str, value: Value) -> Option<Value> {
        let place = find(self.as_slice(), &key);
        let entries = self.entries_mut();
        match place {
            Ok(at) => Some(std::mem::replace(&mut entries[at].1, value)),
            Err(at) => {
                entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes the entry `key` out.
    pub fn remove(&mut self, key: impl AsRef<[u8]>) -> Option<Value> {
        let at = find(self.as_slice(), key.as_ref()).ok()?;
        Some(self.entries_mut().remove(at).1)
    }

    /// Takes all entries out that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&Str, &mut Value) -> bool) {
        if !self.is_empty() {
            self.entries_mut().retain_mut(|(key, value)| keep(key, value));
        }
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Returns the entry `key`, there or not, for changing.
    pub fn entry(&mut self, key: Str) -> Entry<'_> {
        match find(self.as_slice(), &key) {
            Ok(at) => Entry::occupied(self.entries_mut(), at),
            Err(at) => Entry::vacant(self.entries_mut(), at, key),
        }
    }

    /// Returns the keys in byte order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> + ExactSizeIterator + Clone {
        self.as_slice().iter().map(|(key, _)| key)
    }

    /// Returns the values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator + Clone {
        self.as_slice().iter().map(|(_, value)| value)
    }

    /// Returns the values for changing, in the order of their keys.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Returns the values in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator {
        self.into_entries().into_iter().map(|(_, value)| value)
    }

    /// Returns the keys in byte order.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = Str> + ExactSizeIterator {
        self.into_entries().into_iter().map(|(key, _)| key)
    }

    /// Returns the entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(self.as_slice())
    }

    /// Returns the entries for changing their values, in the order of their keys.
    pub fn iter_mut(&mut self) -> IterMut<'_> {
        IterMut::new(match self.0.is_some() {
            true => self.entries_mut(),
            false => &mut [],
        })
    }

    /// Returns the entries for changing; nobody else has them then.
    fn entries_mut(&mut self) -> &mut Vec<(Str, Value)> {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// Returns the entries, copied only if somebody else has them as well.
    fn into_entries(self) -> Vec<(Str, Value)> {
        self.0.map(Arc::unwrap_or_clone).unwrap_or_default()
    }
}

/// Finds a key, or where it would stand.
fn find(entries: &[(Str, Value)], key: &[u8]) -> Result<usize, usize> {
    match entries.last() {
        Some((last, _)) if last.as_bytes() < key => Err(entries.len()),
        _ => entries.binary_search_by(|(known, _)| known.as_bytes().cmp(key)),
    }
}

/// Sorts entries by their keys; of equal keys the last one counts.
pub fn sort_entries<V>(entries: &mut Vec<(Str, V)>) {
    if entries.is_sorted_by(|(left, _), (right, _)| left < right) {
        return;
    }
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));
    // What is removed is the later one of two, so the value changes places.
    entries.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            std::mem::swap(later, kept);
        }
        same
    });
}

impl From<Vec<(Str, Value)>> for Map {
    fn from(mut entries: Vec<(Str, Value)>) -> Self {
        sort_entries(&mut entries);
        Map((!entries.is_empty()).then(|| Arc::new(entries)))
    }
}

impl<const N: usize> From<[(Str, Value); N]> for Map {
    fn from(entries: [(Str, Value); N]) -> Self {
        Map::from(Vec::from(entries))
    }
}

impl FromIterator<(Str, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (Str, Value)>>(entries: I) -> Self {
        Map::from(Vec::from_iter(entries))
    }
}

impl Extend<(Str, Value)> for Map {
    fn extend<I: IntoIterator<Item = (Str, Value)>>(&mut self, more: I) {
        let mut more = more.into_iter().peekable();
        if more.peek().is_some() {
            let mut entries = std::mem::take(self).into_entries();
            entries.extend(more);
            *self = Map::from(entries);
        }
    }
}

impl<K: AsRef<[u8]> + ?Sized> Index<&K> for Map {
    type Output = Value;

    fn index(&self, key: &K) -> &Value {
        self.get(key).expect("there is no such key")
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(keys: &str) -> Map {
        let entries = keys.bytes().enumerate();
        entries
            .map(|(at, key)| (Str::from(&[key][..]), Value::Int(at as i64)))
            .collect()
    }

    fn shown(map: &Map) -> String {
        map.iter().map(|(key, value)| format!("{key}{value:?} ")).collect()
    }

    #[test]
    fn of_equal_keys_the_last_one_counts() {
        assert_eq!(shown(&map("bcabbx")), "aInt(2) bInt(4) cInt(1) xInt(5) ");
        let mut extended = map("ab");
        extended.extend(map("ca"));
        assert_eq!(shown(&extended), "aInt(1) bInt(1) cInt(0) ");
    }

    #[test]
    fn a_clone_does_not_see_changes() {
        let mut first = map("abc");
        let second = first.clone();
        assert_eq!(first.insert("b".into(), true.into()), Some(Value::Int(1)));
        assert_eq!(first.insert("aa".into(), Value::Nil), None);
        assert_eq!(first.remove("a"), Some(Value::Int(0)));
        first.values_mut().for_each(|value| *value = Value::Nil);
        first.retain(|key, _| *key != "c");
        assert_eq!(shown(&first), "aaNil bNil ");
        assert_eq!(second, map("abc"));
    }

    #[test]
    fn a_map_that_became_empty_is_like_a_new_one() {
        let mut one = map("a");
        one.remove("a");
        assert_eq!(one, Map::new());
        assert_eq!(one.iter_mut().count() + Map::new().iter_mut().count(), 0);
    }

    #[test]
    fn entries() {
        let mut map = map("b");
        *map.entry("a".into()).or_default() = Value::Bool(true);
        map.entry("b".into()).or_insert(Value::Nil);
        assert_eq!(shown(&map), "aBool(true) bInt(0) ");
    }
}
