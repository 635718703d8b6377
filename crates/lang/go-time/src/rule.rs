//! Rules such as `CET-1CEST,M3.5.0,M10.5.0/3`, which zone files end with.

use crate::civil::{self, SECONDS_PER_DAY, UNIX_DAYS};
use crate::zone::Span;

/// A rule that holds for ever.
#[derive(Debug)]
pub(crate) struct Rule {
    standard: Name,
    /// The other name, when it begins and when it ends.
    daylight: Option<(Name, Change, Change)>,
}

#[derive(Debug)]
struct Name {
    name: String,
    offset: i64,
}

/// When in a year the clocks change.
#[derive(Debug)]
struct Change {
    day: Day,
    /// Seconds after midnight, local time; may be negative or above a day.
    time: i64,
}

#[derive(Debug)]
enum Day {
    /// Day 1 to 365; the 29th of February is never counted.
    Julian(i64),
    /// Day 0 to 365.
    OfYear(i64),
    /// Month, week from 1 to 5 (the last), weekday from 0.
    Weekday(i64, i64, i64),
}

impl Rule {
    pub(crate) fn parse(text: &str) -> Option<Rule> {
        let (standard, text) = name(text)?;
        let (offset, text) = offset(text)?;
        let standard = Name {
            name: standard.to_owned(),
            offset: -offset,
        };
        if text.is_empty() || text.starts_with(',') {
            return Some(Rule {
                standard,
                daylight: None,
            });
        }
        let (daylight, text) = name(text)?;
        let (offset, text) = match text.as_bytes().first() {
            None | Some(b',') => (standard.offset + 3_600, text),
            Some(_) => offset_east(text)?,
        };
        let daylight = Name {
            name: daylight.to_owned(),
            offset,
        };
        let text = if text.is_empty() { ",M3.2.0,M11.1.0" } else { text };
        let text = text.strip_prefix([',', ';'])?;
        let (start, text) = change(text)?;
        let (end, text) = change(text.strip_prefix(',')?)?;
        text.is_empty().then_some(Rule {
            standard,
            daylight: Some((daylight, start, end)),
        })
    }

    /// What holds at the Unix time `seconds`; `since` is when the rule itself began.
    ///
    /// Start and end are exact near a change only, as Go's are.
    pub(crate) fn lookup(&self, since: i64, seconds: i64) -> Span<'_> {
        let span = |name: &'_ Name, daylight, start, end| Span {
            name: hold(self, name),
            offset: name.offset,
            daylight,
            start,
            end,
        };
        let Some((daylight, start, end)) = &self.daylight else {
            return span(&self.standard, false, since, i64::MAX);
        };
        let unix_to_internal = UNIX_DAYS * SECONDS_PER_DAY;
        let (days, _) = civil::split_days(seconds.wrapping_add(unix_to_internal));
        let (year, day) = civil::year_day(days);
        // Go's remainder keeps the sign of times before 1970.
        let of_year = (day - 1) * SECONDS_PER_DAY + seconds % SECONDS_PER_DAY;
        let year_start = seconds - of_year;
        let mut first = (start.second(year, self.standard.offset), &self.standard, false);
        let mut second = (end.second(year, daylight.offset), daylight, true);
        if second.0 < first.0 {
            // In the south, daylight time spans the new year.
            std::mem::swap(&mut first.0, &mut second.0);
            std::mem::swap(&mut first.1, &mut second.1);
            std::mem::swap(&mut first.2, &mut second.2);
        }
        if of_year < first.0 {
            span(first.1, first.2, year_start, first.0 + year_start)
        } else if of_year >= second.0 {
            let year_end = year_start + 365 * SECONDS_PER_DAY;
            span(first.1, first.2, second.0 + year_start, year_end)
        } else {
            span(second.1, second.2, first.0 + year_start, second.0 + year_start)
        }
    }
}

/// The text of one of the rule's own names.
fn hold<'a>(rule: &'a Rule, name: &Name) -> &'a str {
    match &rule.daylight {
        Some((daylight, ..)) if std::ptr::eq(daylight, name) => &daylight.name,
        _ => &rule.standard.name,
    }
}

impl Change {
    /// The second of the year, in UTC, for a zone that has been `offset` seconds east of it until then.
    fn second(&self, year: i64, offset: i64) -> i64 {
        let day = match self.day {
            Day::Julian(day) => day - 1 + i64::from(civil::is_leap(year) && day >= 60),
            Day::OfYear(day) => day,
            Day::Weekday(month, week, weekday) => weekday_of_month(year, month, week, weekday),
        };
        day * SECONDS_PER_DAY + self.time - offset
    }
}

/// The day of the year, from 0, of the given weekday in the given week of a month.
fn weekday_of_month(year: i64, month: i64, week: i64, weekday: i64) -> i64 {
    let first = civil::days(civil::Date { year, month, day: 1 });
    let mut day = (weekday - civil::weekday(first)).rem_euclid(7);
    for _ in 1..week {
        if day + 7 >= civil::days_in(month, year) {
            break;
        }
        day += 7;
    }
    day + civil::days_before(month) + i64::from(civil::is_leap(year) && month > 2)
}

/// A name of at least three letters, or any in angle brackets.
fn name(text: &str) -> Option<(&str, &str)> {
    if let Some(text) = text.strip_prefix('<') {
        return text.split_once('>');
    }
    let end = text
        .find(|letter: char| letter.is_ascii_digit() || matches!(letter, ',' | '-' | '+'))
        .unwrap_or(text.len());
    (end >= 3).then(|| text.split_at(end))
}

fn offset_east(text: &str) -> Option<(i64, &str)> {
    let (offset, text) = offset(text)?;
    Some((-offset, text))
}

/// `[+-]hh[:mm[:ss]]` in seconds, up to a week.
fn offset(text: &str) -> Option<(i64, &str)> {
    let (sign, text) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => (1, text),
    };
    let (mut seconds, mut text) = number(text, 0, 24 * 7)?;
    seconds *= 3_600;
    for unit in [60, 1] {
        let Some(rest) = text.strip_prefix(':') else { break };
        let (value, rest) = number(rest, 0, 59)?;
        seconds += value * unit;
        text = rest;
    }
    Some((sign * seconds, text))
}

fn number(text: &str, low: i64, high: i64) -> Option<(i64, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let value = digits.parse().ok()?;
    (low..=high).contains(&value).then_some((value, rest))
}

fn change(text: &str) -> Option<(Change, &str)> {
    let (day, text) = match text.as_bytes().first()? {
        b'J' => {
            let (day, text) = number(&text[1..], 1, 365)?;
            (Day::Julian(day), text)
        }
        b'M' => {
            let (month, text) = number(&text[1..], 1, 12)?;
            let (week, text) = number(text.strip_prefix('.')?, 1, 5)?;
            let (weekday, text) = number(text.strip_prefix('.')?, 0, 6)?;
            (Day::Weekday(month, week, weekday), text)
        }
        _ => {
            let (day, text) = number(text, 0, 365)?;
            (Day::OfYear(day), text)
        }
    };
    let Some(text) = text.strip_prefix('/') else {
        return Some((Change { day, time: 7_200 }, text));
    };
    let (time, text) = offset(text)?;
    Some((Change { day, time }, text))
}
