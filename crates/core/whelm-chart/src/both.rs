//! Work done by two threads at once, for callers that have them.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs two pieces of work and returns when they are done. The first always runs; the second is left out when there is no
/// thread for it, and the first then finds all of the work still to do.
pub type Both = dyn Fn(Work<'_>, Work<'_>) + Send + Sync;

/// A piece of work for another thread.
pub type Work<'a> = &'a mut (dyn FnMut() + Send);

/// Calls `work` with the numbers below `count`, on two threads, and returns the results in the order of the numbers.
///
/// Whoever is free takes the next number.
pub fn map<R: Send>(count: usize, both: &Both, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = |done: &mut Vec<(usize, R)>| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
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

#[cfg(test)]
mod tests {
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
}
