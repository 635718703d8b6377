//! Numbers compared as the decimals they are written as, not as the floats next to them.

use std::borrow::Cow;
use std::cmp::Ordering;

use go_value::Value;
use go_value::strconv::{FloatForm, format_float};

use super::json::Json;

/// What stands before the text of a number that is kept as it was written.
const MARK: &str = "\0number ";

/// Returns the text of a number that [`keep_number_texts`] kept.
pub(super) fn number_text(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text.strip_prefix(MARK.as_bytes())?).ok()
}

/// Turns the numbers of a JSON text that are no plain integers into marked strings: messages show them as written.
pub(super) fn keep_number_texts(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    // What lies before this is in `out`.
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at = string_end(text, at),
            b'-' | b'0'..=b'9' => {
                let digits = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let end = at + text[at..].iter().take_while(digits).count();
                let token = &text[at..end];
                if is_kept(token) {
                    out.extend_from_slice(&text[copied..at]);
                    out.extend_from_slice(b"\"\\u0000");
                    out.extend_from_slice(&MARK.as_bytes()[1..]);
                    out.extend_from_slice(token);
                    out.push(b'"');
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(&text[copied..]);
    Cow::Owned(out)
}

fn is_kept(token: &[u8]) -> bool {
    token.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
        && go_value::json::parse(token, go_value::json::Numbers::Float).is_ok()
}

fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(length) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += length;
        match text[at] {
            b'"' => return at + 1,
            _ => at += 2,
        }
    }
    text.len()
}

/// `mantissa` times ten to the power of `exponent`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal {
    mantissa: i128,
    exponent: i32,
    float: f64,
}

impl Decimal {
    /// Reads the number of a value; `None` when it is none.
    pub(super) fn of(value: &Value) -> Option<Decimal> {
        match value {
            Value::Int(number) => Some(Decimal::from(*number)),
            Value::Uint(number) => Some(Decimal {
                mantissa: i128::from(*number),
                exponent: 0,
                float: *number as f64,
            }),
            Value::Float(number) => Decimal::of_float(*number),
            Value::Str(text) => Decimal::of_text(number_text(text)?),
            _ => None,
        }
    }

    fn of_float(number: f64) -> Option<Decimal> {
        Decimal::of_text(&format_float(number, FloatForm::Exponent, None))
    }

    /// Reads the text of a number.
    pub(super) fn of_text(text: &str) -> Option<Decimal> {
        let number: f64 = text.parse().ok()?;
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = format!("{whole}{fraction}").parse().ok()?;
        let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
        Some(Decimal {
            mantissa,
            exponent,
            float: number,
        })
    }

    /// The float next to it, for messages.
    pub(super) fn float(self) -> f64 {
        self.float
    }

    pub(super) fn is_integer(self) -> bool {
        if self.exponent >= 0 || self.mantissa == 0 {
            return true;
        }
        power(self.exponent.unsigned_abs()).is_some_and(|power| self.mantissa % power == 0)
    }

    pub(super) fn compare(self, other: Decimal) -> Ordering {
        let difference = self.exponent.abs_diff(other.exponent);
        let exact = power(difference).and_then(|power| {
            if self.exponent >= other.exponent {
                Some((self.mantissa.checked_mul(power)?, other.mantissa))
            } else {
                Some((self.mantissa, other.mantissa.checked_mul(power)?))
            }
        });
        match exact {
            Some((left, right)) => left.cmp(&right),
            // So far apart that floats tell.
            None => self.float.total_cmp(&other.float),
        }
    }

    /// Tells whether this divided by `other` is an integer.
    pub(super) fn is_multiple_of(self, other: Decimal) -> bool {
        if self.mantissa == 0 {
            return true;
        }
        let divisor = other.mantissa.unsigned_abs();
        if divisor == 0 {
            return false;
        }
        let mantissa = self.mantissa.unsigned_abs();
        if self.exponent >= other.exponent {
            let mut rest = mantissa % divisor;
            // Only powers of two and five in the divisor can still go away, and it has fewer than 128 bits.
            for _ in 0..self.exponent.abs_diff(other.exponent).min(128) {
                rest = (rest * 10) % divisor;
            }
            return rest == 0;
        }
        let scale = power(other.exponent.abs_diff(self.exponent)).map(i128::unsigned_abs);
        scale
            .and_then(|scale| divisor.checked_mul(scale))
            .is_some_and(|divisor| mantissa.is_multiple_of(divisor))
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Decimal {
            mantissa: i128::from(number),
            exponent: 0,
            float: number as f64,
        }
    }
}

/// Tells whether a value is a number without a fraction.
pub(super) fn is_integer(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::Uint(_) => true,
        Value::Float(number) => number.is_finite() && number.fract() == 0.0,
        value => Decimal::of(value).is_some_and(Decimal::is_integer),
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Tells whether two values are equal, numbers by their decimals.
pub(super) fn equals<'a, 'b>(left: impl Json<'a>, right: impl Json<'b>) -> bool {
    if let (Some(mut left), Some(members)) = (left.members(), right.members()) {
        return left.len() == members.len()
            && left.all(|(key, value)| right.member(key).is_some_and(|other| equals(value, other)));
    }
    if let (Some(left), Some(right)) = (left.items(), right.items()) {
        return left.len() == right.len() && left.zip(right).all(|(left, right)| equals(left, right));
    }
    match (left.decimal(), right.decimal()) {
        (Some(left), Some(right)) => left.compare(right) == Ordering::Equal,
        (None, None) => left.scalar().is_some() && left.scalar() == right.scalar(),
        _ => false,
    }
}

/// Writes a float as Go's English message printer does: groups of three, and powers of ten from a million up.
pub(super) fn in_english(number: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-4..1e21).contains(&magnitude) || has_exponent(number) {
        let text = format_float(number, FloatForm::Exponent, None);
        let Some((digits, exponent)) = text.split_once('e') else {
            return text;
        };
        let raised = exponent.strip_prefix('+').unwrap_or(exponent).chars().map(superscript);
        return format!("{digits}×10{}", raised.collect::<String>());
    }
    let text = format_float(number, FloatForm::Fixed, None);
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => ("-", text),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    format!("{sign}{}{fraction}", grouped(whole))
}

/// The printer goes by `%g`, whose limit is a million for the shortest digits, unless there are more digits than that.
fn has_exponent(number: f64) -> bool {
    number.abs() >= 1e6
}

/// Writes an integer with commas.
pub(super) fn count(number: usize) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_the_printer_writes_them() {
        for (number, text) in [
            (70000.0, "70,000"),
            (1234.5678, "1,234.5678"),
            (1e6, "1×10⁰⁶"),
            (12345678.9, "1.23456789×10⁰⁷"),
            (33333.333333333336, "33,333.333333333336"),
            (1e-5, "1×10⁻⁰⁵"),
            (-0.0, "0"),
            (5e-324, "5×10⁻³²⁴"),
            (0.0001, "0.0001"),
        ] {
            assert_eq!(in_english(number), text);
        }
    }

    #[test]
    fn decimals_are_exact() {
        let of = |number: f64| Decimal::of(&Value::Float(number)).unwrap();
        assert!(of(4.02).is_multiple_of(of(0.01)));
        assert!(!of(4.021).is_multiple_of(of(0.01)));
        assert!(of(1e30).is_multiple_of(of(3e5)) == 10_u128.pow(25).is_multiple_of(3));
        assert!(of(1e21).is_integer());
        assert!(!of(0.5).is_integer());
        assert_eq!(of(0.1).compare(of(0.1)), Ordering::Equal);
        assert_eq!(of(1e300).compare(of(1e-300)), Ordering::Greater);
    }
}
