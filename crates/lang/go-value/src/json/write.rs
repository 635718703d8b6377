//! The writer.

use std::fmt::Write;

use super::Error;
use crate::strconv::{FloatForm, format_float};
use crate::{Value, utf8};

/// Whether `<`, `>` and `&` are written as `\u003c`, `\u003e` and `\u0026`, as Go does by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// They are.
    Html,
    /// They stay.
    Plain,
}

/// Writes `value` on one line, without spaces, keys in byte order.
///
/// # Errors
/// NaN and the infinities: `json: unsupported value: NaN`.
pub fn to_string(value: &Value, escape: Escape) -> Result<String, Error> {
    let mut out = String::new();
    write_value(&mut out, value, escape)?;
    Ok(out)
}

/// Appends `value` to `out`, as [`to_string`] writes it.
///
/// # Errors
/// As for [`to_string`].
pub fn write_value(out: &mut String, value: &Value, escape: Escape) -> Result<(), Error> {
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => drop(write!(out, "{value}")),
        Value::Uint(value) => drop(write!(out, "{value}")),
        Value::Float(value) => out.push_str(&float(*value)?),
        Value::Str(text) => write_string(out, text, escape),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(out, item, escape)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (at, (key, item)) in map.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_string(out, key, escape);
                out.push(':');
                write_value(out, item, escape)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn float(value: f64) -> Result<String, Error> {
    if !value.is_finite() {
        let name = format_float(value, FloatForm::General, None);
        return Err(Error::new(format!("json: unsupported value: {name}"), 0));
    }
    let size = value.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return Ok(format_float(value, FloatForm::Fixed, None));
    }
    let mut text = format_float(value, FloatForm::Exponent, None);
    // Go writes e-09 as e-9, but leaves e+09 alone.
    let length = text.len();
    if length >= 4 && &text.as_bytes()[length - 4..length - 1] == b"e-0" {
        text.remove(length - 2);
    }
    Ok(text)
}

/// Appends a quoted string; an invalid byte becomes `\ufffd`.
pub fn write_string(out: &mut String, text: &[u8], escape: Escape) {
    out.push('"');
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        let (width, replacement) = if byte < 0x80 {
            (1, ascii_escape(byte, escape))
        } else {
            let (rune, width) = utf8::decode(&text[at..]).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
            let replacement = match rune {
                char::REPLACEMENT_CHARACTER if width == 1 => Some("\\ufffd".into()),
                '\u{2028}' => Some("\\u2028".into()),
                '\u{2029}' => Some("\\u2029".into()),
                _ => None,
            };
            (width, replacement)
        };
        if let Some(replacement) = replacement {
            push_valid(out, &text[start..at]);
            out.push_str(&replacement);
            start = at + width;
        }
        at += width;
    }
    push_valid(out, &text[start..]);
    out.push('"');
}

fn push_valid(out: &mut String, text: &[u8]) {
    out.push_str(&utf8::to_string_lossy(text));
}

fn ascii_escape(byte: u8, escape: Escape) -> Option<std::borrow::Cow<'static, str>> {
    Some(match byte {
        b'"' => "\\\"".into(),
        b'\\' => "\\\\".into(),
        0x08 => "\\b".into(),
        0x0C => "\\f".into(),
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        b'\t' => "\\t".into(),
        0..0x20 => format!("\\u{byte:04x}").into(),
        b'<' | b'>' | b'&' if escape == Escape::Html => format!("\\u{byte:04x}").into(),
        _ => return None,
    })
}

/// Re-writes valid JSON over several lines as Go's `json.Indent` does with an empty prefix and `step` per level.
pub fn indent(compact: &str, step: &str) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let mut depth = 0;
    let mut open = false;
    let mut in_string = false;
    let mut escaped = false;
    for character in compact.chars() {
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        if character.is_ascii_whitespace() {
            continue;
        }
        if open && !matches!(character, ']' | '}') {
            depth += 1;
            new_line(&mut out, step, depth);
        }
        match character {
            '{' | '[' => {
                out.push(character);
                open = true;
                continue;
            }
            ',' => {
                out.push(',');
                new_line(&mut out, step, depth);
            }
            ':' => out.push_str(": "),
            '}' | ']' => {
                if !open {
                    depth -= 1;
                    new_line(&mut out, step, depth);
                }
                out.push(character);
            }
            _ => {
                out.push(character);
                in_string = character == '"';
            }
        }
        open = false;
    }
    out
}

fn new_line(out: &mut String, step: &str, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Numbers, parse};

    fn float_text(value: f64) -> String {
        to_string(&Value::Float(value), Escape::Html).unwrap()
    }

    #[test]
    fn floats_as_go() {
        assert_eq!(float_text(1e6), "1000000");
        assert_eq!(float_text(1e21), "1e+21");
        assert_eq!(float_text(1e-7), "1e-7");
        assert_eq!(float_text(1e-10), "1e-10");
        assert_eq!(float_text(0.000001), "0.000001");
        assert_eq!(float_text(9007199254740993.0), "9007199254740992");
        let error = to_string(&Value::Float(f64::NAN), Escape::Html).unwrap_err();
        assert_eq!(error.to_string(), "json: unsupported value: NaN");
    }

    #[test]
    fn strings_as_go() {
        let text = |bytes: &[u8], escape| to_string(&Value::Str(bytes.into()), escape).unwrap();
        assert_eq!(
            text(b"<a>&\"\\\x01\x08\x7f", Escape::Html),
            "\"\\u003ca\\u003e\\u0026\\\"\\\\\\u0001\\b\x7f\""
        );
        assert_eq!(text(b"<\xff\xe2\x80\xa8>", Escape::Plain), "\"<\\ufffd\\u2028>\"");
    }

    #[test]
    fn indents_as_go() {
        let value = parse(br#"{"a":[],"b":{},"c":[1,{"d":"x, {y}"}]}"#, Numbers::Float).unwrap();
        let compact = to_string(&value, Escape::Html).unwrap();
        let wanted = "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": \"x, {y}\"\n    }\n  ]\n}";
        assert_eq!(indent(&compact, "  "), wanted);
    }
}
