//! The time that a cluster lives in.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A clock.
#[derive(Debug)]
pub(crate) enum Clock {
    /// That of the machine.
    System,
    /// The runtime's clock, which tests can pause, from a moment at which the time was known.
    Runtime { start: Instant, unix_millis: i64 },
}

impl Clock {
    /// Returns a clock that goes as the runtime's clock goes.
    pub fn runtime(unix_millis: i64) -> Self {
        let start = Instant::now();
        Clock::Runtime { start, unix_millis }
    }

    /// Returns the time in milliseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        match self {
            Clock::System => unix_millis(),
            Clock::Runtime { start, unix_millis } => unix_millis.saturating_add(millis(start.elapsed())),
        }
    }
}

/// Returns a time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the time of the machine in milliseconds since the Unix epoch.
pub(crate) fn unix_millis() -> i64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
