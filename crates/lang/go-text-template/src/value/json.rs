//! JSON of run-time values, in which the fields of a struct keep their order.

use go_value::json::{self, Escape};

use super::Value;
use super::convert::grow;

impl Value {
    /// Writes what Go's `encoding/json` writes: maps sorted by their keys, structs in the order of their fields.
    ///
    /// # Errors
    /// Go's text for what has no JSON form, such as NaN or a map inside itself.
    pub fn to_json(&self, escape: Escape) -> Result<String, String> {
        let plain = self.freeze()?;
        if !holds_struct(self) {
            return json::to_string(&plain, escape).map_err(|error| error.to_string());
        }
        let mut out = String::new();
        write(self, escape, &mut out)?;
        Ok(out)
    }
}

/// Tells whether there is a struct anywhere; the value is known to end.
fn holds_struct(value: &Value) -> bool {
    match value {
        Value::List(list) => list.items.iter().any(|item| grow(|| holds_struct(item))),
        Value::Map(map) => map.with(|entries| entries.values().any(|value| grow(|| holds_struct(value)))),
        Value::Object(object) => object.json_fields().is_some(),
        _ => false,
    }
}

fn write(value: &Value, escape: Escape, out: &mut String) -> Result<(), String> {
    match value {
        _ if !holds_struct(value) => {
            out.push_str(&value.to_json(escape)?);
            Ok(())
        }
        Value::List(list) => {
            let items = list.items.iter().map(|item| (None, item.clone()));
            write_all(items, "[", "]", escape, out)
        }
        Value::Map(map) => {
            let entries = map.with(|entries| {
                let entries = entries.iter();
                entries
                    .map(|(key, value)| (Some(key.clone()), value.clone()))
                    .collect::<Vec<_>>()
            });
            write_all(entries.into_iter(), "{", "}", escape, out)
        }
        Value::Object(object) => {
            let fields = object.json_fields().unwrap_or_default();
            let fields = fields.into_iter().map(|(name, value)| (Some(name.into()), value));
            write_all(fields, "{", "}", escape, out)
        }
        _ => Ok(()),
    }
}

fn write_all(
    entries: impl Iterator<Item = (Option<go_value::Str>, Value)>,
    open: &str,
    close: &str,
    escape: Escape,
    out: &mut String,
) -> Result<(), String> {
    out.push_str(open);
    for (at, (key, value)) in entries.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if let Some(key) = key {
            out.push_str(&Value::Str(key).to_json(escape)?);
            out.push(':');
        }
        grow(|| write(&value, escape, out))?;
    }
    out.push_str(close);
    Ok(())
}
