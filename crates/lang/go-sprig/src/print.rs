//! Values as text.

use go_text_template::Value;
use go_value::Str;

use crate::reflect::type_name;
use go_text_template::Type;

/// `fmt.Sprint` of one value, which is its `%v`.
pub(crate) fn sprint(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, value, 0);
    out
}

fn write(out: &mut Vec<u8>, value: &Value, depth: usize) {
    if depth > crate::arguments::MAX_DEPTH { return; }
    match value {
        Value::Nil => out.extend_from_slice(b"<nil>"),
        Value::Bool(b) => out.extend_from_slice(b.to_string().as_bytes()),
        Value::Int(n) | Value::Int64(n) | Value::OtherInt(_, n) => out.extend_from_slice(n.to_string().as_bytes()),
        Value::Uint(_, n) => out.extend_from_slice(n.to_string().as_bytes()),
        Value::Float(f) => {
            let s = go_value::strconv::format_float(*f, go_value::strconv::FloatForm::General, None);
            out.extend_from_slice(s.as_bytes());
        }
        Value::Str(s) => out.extend_from_slice(s),
        Value::List(l) => {
            out.push(b'[');
            for (i, item) in l.items.iter().enumerate() {
                if i > 0 { out.push(b' '); }
                write(out, item, depth + 1);
            }
            out.push(b']');
        }
        Value::Map(m) => {
            out.extend_from_slice(b"map[");
            for (i, (k, v)) in m.entries().iter().enumerate() {
                if i > 0 { out.push(b' '); }
                out.extend_from_slice(k);
                out.push(b':');
                write(out, v, depth + 1);
            }
            out.push(b']');
        }
        Value::Object(o) => match o.text() {
            Some(t) => out.extend_from_slice(&t),
            None => out.extend_from_slice(type_name(value).as_bytes()),
        },
    }
}

/// sprig's `toString`: strings as they are, bytes as text, errors and Stringers by their text, the rest by `%v`.
pub(crate) fn strval(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        Value::List(list) if list.type_ == Type::bytes() => bytes_of(value).into(),
        other => sprint(other).into(),
    }
}

/// The bytes of a `[]byte`.
pub(crate) fn bytes_of(value: &Value) -> Vec<u8> {
    let Value::List(list) = value else {
        return Vec::new();
    };
    let byte = |item: &Value| match item {
        Value::Uint(_, byte) => u8::try_from(*byte).ok(),
        _ => None,
    };
    list.items.iter().filter_map(byte).collect()
}

/// The elements as texts, nils left out; what is no slice counts as one element, and nil as none.
pub(crate) fn strslice(value: &Value) -> Vec<Str> {
    match crate::reflect::items(value) {
        Some(items) => items.iter().filter(|item| !matches!(item, Value::Nil)).map(strval).collect(),
        None if matches!(value, Value::Nil) => Vec::new(),
        None => vec![strval(value)],
    }
}
