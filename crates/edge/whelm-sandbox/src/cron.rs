//! Schedules of CronJobs: five fields of minute, hour, day, month and weekday, in UTC.

/// The longest time in which a next moment is looked for, in days: one and a half times between leap days.
const HORIZON: i64 = 366 * 6;

/// The moments of a schedule. Each field is a set of bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether both days and weekdays are restricted, so that either is enough.
    either_day: bool,
}

/// Says whether there is a time zone of a name. The names are those of Go's own copy of the database.
pub(crate) fn is_zone(name: &str) -> bool {
    include_str!("../data/zones.txt").lines().any(|own| own == name)
}

impl Schedule {
    /// Reads a schedule; nothing when it is none.
    pub fn read(text: &str) -> Option<Self> {
        let text = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            text => text,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minute, hour, day, month, weekday] = fields.as_slice() else {
            return None;
        };
        let weekdays = set(weekday, 0, 7, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"])?;
        let is_free = |field: &str| field.starts_with(['*', '?']);
        Some(Schedule {
            minutes: set(minute, 0, 59, &[])?,
            hours: set(hour, 0, 23, &[])?,
            days: set(day, 1, 31, &[])?,
            months: set(
                month,
                1,
                12,
                &[
                    "", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
                ],
            )?,
            // Sunday is both 0 and 7.
            weekdays: weekdays | weekdays >> 7,
            either_day: !is_free(day) && !is_free(weekday),
        })
    }

    /// Returns the first moment after another one, both in milliseconds since the Unix epoch.
    pub fn next_after(&self, unix_millis: i64) -> Option<i64> {
        let minute = unix_millis.div_euclid(60_000).checked_add(1)?;
        let first_day = minute.div_euclid(1440);
        for day in first_day..first_day.checked_add(HORIZON)? {
            if !self.has_day(day) {
                continue;
            }
            let start = if day == first_day { minute.rem_euclid(1440) } else { 0 };
            let found = (start..1440).find(|minute| has(self.hours, minute / 60) && has(self.minutes, minute % 60));
            if let Some(found) = found {
                return day.checked_mul(1440)?.checked_add(found)?.checked_mul(60_000);
            }
        }
        None
    }

    fn has_day(&self, day: i64) -> bool {
        let (_, month, date) = crate::time::date(day);
        // The Unix epoch was a Thursday.
        let weekday = (day + 4).rem_euclid(7);
        let (by_date, by_weekday) = (has(self.days, date), has(self.weekdays, weekday));
        has(self.months, month)
            && if self.either_day {
                by_date || by_weekday
            } else {
                by_date && by_weekday
            }
    }
}

fn has(set: u64, number: i64) -> bool {
    u32::try_from(number).is_ok_and(|number| set.checked_shr(number).is_some_and(|rest| rest & 1 == 1))
}

/// Reads a field such as `1-5,*/10,fri`.
fn set(field: &str, least: u32, most: u32, names: &[&str]) -> Option<u64> {
    let number = |text: &str| {
        let named = names
            .iter()
            .position(|name| !name.is_empty() && name.eq_ignore_ascii_case(text));
        let number = named
            .and_then(|at| u32::try_from(at).ok())
            .or_else(|| text.parse().ok());
        number.filter(|number| (least..=most).contains(number))
    };
    let mut bits = 0_u64;
    for part in field.split(',') {
        let (range, step) = part
            .split_once('/')
            .map_or((part, None), |(range, step)| (range, Some(step)));
        let (first, last) = match (range, range.split_once('-')) {
            ("*" | "?", _) => (least, most),
            (_, Some((first, last))) => (number(first)?, number(last)?),
            (single, None) if step.is_some() => (number(single)?, most),
            (single, None) => (number(single)?, number(single)?),
        };
        let step = step
            .map_or(Some(1), |step| step.parse().ok())
            .filter(|&step: &usize| step > 0)?;
        if first > last {
            return None;
        }
        bits |= (first..=last).step_by(step).fold(0, |bits, number| bits | 1 << number);
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::rfc3339;

    #[test]
    fn finds_the_next_moment() {
        // A Sunday.
        let start = 1_795_910_400_000;
        assert_eq!(rfc3339(start), "2026-11-29T00:00:00Z");
        let cases = [
            ("* * * * *", "2026-11-29T00:01:00Z"),
            ("*/15 * * * *", "2026-11-29T00:15:00Z"),
            ("0 3 * * *", "2026-11-29T03:00:00Z"),
            ("0 0 * * *", "2026-11-30T00:00:00Z"),
            ("30 8 * * mon-fri", "2026-11-30T08:30:00Z"),
            ("0 0 1 jan *", "2027-01-01T00:00:00Z"),
            ("0 0 29 2 *", "2028-02-29T00:00:00Z"),
            ("0 12 13 * 5", "2026-12-04T12:00:00Z"),
            ("0 0 * * 7", "2026-12-06T00:00:00Z"),
            ("5/20 1 * * *", "2026-11-29T01:05:00Z"),
            ("@hourly", "2026-11-29T01:00:00Z"),
        ];
        for (text, wanted) in cases {
            let next = Schedule::read(text).and_then(|schedule| schedule.next_after(start));
            assert_eq!(next.map(rfc3339).as_deref(), Some(wanted), "{text}");
        }
        for bad in [
            "",
            "* * * *",
            "60 * * * *",
            "* * 0 * *",
            "*/0 * * * *",
            "5-1 * * * *",
            "x * * * *",
        ] {
            assert_eq!(Schedule::read(bad), None, "{bad}");
        }
        assert_eq!(Schedule::read("0 0 31 2 *").unwrap().next_after(start), None);
        assert_eq!(Schedule::read("* * * * *").unwrap().next_after(i64::MAX), None);
    }
}
