//! A second thread for the pure crates.

use std::thread::{Builder, Scope, scope};

use whelm_chart::both::Work;

use crate::heap;
use crate::processors::Departure;

/// Runs two pieces of work at the same time; only the first when the system has no thread for the second.
pub fn on_two_threads(left: Work<'_>, right: Work<'_>) {
    scope(|scope| {
        start_beside(scope, right);
        left();
    });
}

/// Starts work on a thread that runs beside this one, where the system has one.
pub(crate) fn start_beside<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) {
    let departure = Departure::from_here();
    let departing = departure.clone();
    let started = Builder::new().spawn_scoped(scope, move || {
        departing.depart();
        heap::make_room();
        work();
    });
    if started.is_ok() {
        departure.wait();
    }
}
