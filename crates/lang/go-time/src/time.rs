//! `time.Time`.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Add;

use crate::civil::{self, Date, SECONDS_PER_DAY, UNIX_DAYS, carry};
use crate::zone::Span;
use crate::{Duration, Location};

/// A moment, the zone in which it is shown, and perhaps a reading of a clock that never goes back.
///
/// The default is Go's zero time, 0001-01-01 00:00:00 UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 0001-01-01 00:00:00 UTC; wraps around where Go's does.
    seconds: i64,
    nanoseconds: u32,
    location: Location,
    monotonic: Option<i64>,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

const UNIX_TO_INTERNAL: i64 = UNIX_DAYS * SECONDS_PER_DAY;

impl Time {
    /// The moment `seconds` and `nanoseconds` (below 1e9) after 1970-01-01 00:00:00 UTC, shown in `location`.
    pub fn unix(seconds: i64, nanoseconds: u32, location: &Location) -> Time {
        Time {
            seconds: seconds.wrapping_add(UNIX_TO_INTERNAL),
            nanoseconds,
            location: location.clone(),
            monotonic: None,
        }
    }

    /// The same moment with a reading of the monotonic clock, in nanoseconds, as `time.Now` gives it.
    pub fn with_monotonic(self, nanoseconds: i64) -> Time {
        Time {
            monotonic: Some(nanoseconds),
            ..self
        }
    }

    /// The moment that clocks in `location` show like this; what lies outside of its usual range is carried.
    ///
    /// Where clocks are set, one of the two possible moments is taken, the same one as in Go.
    ///
    /// Source: Go 1.26, `time.Date`.
    pub fn date(date: (i64, i64, i64), clock: (i64, i64, i64), nanosecond: i64, location: &Location) -> Time {
        let (year, month, day) = date;
        let (hour, minute, second) = clock;
        let (year, month) = carry(year, month.wrapping_sub(1), 12);
        let (second, nanosecond) = carry(second, nanosecond, 1_000_000_000);
        let (minute, second) = carry(minute, second, 60);
        let (hour, minute) = carry(hour, minute, 60);
        let (day, hour) = carry(day, hour, 24);
        let month = month + 1;
        let days = civil::days(Date { year, month, day }).wrapping_sub(UNIX_DAYS);
        let of_day = hour * 3_600 + minute * 60 + second;
        let mut unix = days.wrapping_mul(SECONDS_PER_DAY).wrapping_add(of_day);
        let span = location.lookup(unix);
        if span.offset != 0 {
            let utc = unix.wrapping_sub(span.offset);
            let inside = (span.start..span.end).contains(&utc);
            let offset = if inside {
                span.offset
            } else {
                location.lookup(utc).offset
            };
            unix = unix.wrapping_sub(offset);
        }
        Time::unix(unix, nanosecond as u32, location)
    }

    /// The same moment, shown in `location`.
    pub fn in_location(&self, location: &Location) -> Time {
        Time {
            location: location.clone(),
            ..self.clone()
        }
    }

    /// The zone in which it is shown.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub fn unix_seconds(&self) -> i64 {
        self.seconds.wrapping_sub(UNIX_TO_INTERNAL)
    }

    /// Nanoseconds since 1970-01-01 00:00:00 UTC; wraps around outside of the years 1678 to 2262.
    pub fn unix_nanoseconds(&self) -> i64 {
        let seconds = self.unix_seconds().wrapping_mul(1_000_000_000);
        seconds.wrapping_add(i64::from(self.nanoseconds))
    }

    /// The year.
    pub fn year(&self) -> i64 {
        self.local_date().year
    }

    /// The month, from 1.
    pub fn month(&self) -> i64 {
        self.local_date().month
    }

    /// The day of the month, from 1.
    pub fn day(&self) -> i64 {
        self.local_date().day
    }

    /// The day of the year, from 1.
    pub fn year_day(&self) -> i64 {
        civil::year_day(self.local_day().0).1
    }

    /// The weekday; 0 is Sunday.
    pub fn weekday(&self) -> i64 {
        civil::weekday(self.local_day().0)
    }

    /// The hour, 0 to 23.
    pub fn hour(&self) -> i64 {
        self.local_day().1.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(&self) -> i64 {
        self.local_day().1.minute
    }

    /// The second, 0 to 59.
    pub fn second(&self) -> i64 {
        self.local_day().1.second
    }

    /// The nanosecond within the second.
    pub fn nanosecond(&self) -> u32 {
        self.nanoseconds
    }

    /// The zone's abbreviation at this moment and its offset in seconds east of UTC.
    pub fn zone(&self) -> (&str, i64) {
        let span = self.zone_span();
        (span.name, span.offset)
    }

    /// Whether daylight saving time holds.
    pub fn is_daylight(&self) -> bool {
        self.zone_span().daylight
    }

    /// Whether it is Go's zero time.
    pub fn is_zero(&self) -> bool {
        self.seconds == 0 && self.nanoseconds == 0
    }

    /// The time from `earlier` to this; the longest or shortest duration when that does not fit.
    pub fn since(&self, earlier: &Time) -> Duration {
        let nanoseconds = match (self.monotonic, earlier.monotonic) {
            (Some(end), Some(start)) => i128::from(end) - i128::from(start),
            _ => {
                let seconds = i128::from(self.seconds) - i128::from(earlier.seconds);
                seconds * 1_000_000_000 + i128::from(self.nanoseconds) - i128::from(earlier.nanoseconds)
            }
        };
        Duration(nanoseconds.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }

    /// Which of two moments comes first, wherever they are shown.
    pub fn compare(&self, other: &Time) -> Ordering {
        match (self.monotonic, other.monotonic) {
            (Some(one), Some(two)) => one.cmp(&two),
            _ => (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds)),
        }
    }

    /// The same clock time some years, months and days later; a day that its month does not have is carried.
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Time {
        let date = self.local_date();
        let clock = self.local_day().1;
        Time::date(
            (
                date.year.wrapping_add(years),
                date.month.wrapping_add(months),
                date.day.wrapping_add(days),
            ),
            (clock.hour, clock.minute, clock.second),
            i64::from(self.nanoseconds),
            &self.location,
        )
    }

    /// Cuts off to a multiple of `multiple` since the zero time; drops the monotonic reading.
    pub fn truncate(&self, multiple: Duration) -> Time {
        let plain = self.without_monotonic();
        if multiple.0 <= 0 {
            return plain;
        }
        plain.clone() + Duration(plain.remainder(multiple).wrapping_neg())
    }

    /// Rounds to a multiple of `multiple` since the zero time, halves up; drops the monotonic reading.
    pub fn round(&self, multiple: Duration) -> Time {
        let plain = self.without_monotonic();
        if multiple.0 <= 0 {
            return plain;
        }
        let rest = plain.remainder(multiple);
        let down = i128::from(rest) * 2 < i128::from(multiple.0);
        let step = if down { -rest } else { multiple.0 - rest };
        plain + Duration(step)
    }

    /// The form of JSON and YAML, such as `2024-02-29T12:00:00.5+01:00`.
    ///
    /// # Errors
    /// Go's text when the year has more than four digits or the offset 24 hours or more.
    pub fn to_rfc3339(&self) -> Result<String, String> {
        if !(0..=9999).contains(&self.year()) {
            return Err("year outside of range [0,9999]".to_owned());
        }
        if self.zone().1.abs() >= 24 * 3_600 {
            return Err("timezone hour outside of range [0,23]".to_owned());
        }
        let text = self.format(b"2006-01-02T15:04:05.999999999Z07:00");
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn without_monotonic(&self) -> Time {
        Time {
            monotonic: None,
            ..self.clone()
        }
    }

    /// Nanoseconds since the last multiple of `multiple`, which is positive.
    fn remainder(&self, multiple: Duration) -> i64 {
        let total = i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanoseconds);
        total.rem_euclid(i128::from(multiple.0)) as i64
    }

    pub(crate) fn zone_span(&self) -> Span<'_> {
        self.location.lookup(self.unix_seconds())
    }

    fn local_date(&self) -> Date {
        civil::date(self.local_day().0)
    }

    /// The day since 0001-01-01 and the time of day, where it is shown.
    pub(crate) fn local_day(&self) -> (i64, Clock) {
        let (days, second) = civil::split_days(self.seconds.wrapping_add(self.zone_span().offset));
        let clock = Clock {
            hour: second / 3_600,
            minute: second / 60 % 60,
            second: second % 60,
        };
        (days, clock)
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    fn add(self, duration: Duration) -> Time {
        let nanoseconds = i64::from(self.nanoseconds) + duration.0 % 1_000_000_000;
        let (seconds, nanoseconds) = carry(duration.0 / 1_000_000_000, nanoseconds, 1_000_000_000);
        Time {
            seconds: self.seconds.saturating_add(seconds),
            nanoseconds: nanoseconds as u32,
            monotonic: self.monotonic.and_then(|reading| reading.checked_add(duration.0)),
            location: self.location,
        }
    }
}

impl fmt::Display for Time {
    /// As Go prints a time: `2024-02-29 12:00:00 +0000 UTC`, then ` m=+0.01` when there is a monotonic reading.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.format(b"2006-01-02 15:04:05.999999999 -0700 MST");
        f.write_str(&String::from_utf8_lossy(&text))?;
        let Some(reading) = self.monotonic else {
            return Ok(());
        };
        let sign = if reading < 0 { '-' } else { '+' };
        let reading = reading.unsigned_abs();
        write!(f, " m={sign}{}.{:09}", reading / 1_000_000_000, reading % 1_000_000_000)
    }
}
