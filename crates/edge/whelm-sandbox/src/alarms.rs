//! Which objects are to be looked at again, and when.

use std::collections::{BTreeSet, HashMap};

use crate::store::Key;

/// Moments, in milliseconds since the Unix epoch, at which controllers look at objects again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alarms {
    by_key: HashMap<Key, i64>,
    by_time: BTreeSet<(i64, Key)>,
}

impl Alarms {
    /// Sets the alarm of an object, in place of one that was set before; nothing takes it away.
    pub fn set(&mut self, key: &Key, due: Option<i64>) {
        if let Some(before) = self.by_key.remove(key) {
            self.by_time.remove(&(before, key.clone()));
        }
        if let Some(due) = due {
            self.by_key.insert(key.clone(), due);
            self.by_time.insert((due, key.clone()));
        }
    }

    /// Returns the alarm of an object.
    pub fn of(&self, key: &Key) -> Option<i64> {
        self.by_key.get(key).copied()
    }

    /// Returns the moment of the next alarm.
    pub fn next(&self) -> Option<i64> {
        self.by_time.first().map(|(due, _)| *due)
    }

    /// Takes out the first alarm that is due.
    pub fn take(&mut self, now: i64) -> Option<(i64, Key)> {
        if self.next()? > now {
            return None;
        }
        let (due, key) = self.by_time.pop_first()?;
        self.by_key.remove(&key);
        Some((due, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Resource;

    #[test]
    fn alarms_come_in_the_order_of_time() {
        let key = |name: &str| Key::new(&Resource::new("", "pods"), "default", name);
        let mut alarms = Alarms::default();
        alarms.set(&key("a"), Some(5));
        alarms.set(&key("b"), Some(3));
        alarms.set(&key("a"), Some(2));
        assert_eq!((alarms.next(), alarms.of(&key("b"))), (Some(2), Some(3)));
        assert_eq!(alarms.take(1), None);
        assert_eq!(alarms.take(9), Some((2, key("a"))));
        alarms.set(&key("b"), None);
        assert_eq!(alarms.next(), None);
    }
}
