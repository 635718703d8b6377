//! A second thread for the pure crates.

use whelm_chart::both::Work;

/// Runs two pieces of work at the same time; only the first when the system has no thread for the second.
pub fn on_two_threads(left: Work<'_>, right: Work<'_>) {
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().spawn_scoped(scope, right);
        left();
        drop(other);
    });
}
