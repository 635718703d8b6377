//! The texts of named integers: durations, months, weekdays.

use crate::value::Type;

/// What `String()` of the type gives.
pub(super) fn text(type_: Type, int: i64) -> Option<String> {
    match type_ {
        Type::Named("time.Duration") => Some(duration(int)),
        Type::Named("time.Month") => Some(name(&MONTHS, int - 1, int, "Month")),
        Type::Named("time.Weekday") => Some(name(&WEEKDAYS, int, int, "Weekday")),
        _ => None,
    }
}

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

const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

fn name(names: &[&str], place: i64, int: i64, kind: &str) -> String {
    let known = usize::try_from(place).ok().and_then(|place| names.get(place));
    known.map_or_else(|| format!("%!{kind}({})", int as u64), |name| (*name).to_owned())
}

/// `1h2m3.5s`
fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    if total == 0 {
        return "0s".to_owned();
    }
    let small = match total {
        0..1_000 => return format!("{sign}{total}ns"),
        1_000..1_000_000 => Some((1_000, "µs")),
        1_000_000..1_000_000_000 => Some((1_000_000, "ms")),
        _ => None,
    };
    if let Some((unit, name)) = small {
        return format!("{sign}{}{name}", fraction(total, unit));
    }
    let seconds = total / 1_000_000_000;
    let rest = fraction(total % 60_000_000_000, 1_000_000_000);
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{sign}{rest}s"),
        (0, minutes) => format!("{sign}{minutes}m{rest}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{rest}s"),
    }
}

/// `total / unit` with as many decimals as it needs; `unit` is a power of ten.
fn fraction(total: u64, unit: u64) -> String {
    let whole = total / unit;
    let part = total % unit;
    if part == 0 {
        return whole.to_string();
    }
    let places = unit.ilog10() as usize;
    let decimals = format!("{part:0places$}");
    format!("{whole}.{}", decimals.trim_end_matches('0'))
}
