//! Values of flags, and how a text sets them.

use std::collections::BTreeMap;

use go_value::strconv;

use crate::csv::read_record;
use crate::flag::{Flag, Kind, Klog};
use crate::parse_duration;

/// The value of a flag.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of a boolean flag.
    Bool(bool),
    /// Of an integer flag; of a duration, in nanoseconds.
    Int(i64),
    /// Of an unsigned flag.
    Uint(u64),
    /// Of a number flag.
    Float(f32),
    /// Of a string flag and those that are stored as strings.
    String(String),
    /// Of the list kinds.
    List(Vec<String>),
    /// Of `key=value` flags.
    Pairs(BTreeMap<String, String>),
}

/// Returns the value that `flag` has after `text` was given to it, when it had `before`, if it was given already.
///
/// A deprecated form that was used is reported to `warn`.
///
/// # Errors
/// The cause, in pflag's or Helm's words.
pub(crate) fn set(flag: &Flag, before: Option<&Value>, text: &str, warn: &mut Vec<String>) -> Result<Value, String> {
    let number = |error: strconv::NumError| error.to_string();
    let bytes = text.as_bytes();
    Ok(match flag.kind {
        Kind::Bool => Value::Bool(strconv::parse_bool(bytes).map_err(number)?),
        Kind::Int => Value::Int(strconv::parse_int(bytes, 0, 64).map_err(number)?),
        Kind::Uint => Value::Uint(strconv::parse_uint(bytes, 0).map_err(number)?),
        Kind::Float32 => Value::Float(parse_float32(text)?),
        Kind::Duration => Value::Int(parse_duration(text)?),
        Kind::String => Value::String(text.to_owned()),
        Kind::StringArray | Kind::PostRendererArgs => Value::List(appended(before, vec![text.to_owned()])),
        Kind::Strings if text.is_empty() => Value::List(appended(before, Vec::new())),
        Kind::Strings => Value::List(appended(before, read_record(text)?)),
        Kind::StringToString => Value::Pairs(merged(before, text)?),
        Kind::Format => format(text)?,
        Kind::WaitStrategy => Value::String(wait_strategy(text, warn)?.to_owned()),
        Kind::PostRenderer => post_renderer(before, text)?,
        Kind::Klog(kind) => klog(kind, text)?,
    })
}

fn appended(before: Option<&Value>, more: Vec<String>) -> Vec<String> {
    match before {
        Some(Value::List(list)) => list.iter().cloned().chain(more).collect(),
        _ => more,
    }
}

fn merged(before: Option<&Value>, text: &str) -> Result<BTreeMap<String, String>, String> {
    let entries = match text.bytes().filter(|byte| *byte == b'=').count() {
        0 => return Err(format!("{text} must be formatted as key=value")),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => read_record(text)?,
    };
    let mut pairs = match before {
        Some(Value::Pairs(pairs)) => pairs.clone(),
        _ => BTreeMap::new(),
    };
    for entry in entries {
        let (key, value) = entry
            .split_once('=')
            .ok_or_else(|| format!("{entry} must be formatted as key=value"))?;
        pairs.insert(key.to_owned(), value.to_owned());
    }
    Ok(pairs)
}

fn parse_float32(text: &str) -> Result<f32, String> {
    let wide = strconv::parse_float(text.as_bytes()).map_err(|error| error.to_string())?;
    // The text is rounded once: directly to single precision where Rust reads the same notation.
    let narrow = text.parse::<f32>().unwrap_or(wide as f32);
    if narrow.is_infinite() && wide.is_finite() {
        return Err(format!(
            "strconv.ParseFloat: parsing {}: value out of range",
            strconv::quote(text.as_bytes())
        ));
    }
    Ok(narrow)
}

fn format(text: &str) -> Result<Value, String> {
    match text {
        "table" | "json" | "yaml" => Ok(Value::String(text.to_owned())),
        _ => Err("invalid format type".to_owned()),
    }
}

fn wait_strategy<'a>(text: &'a str, warn: &mut Vec<String>) -> Result<&'a str, String> {
    let mut deprecated = |instead: &'static str| {
        warn.push(format!(
            "--wait={text} is deprecated (boolean value) and can be replaced with --wait={instead}"
        ));
        instead
    };
    match text {
        "watcher" | "hookOnly" | "legacy" => Ok(text),
        "true" => Ok(deprecated("watcher")),
        "false" => Ok(deprecated("hookOnly")),
        _ => Err(format!(
            "invalid wait input {}. Valid inputs are watcher, hookOnly, and legacy",
            strconv::quote(text.as_bytes())
        )),
    }
}

fn post_renderer(before: Option<&Value>, text: &str) -> Result<Value, String> {
    match before {
        Some(Value::String(name)) if text.is_empty() => Ok(Value::String(name.clone())),
        Some(Value::String(name)) if !name.is_empty() => {
            Err("cannot specify --post-renderer flag more than once".to_owned())
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Go's `flag` package hides the cause of a bad number or boolean; klog's own types do not.
fn klog(kind: Klog, text: &str) -> Result<Value, String> {
    let hidden = |_| "parse error".to_owned();
    let number = |error: strconv::NumError| error.to_string();
    Ok(match kind {
        Klog::Bool => Value::Bool(strconv::parse_bool(text.as_bytes()).map_err(hidden)?),
        Klog::Uint64 => Value::Uint(strconv::parse_uint(text.as_bytes(), 0).map_err(hidden)?),
        Klog::Level => Value::Int(strconv::parse_int(text.as_bytes(), 10, 32).map_err(number)?),
        Klog::Severity if ["INFO", "WARNING", "ERROR", "FATAL"].contains(&text.to_uppercase().as_str()) => {
            Value::String(text.to_owned())
        }
        Klog::Severity => Value::Int(strconv::parse_int(text.as_bytes(), 10, 32).map_err(number)?),
        Klog::String | Klog::Unchecked => Value::String(text.to_owned()),
    })
}
