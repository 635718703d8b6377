//! Objects as JSON.
//!
//! What their owners own is held as texts (see [`structured_merge::Updater::packed`]), which are written as what they are.

use serde_json::{Map, Value};

/// Writes an object without some of its fields.
pub(crate) fn write_object(object: &Value, without: &[&str], text: &mut Vec<u8>) {
    write_fields(object, text, |name, value, text| {
        if without.contains(&name) {
            return false;
        }
        write_key(name, text);
        match name {
            "metadata" => write_metadata(value, text),
            _ => write(value, text),
        }
        true
    });
}

fn write_metadata(metadata: &Value, text: &mut Vec<u8>) {
    write_fields(metadata, text, |name, value, text| {
        write_key(name, text);
        match value {
            Value::Array(entries) if name == "managedFields" => write_owners(entries, text),
            _ => write(value, text),
        }
        true
    });
}

fn write_owners(entries: &[Value], text: &mut Vec<u8>) {
    text.push(b'[');
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        write_fields(entry, text, |name, value, text| {
            write_key(name, text);
            match value {
                Value::String(fields) if name == "fieldsV1" => text.extend_from_slice(fields.as_bytes()),
                _ => write(value, text),
            }
            true
        });
    }
    text.push(b']');
}

/// Writes a map; `field` writes a field and says whether it did.
fn write_fields(value: &Value, text: &mut Vec<u8>, field: impl Fn(&str, &Value, &mut Vec<u8>) -> bool) {
    let nothing = Map::new();
    text.push(b'{');
    let mut is_first = true;
    for (name, value) in value.as_object().unwrap_or(&nothing) {
        let end = text.len();
        if !is_first {
            text.push(b',');
        }
        if field(name, value, text) {
            is_first = false;
        } else {
            text.truncate(end);
        }
    }
    text.push(b'}');
}

fn write_key(name: &str, text: &mut Vec<u8>) {
    // Neither a text nor a value can fail to be written into memory.
    let _ = serde_json::to_writer(&mut *text, name);
    text.push(b':');
}

/// Writes any value.
pub(crate) fn write(value: &Value, text: &mut Vec<u8>) {
    let _ = serde_json::to_writer(text, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use structured_merge::pack_owners;

    #[test]
    fn owners_are_written_as_trees() {
        let object = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"fieldsV1": "{}", "a\"b": "c\n"},
            "metadata": {"name": "a", "managedFields": [{"manager": "m", "fieldsV1": {"f:data": {"f:a\"b": {}}}}]},
        });
        let mut packed = object.clone();
        pack_owners(&mut packed);
        assert_ne!(packed, object);
        let mut text = Vec::new();
        write_object(&packed, &[], &mut text);
        assert_eq!(text, object.to_string().into_bytes());
        let mut text = Vec::new();
        write_object(&json!({"a": 1, "b": 2, "c": 3}), &["a", "b"], &mut text);
        assert_eq!(text, b"{\"c\":3}");
    }
}
