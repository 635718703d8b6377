//! `time.Duration`.

use std::fmt;

use crate::Error;
use crate::error::quote;

/// A span of time in nanoseconds, positive or negative, up to some 292 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub i64);

/// The number of nanoseconds in a unit, by Go's name of the unit.
fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        // The micro sign and the Greek letter mu.
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => return None,
    })
}

impl Duration {
    /// One microsecond.
    pub const MICROSECOND: Duration = Duration(1_000);
    /// One millisecond.
    pub const MILLISECOND: Duration = Duration(1_000_000);
    /// One second.
    pub const SECOND: Duration = Duration(1_000_000_000);
    /// One minute.
    pub const MINUTE: Duration = Duration(60_000_000_000);
    /// One hour.
    pub const HOUR: Duration = Duration(3_600_000_000_000);

    /// Reads a text such as `1h15m30.918s` or `-1.5ms`.
    ///
    /// # Errors
    /// Go's text, such as `time: missing unit in duration "10"`.
    ///
    /// Source: Go 1.26, `time.ParseDuration`.
    pub fn parse(text: &[u8]) -> Result<Duration, Error> {
        let invalid = || Error::duration("invalid duration", text);
        let (negative, mut rest) = match text.first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == b"0" {
            return Ok(Duration(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (part, tail) = parse_part(rest, text)?;
            rest = tail;
            total = total
                .checked_add(part)
                .filter(|total| *total <= 1 << 63)
                .ok_or_else(invalid)?;
        }
        if negative {
            return Ok(Duration((total as i64).wrapping_neg()));
        }
        i64::try_from(total).map(Duration).map_err(|_| invalid())
    }

    /// Whole nanoseconds.
    pub fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Whole microseconds, cut off towards zero.
    pub fn microseconds(self) -> i64 {
        self.0 / 1_000
    }

    /// Whole milliseconds, cut off towards zero.
    pub fn milliseconds(self) -> i64 {
        self.0 / 1_000_000
    }

    /// Seconds with their fraction.
    pub fn seconds(self) -> f64 {
        self.fractional(Self::SECOND)
    }

    /// Minutes with their fraction.
    pub fn minutes(self) -> f64 {
        self.fractional(Self::MINUTE)
    }

    /// Hours with their fraction.
    pub fn hours(self) -> f64 {
        self.fractional(Self::HOUR)
    }

    fn fractional(self, unit: Duration) -> f64 {
        // Go adds whole and fraction as floats; the order decides the last digit.
        (self.0 / unit.0) as f64 + (self.0 % unit.0) as f64 / unit.0 as f64
    }

    /// Cuts off towards zero to a multiple of `multiple`; one of zero or less changes nothing.
    pub fn truncate(self, multiple: Duration) -> Duration {
        if multiple.0 <= 0 {
            return self;
        }
        Duration(self.0 - self.0 % multiple.0)
    }

    /// Rounds to the nearest multiple of `multiple`, halves away from zero; one of zero or less changes nothing.
    /// What does not fit becomes the longest duration of that sign.
    pub fn round(self, multiple: Duration) -> Duration {
        if multiple.0 <= 0 {
            return self;
        }
        let (value, multiple) = (i128::from(self.0), i128::from(multiple.0));
        let rest = value.abs() % multiple;
        let mut rounded = value.abs() - rest;
        if rest * 2 >= multiple {
            rounded += multiple;
        }
        let rounded = rounded * value.signum();
        Duration(rounded.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }

    /// The duration without its sign; the shortest of all becomes the longest.
    pub fn abs(self) -> Duration {
        Duration(self.0.checked_abs().unwrap_or(i64::MAX))
    }
}

/// Reads one number and its unit; returns nanoseconds and what follows.
fn parse_part<'a>(text: &'a [u8], whole: &[u8]) -> Result<(u64, &'a [u8]), Error> {
    let invalid = || Error::duration("invalid duration", whole);
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = leading_int(&text[..digits]).ok_or_else(invalid)?;
    let mut rest = &text[digits..];
    let (mut fraction, mut scale, mut fraction_digits) = (0, 1.0, 0);
    if rest.first() == Some(&b'.') {
        rest = &rest[1..];
        fraction_digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (fraction, scale) = leading_fraction(&rest[..fraction_digits]);
        rest = &rest[fraction_digits..];
    }
    if digits == 0 && fraction_digits == 0 {
        return Err(invalid());
    }
    let end = rest
        .iter()
        .position(|byte| *byte == b'.' || byte.is_ascii_digit())
        .unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if name.is_empty() {
        return Err(Error::duration("missing unit in duration", whole));
    }
    let unknown = || Error::duration(format!("unknown unit {} in duration", quote(name)), whole);
    let unit = unit(name).ok_or_else(unknown)?;
    if value > (1 << 63) / unit {
        return Err(invalid());
    }
    let mut value = value * unit;
    if fraction > 0 {
        value += (fraction as f64 * (unit as f64 / scale)) as u64;
        if value > 1 << 63 {
            return Err(invalid());
        }
    }
    Ok((value, rest))
}

/// The number that `digits` write, `None` above 2⁶³.
pub(crate) fn leading_int(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        (number <= 1 << 63).then_some(number)
    })
}

/// The digits after a point as a number and its scale; digits that do not fit are dropped.
fn leading_fraction(digits: &[u8]) -> (u64, f64) {
    let (mut number, mut scale) = (0_u64, 1.0);
    for digit in digits {
        if number > i64::MAX as u64 / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > 1 << 63 {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}

impl fmt::Display for Duration {
    /// `72h3m0.5s`; below one second a smaller unit, `1.5ms`; zero is `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanoseconds = self.0.unsigned_abs();
        let small = match nanoseconds {
            0 => return f.write_str("0s"),
            1..=999 => Some((0, "ns")),
            1_000..=999_999 => Some((3, "µs")),
            1_000_000..=999_999_999 => Some((6, "ms")),
            _ => None,
        };
        if let Some((decimals, unit)) = small {
            return write!(f, "{sign}{}{unit}", decimal(nanoseconds, decimals));
        }
        let (minutes, rest) = (nanoseconds / 60_000_000_000, nanoseconds % 60_000_000_000);
        let seconds = decimal(rest, 9);
        match (minutes / 60, minutes % 60) {
            (0, 0) => write!(f, "{sign}{seconds}s"),
            (0, minutes) => write!(f, "{sign}{minutes}m{seconds}s"),
            (hours, minutes) => write!(f, "{sign}{hours}h{minutes}m{seconds}s"),
        }
    }
}

/// `number` with a point `decimals` digits from the right, without trailing zeros.
fn decimal(number: u64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let (whole, fraction) = (number / scale, number % scale);
    if fraction == 0 {
        return whole.to_string();
    }
    let text = format!("{whole}.{fraction:0width$}", width = decimals as usize);
    text.trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_and_print() {
        for (text, printed) in [
            ("1h15m30.918s", "1h15m30.918s"),
            ("0", "0s"),
            ("-1.5h", "-1h30m0s"),
            ("1.5us", "1.5µs"),
            ("2µs", "2µs"),
            ("100ns", "100ns"),
            (".5s", "500ms"),
            ("5.s", "5s"),
            ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(Duration::parse(text.as_bytes()).unwrap().to_string(), printed, "{text}");
        }
    }

    #[test]
    fn errors() {
        for (text, error) in [
            ("", r#"time: invalid duration """#),
            ("10", r#"time: missing unit in duration "10""#),
            ("3x", r#"time: unknown unit "x" in duration "3x""#),
            (
                "9223372036854775808ns",
                r#"time: invalid duration "9223372036854775808ns""#,
            ),
            ("1d", r#"time: unknown unit "d" in duration "1d""#),
            (".s", r#"time: invalid duration ".s""#),
        ] {
            assert_eq!(Duration::parse(text.as_bytes()).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn rounding() {
        let half = Duration(1_500_000_000);
        assert_eq!(half.round(Duration::SECOND), Duration(2_000_000_000));
        assert_eq!(Duration(-half.0).round(Duration::SECOND), Duration(-2_000_000_000));
        assert_eq!(half.truncate(Duration::SECOND), Duration::SECOND);
        assert_eq!(Duration(i64::MAX).round(Duration::HOUR), Duration(i64::MAX));
    }
}
