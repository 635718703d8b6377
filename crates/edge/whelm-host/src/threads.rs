//! A second thread for the pure crates.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, Scope, scope, yield_now};

use whelm_chart::both::Work;

use crate::heap;
use crate::processors::Processor;

/// Runs two pieces of work at the same time; only the first when the system has no thread for the second.
pub fn on_two_threads(left: Work<'_>, right: Work<'_>) {
    scope(|scope| {
        start_beside(scope, right);
        left();
    });
}

/// How often a new thread is let go before this one, at most.
const MOST_YIELDS: usize = 1000;

/// Starts work on a thread that runs beside this one, where the system has one.
pub(crate) fn start_beside<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) {
    let left = Arc::new(AtomicBool::new(false));
    let here = Processor::current();
    let leaving = left.clone();
    let started = Builder::new().spawn_scoped(scope, move || {
        here.leave();
        leaving.store(true, Ordering::Release);
        heap::make_room();
        work();
    });
    if started.is_ok() {
        // The new thread may wait for this processor until it has come to leave it.
        for _ in 0..MOST_YIELDS {
            if left.load(Ordering::Acquire) {
                return;
            }
            yield_now();
        }
    }
}
