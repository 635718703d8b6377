//! The time that a cluster lives in.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A clock that can be put forward.
#[derive(Debug)]
pub(crate) struct Clock {
    source: Source,
    /// How far it was put forward, in milliseconds.
    skipped: AtomicI64,
}

#[derive(Debug)]
enum Source {
    System,
    /// The runtime's clock, which tests can pause, from a moment at which the time was known.
    Runtime {
        start: Instant,
        unix_millis: i64,
    },
}

impl Clock {
    /// Returns the clock of the machine.
    pub fn system() -> Self {
        Clock {
            source: Source::System,
            skipped: AtomicI64::new(0),
        }
    }

    /// Returns a clock that goes as the runtime's clock goes.
    pub fn runtime(unix_millis: i64) -> Self {
        let start = Instant::now();
        Clock {
            source: Source::Runtime { start, unix_millis },
            skipped: AtomicI64::new(0),
        }
    }

    /// Returns the time in milliseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        let time = match self.source {
            Source::System => unix_millis(),
            Source::Runtime { start, unix_millis } => unix_millis.saturating_add(millis(start.elapsed())),
        };
        time.saturating_add(self.skipped.load(Ordering::Relaxed))
    }

    /// Puts the clock forward.
    pub fn skip(&self, time: Duration) {
        self.skipped.fetch_add(millis(time), Ordering::Relaxed);
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the time of the machine in milliseconds since the Unix epoch.
pub(crate) fn unix_millis() -> i64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
