//! Where the system runs a thread.
//!
//! Work of a few milliseconds is over before a scheduler has moved a new thread to an idle processor: kernels that save power or
//! pack virtual processors let it wait behind the one that started it. A thread that is to run beside another says so itself.

/// A processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Processor(#[cfg(target_os = "linux")] usize);

#[cfg(target_os = "linux")]
impl Processor {
    /// The one that the calling thread runs on.
    pub(crate) fn current() -> Self {
        Self(rustix::thread::sched_getcpu())
    }

    /// Keeps the calling thread off this processor, where it may use another one.
    pub(crate) fn leave(self) {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let Ok(mut allowed) = sched_getaffinity(None) else {
            return;
        };
        if self.0 < CpuSet::MAX_CPU && allowed.is_set(self.0) && allowed.count() > 1 {
            allowed.unset(self.0);
            // It is a wish: where the system refuses, the thread runs wherever it may.
            let _ = sched_setaffinity(None, &allowed);
        }
    }
}

/// Elsewhere the system decides.
#[cfg(not(target_os = "linux"))]
impl Processor {
    pub(crate) fn current() -> Self {
        Self()
    }

    pub(crate) fn leave(self) {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_leaves_the_processor_of_its_parent() {
        let parent = Processor::current();
        let processors = std::thread::available_parallelism().unwrap().get();
        let child = std::thread::spawn(move || {
            parent.leave();
            Processor::current()
        });
        assert_eq!(child.join().unwrap() != parent, processors > 1);
    }
}
