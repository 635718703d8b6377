//! Where the system runs a thread.
//!
//! Work of a few milliseconds is over before a scheduler has moved a new thread to an idle processor: kernels that save power or
//! pack virtual processors let it wait behind the one that started it. A thread that is to run beside another says so itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Processor(#[cfg(target_os = "linux")] usize);

#[cfg(target_os = "linux")]
impl Processor {
    /// The one that the calling thread runs on.
    fn current() -> Self {
        Self(rustix::thread::sched_getcpu())
    }

    /// Moves the calling thread off this processor, where it may use another one. From then on the system decides again.
    fn leave(self) {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let Ok(all) = sched_getaffinity(None) else { return };
        let mut allowed = all;
        if self.0 < CpuSet::MAX_CPU && allowed.is_set(self.0) && allowed.count() > 1 {
            allowed.unset(self.0);
            // It is a wish: where the system refuses, the thread runs wherever it may.
            if sched_setaffinity(None, &allowed).is_ok() {
                let _ = sched_setaffinity(None, &all);
            }
        }
    }
}

/// Elsewhere the system decides.
#[cfg(not(target_os = "linux"))]
impl Processor {
    fn current() -> Self {
        Self()
    }

    fn leave(self) {}
}

/// How often a thread lets others go first, at most, until a new one has left its processor.
const MOST_YIELDS: usize = 100;

/// What a thread and the one that starts it tell each other so that they come to run beside each other.
#[derive(Clone, Debug)]
pub(crate) struct Departure {
    from: Processor,
    done: Arc<AtomicBool>,
}

impl Departure {
    /// From the processor of the calling thread, which goes on to start another one.
    pub(crate) fn from_here() -> Self {
        Self {
            from: Processor::current(),
            done: Arc::default(),
        }
    }

    /// Called first by the new thread.
    pub(crate) fn depart(&self) {
        self.from.leave();
        self.done.store(true, Ordering::Release);
    }

    /// Called by the one that started it: the new one may wait for this very processor until it has come to leave it.
    pub(crate) fn wait(&self) {
        for _ in 0..MOST_YIELDS {
            if self.done.load(Ordering::Acquire) {
                return;
            }
            std::thread::yield_now();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_leaves_the_processor_of_its_parent() {
        let departure = Departure::from_here();
        let (parent, departing) = (departure.from, departure.clone());
        let processors = std::thread::available_parallelism().unwrap().get();
        let child = std::thread::spawn(move || {
            departing.depart();
            Processor::current()
        });
        departure.wait();
        assert_eq!(child.join().unwrap() != parent, processors > 1);
    }
}
