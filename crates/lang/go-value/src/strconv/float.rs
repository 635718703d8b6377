//! `strconv.FormatFloat`.

use std::fmt::Write;

/// The form of a printed floating-point number, Go's format byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatForm {
    /// `e`: `-d.dddde±dd`
    Exponent,
    /// `f`: `-ddd.dddd`
    Fixed,
    /// `g`: `e` for large and small exponents, `f` otherwise
    General,
}

/// Formats `value` as Go's `strconv.FormatFloat(value, form, precision, 64)` does.
///
/// No precision means the shortest digits that read back as the same number.
pub fn format_float(value: f64, form: FloatForm, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-Inf" } else { "+Inf" }.to_owned();
    }
    let mut out = String::with_capacity(24);
    if value.is_sign_negative() {
        out.push('-');
    }
    let digits = match precision {
        None => Digits::shortest(value.abs()),
        Some(precision) => match form {
            FloatForm::Fixed => {
                let _ = write!(out, "{:.*}", precision, value.abs());
                return out;
            }
            FloatForm::Exponent => Digits::rounded(value.abs(), precision + 1),
            FloatForm::General => Digits::rounded(value.abs(), precision.max(1)),
        },
    };
    match form {
        FloatForm::Exponent => digits.write_exponent(&mut out, precision.unwrap_or(digits.len_or_one() - 1)),
        FloatForm::Fixed => digits.write_fixed(&mut out, digits.fraction_len()),
        FloatForm::General => digits.write_general(&mut out, precision),
    }
    out
}

/// Formats `value` as Go's `strconv.FormatFloat(float64(value), 'g', -1, 32)` does: the shortest digits that read back as the
/// same `float32`.
pub fn format_float32(value: f32) -> String {
    if !value.is_finite() {
        return format_float(f64::from(value), FloatForm::General, None);
    }
    let mut out = String::with_capacity(16);
    if value.is_sign_negative() {
        out.push('-');
    }
    let mut buffer = zmij::Buffer::new();
    Digits::from_text(buffer.format_finite(value.abs())).write_general(&mut out, None);
    out
}

/// Decimal digits `0.d1d2d3… × 10^point`; zero has no digits.
struct Digits {
    text: String,
    point: i32,
}

impl Digits {
    fn shortest(value: f64) -> Digits {
        let mut buffer = zmij::Buffer::new();
        Digits::from_text(buffer.format_finite(value))
    }

    fn rounded(value: f64, count: usize) -> Digits {
        Digits::from_text(&format!("{:.*e}", count.saturating_sub(1), value))
    }

    /// Reads `ddd.ddde±dd`, as Rust's number formatting writes it.
    fn from_text(text: &str) -> Digits {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = String::with_capacity(mantissa.len());
        digits.push_str(whole);
        digits.push_str(fraction);
        let leading = digits.len() - digits.trim_start_matches('0').len();
        let point = whole.len() as i32 + exponent - leading as i32;
        let text = digits[leading..].trim_end_matches('0').to_owned();
        if text.is_empty() {
            Digits { text, point: 0 }
        } else {
            Digits { text, point }
        }
    }

    fn len_or_one(&self) -> usize {
        self.text.len().max(1)
    }

    fn fraction_len(&self) -> usize {
        (self.text.len() as i32 - self.point).max(0) as usize
    }

    fn digit(&self, at: i32) -> char {
        usize::try_from(at)
            .ok()
            .and_then(|at| self.text.as_bytes().get(at))
            .map_or('0', |digit| *digit as char)
    }

    fn write_exponent(&self, out: &mut String, fraction: usize) {
        out.push(self.digit(0));
        if fraction > 0 {
            out.push('.');
            out.extend((1..=fraction).map(|at| self.digit(at as i32)));
        }
        let exponent = if self.text.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
    }

    fn write_fixed(&self, out: &mut String, fraction: usize) {
        if self.point > 0 {
            out.extend((0..self.point).map(|at| self.digit(at)));
        } else {
            out.push('0');
        }
        if fraction > 0 {
            out.push('.');
            out.extend((0..fraction).map(|at| self.digit(self.point + at as i32)));
        }
    }

    fn write_general(&self, out: &mut String, precision: Option<usize>) {
        let count = self.text.len() as i32;
        let wanted = precision.map(|precision| precision.max(1) as i32);
        let limit = match wanted {
            None => 6,
            Some(wanted) if wanted > count && count >= self.point => count,
            Some(wanted) => wanted,
        };
        let exponent = self.point - 1;
        if exponent < -4 || exponent >= limit {
            self.write_exponent(out, self.len_or_one() - 1);
        } else {
            self.write_fixed(out, self.fraction_len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_go() {
        let general = |value| format_float(value, FloatForm::General, None);
        assert_eq!(general(0.0), "0");
        assert_eq!(general(-0.0), "-0");
        assert_eq!(general(1e6), "1e+06");
        assert_eq!(general(123456.0), "123456");
        assert_eq!(general(0.0001), "0.0001");
        assert_eq!(general(0.00001), "1e-05");
        assert_eq!(general(92_045_757_945_801.62), "9.204575794580162e+13");
        assert_eq!(format_float(1e21, FloatForm::Fixed, None), "1000000000000000000000");
        assert_eq!(format_float(1.5, FloatForm::Exponent, None), "1.5e+00");
        assert_eq!(format_float(0.0, FloatForm::Exponent, Some(2)), "0.00e+00");
        assert_eq!(format_float(2.5, FloatForm::Fixed, Some(0)), "2");
        assert_eq!(format_float(1234567.0, FloatForm::General, Some(3)), "1.23e+06");
        assert_eq!(format_float(100.0, FloatForm::General, Some(3)), "100");
        assert_eq!(format_float(0.0, FloatForm::General, Some(4)), "0");
        assert_eq!(format_float(1e-7, FloatForm::Fixed, None), "0.0000001");
    }
}
