//! Days and dates of the proleptic Gregorian calendar, over all the years that Go's times can have.

pub(crate) const SECONDS_PER_DAY: i64 = 86_400;

/// Days from 0001-01-01 to 1970-01-01.
pub(crate) const UNIX_DAYS: i64 = 719_162;

/// Days in 400 years.
const DAYS_PER_ERA: i64 = 146_097;

/// Go's years are counted from this many before the year 1, so that every time is positive.
const ABSOLUTE_YEARS: i64 = 292_277_022_400;

/// Days from Go's absolute zero, a first of March, to 0001-01-01.
const ABSOLUTE_DAYS: i64 = ABSOLUTE_YEARS / 400 * DAYS_PER_ERA + 306;

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    /// 1 to 12
    pub(crate) month: i64,
    /// 1 to 31
    pub(crate) day: i64,
}

/// Splits seconds since 0001-01-01, which wrap around as Go's do, into days since then and the second of the day.
pub(crate) fn split_days(seconds: i64) -> (i64, i64) {
    let absolute = (seconds as u64).wrapping_add((ABSOLUTE_DAYS * SECONDS_PER_DAY) as u64);
    let per_day = SECONDS_PER_DAY as u64;
    ((absolute / per_day) as i64 - ABSOLUTE_DAYS, (absolute % per_day) as i64)
}

/// The date of a day since 0001-01-01.
pub(crate) fn date(days: i64) -> Date {
    // Years that start in March keep the leap day at their end.
    let days = days + 306;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    Date { year, month, day }
}

/// The day since 0001-01-01 of a date; `day` may lie outside of its month.
pub(crate) fn days(date: Date) -> i64 {
    let year = date.year.wrapping_sub(i64::from(date.month <= 2));
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month = if date.month > 2 { date.month - 3 } else { date.month + 9 };
    let day_of_year = (153 * month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era.wrapping_mul(DAYS_PER_ERA)
        .wrapping_add(day_of_era - 307)
        .wrapping_add(date.day)
}

/// The year of a day since 0001-01-01, and the day within it from 1.
pub(crate) fn year_day(days_since: i64) -> (i64, i64) {
    let year = date(days_since).year;
    let first = Date { year, month: 1, day: 1 };
    (year, days_since - days(first) + 1)
}

/// The weekday of a day since 0001-01-01, a Monday; 0 is Sunday.
pub(crate) fn weekday(days: i64) -> i64 {
    (days + 1).rem_euclid(7)
}

pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The days of a common year before the first of `month`, 1 to 13.
pub(crate) fn days_before(month: i64) -> i64 {
    const BEFORE: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    BEFORE[(month - 1).clamp(0, 12) as usize]
}

/// The number of days in a month.
pub(crate) fn days_in(month: i64, year: i64) -> i64 {
    if month == 2 && is_leap(year) {
        return 29;
    }
    days_before(month + 1) - days_before(month)
}

/// Carries what exceeds `base` from `low` into `high`.
pub(crate) fn carry(high: i64, low: i64, base: i64) -> (i64, i64) {
    (high.wrapping_add(low.div_euclid(base)), low.rem_euclid(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_back() {
        for day in (-800_000..1_200_000).step_by(97) {
            assert_eq!(days(date(day)), day);
        }
        assert_eq!(
            date(UNIX_DAYS),
            Date {
                year: 1970,
                month: 1,
                day: 1
            }
        );
        assert_eq!(weekday(UNIX_DAYS), 4);
        assert_eq!(year_day(UNIX_DAYS + 364), (1970, 365));
    }
}
