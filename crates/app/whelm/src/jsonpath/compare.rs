//! Comparing in filters, as Go's templates compare.

use std::cmp::Ordering;

use go_value::Value;

/// Returns whether `left operator right` holds.
pub fn compare(left: &Value, operator: &[u8], right: &Value) -> Result<bool, String> {
    match operator {
        b"==" => equal(left, right),
        b"!=" => equal(left, right).map(|equal| !equal),
        b"<" => less(left, right),
        b">=" => less(left, right).map(|less| !less),
        b"<=" => less_or_equal(left, right),
        b">" => less_or_equal(left, right).map(|holds| !holds),
        _ => Err(format!(
            "unrecognized filter operator {}",
            String::from_utf8_lossy(operator)
        )),
    }
}

fn less_or_equal(left: &Value, right: &Value) -> Result<bool, String> {
    if less(left, right)? {
        Ok(true)
    } else {
        equal(left, right)
    }
}

fn equal(left: &Value, right: &Value) -> Result<bool, String> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
        _ => Ok(order(left, right)? == Some(Ordering::Equal)),
    }
}

fn less(left: &Value, right: &Value) -> Result<bool, String> {
    Ok(order(left, right)? == Some(Ordering::Less))
}

/// Whole numbers compare whatever their signs; other kinds only with their like.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => Ok(left.partial_cmp(right)),
        (Value::Str(left), Value::Str(right)) => Ok(Some(left.cmp(right))),
        (Value::Nil | Value::List(_) | Value::Map(_), _) | (_, Value::Nil | Value::List(_) | Value::Map(_)) => {
            Err("invalid type for comparison".to_owned())
        }
        (Value::Bool(_), Value::Bool(_)) => Err("invalid type for comparison".to_owned()),
        _ => match (whole(left), whole(right)) {
            (Some(left), Some(right)) => Ok(Some(left.cmp(&right))),
            _ => Err("incompatible types for comparison".to_owned()),
        },
    }
}

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}
