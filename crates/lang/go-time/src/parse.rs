//! Text to times.

use crate::civil;
use crate::duration::leading_int;
use crate::layout::{Element, Offset, next_chunk};
use crate::names::{DAYS, MONTHS};
use crate::{Error, Location, Time};

/// Why an element could not be read.
enum Fault {
    /// The text does not look like it.
    Bad,
    /// The number means nothing, such as a month of 13; the word names it.
    Range(&'static str),
}

type Read<'a, T> = Result<(T, &'a [u8]), Fault>;

/// What has been read so far.
#[derive(Default)]
struct Found {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    zone: Vec<u8>,
}

impl Time {
    /// Reads `value` as `layout` says; without a zone in it, it is the time on the clocks of `location`.
    ///
    /// An abbreviation or offset that `location` does not use at that moment makes a zone of its own.
    ///
    /// # Errors
    /// Go's text, such as `parsing time "x" as "2006": cannot parse "x" as "2006"`.
    ///
    /// Source: Go 1.26, `time.ParseInLocation`.
    pub fn parse(layout: &[u8], value: &[u8], location: &Location) -> Result<Time, Error> {
        let (mut layout_rest, mut rest) = (layout, value);
        let mut found = Found::default();
        loop {
            let chunk = next_chunk(layout_rest);
            rest = skip(rest, chunk.prefix).map_err(|rest| Error::layout(layout, value, chunk.prefix, rest))?;
            let Some((element, text)) = chunk.element else { break };
            layout_rest = chunk.suffix;
            let before = rest;
            rest = match found.read(element, rest, layout_rest) {
                (rest, None) => rest,
                (_, Some(Fault::Bad)) => return Err(Error::layout(layout, value, text, before)),
                (_, Some(Fault::Range(what))) => return Err(Error::value(value, format!(": {what} out of range"))),
            };
        }
        if !rest.is_empty() {
            let extra = crate::error::quote(rest);
            return Err(Error::value(value, format!(": extra text: {extra}")));
        }
        found
            .into_time(location)
            .map_err(|what| Error::value(value, format!(": {what}")))
    }
}

impl Found {
    /// Reads one element; what follows it, or why it could not be read.
    fn read<'a>(&mut self, element: Element, text: &'a [u8], layout: &[u8]) -> (&'a [u8], Option<Fault>) {
        match self.try_read(element, text, layout) {
            Ok(rest) => (rest, None),
            Err(fault) => (text, Some(fault)),
        }
    }

    fn try_read<'a>(&mut self, element: Element, text: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Fault> {
        let (number, rest) = match element {
            Element::Year | Element::LongYear => return self.read_year(element, text),
            Element::Month | Element::LongMonth => {
                let (index, rest) = lookup(&MONTHS, element == Element::Month, text)?;
                self.month = Some(index + 1);
                return Ok(rest);
            }
            Element::Weekday | Element::LongWeekday => {
                return lookup(&DAYS, element == Element::Weekday, text).map(|(_, rest)| rest);
            }
            Element::UpperPm | Element::LowerPm => return self.read_half(element, text),
            Element::Offset(form) => return self.read_offset(form, text),
            Element::ZoneName => return self.read_zone(text),
            Element::FractionZero(_, digits) => return self.read_fraction(text, digits & 0xfff),
            Element::FractionNine(..) => return self.read_optional_fraction(text),
            Element::UnderDay => two_digits(text.strip_prefix(b" ").unwrap_or(text), false)?,
            Element::UnderYearDay | Element::ZeroYearDay => three_digits(text, element == Element::ZeroYearDay)?,
            Element::ZeroMonth | Element::ZeroDay | Element::ZeroHour12 | Element::ZeroMinute | Element::ZeroSecond => {
                two_digits(text, true)?
            }
            _ => two_digits(text, false)?,
        };
        let check = |fits: bool, what| if fits { Ok(()) } else { Err(Fault::Range(what)) };
        match element {
            Element::NumMonth | Element::ZeroMonth => {
                check((1..=12).contains(&number), "month")?;
                self.month = Some(number);
            }
            Element::UnderYearDay | Element::ZeroYearDay => self.year_day = Some(number),
            Element::Hour => {
                check(number < 24, "hour")?;
                self.hour = number;
            }
            Element::Hour12 | Element::ZeroHour12 => {
                check(number <= 12, "hour")?;
                self.hour = number;
            }
            Element::Minute | Element::ZeroMinute => {
                check(number < 60, "minute")?;
                self.minute = number;
            }
            Element::Second | Element::ZeroSecond => {
                check(number < 60, "second")?;
                self.second = number;
                return self.read_unannounced_fraction(rest, layout);
            }
            _ => self.day = Some(number),
        }
        Ok(rest)
    }

    fn read_year<'a>(&mut self, element: Element, text: &'a [u8]) -> Result<&'a [u8], Fault> {
        let long = element == Element::LongYear;
        let (digits, rest) = text.split_at_checked(if long { 4 } else { 2 }).ok_or(Fault::Bad)?;
        if long && !digits[0].is_ascii_digit() {
            return Err(Fault::Bad);
        }
        let year = signed(digits)?;
        self.year = match year {
            _ if long => year,
            // Unix time starts on the last day of 1969 in some zones.
            69.. => year + 1900,
            _ => year + 2000,
        };
        Ok(rest)
    }

    fn read_half<'a>(&mut self, element: Element, text: &'a [u8]) -> Result<&'a [u8], Fault> {
        let (half, rest) = text.split_at_checked(2).ok_or(Fault::Bad)?;
        let (morning, afternoon) = match element {
            Element::UpperPm => (b"AM", b"PM"),
            _ => (b"am", b"pm"),
        };
        if half == afternoon {
            self.afternoon = Some(true);
        } else if half == morning {
            // An earlier "PM" stays in force in Go.
            self.afternoon.get_or_insert(false);
        } else {
            return Err(Fault::Bad);
        }
        Ok(rest)
    }

    fn read_offset<'a>(&mut self, form: Offset, text: &'a [u8]) -> Result<&'a [u8], Fault> {
        if let Some(rest) = text.strip_prefix(b"Z").filter(|_| form.z) {
            self.utc = true;
            return Ok(rest);
        }
        let colons = if form.colon { form.numbers - 1 } else { 0 };
        let (text, rest) = text.split_at_checked(1 + form.numbers * 2 + colons).ok_or(Fault::Bad)?;
        let step = if form.colon { 3 } else { 2 };
        if form.colon && (1..form.numbers).any(|index| text[index * step] != b':') {
            return Err(Fault::Bad);
        }
        let mut numbers = [0; 3];
        let mut bad = false;
        for (index, number) in numbers.iter_mut().enumerate().take(form.numbers) {
            let at = 1 + index * step;
            match two_digits(&text[at..at + 2], true) {
                Ok((value, _)) => *number = value,
                Err(_) => {
                    bad = true;
                    break;
                }
            }
        }
        // Go looks at the ranges first, names the last one at fault, and reads no number after a bad one.
        for (number, limit, what) in [
            (numbers[2], 60, "time zone offset second"),
            (numbers[1], 60, "time zone offset minute"),
            (numbers[0], 24, "time zone offset hour"),
        ] {
            if number > limit {
                return Err(Fault::Range(what));
            }
        }
        let offset = (numbers[0] * 60 + numbers[1]) * 60 + numbers[2];
        self.offset = match text[0] {
            _ if bad => return Err(Fault::Bad),
            b'+' => Some(offset),
            b'-' => Some(-offset),
            _ => return Err(Fault::Bad),
        };
        Ok(rest)
    }

    fn read_zone<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], Fault> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let length = zone_length(text).ok_or(Fault::Bad)?;
        let (zone, rest) = text.split_at(length);
        self.zone = zone.to_vec();
        Ok(rest)
    }

    fn read_fraction<'a>(&mut self, text: &'a [u8], digits: usize) -> Result<&'a [u8], Fault> {
        let (fraction, rest) = text.split_at_checked(1 + digits).ok_or(Fault::Bad)?;
        if !matches!(fraction[0], b'.' | b',') {
            return Err(Fault::Bad);
        }
        let digits = &fraction[1..fraction.len().min(10)];
        let number = signed(digits)?;
        if number < 0 {
            return Err(Fault::Range("fractional second"));
        }
        self.nanosecond = number * 10_i64.pow(9 - digits.len() as u32);
        Ok(rest)
    }

    /// A fraction that may be missing, with any number of digits.
    fn read_optional_fraction<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], Fault> {
        if !matches!(text, [b'.' | b',', b'0'..=b'9', ..]) {
            return Ok(text);
        }
        let digits = text[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.read_fraction(text, digits)
    }

    /// A fraction after the seconds of which the layout says nothing.
    fn read_unannounced_fraction<'a>(&mut self, text: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Fault> {
        let announced = next_chunk(layout)
            .element
            .is_some_and(|(element, _)| matches!(element, Element::FractionZero(..) | Element::FractionNine(..)));
        if announced {
            return Ok(text);
        }
        self.read_optional_fraction(text)
    }

    fn into_time(mut self, local: &Location) -> Result<Time, &'static str> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let (month, day) = self.month_and_day()?;
        if day < 1 || day > civil::days_in(month, self.year) {
            return Err("day out of range");
        }
        let at = |location: &Location| {
            let clock = (self.hour, self.minute, self.second);
            Time::date((self.year, month, day), clock, self.nanosecond, location)
        };
        if self.utc {
            return Ok(at(&Location::utc()));
        }
        let zone = String::from_utf8_lossy(&self.zone);
        let universal = at(&Location::utc());
        // Go takes an offset of one second west for no offset.
        if let Some(offset) = self.offset.filter(|offset| *offset != -1) {
            return Ok(with_offset(&universal, offset, &zone, local));
        }
        if zone.is_empty() {
            return Ok(at(local));
        }
        if let Some(offset) = local.lookup_name(&zone, universal.unix_seconds()) {
            return Ok(shift(&universal, offset, local));
        }
        // An unknown abbreviation keeps the clock time; only GMT+3 and the like say more.
        let hours = zone.strip_prefix("GMT").filter(|rest| !rest.is_empty());
        let offset = hours.and_then(|hours| signed(hours.as_bytes()).ok()).unwrap_or(0) * 3_600;
        Ok(universal.in_location(&Location::fixed(&zone, offset)))
    }

    fn month_and_day(&self) -> Result<(i64, i64), &'static str> {
        let Some(mut year_day) = self.year_day else {
            return Ok((self.month.unwrap_or(1), self.day.unwrap_or(1)));
        };
        let mut leap_day = false;
        if civil::is_leap(self.year) {
            leap_day = year_day == 60;
            year_day -= i64::from(year_day > 60);
        }
        if !(1..=365).contains(&year_day) {
            return Err("day-of-year out of range");
        }
        let (month, day) = if leap_day {
            (2, 29)
        } else {
            let month = (1..=12)
                .rfind(|month| civil::days_before(*month) < year_day)
                .unwrap_or(1);
            (month, year_day - civil::days_before(month))
        };
        if self.month.is_some_and(|seen| seen != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|seen| seen != day) {
            return Err("day-of-year does not match day");
        }
        Ok((month, day))
    }
}

/// The clock time `time` at `offset` seconds east of UTC, in `local` if that offset is in use there.
fn with_offset(time: &Time, offset: i64, zone: &str, local: &Location) -> Time {
    let shifted = shift(time, offset, local);
    let span = local.lookup(shifted.unix_seconds());
    if span.offset == offset && (zone.is_empty() || span.name == zone) {
        return shifted;
    }
    shift(time, offset, &Location::fixed(zone, offset))
}

fn shift(time: &Time, offset: i64, location: &Location) -> Time {
    Time::unix(time.unix_seconds().wrapping_sub(offset), time.nanosecond(), location)
}

/// Skips what the layout says literally; any number of spaces stands for any other. On failure, what was left.
fn skip<'a>(mut value: &'a [u8], mut prefix: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    while let Some((first, rest)) = prefix.split_first() {
        if *first == b' ' {
            if value.first().is_some_and(|byte| *byte != b' ') {
                return Err(value);
            }
            prefix = trim_spaces(prefix);
            value = trim_spaces(value);
            continue;
        }
        value = match value.split_first() {
            Some((byte, tail)) if byte == first => tail,
            _ => return Err(value),
        };
        prefix = rest;
    }
    Ok(value)
}

fn trim_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| **byte == b' ').count();
    &text[spaces..]
}

/// Finds which of the names, or of their first three letters, the text starts with, in any case of letters.
fn lookup<'a>(names: &[&str], short: bool, text: &'a [u8]) -> Read<'a, i64> {
    for (name, index) in names.iter().zip(0..) {
        let name = if short { &name[..3] } else { name };
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name.as_bytes())
        {
            return Ok((index, rest));
        }
    }
    Err(Fault::Bad)
}

/// One or two digits; exactly two when `fixed`.
fn two_digits(text: &[u8], fixed: bool) -> Read<'_, i64> {
    let digit = |byte: u8| i64::from(byte - b'0');
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => Ok((digit(*tens) * 10 + digit(*ones), rest)),
        [ones @ b'0'..=b'9', rest @ ..] if !fixed => Ok((digit(*ones), rest)),
        _ => Err(Fault::Bad),
    }
}

/// A day of the year: three digits when `fixed`, otherwise up to two spaces and one to three digits.
fn three_digits(mut text: &[u8], fixed: bool) -> Read<'_, i64> {
    for _ in 0..2 {
        if !fixed {
            text = text.strip_prefix(b" ").unwrap_or(text);
        }
    }
    let digits = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || (fixed && digits != 3) {
        return Err(Fault::Bad);
    }
    let number = text[..digits]
        .iter()
        .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Ok((number, &text[digits..]))
}

/// A number with an optional sign and nothing after it.
fn signed(text: &[u8]) -> Result<i64, Fault> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, text),
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(Fault::Bad);
    }
    let number = leading_int(digits).ok_or(Fault::Bad)? as i64;
    Ok(if negative { number.wrapping_neg() } else { number })
}

/// The length of the zone abbreviation that the text starts with.
///
/// Source: Go 1.26, `time.parseTimeZone`.
fn zone_length(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_offset_length(rest));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed_offset_length(text)).filter(|length| *length > 0);
    }
    let upper = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    let fits = match upper {
        3 => true,
        4 => text[3] == b'T' || text.starts_with(b"WITA"),
        5 => text[4] == b'T',
        _ => false,
    };
    fits.then_some(upper)
}

/// The length of a sign and hours up to 23; 0 when there are none.
fn signed_offset_length(text: &[u8]) -> usize {
    let [b'+' | b'-', rest @ ..] = text else { return 0 };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match leading_int(&rest[..digits]) {
        Some(0..=23) if digits > 0 => 1 + digits,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(layout: &str, value: &str) -> Result<String, String> {
        Time::parse(layout.as_bytes(), value.as_bytes(), &Location::utc())
            .map(|time| time.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn times() {
        for (layout, value, time) in [
            ("2006-01-02", "2024-02-29", "2024-02-29 00:00:00 +0000 UTC"),
            (
                "Jan _2 15:04:05 2006",
                "Feb  3 01:02:03.25 1999",
                "1999-02-03 01:02:03.25 +0000 UTC",
            ),
            (
                "2006-01-02T15:04:05Z07:00",
                "2020-01-01T00:00:00-03:30",
                "2020-01-01 00:00:00 -0330 -0330",
            ),
            ("2006 002", "2024 060", "2024-02-29 00:00:00 +0000 UTC"),
            ("3:04PM", "12:30AM", "0000-01-01 00:30:00 +0000 UTC"),
            (
                "02 Jan 06 15:04 MST",
                "02 Jan 70 15:04 CET",
                "1970-01-02 15:04:00 +0000 CET",
            ),
        ] {
            assert_eq!(parse(layout, value).as_deref(), Ok(time), "{layout} {value}");
        }
    }

    #[test]
    fn errors() {
        for (layout, value, error) in [
            (
                "2006-01-02",
                "x",
                r#"parsing time "x" as "2006-01-02": cannot parse "x" as "2006""#,
            ),
            (
                "2006-01-02",
                "2024-13-01",
                r#"parsing time "2024-13-01": month out of range"#,
            ),
            (
                "2006-01-02",
                "2023-02-29",
                r#"parsing time "2023-02-29": day out of range"#,
            ),
            (
                "2006",
                "2024é",
                r#"parsing time "2024\xc3\xa9": extra text: "\xc3\xa9""#,
            ),
            (
                "2006-01-02",
                "2024/01/02",
                r#"parsing time "2024/01/02" as "2006-01-02": cannot parse "/01/02" as "-""#,
            ),
        ] {
            assert_eq!(parse(layout, value).unwrap_err(), error);
        }
    }
}
