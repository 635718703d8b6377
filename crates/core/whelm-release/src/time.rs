//! Points in time, with the zone they were written in.

use std::fmt::{self, Write as _};

/// A point in time with its zone's offset, as Go's `time.Time` keeps it in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// Nanoseconds on top.
    pub nanoseconds: u32,
    /// Seconds east of UTC.
    pub offset: i32,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A date and time of day in some zone.
struct Civil {
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    weekday: usize,
}

impl Time {
    /// Makes a time in UTC.
    pub fn utc(seconds: i64, nanoseconds: u32) -> Self {
        Time {
            seconds,
            nanoseconds,
            offset: 0,
        }
    }

    /// Reads `2026-08-13T10:46:03.123456789+02:00`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<i64> {
            let digits = text.get(from..to)?;
            if digits.bytes().all(|byte| byte.is_ascii_digit()) {
                digits.parse().ok()
            } else {
                None
            }
        };
        for (at, wanted) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
            if *bytes.get(at)? != wanted {
                return None;
            }
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut nanoseconds = 0;
        if let Some(fraction) = rest.strip_prefix('.') {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let mut padded = fraction.get(..digits.min(9))?.to_owned();
            while padded.len() < 9 {
                padded.push('0');
            }
            nanoseconds = padded.parse().ok()?;
            rest = fraction.get(digits..)?;
        }
        let offset = parse_offset(rest)?;
        let days = days_from_civil(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - i64::from(offset);
        Some(Time {
            seconds,
            nanoseconds,
            offset,
        })
    }

    /// Writes `2026-08-13T10:46:03.123456789+02:00`; zeros at the end of the fraction are left out.
    pub fn rfc3339_nano(self) -> String {
        let mut text = self.date_and_time('T');
        self.write_fraction(&mut text);
        self.write_offset(&mut text);
        text
    }

    /// Writes `2026-08-13T10:46:03+02:00`.
    pub fn rfc3339(self) -> String {
        let mut text = self.date_and_time('T');
        self.write_offset(&mut text);
        text
    }

    /// Writes `Mon Jan _2 15:04:05 2006`.
    pub fn ansic(self) -> String {
        let civil = self.civil();
        format!(
            "{} {} {:2} {:02}:{:02}:{:02} {}",
            DAYS[civil.weekday],
            MONTHS[civil.month as usize - 1],
            civil.day,
            civil.hour,
            civil.minute,
            civil.second,
            civil.year
        )
    }

    fn date_and_time(self, between: char) -> String {
        let civil = self.civil();
        format!(
            "{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}",
            civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
        )
    }

    fn write_fraction(self, text: &mut String) {
        if self.nanoseconds > 0 {
            let digits = format!("{:09}", self.nanoseconds);
            text.push('.');
            text.push_str(digits.trim_end_matches('0'));
        }
    }

    fn write_offset(self, text: &mut String) {
        if self.offset == 0 {
            text.push('Z');
        } else {
            let _ = write!(text, "{}", offset_text(self.offset, ":"));
        }
    }

    fn civil(self) -> Civil {
        let local = self.seconds + i64::from(self.offset);
        let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let part = |value: i64| u32::try_from(value).unwrap_or_default();
        Civil {
            year,
            month,
            day,
            hour: part(rest / 3_600),
            minute: part(rest / 60 % 60),
            second: part(rest % 60),
            weekday: usize::try_from(days.rem_euclid(7)).unwrap_or_default(),
        }
    }
}

/// As Go's `time.String()`: `2026-08-13 10:46:03.123456789 +0000 UTC`. Zones have no names here but UTC.
impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.date_and_time(' ');
        self.write_fraction(&mut text);
        let zone = offset_text(self.offset, "");
        let name = if self.offset == 0 { "UTC" } else { &zone };
        write!(formatter, "{text} {zone} {name}")
    }
}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some((self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds)))
    }
}

fn offset_text(offset: i32, between: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

fn parse_offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=23).contains(&hours) || !(0..=59).contains(&minutes) {
        return None;
    }
    Some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970 of a date, in the proleptic Gregorian calendar: years begin in March, eras have 400 years.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The reverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in [
            "2026-08-13T10:46:03.123456789+02:00",
            "2026-11-24T03:18:51Z",
            "1969-12-31T23:59:59.5-07:30",
            "0001-01-01T00:00:00Z",
        ] {
            assert_eq!(Time::parse_rfc3339(text).unwrap().rfc3339_nano(), text);
        }
        for text in [
            "",
            "2026-08-13",
            "2026-13-13T10:46:03Z",
            "2026-08-13T10:46:03",
            "2026-08-13T10:46:0éZ",
        ] {
            assert_eq!(Time::parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn o_008_forms_for_people() {
        let time = Time::parse_rfc3339("2026-08-03T10:46:03.12Z").unwrap();
        assert_eq!(time.ansic(), "Mon Aug  3 10:46:03 2026");
        assert_eq!(time.to_string(), "2026-08-03 10:46:03.12 +0000 UTC");
        assert_eq!(
            Time { offset: 7200, ..time }.to_string(),
            "2026-08-03 12:46:03.12 +0200 +0200"
        );
    }
}
