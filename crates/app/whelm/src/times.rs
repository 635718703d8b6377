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

/// The layout of Go's `Time.String`.
pub const GO_STRING: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

/// Writes a time as Go's `Time.String` does.
pub fn go_string(time: Time) -> String {
    format(time, GO_STRING)
}

/// Writes the day of a time in RFC 3339, such as `January 2, 2006`; Go's zero time for a text that is none.
pub fn long_date(text: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = text.get(..10).unwrap_or_default().split('-').map(str::parse::<usize>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
        return "January 1, 0001".to_owned();
    };
    let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or(MONTHS[0]);
    format!("{month} {day}, {year:04}")
}
