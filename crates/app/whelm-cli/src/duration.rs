//! Go's durations: nanoseconds with a text such as `5m0s`.

use go_value::strconv::quote;

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

const LIMIT: u64 = 1 << 63;

/// Parses `text` as Go's `time.ParseDuration` does, into nanoseconds.
///
/// # Errors
/// Go's text, such as `time: missing unit in duration "5"`.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let fail = |what: &str| format!("time: {what} {}", quote(text.as_bytes()));
    let invalid = || fail("invalid duration");
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (number, after) = take_number(rest).ok_or_else(invalid)?;
        let end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        if unit.is_empty() {
            return Err(fail("missing unit in duration"));
        }
        let (_, size) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(|| fail(&format!("unknown unit {} in duration", quote(unit.as_bytes()))))?;
        let value = number.times(*size).ok_or_else(invalid)?;
        total = total
            .checked_add(value)
            .filter(|sum| *sum <= LIMIT)
            .ok_or_else(invalid)?;
        rest = after;
    }
    match (negative, total) {
        (true, total) => Ok((total as i64).wrapping_neg()),
        (false, LIMIT..) => Err(invalid()),
        (false, total) => Ok(total as i64),
    }
}

/// A decimal number: `whole + fraction / scale`.
struct Number {
    whole: u64,
    fraction: u64,
    scale: f64,
}

impl Number {
    fn times(&self, unit: u64) -> Option<u64> {
        if self.whole > LIMIT / unit {
            return None;
        }
        let fraction = (self.fraction as f64 * (unit as f64 / self.scale)) as u64;
        (self.whole * unit)
            .checked_add(fraction)
            .filter(|value| *value <= LIMIT)
    }
}

/// Reads `12`, `12.`, `12.5` or `.5` from the start; nothing when there is no digit or the whole part is too large.
fn take_number(text: &str) -> Option<(Number, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut whole = 0u64;
    for digit in text[..digits].bytes() {
        if whole > LIMIT / 10 {
            return None;
        }
        whole = whole * 10 + u64::from(digit - b'0');
        if whole > LIMIT {
            return None;
        }
    }
    let mut number = Number {
        whole,
        fraction: 0,
        scale: 1.0,
    };
    let Some(rest) = text[digits..].strip_prefix('.') else {
        return (digits > 0).then_some((number, &text[digits..]));
    };
    let decimals = rest.bytes().take_while(u8::is_ascii_digit).count();
    for digit in rest[..decimals].bytes() {
        if number.fraction > (LIMIT - 1) / 10 {
            break;
        }
        let next = number.fraction * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        number.fraction = next;
        number.scale *= 10.0;
    }
    (digits + decimals > 0).then_some((number, &rest[decimals..]))
}

/// Writes nanoseconds as Go's `time.Duration.String` does.
pub fn format_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let amount = nanoseconds.unsigned_abs();
    if amount < 1_000_000_000 {
        return match amount {
            0 => "0s".to_owned(),
            1..1_000 => format!("{sign}{amount}ns"),
            1_000..1_000_000 => format!("{sign}{}\u{b5}s", decimal(amount, 1_000)),
            _ => format!("{sign}{}ms", decimal(amount, 1_000_000)),
        };
    }
    let seconds = amount / 1_000_000_000;
    let rest = decimal(amount % 60_000_000_000, 1_000_000_000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{rest}s"),
        (0, minutes) => format!("{sign}{minutes}m{rest}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{rest}s"),
    }
}

/// Writes `amount / unit` without trailing zeros; `unit` is a power of ten.
fn decimal(amount: u64, unit: u64) -> String {
    let width = unit.ilog10() as usize;
    let fraction = format!("{:0width$}", amount % unit);
    let fraction = fraction.trim_end_matches('0');
    let whole = amount / unit;
    if fraction.is_empty() {
        whole.to_string()
    } else {
        format!("{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::{format_duration, parse_duration};

    #[test]
    fn reads_and_writes_as_go_does() {
        for (text, canonical) in [
            ("5m", "5m0s"),
            ("1.5h", "1h30m0s"),
            ("-3ms", "-3ms"),
            ("1h0.5s", "1h0m0.5s"),
            ("1500us", "1.5ms"),
            ("0", "0s"),
            ("+.5s", "500ms"),
        ] {
            assert_eq!(format_duration(parse_duration(text).unwrap()), canonical, "{text}");
        }
    }

    #[test]
    fn fails_as_go_does() {
        assert_eq!(parse_duration("z").unwrap_err(), "time: invalid duration \"z\"");
        assert_eq!(parse_duration("5").unwrap_err(), "time: missing unit in duration \"5\"");
        assert_eq!(
            parse_duration("5y").unwrap_err(),
            "time: unknown unit \"y\" in duration \"5y\""
        );
        assert_eq!(parse_duration("").unwrap_err(), "time: invalid duration \"\"");
        assert_eq!(
            parse_duration("9223372036854775808ns").unwrap_err(),
            "time: invalid duration \"9223372036854775808ns\""
        );
    }
}
