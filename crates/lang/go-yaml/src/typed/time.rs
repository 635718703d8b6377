//! Dates, as `time.Time` has them.

use std::fmt;

use crate::read::is_timestamp;

/// A date and a time of day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Time {
    date: [u32; 3],
    clock: [u32; 3],
    nanoseconds: u32,
    /// How many minutes the clock is ahead of UTC.
    offset: i32,
}

impl Time {
    /// Reads what yaml.v3 takes for a timestamp.
    pub(super) fn parse(text: &[u8]) -> Option<Time> {
        if !is_timestamp(text) {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        let (date, rest) = match text.find(['T', 't', ' ']) {
            Some(at) => (&text[..at], text[at + 1..].trim_start_matches(' ')),
            None => (text, ""),
        };
        let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone_at);
        let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
        Some(Time {
            date: numbers(date, '-'),
            clock: numbers(clock, ':'),
            nanoseconds: format!("{fraction:0<9}")[..9].parse().unwrap_or_default(),
            offset: offset(zone),
        })
    }

    /// Tells whether `MarshalJSON` takes it: its zone is less than a day ahead or behind.
    pub(super) fn has_json(&self) -> bool {
        self.offset.abs() < 24 * 60
    }

    /// Returns the expression that `%#v` prints.
    pub(super) fn go_syntax(&self) -> String {
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
        let [year, month, day] = self.date;
        let [hour, minute, second] = self.clock;
        let month = MONTHS.get(month.wrapping_sub(1) as usize).copied().unwrap_or_default();
        let place = if self.offset == 0 {
            "time.UTC"
        } else {
            "time.Location(\"\")"
        };
        let nanoseconds = self.nanoseconds;
        format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanoseconds}, {place})")
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day] = self.date;
        let [hour, minute, second] = self.clock;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.nanoseconds > 0 {
            let digits = format!("{:09}", self.nanoseconds);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

fn numbers(text: &str, separator: char) -> [u32; 3] {
    let mut parts = text.split(separator).map(|part| part.parse().unwrap_or_default());
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

fn offset(zone: &str) -> i32 {
    let Some((hours, minutes)) = zone.get(1..).and_then(|rest| rest.split_once(':')) else {
        return 0;
    };
    let number = |text: &str| text.parse().unwrap_or(0);
    let minutes: i32 = number(hours) * 60 + number(minutes);
    if zone.starts_with('-') { -minutes } else { minutes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_rfc_3339() {
        let format = |text: &str| Time::parse(text.as_bytes()).map(|time| time.to_string());
        assert_eq!(format("2001-2-3").as_deref(), Some("2001-02-03T00:00:00Z"));
        assert_eq!(
            format("2001-02-03t4:05:06.120-07:30").as_deref(),
            Some("2001-02-03T04:05:06.12-07:30")
        );
        assert_eq!(format("2001-2-3  4:5:6").as_deref(), Some("2001-02-03T04:05:06Z"));
        assert_eq!(format("2001-02-30"), None);
    }
}
