//! Times to text.

use std::io::Write as _;

use crate::civil::{self, Date};
use crate::layout::{Element, Offset, next_chunk};
use crate::names::{DAYS, MONTHS};
use crate::time::{Clock, Time};

/// What the elements of a layout are printed from.
struct Parts<'a> {
    date: Date,
    days: i64,
    clock: Clock,
    nanosecond: u32,
    zone: &'a str,
    offset: i64,
}

impl Time {
    /// The time as `layout` says, which shows how the time of Go's layouts, Mon Jan 2 15:04:05 MST 2006, is written.
    ///
    /// Source: Go 1.26, `time.Time.Format`.
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(layout.len() + 10);
        let mut rest = layout;
        let mut parts = None;
        while !rest.is_empty() {
            let chunk = next_chunk(rest);
            out.extend_from_slice(chunk.prefix);
            let Some((element, _)) = chunk.element else { break };
            rest = chunk.suffix;
            write_element(&mut out, parts.get_or_insert_with(|| Parts::new(self)), element);
        }
        out
    }
}

impl Parts<'_> {
    fn new(time: &Time) -> Parts<'_> {
        let (days, clock) = time.local_day();
        let span = time.zone_span();
        Parts {
            date: civil::date(days),
            days,
            clock,
            nanosecond: time.nanosecond(),
            zone: span.name,
            offset: span.offset,
        }
    }
}

fn write_element(out: &mut Vec<u8>, parts: &Parts<'_>, element: Element) {
    let month = MONTHS[(parts.date.month - 1) as usize];
    let weekday = || DAYS[civil::weekday(parts.days) as usize];
    let hour12 = (parts.clock.hour + 11) % 12 + 1;
    let year_day = || civil::year_day(parts.days).1;
    match element {
        Element::LongMonth => out.extend_from_slice(month.as_bytes()),
        Element::Month => out.extend_from_slice(&month.as_bytes()[..3]),
        Element::NumMonth => number(out, parts.date.month, 0),
        Element::ZeroMonth => number(out, parts.date.month, 2),
        Element::LongWeekday => out.extend_from_slice(weekday().as_bytes()),
        Element::Weekday => out.extend_from_slice(&weekday().as_bytes()[..3]),
        Element::Day => number(out, parts.date.day, 0),
        Element::UnderDay => spaced(out, parts.date.day, 2),
        Element::ZeroDay => number(out, parts.date.day, 2),
        Element::UnderYearDay => spaced(out, year_day(), 3),
        Element::ZeroYearDay => number(out, year_day(), 3),
        Element::Hour => number(out, parts.clock.hour, 2),
        Element::Hour12 => number(out, hour12, 0),
        Element::ZeroHour12 => number(out, hour12, 2),
        Element::Minute => number(out, parts.clock.minute, 0),
        Element::ZeroMinute => number(out, parts.clock.minute, 2),
        Element::Second => number(out, parts.clock.second, 0),
        Element::ZeroSecond => number(out, parts.clock.second, 2),
        Element::LongYear => number(out, parts.date.year, 4),
        Element::Year => number(out, parts.date.year.abs() % 100, 2),
        Element::UpperPm => out.extend_from_slice(if parts.clock.hour >= 12 { b"PM" } else { b"AM" }),
        Element::LowerPm => out.extend_from_slice(if parts.clock.hour >= 12 { b"pm" } else { b"am" }),
        Element::ZoneName if parts.zone.is_empty() => write_offset(
            out,
            parts.offset,
            Offset {
                z: false,
                colon: false,
                numbers: 2,
            },
        ),
        Element::ZoneName => out.extend_from_slice(parts.zone.as_bytes()),
        Element::Offset(form) => write_offset(out, parts.offset, form),
        Element::FractionZero(separator, digits) => fraction(out, parts.nanosecond, separator, digits),
        Element::FractionNine(separator, digits) => trimmed_fraction(out, parts.nanosecond, separator, digits),
    }
}

/// Writes a number with zeros in front up to `width` digits; a minus sign comes before them.
fn number(out: &mut Vec<u8>, number: i64, width: usize) {
    if number < 0 {
        out.push(b'-');
    }
    let _ = write!(out, "{:0width$}", number.unsigned_abs());
}

fn spaced(out: &mut Vec<u8>, number: i64, width: usize) {
    let _ = write!(out, "{number:width$}");
}

fn write_offset(out: &mut Vec<u8>, offset: i64, form: Offset) {
    if offset == 0 && form.z {
        out.push(b'Z');
        return;
    }
    let minutes = offset / 60;
    // An offset of less than a minute west is printed as one to the east.
    let seconds = if minutes < 0 { -offset } else { offset } % 60;
    out.push(if minutes < 0 { b'-' } else { b'+' });
    let numbers = [minutes.abs() / 60, minutes.abs() % 60, seconds];
    for (index, value) in numbers.into_iter().take(form.numbers).enumerate() {
        if index > 0 && form.colon {
            out.push(b':');
        }
        number(out, value, 2);
    }
}

fn fraction(out: &mut Vec<u8>, nanosecond: u32, separator: u8, digits: usize) {
    out.push(separator);
    let text = format!("{nanosecond:09}");
    out.extend_from_slice(&text.as_bytes()[..(digits & 0xfff).min(9)]);
}

fn trimmed_fraction(out: &mut Vec<u8>, nanosecond: u32, separator: u8, digits: usize) {
    if nanosecond == 0 || digits & 0xfff == 0 {
        return;
    }
    fraction(out, nanosecond, separator, digits);
    while out.last() == Some(&b'0') {
        out.pop();
    }
    if out.last() == Some(&separator) {
        out.pop();
    }
}
