//! Work done by two threads at once, for callers that have them.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use crate::exchange::Exchange;

/// Runs two pieces of work and returns when they are done. The first always runs; the second is left out when there is no
/// thread for it, and the first then finds all of the work still to do.
pub type Both = dyn Fn(Work<'_>, Work<'_>) + Send + Sync;

/// A piece of work for another thread.
pub type Work<'a> = &'a mut (dyn FnMut() + Send);

/// Calls `work` with the numbers below `count`, on two threads, and returns the results in the order of the numbers.
///
/// Whoever is free takes the next number.
pub fn map<R: Send>(count: usize, both: &Both, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    map_then(count, both, work, || ())
}

/// As [`map`]; a thread that finds nothing left to take does what comes `then`.
fn map_then<R: Send>(count: usize, both: &Both, work: impl Fn(usize) -> R + Sync, then: impl Fn() + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = |done: &mut Vec<(usize, R)>| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return then();
            }
            done.push((at, work(at)));
        }
    };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    both(&mut || take(&mut left), &mut || take(&mut right));
    left.append(&mut right);
    left.sort_unstable_by_key(|(at, _)| *at);
    left.into_iter().map(|(_, result)| result).collect()
}

/// As [`map`], for pieces of very different weights: the heavy ones come first, so that none is begun when all else is done. A
/// thread that finds nothing left to take does what comes `then`, which may help the other one.
pub fn map_weighted<R: Send>(
    weights: &[u64],
    both: &Both,
    work: impl Fn(usize) -> R + Sync,
    then: impl Fn() + Sync,
) -> Vec<R> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| Reverse(weights[*at]));
    let results = map_then(order.len(), both, |turn| work(order[turn]), then);
    let mut results: Vec<(usize, R)> = order.into_iter().zip(results).collect();
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// For how many turns of other threads [`soon`] waits: about two milliseconds when nobody else wants the processor.
const TURNS: usize = 5_000;

/// Waits a moment for what another thread is about to give, and lets others run meanwhile; `None` when it did not come.
///
/// A thread that sleeps instead is woken on the processor of the one that wakes it, and may have to wait there for longer than
/// all of the work takes.
pub fn soon<R>(mut ready: impl FnMut() -> Option<R>) -> Option<R> {
    (0..TURNS).find_map(|_| {
        let found = ready();
        if found.is_none() {
            std::thread::yield_now();
        }
        found
    })
}

/// Does something at the end of its life, also when a panic ends it: a thread that waits for word from this one gets it.
pub struct Finally<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn results_come_in_order() {
        let threads = |left: Work<'_>, right: Work<'_>| {
            std::thread::scope(|scope| {
                scope.spawn(right);
                left();
            });
        };
        assert_eq!(
            map(100, &threads, |at| at * 2),
            (0..100).map(|at| at * 2).collect::<Vec<_>>()
        );
        let alone = |left: Work<'_>, _: Work<'_>| left();
        assert_eq!(map(3, &alone, |at| at), [0, 1, 2]);
        assert_eq!(map(0, &alone, |at| at), []);
    }

    #[test]
    fn a_panic_does_not_keep_the_end_away() {
        let ended = Mutex::new(false);
        let panicked = std::panic::catch_unwind(|| {
            let _end = Finally(|| *ended.lock().unwrap() = true);
            panic!("on purpose");
        });
        assert!(panicked.is_err() && *ended.lock().unwrap());
    }

    #[test]
    fn what_comes_soon_is_waited_for() {
        let mut turns = 0;
        let third = || {
            turns += 1;
            (turns == 3).then_some("here")
        };
        assert_eq!(soon(third), Some("here"));
        assert_eq!(soon(|| None::<()>), None);
    }

    #[test]
    fn heavy_pieces_come_first() {
        let alone = |left: Work<'_>, _: Work<'_>| left();
        let begun = Mutex::new(Vec::new());
        let work = |at| {
            begun.lock().unwrap().push(at);
            at * 2
        };
        let results = map_weighted(&[1, 9, 5, 9], &alone, work, || begun.lock().unwrap().push(100));
        assert_eq!(results, [0, 2, 4, 6]);
        assert_eq!(*begun.lock().unwrap(), [1, 3, 2, 0, 100]);
    }
}
