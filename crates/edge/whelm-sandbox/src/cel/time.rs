//! Durations and moments.

use go_time::{Duration, Location, Time};

use super::eval::{Fault, Outcome};
use super::value::Cel;

const SECOND: i128 = 1_000_000_000;

pub(super) fn read_duration(text: &str) -> Option<i64> {
    Duration::parse(text.as_bytes()).ok().map(Duration::nanoseconds)
}

pub(super) fn read_timestamp(text: &str) -> Option<i128> {
    let utc = Location::utc();
    let layouts: [&[u8]; 2] = [b"2006-01-02T15:04:05Z07:00", b"2006-01-02"];
    let time = layouts
        .iter()
        .find_map(|layout| Time::parse(layout, text.as_bytes(), &utc).ok())?;
    Some(i128::from(time.unix_seconds()) * SECOND + i128::from(time.nanosecond()))
}

fn time_of(nanos: i128, location: &Location) -> Time {
    let seconds = i64::try_from(nanos.div_euclid(SECOND)).unwrap_or(0);
    let rest = u32::try_from(nanos.rem_euclid(SECOND)).unwrap_or(0);
    Time::unix(seconds, rest, location)
}

/// A duration in seconds, as expressions turn it into a text.
pub(super) fn show_duration(nanos: i64) -> String {
    let (sign, nanos) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    let (whole, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let fraction = format!("{rest:09}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}s"),
        digits => format!("{sign}{whole}.{digits}s"),
    }
}

pub(super) fn show_timestamp(nanos: i128) -> String {
    let text = time_of(nanos, &Location::utc()).format(b"2006-01-02T15:04:05.999999999Z07:00");
    String::from_utf8_lossy(&text).into_owned()
}

/// Applies a function of a duration or a moment, if the name is one.
pub(super) fn method<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    match arguments {
        [Cel::Duration(nanos)] => {
            let unit = match name {
                "getHours" => 3_600_000_000_000,
                "getMinutes" => 60_000_000_000,
                "getSeconds" => 1_000_000_000,
                "getMilliseconds" => 1_000_000,
                _ => return None,
            };
            Some(Ok(Cel::Int(nanos / unit)))
        }
        [Cel::Timestamp(nanos)] => part(name, &time_of(*nanos, &Location::utc())).map(|part| Ok(Cel::Int(part))),
        [Cel::Timestamp(nanos), Cel::Text(zone)] => {
            part(name, &time_of(0, &Location::utc()))?;
            let found = location(zone).and_then(|location| part(name, &time_of(*nanos, &location)));
            Some(
                found
                    .map(Cel::Int)
                    .ok_or_else(|| Fault::error(format!("unknown time zone {zone}"))),
            )
        }
        _ => None,
    }
}

/// There are no zones with names here, only those that say how far they are off.
fn location(zone: &str) -> Option<Location> {
    if matches!(zone, "UTC" | "Z" | "") {
        return Some(Location::utc());
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+').unwrap_or(zone)),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let offset = hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().ok()? * 60;
    (offset < 86_400).then(|| Location::fixed(zone, sign * offset))
}

fn part(name: &str, time: &Time) -> Option<i64> {
    Some(match name {
        "getFullYear" => time.year(),
        "getMonth" => time.month() - 1,
        "getDate" => time.day(),
        "getDayOfMonth" => time.day() - 1,
        "getDayOfYear" => time.year_day() - 1,
        "getDayOfWeek" => time.weekday(),
        "getHours" => time.hour(),
        "getMinutes" => time.minute(),
        "getSeconds" => time.second(),
        "getMilliseconds" => i64::from(time.nanosecond() / 1_000_000),
        _ => return None,
    })
}
