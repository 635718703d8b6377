//! The type of a plain scalar, guessed from its text.

use super::timestamp;
use crate::Dialect;

/// What a text is when it stands without quotes and tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// Above [`i64::MAX`].
    Uint(u64),
    Float(f64),
    Timestamp,
    Str,
}

impl Resolved {
    /// Returns the tag, in its short form.
    pub(crate) fn short_tag(self) -> &'static str {
        match self {
            Resolved::Null => "!!null",
            Resolved::Bool(_) => "!!bool",
            Resolved::Int(_) | Resolved::Uint(_) => "!!int",
            Resolved::Float(_) => "!!float",
            Resolved::Timestamp => "!!timestamp",
            Resolved::Str => "!!str",
        }
    }
}

/// Guesses the type of `text`. With `dates` off, no text is a timestamp.
#[inline]
pub(crate) fn resolve(text: &[u8], dialect: Dialect, dates: bool) -> Resolved {
    let Some(&first) = text.first() else {
        return Resolved::Null;
    };
    match first {
        b'+' | b'-' | b'0'..=b'9' => number(text, dialect, dates),
        b'.' => dotted(text),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' if text.len() <= 5 => {
            word(text, dialect)
        }
        _ => Resolved::Str,
    }
}

fn word(text: &[u8], dialect: Dialect) -> Resolved {
    match text {
        b"true" | b"True" | b"TRUE" => Resolved::Bool(true),
        b"false" | b"False" | b"FALSE" => Resolved::Bool(false),
        b"~" | b"null" | b"Null" | b"NULL" => Resolved::Null,
        _ if dialect == Dialect::V2 => old_bool(text).map_or(Resolved::Str, Resolved::Bool),
        _ => Resolved::Str,
    }
}

/// Returns the value of the words that are truth values in YAML 1.1 only.
pub(crate) fn old_bool(text: &[u8]) -> Option<bool> {
    match text {
        b"y" | b"Y" | b"yes" | b"Yes" | b"YES" | b"on" | b"On" | b"ON" => Some(true),
        b"n" | b"N" | b"no" | b"No" | b"NO" | b"off" | b"Off" | b"OFF" => Some(false),
        _ => None,
    }
}

fn dotted(text: &[u8]) -> Resolved {
    match text {
        b".nan" | b".NaN" | b".NAN" => Resolved::Float(f64::NAN),
        b".inf" | b".Inf" | b".INF" => Resolved::Float(f64::INFINITY),
        [b'.', b'0'..=b'9', ..] => fraction(text).map_or(Resolved::Str, Resolved::Float),
        _ => Resolved::Str,
    }
}

/// Reads a number that begins with a point. go-yaml leaves its underscores to `strconv.ParseFloat`, which wants a digit on
/// both sides of each.
fn fraction(text: &[u8]) -> Option<f64> {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    if !memchr::memchr_iter(b'_', text).all(|at| is_digit(at - 1) && is_digit(at + 1)) {
        return None;
    }
    let plain: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'_').collect();
    float(&plain)
}

fn number(text: &[u8], dialect: Dialect, dates: bool) -> Resolved {
    match text {
        b"+.inf" | b"+.Inf" | b"+.INF" => return Resolved::Float(f64::INFINITY),
        b"-.inf" | b"-.Inf" | b"-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if dates && timestamp::is_timestamp(text) {
        return Resolved::Timestamp;
    }
    if memchr::memchr(b'_', text).is_none() {
        return bare_number(text, dialect);
    }
    let plain: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'_').collect();
    bare_number(&plain, dialect)
}

/// Guesses the type of a text without underscores.
fn bare_number(text: &[u8], dialect: Dialect) -> Resolved {
    if let Some(found) = integer(text, 0) {
        return found;
    }
    if let Some(value) = float(text) {
        return Resolved::Float(value);
    }
    let octal = dialect == Dialect::V3;
    let found = match text {
        [b'0', b'b', digits @ ..] => integer(digits, 2),
        [b'-', b'0', b'b', digits @ ..] => negative(digits, 2),
        [b'0', b'o', digits @ ..] if octal => integer(digits, 8),
        [b'-', b'0', b'o', digits @ ..] if octal => negative(digits, 8),
        _ => None,
    };
    found.unwrap_or(Resolved::Str)
}

fn negative(digits: &[u8], base: u64) -> Option<Resolved> {
    match digits.first() {
        Some(b'+' | b'-') => None,
        _ => integer(&[b"-", digits].concat(), base),
    }
}

/// Reads an integer as `strconv.ParseInt` does, and, when that overflows, as `strconv.ParseUint` does. Base 0 goes by
/// the prefix.
fn integer(text: &[u8], base: u64) -> Option<Resolved> {
    let (minus, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let signed = digits.len() < text.len();
    let (base, digits) = match (base, digits) {
        (0, [b'0', b'x' | b'X', rest @ ..]) => (16, rest),
        (0, [b'0', b'b' | b'B', rest @ ..]) => (2, rest),
        (0, [b'0', b'o' | b'O', rest @ ..]) => (8, rest),
        (0, [b'0', rest @ ..]) if !rest.is_empty() => (8, rest),
        (0, _) => (10, digits),
        _ => (base, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for &digit in digits {
        let digit = u64::from(char::from(digit).to_digit(base as u32)?);
        value = value.checked_mul(base)?.checked_add(digit)?;
    }
    match i64::try_from(value) {
        Ok(value) => Some(Resolved::Int(if minus { -value } else { value })),
        Err(_) if minus && value == i64::MIN.unsigned_abs() => Some(Resolved::Int(i64::MIN)),
        Err(_) if signed => None,
        Err(_) => Some(Resolved::Uint(value)),
    }
}

/// Reads a decimal number with a fraction or an exponent, or one too long for an integer.
fn float(text: &[u8]) -> Option<f64> {
    let digits = |at: usize| text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if whole + fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    if at < text.len() {
        return None;
    }
    std::str::from_utf8(text)
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}
