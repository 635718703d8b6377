//! Arithmetic on integers and floats, and number sequences.

use go_text_template::{FuncMap, Type, Value};

use crate::arguments::{
    MAX_BYTES, MAX_ITEMS, Result, any, bad_length, float, int, panic, runtime_error, text_value, typed_list,
};
use crate::cast::{to_float64, to_int64};
use crate::decimal::Decimal;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    integers(functions);
    floats(functions);
    decimals(functions);
    functions.add("until", &[Type::Int], |_, a| {
        let count = int(a, 0);
        sequence(0, count, if count < 0 { -1 } else { 1 }).map(ints)
    });
    functions.add("untilStep", &[Type::Int, Type::Int, Type::Int], |_, a| {
        sequence(int(a, 0), int(a, 1), int(a, 2)).map(ints)
    });
    functions.add_variadic("seq", &[], Type::Int, |_, a| seq(a));
}

fn integers(functions: &mut FuncMap) {
    let two = &[Type::Any, Type::Any];
    functions.add("add1", &[Type::Any], |_, a| {
        Ok(Value::Int64(to_int64(any(a, 0)).wrapping_add(1)))
    });
    functions.add_variadic("add", &[], Type::Any, |_, a| {
        Ok(Value::Int64(
            a.iter().fold(0, |sum, value| sum.wrapping_add(to_int64(value))),
        ))
    });
    functions.add("sub", two, |_, a| {
        Ok(Value::Int64(to_int64(any(a, 0)).wrapping_sub(to_int64(any(a, 1)))))
    });
    functions.add("div", two, |_, a| divide(a, i64::wrapping_div));
    functions.add("mod", two, |_, a| divide(a, i64::wrapping_rem));
    functions.add_variadic("mul", &[Type::Any], Type::Any, |_, a| {
        Ok(Value::Int64(
            a.iter().fold(1, |product, value| product.wrapping_mul(to_int64(value))),
        ))
    });
    for name in ["max", "biggest"] {
        functions.add_variadic(name, &[Type::Any], Type::Any, |_, a| {
            Ok(Value::Int64(a.iter().map(to_int64).max().unwrap_or(0)))
        });
    }
    functions.add_variadic("min", &[Type::Any], Type::Any, |_, a| {
        Ok(Value::Int64(a.iter().map(to_int64).min().unwrap_or(0)))
    });
}

fn divide(arguments: &[Value], operation: fn(i64, i64) -> i64) -> Result {
    match to_int64(any(arguments, 1)) {
        0 => runtime_error("integer divide by zero"),
        divisor => Ok(Value::Int64(operation(to_int64(any(arguments, 0)), divisor))),
    }
}

fn floats(functions: &mut FuncMap) {
    functions.add_variadic("maxf", &[Type::Any], Type::Any, |_, a| Ok(extreme(a, go_max)));
    functions.add_variadic("minf", &[Type::Any], Type::Any, |_, a| {
        Ok(extreme(a, |one, other| -go_max(-one, -other)))
    });
    functions.add("floor", &[Type::Any], |_, a| {
        Ok(Value::Float(to_float64(any(a, 0)).floor()))
    });
    functions.add("ceil", &[Type::Any], |_, a| {
        Ok(Value::Float(to_float64(any(a, 0)).ceil()))
    });
    functions.add_variadic("round", &[Type::Any, Type::Int], Type::Float64, |_, a| {
        let round_on = if a.len() > 2 { float(a, 2) } else { 0.5 };
        Ok(Value::Float(round(to_float64(any(a, 0)), int(a, 1), round_on)))
    });
}

fn extreme(arguments: &[Value], choose: impl Fn(f64, f64) -> f64) -> Value {
    let numbers = arguments.iter().map(to_float64);
    Value::Float(numbers.reduce(choose).unwrap_or(0.0))
}

/// Go's `math.Max`: infinity wins over NaN, NaN over the rest, and 0 over -0.
fn go_max(one: f64, other: f64) -> f64 {
    if one == f64::INFINITY || other == f64::INFINITY {
        f64::INFINITY
    } else if one.is_nan() || other.is_nan() {
        f64::NAN
    } else if one == 0.0 && other == 0.0 {
        if one.is_sign_negative() { other } else { one }
    } else if one > other {
        one
    } else {
        other
    }
}

fn round(value: f64, places: i64, round_on: f64) -> f64 {
    let power = power_of_ten(places);
    let digit = power * value;
    let fraction = (digit - digit.trunc()).copysign(digit);
    let rounded = if fraction >= round_on {
        digit.ceil()
    } else {
        digit.floor()
    };
    rounded / power
}

/// Go's `math.Pow(10, places)`, whose rounding errors show in the results.
fn power_of_ten(places: i64) -> f64 {
    // Past this Go gives the limit without computing.
    if places.unsigned_abs() as f64 >= 9_223_372_036_854_775_808.0 {
        return if places > 0 { f64::INFINITY } else { 0.0 };
    }
    match places {
        0 => return 1.0,
        1 => return 10.0,
        _ => {}
    }
    let mut result = 1.0;
    let mut exponent: i64 = 0;
    // 10 is 0.625 * 2^4.
    let (mut base, mut base_exponent) = (0.625, 4_i64);
    let mut bits = places.unsigned_abs();
    while bits != 0 {
        if !(-4096..=4096).contains(&base_exponent) {
            exponent += base_exponent;
            break;
        }
        if bits & 1 == 1 {
            result *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent *= 2;
        if base < 0.5 {
            base += base;
            base_exponent -= 1;
        }
        bits >>= 1;
    }
    if places < 0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    scale(result, exponent)
}

/// `number * 2^exponent`, rounded once.
fn scale(number: f64, exponent: i64) -> f64 {
    let mut scaled = number;
    let mut left = exponent.clamp(-2200, 2200);
    while left > 1000 {
        scaled *= 2_f64.powi(1000);
        left -= 1000;
    }
    // The number is near 1, so it stays normal until the last step.
    while left < -1000 {
        scaled *= 2_f64.powi(-500);
        left += 500;
        if left >= -1000 {
            break;
        }
    }
    scaled * 2_f64.powi(i32::try_from(left).unwrap_or(0))
}

fn decimals(functions: &mut FuncMap) {
    functions.add("add1f", &[Type::Any], |_, a| {
        decimal(&[any(a, 0).clone(), Value::Int(1)], |one, other| Ok(one.add(other)))
    });
    functions.add_variadic("addf", &[], Type::Any, |_, a| {
        let arguments = [&[Value::Float(0.0)], a].concat();
        decimal(&arguments, |one, other| Ok(one.add(other)))
    });
    functions.add_variadic("subf", &[Type::Any], Type::Any, |_, a| {
        decimal(a, |one, other| Ok(one.subtract(other)))
    });
    functions.add_variadic("mulf", &[Type::Any], Type::Any, |_, a| {
        decimal(a, |one, other| Ok(one.multiply(other)))
    });
    functions.add_variadic("divf", &[Type::Any], Type::Any, |_, a| {
        decimal(a, |one, other| match one.divide(other) {
            Some(quotient) => Ok(quotient),
            None => panic("decimal division by 0"),
        })
    });
}

/// Folds the arguments as decimal numbers.
fn decimal(arguments: &[Value], operation: impl Fn(&Decimal, &Decimal) -> Result<Decimal>) -> Result {
    let mut numbers = arguments.iter().map(|value| exact(to_float64(value)));
    let mut result = numbers.next().unwrap_or_else(|| exact(0.0))?;
    for number in numbers {
        result = operation(&result, &number?)?;
    }
    Ok(Value::Float(result.to_float()))
}

fn exact(number: f64) -> Result<Decimal> {
    let name = match number {
        f64::INFINITY => "+Inf",
        f64::NEG_INFINITY => "-Inf",
        _ if number.is_nan() => "NaN",
        _ => return Ok(Decimal::from_float(number)),
    };
    panic(format!("Cannot create a Decimal from {name}"))
}

fn ints(numbers: Vec<i64>) -> Value {
    typed_list(Type::Slice(&Type::Int), numbers.into_iter().map(Value::Int).collect())
}

/// The numbers from `start` to before `stop`; none when `step` leads the other way.
fn sequence(start: i64, stop: i64, step: i64) -> Result<Vec<i64>> {
    let before = |number: i64| if stop < start { number > stop } else { number < stop };
    if if stop < start { step >= 0 } else { step <= 0 } {
        return Ok(Vec::new());
    }
    let mut numbers = Vec::new();
    let mut number = start;
    while before(number) {
        if numbers.len() >= MAX_ITEMS {
            return bad_length();
        }
        numbers.push(number);
        let Some(next) = number.checked_add(step) else {
            // Go wraps around and goes on for ever.
            return bad_length();
        };
        number = next;
    }
    Ok(numbers)
}

fn seq(arguments: &[Value]) -> Result {
    let number = |index| int(arguments, index);
    let (start, step, end) = match arguments.len() {
        1 => (1, if number(0) < 1 { -1 } else { 1 }, number(0)),
        2 => (number(0), if number(1) < number(0) { -1 } else { 1 }, number(1)),
        3 => (number(0), number(1), number(2)),
        _ => return text_value(""),
    };
    let increment = if end < start { -1 } else { 1 };
    if end < start && step > 0 {
        return text_value("");
    }
    let numbers = sequence(start, end.wrapping_add(increment), step)?;
    let mut joined = String::new();
    for number in numbers {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&number.to_string());
        if joined.len() > MAX_BYTES {
            return bad_length();
        }
    }
    text_value(joined)
}
