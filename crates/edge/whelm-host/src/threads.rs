//! A second thread for the pure crates.

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

/// Starts work on a thread that runs beside this one, where the system has one.
pub(crate) fn start_beside<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) {
    let here = Processor::current();
    let started = Builder::new().spawn_scoped(scope, move || {
        here.leave();
        heap::make_room();
        work();
    });
    if started.is_ok() {
        // The new thread may wait for this processor until it has come to leave it.
        yield_now();
    }
}
