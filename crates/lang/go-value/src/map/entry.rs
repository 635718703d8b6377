//! A place in a map, whether something is there or not.

use crate::{Str, Value};

/// A place in a map, whether something is there or not.
#[derive(Debug)]
pub struct Entry<'a> {
    entries: &'a mut Vec<(Str, Value)>,
    at: usize,
    /// The key, if it is not there.
    missing: Option<Str>,
}

impl<'a> Entry<'a> {
    pub(super) fn occupied(entries: &'a mut Vec<(Str, Value)>, at: usize) -> Self {
        let missing = None;
        Entry { entries, at, missing }
    }

    pub(super) fn vacant(entries: &'a mut Vec<(Str, Value)>, at: usize, key: Str) -> Self {
        let missing = Some(key);
        Entry { entries, at, missing }
    }

    /// Returns the value; puts one there first if there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> Value) -> &'a mut Value {
        if let Some(key) = self.missing {
            self.entries.insert(self.at, (key, make()));
        }
        &mut self.entries[self.at].1
    }

    /// Returns the value; puts `value` there first if there is none.
    pub fn or_insert(self, value: Value) -> &'a mut Value {
        self.or_insert_with(|| value)
    }

    /// Returns the value; puts nil there first if there is none.
    pub fn or_default(self) -> &'a mut Value {
        self.or_insert(Value::Nil)
    }
}
