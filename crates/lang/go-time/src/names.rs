//! The names of months and days, and the integer types of Go's `time` that print as words.

use crate::Duration;

pub(crate) const MONTHS: [&str; 12] = [
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

pub(crate) const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The text of a `time.Month`: `January` for 1, `%!Month(13)` for what is none.
pub fn month_name(month: i64) -> String {
    match usize::try_from(month) {
        Ok(month @ 1..=12) => MONTHS[month - 1].to_owned(),
        // Go prints the number as an unsigned one.
        _ => format!("%!Month({})", month as u64),
    }
}

/// The text of a `time.Weekday`: `Sunday` for 0, `%!Weekday(7)` for what is none.
pub fn weekday_name(day: i64) -> String {
    match usize::try_from(day) {
        Ok(day @ 0..=6) => DAYS[day].to_owned(),
        _ => format!("%!Weekday({})", day as u64),
    }
}

/// What `String()` gives for an integer of the Go type `type_name`, when that is one of `time`'s.
///
/// ```
/// assert_eq!(go_time::named_int_text("time.Duration", 90_000_000_000).as_deref(), Some("1m30s"));
/// assert_eq!(go_time::named_int_text("int64", 1), None);
/// ```
pub fn named_int_text(type_name: &str, value: i64) -> Option<String> {
    match type_name {
        "time.Duration" => Some(Duration(value).to_string()),
        "time.Month" => Some(month_name(value)),
        "time.Weekday" => Some(weekday_name(value)),
        _ => None,
    }
}
