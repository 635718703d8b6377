//! Exact decimal numbers. Source of truth: shopspring/decimal 1.4.0.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

/// Division keeps so many digits after the point.
const DIVISION_PRECISION: i64 = 16;

/// `coefficient * 10^exponent`
#[derive(Clone, Debug)]
pub(crate) struct Decimal {
    coefficient: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that reads back as `number`, which must be finite.
    pub(crate) fn from_float(number: f64) -> Decimal {
        let shortest = format!("{number:e}");
        let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let digits: String = digits.chars().filter(|character| *character != '.').collect();
        Decimal {
            coefficient: digits.parse().unwrap_or_default(),
            exponent: exponent.parse::<i64>().unwrap_or(0) - i64::try_from(fraction).unwrap_or(0),
        }
    }

    /// The nearest float.
    pub(crate) fn to_float(&self) -> f64 {
        let text = format!("{}e{}", self.coefficient, self.exponent);
        text.parse().unwrap_or(0.0)
    }

    pub(crate) fn add(&self, other: &Decimal) -> Decimal {
        let (one, other, exponent) = aligned(self, other);
        Decimal {
            coefficient: one + other,
            exponent,
        }
    }

    pub(crate) fn subtract(&self, other: &Decimal) -> Decimal {
        let (one, other, exponent) = aligned(self, other);
        Decimal {
            coefficient: one - other,
            exponent,
        }
    }

    pub(crate) fn multiply(&self, other: &Decimal) -> Decimal {
        Decimal {
            coefficient: &self.coefficient * &other.coefficient,
            exponent: self.exponent + other.exponent,
        }
    }

    /// Divides, rounding half away from zero; `None` for a division by zero.
    pub(crate) fn divide(&self, other: &Decimal) -> Option<Decimal> {
        if other.coefficient.sign() == Sign::NoSign {
            return None;
        }
        let shift = self.exponent - other.exponent + DIVISION_PRECISION;
        let (dividend, divisor) = if shift < 0 {
            (self.coefficient.clone(), &other.coefficient * ten_to(-shift))
        } else {
            (&self.coefficient * ten_to(shift), other.coefficient.clone())
        };
        let quotient = &dividend / &divisor;
        let remainder = &dividend % &divisor;
        let twice = remainder.magnitude() * 2_u32;
        let coefficient = match twice.cmp(divisor.magnitude()) {
            Ordering::Less => quotient,
            _ if (self.coefficient.sign() == Sign::Minus) != (other.coefficient.sign() == Sign::Minus) => quotient - 1,
            _ => quotient + 1,
        };
        Some(Decimal {
            coefficient,
            exponent: -DIVISION_PRECISION,
        })
    }
}

/// The coefficients of both at the lesser exponent.
fn aligned(one: &Decimal, other: &Decimal) -> (BigInt, BigInt, i64) {
    let exponent = one.exponent.min(other.exponent);
    let at = |decimal: &Decimal| &decimal.coefficient * ten_to(decimal.exponent - exponent);
    (at(one), at(other), exponent)
}

fn ten_to(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}
