//! A second thread for the pure crates.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, Scope, scope};

use whelm_chart::both::{Finally, Work, soon};

use crate::heap;
use crate::processors::Departure;

/// Runs two pieces of work at the same time; only the first when the system has no thread for the second.
pub fn on_two_threads(left: Work<'_>, right: Work<'_>) {
    let helper = Helper::default();
    scope(|scope| {
        helper.start(scope, right);
        left();
        helper.wait();
    });
}

/// A thread beside this one, where the system has one. Whoever starts it does all of the work where there is none.
#[derive(Debug, Default)]
pub(crate) struct Helper {
    runs: AtomicBool,
}

impl Helper {
    /// Starts it; once in its life.
    pub(crate) fn start<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) {
        self.runs.store(true, Ordering::Relaxed);
        let work = || {
            let _end = Finally(|| self.runs.store(false, Ordering::Release));
            heap::make_room();
            work();
        };
        if start_beside(work, |work| Builder::new().spawn_scoped(scope, work)).is_err() {
            self.runs.store(false, Ordering::Relaxed);
        }
    }

    /// Waits a moment for it to be done, before the end of its scope waits asleep.
    pub(crate) fn wait(&self) {
        soon(|| (!self.runs.load(Ordering::Acquire)).then_some(()));
    }
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
