//! Times in lists.

use go_time::{Location, Time as GoTime};
use whelm_sdk::release::Time;

/// Writes a time by Go's layout.
pub fn format(time: Time, layout: &str) -> String {
    let location = match time.offset {
        0 => Location::utc(),
        offset => Location::fixed("", i64::from(offset)),
    };
    let text = GoTime::unix(time.seconds, time.nanoseconds, &location).format(layout.as_bytes());
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes a time as Go's `Time.String` does.
pub fn go_string(time: Time) -> String {
    format(time, "2006-01-02 15:04:05.999999999 -0700 MST")
}
