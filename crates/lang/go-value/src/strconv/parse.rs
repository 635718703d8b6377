//! `strconv.ParseInt` and its relatives, with Go's error texts.

use std::fmt;

use super::quote;

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumErrorKind {
    /// `invalid syntax`
    Syntax,
    /// `value out of range`
    Range,
}

/// Go's `*strconv.NumError`.
#[derive(Clone, Debug, PartialEq)]
pub struct NumError {
    /// Go's name of the function, such as `ParseInt`.
    pub function: &'static str,
    /// The text that was parsed.
    pub text: Vec<u8>,
    /// What is wrong with it.
    pub kind: NumErrorKind,
}

impl fmt::Display for NumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            NumErrorKind::Syntax => "invalid syntax",
            NumErrorKind::Range => "value out of range",
        };
        write!(f, "strconv.{}: parsing {}: {reason}", self.function, quote(&self.text))
    }
}

impl std::error::Error for NumError {}

fn error<T>(function: &'static str, text: &[u8], kind: NumErrorKind) -> Result<T, NumError> {
    Err(NumError {
        function,
        text: text.to_vec(),
        kind,
    })
}

/// Parses a boolean as `strconv.ParseBool` does.
///
/// # Errors
/// The text is none of Go's twelve forms.
pub fn parse_bool(text: &[u8]) -> Result<bool, NumError> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Ok(true),
        b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Ok(false),
        _ => error("ParseBool", text, NumErrorKind::Syntax),
    }
}

/// Parses an unsigned integer as `strconv.ParseUint(text, base, 64)` does; base 0 reads prefixes and underscores.
///
/// # Errors
/// The text is no number of that base, or over [`u64::MAX`].
pub fn parse_uint(text: &[u8], base: u32) -> Result<u64, NumError> {
    magnitude(text, base).or_else(|kind| error("ParseUint", text, kind))
}

/// Parses an integer as `strconv.ParseInt(text, base, bits)` does; base 0 reads prefixes and underscores.
///
/// # Errors
/// The text is no number of that base, or does not fit into `bits` bits.
pub fn parse_int(text: &[u8], base: u32, bits: u32) -> Result<i64, NumError> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let value = magnitude(digits, base).or_else(|kind| error("ParseInt", text, kind))?;
    let limit = 1u64 << (bits.clamp(1, 64) - 1);
    match negative {
        false if value >= limit => error("ParseInt", text, NumErrorKind::Range),
        true if value > limit => error("ParseInt", text, NumErrorKind::Range),
        false => Ok(value as i64),
        true => Ok((value as i64).wrapping_neg()),
    }
}

fn magnitude(text: &[u8], base: u32) -> Result<u64, NumErrorKind> {
    let (base, digits, prefixed) = match (base, text) {
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => (2, rest, true),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => (8, rest, true),
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => (16, rest, true),
        (0, [b'0', rest @ ..]) if !rest.is_empty() => (8, rest, true),
        (0, _) => (10, text, true),
        _ => (base, text, false),
    };
    if digits.is_empty() {
        return Err(NumErrorKind::Syntax);
    }
    let mut value: u64 = 0;
    let mut underscores = false;
    for byte in digits {
        if *byte == b'_' && prefixed {
            underscores = true;
            continue;
        }
        let digit = (*byte as char).to_digit(base).ok_or(NumErrorKind::Syntax)?;
        let next = value
            .checked_mul(u64::from(base))
            .and_then(|value| value.checked_add(u64::from(digit)));
        // What stands behind too many digits Go does not read.
        value = next.ok_or(NumErrorKind::Range)?;
    }
    if underscores && !underscores_ok(text) {
        return Err(NumErrorKind::Syntax);
    }
    Ok(value)
}

/// Tells whether underscores stand only between digits or after a base prefix.
fn underscores_ok(text: &[u8]) -> bool {
    let text = match text {
        [b'-' | b'+', rest @ ..] => rest,
        _ => text,
    };
    let (mut previous, rest, hexadecimal) = match text {
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (b'0', rest, false),
        [b'0', b'x' | b'X', rest @ ..] => (b'0', rest, true),
        _ => (b'^', text, false),
    };
    for byte in rest {
        let class = match byte {
            b'0'..=b'9' => b'0',
            b'a'..=b'f' | b'A'..=b'F' if hexadecimal => b'0',
            b'_' => b'_',
            _ => b'!',
        };
        if (class == b'_' && previous != b'0') || (class != b'0' && class != b'_' && previous == b'_') {
            return false;
        }
        previous = class;
    }
    previous != b'_'
}

/// Parses a floating-point number as `strconv.ParseFloat(text, 64)` does: decimal and hexadecimal forms, `inf`, `nan`,
/// underscores between digits.
///
/// # Errors
/// The text is no number, or its magnitude is over [`f64::MAX`].
pub fn parse_float(text: &[u8]) -> Result<f64, NumError> {
    if let Some(value) = special(text) {
        return Ok(value);
    }
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let value = match digits {
        [b'0', b'x' | b'X', rest @ ..] => hexadecimal(text, rest),
        _ => decimal(digits),
    };
    match value {
        None => error("ParseFloat", text, NumErrorKind::Syntax),
        Some(value) if value.is_infinite() => error("ParseFloat", text, NumErrorKind::Range),
        Some(value) => Ok(if negative { -value } else { value }),
    }
}

fn special(text: &[u8]) -> Option<f64> {
    let (sign, word) = match text.split_first()? {
        (b'-', rest) => (Some(-1.0), rest),
        (b'+', rest) => (Some(1.0), rest),
        _ => (None, text),
    };
    if word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"infinity") {
        return Some(f64::INFINITY * sign.unwrap_or(1.0));
    }
    (sign.is_none() && word.eq_ignore_ascii_case(b"nan")).then_some(f64::NAN)
}

fn decimal(digits: &[u8]) -> Option<f64> {
    let only_number_bytes = digits
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if digits.contains(&b'_') && underscores_ok(digits) {
        let plain: Vec<u8> = digits.iter().copied().filter(|byte| *byte != b'_').collect();
        return decimal(&plain);
    }
    if !only_number_bytes || matches!(digits.first(), Some(b'+' | b'-')) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Reads what follows `0x`: hexadecimal digits with an optional point and a mandatory binary exponent.
fn hexadecimal(whole: &[u8], text: &[u8]) -> Option<f64> {
    let mut mantissa: u64 = 0;
    let mut sticky = false;
    let mut exponent: i64 = 0;
    let (mut digits, mut point, mut at) = (0, false, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'_' => {}
            b'.' if !point => point = true,
            _ => {
                let Some(digit) = (*byte as char).to_digit(16) else {
                    break;
                };
                digits += 1;
                if mantissa >> 60 == 0 {
                    mantissa = mantissa << 4 | u64::from(digit);
                    exponent -= if point { 4 } else { 0 };
                } else {
                    sticky |= digit != 0;
                    exponent += if point { 0 } else { 4 };
                }
            }
        }
        at += 1;
    }
    let rest = &text[at..];
    if digits == 0 || !matches!(rest.first(), Some(b'p' | b'P')) || (whole.contains(&b'_') && !underscores_ok(whole)) {
        return None;
    }
    let power: String = String::from_utf8(rest[1..].iter().copied().filter(|byte| *byte != b'_').collect()).ok()?;
    let power = power.parse::<i64>().ok()?.clamp(-100_000, 100_000);
    Some(scale(mantissa, sticky, exponent + power))
}

/// Returns `mantissa × 2^exponent`, rounded once, to even; `sticky` says that lower bits were cut off.
fn scale(mantissa: u64, sticky: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let shift = mantissa.leading_zeros();
    let normal = mantissa << shift;
    let top = exponent - i64::from(shift) + 63;
    let keep = if top >= -1022 { 53 } else { 53 - (-1022 - top) };
    if top > 1023 {
        return f64::INFINITY;
    }
    if keep < 0 {
        return 0.0;
    }
    let drop = 64 - keep as u32;
    let kept = if drop >= 64 { 0 } else { normal >> drop };
    let half = 1u64 << (drop - 1);
    let low = if drop >= 64 { normal } else { normal & ((1 << drop) - 1) };
    let up = low > half || (low == half && (sticky || kept & 1 == 1));
    let rounded = kept + u64::from(up);
    let unit = top - (keep - 1);
    // Both factors are exact, so the product is rounded at most once, into a value that was rounded already.
    if unit < -1000 {
        rounded as f64 * 2f64.powi(-1000) * 2f64.powi((unit + 1000) as i32)
    } else {
        rounded as f64 * 2f64.powi(unit as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(parse_int(b"-0x80", 0, 8), Ok(-128));
        assert_eq!(parse_int(b"1_000", 0, 64), Ok(1000));
        assert_eq!(parse_int(b"0777", 0, 64), Ok(511));
        assert_eq!(parse_int(b"-9223372036854775808", 10, 64), Ok(i64::MIN));
        assert_eq!(
            parse_int(b"9223372036854775808", 10, 64).unwrap_err().to_string(),
            "strconv.ParseInt: parsing \"9223372036854775808\": value out of range"
        );
        assert!(parse_int(b"1__0", 0, 64).is_err());
        assert!(parse_int(b"1_0", 10, 64).is_err());
        assert!(parse_int(b"", 10, 64).is_err());
    }

    #[test]
    fn floats() {
        assert_eq!(parse_float(b"0x1p-2"), Ok(0.25));
        assert_eq!(parse_float(b"0x1.8p1"), Ok(3.0));
        assert_eq!(parse_float(b"0x1p-1074"), Ok(5e-324));
        assert_eq!(parse_float(b".5e1"), Ok(5.0));
        assert_eq!(parse_float(b"-Inf"), Ok(f64::NEG_INFINITY));
        assert_eq!(parse_float(b"1e400").unwrap_err().kind, NumErrorKind::Range);
        for bad in [&b"1__0"[..], b"", b".", b"e5", b"0x1", b"+-1", b"1e"] {
            assert_eq!(parse_float(bad).unwrap_err().kind, NumErrorKind::Syntax);
        }
    }
}
