//! Helm's duration functions.
//!
//! Source: Helm 4.3.1, `pkg/engine/funcs.go`.

use std::sync::Arc;

use go_text_template::{FuncError, FuncMap, Type, Value};
use go_time::Duration;
use go_value::strconv::{FloatForm, format_float, parse_float, quote};

use crate::Host;
use crate::time_object::{DURATION, duration_value};

/// Seconds that a duration can hold.
const MAX_SECONDS: i64 = i64::MAX / 1_000_000_000;
const MIN_SECONDS: i64 = i64::MIN / 1_000_000_000;

/// How many of a unit a duration has.
type Unit = fn(Duration) -> Value;

/// A duration and a multiple to a duration.
type Rounding = fn(Duration, Duration) -> Duration;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap, _host: &Arc<dyn Host>) {
    functions.add("mustToDuration", &[Type::Any], |_, arguments| {
        to_duration(&arguments[0]).map(duration_value).map_err(FuncError::new)
    });
    let units: [(&'static str, Unit); 8] = [
        ("durationSeconds", |span| Value::Float(span.seconds())),
        ("durationMilliseconds", |span| Value::Int64(span.milliseconds())),
        ("durationMicroseconds", |span| Value::Int64(span.microseconds())),
        ("durationNanoseconds", |span| Value::Int64(span.nanoseconds())),
        ("durationMinutes", |span| Value::Float(span.minutes())),
        ("durationHours", |span| Value::Float(span.hours())),
        ("durationDays", |span| Value::Float(span.hours() / 24.0)),
        ("durationWeeks", |span| Value::Float(span.hours() / 24.0 / 7.0)),
    ];
    for (name, unit) in units {
        // What is no duration counts as zero.
        functions.add(name, &[Type::Any], move |_, arguments| {
            Ok(unit(to_duration(&arguments[0]).unwrap_or_default()))
        });
    }
    let roundings: [(&'static str, Rounding); 2] = [
        ("durationRoundTo", Duration::round),
        ("durationTruncateTo", Duration::truncate),
    ];
    for (name, round) in roundings {
        functions.add(name, &[Type::Any, Type::Any], move |_, arguments| {
            let Ok(span) = to_duration(&arguments[0]) else {
                return Ok(duration_value(Duration(0)));
            };
            let rounded = to_duration(&arguments[1]).map(|multiple| round(span, multiple));
            Ok(duration_value(rounded.unwrap_or(span)))
        });
    }
}

/// What a value means as a duration: itself, a duration's text, or a number of seconds.
fn to_duration(value: &Value) -> Result<Duration, String> {
    match value {
        Value::Nil => Err("invalid duration".to_owned()),
        Value::OtherInt(type_, nanoseconds) if *type_ == DURATION => Ok(Duration(*nanoseconds)),
        Value::Int(seconds) | Value::Int64(seconds) | Value::OtherInt(_, seconds) => {
            if (MIN_SECONDS..=MAX_SECONDS).contains(seconds) {
                Ok(Duration(seconds * Duration::SECOND.0))
            } else {
                Err(format!("duration seconds overflow: {seconds}"))
            }
        }
        Value::Uint(_, seconds) => match i64::try_from(*seconds) {
            Ok(seconds @ 0..=MAX_SECONDS) => Ok(Duration(seconds * Duration::SECOND.0)),
            _ => Err(format!("duration seconds overflow: {seconds}")),
        },
        Value::Float(seconds) => from_seconds(*seconds),
        Value::Str(text) => from_text(text),
        other => {
            let type_ = other.type_().map_or("<nil>".to_owned(), |type_| type_.to_string());
            Err(format!("unsupported duration type {type_}"))
        }
    }
}

fn from_text(text: &[u8]) -> Result<Duration, String> {
    let trimmed = trim_space(text);
    if trimmed.is_empty() {
        return Err("empty duration".to_owned());
    }
    if let Ok(span) = Duration::parse(trimmed) {
        return Ok(span);
    }
    match parse_float(trimmed) {
        Ok(seconds) => from_seconds(seconds),
        Err(_) => Err(format!("could not parse duration {}", quote(text))),
    }
}

fn from_seconds(seconds: f64) -> Result<Duration, String> {
    let print = |number| format_float(number, FloatForm::General, None);
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", print(seconds)));
    }
    let nanoseconds_per_second = Duration::SECOND.0 as f64;
    if seconds > i64::MAX as f64 / nanoseconds_per_second || seconds < i64::MIN as f64 / nanoseconds_per_second {
        return Err(format!("duration seconds overflow: {}", print(seconds)));
    }
    let nanoseconds = seconds * nanoseconds_per_second;
    if nanoseconds >= i64::MAX as f64 {
        // Exactly 2⁶³ passes Helm's check and wraps around in its conversion.
        return Ok(Duration(i64::MIN));
    }
    Ok(Duration(nanoseconds as i64))
}

/// Trims white space as Go's `strings.TrimSpace` does.
fn trim_space(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => text.trim_ascii(),
    }
}
