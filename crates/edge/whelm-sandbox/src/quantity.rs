//! Quantities such as `100m` or `1.5Gi`, which are written in one way only.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/api/resource`.

const WRONG_FORM: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX: &str = "unable to parse quantity's suffix";
const NANO: i128 = 1_000_000_000;
/// The largest amount, 2^63-1, in billionths.
const MOST: i128 = i64::MAX as i128 * NANO;

const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];
const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// How a quantity is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Decimal,
    Binary,
    Exponent,
}

/// An amount, to a billionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quantity {
    nanos: i128,
    form: Form,
}

impl Quantity {
    /// Reads a quantity.
    ///
    /// # Errors
    /// What the real server says of the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let whole = digits.bytes().take_while(u8::is_ascii_digit).count();
        let rest = digits.get(whole..).unwrap_or_default();
        let fraction = match rest.strip_prefix('.') {
            Some(rest) => rest.bytes().take_while(u8::is_ascii_digit).count() + 1,
            None => 0,
        };
        let suffix = rest.get(fraction..).unwrap_or_default();
        if whole == 0 && fraction <= 1 || !has_suffix_form(suffix) {
            return Err(WRONG_FORM);
        }
        let (base, exponent, form) = read_suffix(suffix).ok_or(WRONG_SUFFIX)?;
        let number = [
            digits.get(..whole).unwrap_or_default(),
            rest.get(1..fraction).unwrap_or_default(),
        ]
        .concat();
        let nanos = scale(&number, fraction.saturating_sub(1), base, exponent);
        Ok(Quantity {
            nanos: if negative { -nanos } else { nanos },
            form,
        })
    }

    /// Says whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }

    /// Says whether the amount is a whole number.
    pub fn is_whole(self) -> bool {
        self.nanos % NANO == 0
    }

    /// Returns the amount with some billionths more, written in the same way.
    pub fn plus(self, nanos: i128) -> Self {
        Quantity {
            nanos: self.nanos.saturating_add(nanos),
            form: self.form,
        }
    }

    /// Returns the amount in billionths.
    pub fn nanos(self) -> i128 {
        self.nanos
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let small = self.nanos.abs() < 1024 * NANO;
        match self.form {
            Form::Binary if !small => {
                // Less than one is rounded up.
                let mut number = self.nanos / NANO + i128::from(self.nanos % NANO > 0);
                let mut suffix = "";
                for next in BINARY {
                    if number % 1024 != 0 {
                        break;
                    }
                    number /= 1024;
                    suffix = next;
                }
                write!(f, "{number}{suffix}")
            }
            form => {
                let (mut number, mut place) = (self.nanos, 0);
                while number != 0 && number % 1000 == 0 && place < DECIMAL.len() - 1 {
                    number /= 1000;
                    place += 1;
                }
                if number == 0 {
                    place = 3;
                }
                let (suffix, exponent) = DECIMAL.get(place).copied().unwrap_or(("", 0));
                match (form, exponent) {
                    (Form::Exponent, 0) => write!(f, "{number}"),
                    (Form::Exponent, exponent) => write!(f, "{number}e{exponent}"),
                    _ => write!(f, "{number}{suffix}"),
                }
            }
        }
    }
}

/// Letters, then perhaps a sign, then digits.
fn has_suffix_form(suffix: &str) -> bool {
    let letters = suffix.trim_start_matches(|c: char| "eEinumkKMGTP".contains(c));
    let digits = letters.strip_prefix(['+', '-']).unwrap_or(letters);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_suffix(suffix: &str) -> Option<(u32, i32, Form)> {
    if let Some((_, exponent)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((10, *exponent, Form::Decimal));
    }
    if let Some(place) = BINARY.iter().position(|name| *name == suffix) {
        return Some((2, 10 * i32::try_from(place + 1).ok()?, Form::Binary));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?;
    Some((10, exponent, Form::Exponent))
}

/// Returns a number with decimal places, times a power, in billionths. What is finer is rounded up.
fn scale(digits: &str, places: usize, base: u32, exponent: i32) -> i128 {
    let mut number: i128 = 0;
    for digit in digits.bytes() {
        number = number.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
    }
    if base == 2 {
        number = number.saturating_mul(1 << exponent.clamp(0, 60));
    }
    let power =
        9 - i32::try_from(places).unwrap_or(i32::MAX / 2) + if base == 10 { exponent.clamp(-1000, 1000) } else { 0 };
    let nanos = if power >= 0 {
        number.saturating_mul(10_i128.checked_pow(power.unsigned_abs()).unwrap_or(i128::MAX))
    } else {
        match 10_i128.checked_pow(power.unsigned_abs()) {
            Some(divisor) => number / divisor + i128::from(number % divisor > 0),
            None => i128::from(number > 0),
        }
    };
    nanos.min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_amounts_in_one_way() {
        for (given, written) in [
            ("1000m", "1"),
            ("1000", "1k"),
            ("1.5", "1500m"),
            ("0.5Gi", "512Mi"),
            ("1024Mi", "1Gi"),
            ("1000Ki", "1000Ki"),
            ("1e3", "1e3"),
            ("0", "0"),
            ("0Gi", "0"),
            ("1023Ki", "1023Ki"),
            ("-1500m", "-1500m"),
            ("0.0000000001", "1n"),
            ("100M", "100M"),
        ] {
            assert_eq!(Quantity::parse(given).unwrap().to_string(), written, "{given}");
        }
        for wrong in ["", "one", "1 Gi", "1.2.3", ".", "-"] {
            assert_eq!(Quantity::parse(wrong), Err(WRONG_FORM), "{wrong}");
        }
        assert_eq!(Quantity::parse("1ii"), Err(WRONG_SUFFIX));
    }
}
