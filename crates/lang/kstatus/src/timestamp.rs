//! Moments in time, given by the caller or read from objects.

use std::time::Duration;

/// A moment, counted from the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    millis: i64,
}

impl Timestamp {
    /// Go's zero time (1 January of year 1), the creation time of an object that has none.
    pub(crate) const ZERO: Timestamp = Timestamp {
        millis: -62_135_596_800_000,
    };

    /// Returns the moment so many whole seconds after the Unix epoch.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Timestamp {
            millis: seconds.saturating_mul(1000),
        }
    }

    /// Returns the moment so many milliseconds after the Unix epoch.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        Timestamp { millis }
    }

    /// Returns the milliseconds since the Unix epoch.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.millis
    }

    /// Returns the moment `duration` later, at most the last one that can be expressed.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Timestamp {
            millis: self.millis.saturating_add(millis),
        }
    }

    /// Reads an RFC 3339 moment such as `2026-01-02T03:04:05Z`; fractions below a millisecond are dropped.
    ///
    /// Returns nothing for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if bytes.len() < 20 || separators.iter().any(|&(index, byte)| bytes[index] != byte) {
            return None;
        }
        let (year, month, day) = (digits(bytes, 0, 4)?, digits(bytes, 5, 7)?, digits(bytes, 8, 10)?);
        let (hour, minute, second) = (digits(bytes, 11, 13)?, digits(bytes, 14, 16)?, digits(bytes, 17, 19)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (millis, zone) = fraction(&bytes[19..])?;
        let offset = zone_offset_seconds(zone)?;
        let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        Some(Timestamp {
            millis: seconds * 1000 + millis,
        })
    }
}

fn digits(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    bytes.get(start..end)?.iter().try_fold(0, |number, &byte| {
        if byte.is_ascii_digit() {
            Some(number * 10 + i64::from(byte - b'0'))
        } else {
            None
        }
    })
}

/// Reads an optional fraction and returns its milliseconds and what follows it.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    if bytes.first() != Some(&b'.') {
        return Some((0, bytes));
    }
    let count = bytes[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let millis = (0..3).fold(0, |millis, index| {
        let digit = if index < count {
            i64::from(bytes[1 + index] - b'0')
        } else {
            0
        };
        millis * 10 + digit
    });
    Some((millis, &bytes[1 + count..]))
}

fn zone_offset_seconds(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let seconds = digits(zone, 1, 3)? * 3600 + digits(zone, 4, 6)? * 60;
            Some(if *sign == b'+' { seconds } else { -seconds })
        }
        _ => None,
    }
}

/// Counts the days from the Unix epoch to a date of the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rfc3339() {
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-24T03:18:52Z", Some(1_795_490_332_000)),
            ("2024-02-29T12:00:00.1234567Z", Some(1_709_208_000_123)),
            ("2024-02-29T12:00:00+02:00", Some(1_709_200_800_000)),
            ("0001-01-01T00:00:00Z", Some(Timestamp::ZERO.millis)),
            ("2024-02-29 12:00:00Z", None),
            ("2024-13-29T12:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ];
        for (text, millis) in cases {
            assert_eq!(Timestamp::parse(text).map(Timestamp::unix_millis), millis, "{text}");
        }
    }
}
