//! A second thread for the pure crates.

use std::io;
use std::thread::{Builder, Scope, scope};

use whelm_chart::both::Work;

use crate::heap;
use crate::processors::Departure;

/// Runs two pieces of work at the same time; only the first when the system has no thread for the second.
pub fn on_two_threads(left: Work<'_>, right: Work<'_>) {
    scope(|scope| {
        start_helper(scope, right);
        left();
    });
}

/// Starts work on a thread that runs beside this one, where the system has one.
pub(crate) fn start_helper<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) {
    let work = || {
        heap::make_room();
        work();
    };
    // Whoever asks does all of the work where there is no thread for it.
    let _ = start_beside(work, |work| Builder::new().spawn_scoped(scope, work));
}

/// Starts work on a thread that `spawn` makes, so that it runs beside this one.
///
/// # Errors
/// The system has no thread for it.
pub(crate) fn start_beside<'a, T>(
    work: impl FnOnce() + Send + 'a,
    spawn: impl FnOnce(Box<dyn FnOnce() + Send + 'a>) -> io::Result<T>,
) -> io::Result<T> {
    let departure = Departure::from_here();
    let departing = departure.clone();
    let started = spawn(Box::new(move || {
        departing.depart();
        work();
    }))?;
    departure.wait();
    Ok(started)
}
