//! What threads tell each other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::both::soon;

/// A state that threads share, and that some wait for to change.
#[derive(Debug, Default)]
pub struct Exchange<T> {
    inner: Mutex<Inner<T>>,
    /// How often the state changed. Who waits looks here, and keeps nobody from the state.
    changes: AtomicUsize,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner<T> {
    state: T,
    /// How many threads have to be woken.
    sleeping: usize,
}

impl<T> Exchange<T> {
    /// Starts with a state.
    pub fn new(state: T) -> Self {
        Exchange {
            inner: Mutex::new(Inner { state, sleeping: 0 }),
            changes: AtomicUsize::new(0),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and tells those who wait.
    pub fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut inner = self.lock();
        let result = change(&mut inner.state);
        self.changes.fetch_add(1, Ordering::Release);
        if inner.sleeping > 0 {
            self.changed.notify_all();
        }
        result
    }

    /// Waits until `take` finds what it looks for in the state: a moment awake (see [`soon`]), then asleep.
    pub fn wait<R>(&self, mut take: impl FnMut(&mut T) -> Option<R>) -> R {
        loop {
            let seen = self.changes.load(Ordering::Acquire);
            if let Some(found) = take(&mut self.lock().state) {
                return found;
            }
            let has_changed = || self.changes.load(Ordering::Acquire) != seen;
            if soon(|| has_changed().then_some(())).is_some() {
                continue;
            }
            let mut inner = self.lock();
            inner.sleeping += 1;
            // It changes under the lock only, so that no change is missed.
            while !has_changed() {
                inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
            }
            inner.sleeping -= 1;
        }
    }

    /// Returns the state when no thread needs it any more.
    pub fn into_inner(self) -> T {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).state
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_changes_is_found_awake_and_asleep() {
        for pause in [0, 1, 50] {
            let exchange = Exchange::new(0);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    for _ in 0..3 {
                        std::thread::sleep(Duration::from_millis(pause));
                        exchange.change(|state| *state += 1);
                    }
                });
                assert_eq!(exchange.wait(|state| (*state == 3).then_some("three")), "three");
            });
            exchange.change(|state| *state += 1);
            assert_eq!(exchange.into_inner(), 4);
        }
    }
}
