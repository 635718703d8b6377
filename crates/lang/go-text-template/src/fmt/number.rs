//! Floating-point and complex numbers under their verbs.

use go_value::strconv::{FloatForm, format_float};

use super::printer::Printer;
use crate::builtins::Complex;
use crate::value::Value;

impl Printer {
    pub(super) fn float(&mut self, float: f64, verb: char, value: &Value) {
        match verb {
            'v' => self.format_float(float, 'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => self.format_float(float, verb, None),
            'f' | 'e' | 'E' => self.format_float(float, verb, Some(6)),
            'F' => self.format_float(float, 'f', Some(6)),
            _ => self.bad_verb(value, verb),
        }
    }

    pub(super) fn complex(&mut self, complex: Complex, verb: char, value: &Value) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        self.float(complex.real, verb, value);
        self.flags.plus = true;
        self.float(complex.imaginary, verb, value);
        self.out.extend_from_slice(b"i)");
        self.flags.plus = plus;
    }

    fn format_float(&mut self, float: f64, form: char, default: Option<usize>) {
        let flags = self.flags;
        let precision = flags.precision.or(default);
        let mut text = form_text(float, form, precision);
        let sign = match text.as_bytes().first() {
            Some(b'-') => '-',
            _ => '+',
        };
        if text.starts_with(['-', '+']) {
            text.remove(0);
        }
        if text == "Inf" || text == "NaN" {
            return self.special(&text, sign);
        }
        if flags.sharp && form != 'b' {
            text = with_point(&text, form, precision);
        }
        let shown = match sign {
            '+' if flags.plus => Some('+'),
            '+' if flags.space => Some(' '),
            '+' => None,
            sign => Some(sign),
        };
        let Some(shown) = shown else {
            return self.pad(text.as_bytes());
        };
        let length = text.len() + 1;
        match flags.width {
            Some(width) if flags.zero && !flags.minus && width > length => {
                self.push_char(shown);
                self.padding(width - length);
                self.out.extend_from_slice(text.as_bytes());
            }
            _ => {
                text.insert(0, shown);
                self.pad(text.as_bytes());
            }
        }
    }

    /// Infinity and not-a-number, which zeros never fill.
    fn special(&mut self, text: &str, sign: char) {
        let flags = self.flags;
        let sign = match sign {
            '+' if flags.plus => "+",
            '+' if flags.space => " ",
            '+' if text == "NaN" => "",
            '+' => "+",
            _ => "-",
        };
        self.pad_spaces(format!("{sign}{text}").as_bytes());
    }
}

/// No number has more decimals than this; what a precision asks for beyond is zeros.
const MOST_DECIMALS: usize = 1100;

fn form_text(float: f64, form: char, precision: Option<usize>) -> String {
    let missing = precision.map_or(0, |precision| precision.saturating_sub(MOST_DECIMALS));
    if missing == 0 || !float.is_finite() || form == 'b' {
        return short_form_text(float, form, precision);
    }
    let mut text = short_form_text(float, form, Some(MOST_DECIMALS));
    let at = match form {
        'f' => text.len(),
        'e' | 'E' => text.find(['e', 'E']).unwrap_or(text.len()),
        'x' | 'X' => text.find(['p', 'P']).unwrap_or(text.len()),
        _ => return text,
    };
    let exponent = text.split_off(at);
    text.extend(std::iter::repeat_n('0', missing));
    text.push_str(&exponent);
    text
}

fn short_form_text(float: f64, form: char, precision: Option<usize>) -> String {
    match form {
        'f' => format_float(float, FloatForm::Fixed, precision),
        'e' => format_float(float, FloatForm::Exponent, precision),
        'E' => format_float(float, FloatForm::Exponent, precision).to_uppercase_exponent(),
        'G' => format_float(float, FloatForm::General, precision).to_uppercase_exponent(),
        'x' | 'X' => hexadecimal(float, form == 'X', precision),
        'b' => binary(float),
        _ => format_float(float, FloatForm::General, precision),
    }
}

trait UppercaseExponent {
    fn to_uppercase_exponent(self) -> String;
}

impl UppercaseExponent for String {
    fn to_uppercase_exponent(self) -> String {
        self.replace('e', "E")
    }
}

/// Adds the point and the zeros that the `#` flag asks for; `text` has no sign.
fn with_point(text: &str, form: char, precision: Option<usize>) -> String {
    let mut wanted = match form {
        'v' | 'g' | 'G' | 'x' => precision.map_or(6, |precision| precision as i64),
        _ => 0,
    };
    let hexadecimal = matches!(form, 'x' | 'X');
    let tail_at = text.find(|byte| matches!(byte, 'p' | 'P') || (!hexadecimal && matches!(byte, 'e' | 'E')));
    let (digits, tail) = text.split_at(tail_at.unwrap_or(text.len()));
    let mut saw_digit = false;
    for byte in digits.bytes().filter(|byte| *byte != b'.') {
        saw_digit |= byte != b'0';
        wanted -= i64::from(saw_digit);
    }
    let mut out = digits.to_owned();
    if !digits.contains('.') {
        if digits == "0" {
            wanted -= 1;
        }
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', usize::try_from(wanted).unwrap_or(0)));
    out.push_str(tail);
    out
}

/// The integer mantissa and the binary exponent.
fn parts(float: f64) -> (u64, i64) {
    let bits = float.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i64 {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

/// `%b`: `4503599627370496p-52`
fn binary(float: f64) -> String {
    if !float.is_finite() {
        return format_float(float, FloatForm::General, None);
    }
    let (mantissa, exponent) = parts(float);
    let sign = if float.is_sign_negative() { "-" } else { "" };
    format!("{sign}{mantissa}p{exponent:+}")
}

/// `%x`: `0x1.8p+01`
fn hexadecimal(float: f64, upper: bool, precision: Option<usize>) -> String {
    if !float.is_finite() {
        return format_float(float, FloatForm::General, None);
    }
    let (mut mantissa, mut exponent) = parts(float);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // One digit before the point, 60 bits behind it.
        let shift = mantissa.leading_zeros() as i64 - 3;
        mantissa <<= shift;
        exponent += 60 - shift;
    }
    if let Some(precision) = precision.filter(|precision| *precision < 15) {
        let shift = 60 - 4 * precision as u32;
        let extra = mantissa & ((1u64 << shift) - 1);
        mantissa >>= shift;
        let half = 1u64 << (shift - 1);
        if extra > half || (extra == half && mantissa & 1 == 1) {
            mantissa += 1;
        }
        mantissa <<= shift;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(precision) => format!("{digits:0<precision$}")[..precision].to_owned(),
    };
    let sign = if float.is_sign_negative() { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    let text = format!(
        "{sign}0x{}{point}{fraction}p{exponent_sign}{:02}",
        mantissa >> 60,
        exponent.unsigned_abs()
    );
    if upper { text.to_uppercase() } else { text }
}
