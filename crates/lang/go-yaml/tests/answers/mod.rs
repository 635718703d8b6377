//! What this crate says, in the form in which the Go driver answers.
#![allow(dead_code)]

use go_value::{Value, json};
use go_yaml::{Duplicates, Error, Numbers};

/// The fields of the head of a manifest.
const HEAD: &[&str] = &["apiVersion", "kind", "metadata"];

/// Tells whether Go complains about the type of a field.
pub fn is_json_error(answer: &Result<Vec<u8>, Vec<u8>>) -> bool {
    answer
        .as_ref()
        .is_err_and(|text| text.starts_with(b"error unmarshaling JSON: while decoding JSON: json: cannot"))
}

/// Tells whether the answer is a complaint about NaN or an infinity.
pub fn is_infinite(answer: &Result<Vec<u8>, Vec<u8>>) -> bool {
    answer
        .as_ref()
        .is_err_and(|text| memchr::memmem::find(text, b"json: unsupported value").is_some())
}

/// Fills Helm's `SimpleHead` and writes it as JSON.
fn head(value: &Value) -> Result<Vec<u8>, Vec<u8>> {
    let field = |value: Option<&Value>, name: &str| -> Option<Value> {
        // encoding/json walks over the keys in order, so the last of several spellings stays; null changes nothing.
        let entries = value?.as_map()?.iter().filter(|(_, value)| !value.is_nil());
        entries
            .filter(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.clone())
            .next_back()
    };
    let text = |value: Option<Value>| {
        value
            .and_then(|value| go_yaml::string_field(&value))
            .unwrap_or_default()
    };
    let mut out = String::from("{\"apiVersion\":");
    json::write_string(&mut out, &text(field(Some(value), "apiVersion")), json::Escape::Html);
    let kind = text(field(Some(value), "kind"));
    if !kind.is_empty() {
        out.push_str(",\"kind\":");
        json::write_string(&mut out, &kind, json::Escape::Html);
    }
    if let Some(metadata @ Value::Map(_)) = field(Some(value), "metadata") {
        out.push_str(",\"metadata\":{\"name\":");
        json::write_string(&mut out, &text(field(Some(&metadata), "name")), json::Escape::Html);
        out.push_str(",\"annotations\":");
        let annotations = match field(Some(&metadata), "annotations") {
            Some(Value::Map(map)) => Value::Map(
                map.iter()
                    .map(|(key, value)| (key.clone(), text(Some(value.clone())).into()))
                    .collect(),
            ),
            _ => Value::Nil,
        };
        json::write_value(&mut out, &annotations, json::Escape::Html)
            .map_err(|error| error.to_string().into_bytes())?;
        out.push('}');
    }
    out.push('}');
    Ok(out.into_bytes())
}

/// What this crate says, in the form in which the driver answers.
pub fn ours(operation: u8, document: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let read = |duplicates, numbers| go_yaml::read(document, duplicates, numbers);
    let whole = |error: Error| error.unmarshal_text().into_bytes();
    let to_json = |value: Value| {
        let text = json::to_string(&value, json::Escape::Html).map_err(|error| error.to_string().into_bytes())?;
        Ok(text.into_bytes())
    };
    match operation {
        b'U' => read(Duplicates::LastWins, Numbers::Float)
            .map_err(whole)
            .and_then(to_json),
        b'S' => read(Duplicates::Refuse, Numbers::Float)
            .map_err(whole)
            .and_then(to_json),
        b'K' => read(Duplicates::LastWins, Numbers::Keep)
            .map_err(|error| error.to_string().into_bytes())
            .and_then(to_json),
        b'H' => go_yaml::read_head(document, HEAD)
            .map_err(whole)
            .and_then(|value| head(&value)),
        b'D' => {
            let mut all = Vec::new();
            for one in go_yaml::documents(document) {
                let one = one.map_err(|error| error.to_string().into_bytes())?;
                all.extend(format!("{}:", one.len()).into_bytes());
                all.extend(&*one);
            }
            Ok(all)
        }
        _ => panic!("no such operation"),
    }
}
