//! JSON as a client wrote it: the value, the fields that are there twice, and the order of all fields.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A JSON text that was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// The value. Of two fields with the same name, maps are merged and everything else is replaced.
    pub value: Value,
    /// Paths of the fields that are there a second time, such as `spec.ports[0].name`.
    pub duplicates: Vec<String>,
    /// What a strict reader of YAML says of keys that are there a second time, empty for JSON.
    pub yaml_fault: String,
    /// Where each field stands among all.
    order: BTreeMap<String, usize>,
}

/// Reads a JSON text.
///
/// # Errors
/// What Go's JSON decoder says of it.
pub(crate) fn parse(text: &[u8]) -> Result<Document, String> {
    let mut document = Document::default();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let seed = Reader {
        document: &mut document,
        path: String::new(),
    };
    let read = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(value) => {
            document.value = value;
            Ok(document)
        }
        Err(error) => match go_value::json::parse(text, go_value::json::Numbers::Int) {
            Err(go) => Err(go.to_string()),
            Ok(_) => Err(error.to_string()),
        },
    }
}

impl Document {
    /// Returns a document that was made here.
    pub fn of(value: Value) -> Self {
        Document {
            value,
            ..Document::default()
        }
    }

    /// Returns a document that was read from YAML.
    pub fn of_yaml(value: Value, yaml_fault: String) -> Self {
        Document {
            yaml_fault,
            ..Document::of(value)
        }
    }

    /// Returns what is there twice, in the words of the real server.
    pub fn strict_texts(&self) -> Vec<String> {
        let paths = self.duplicates.iter();
        let mut texts: Vec<String> = paths.map(|path| format!("duplicate field {path:?}")).collect();
        if !self.yaml_fault.is_empty() {
            texts.insert(0, self.yaml_fault.clone());
        }
        texts
    }

    /// Returns the place of a path in the text.
    pub fn place(&self, path: &str) -> usize {
        self.order.get(path).copied().unwrap_or(usize::MAX)
    }
}

struct Reader<'a> {
    document: &'a mut Document,
    path: String,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let path = format!("{}[{}]", self.path, list.len());
            match items.next_element_seed(Reader {
                document: &mut *self.document,
                path,
            })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let path = if self.path.is_empty() {
                name.clone()
            } else {
                format!("{}.{name}", self.path)
            };
            let place = self.document.order.len();
            if fields.contains_key(&name) {
                self.document.duplicates.push(path.clone());
            }
            self.document.order.entry(path.clone()).or_insert(place);
            let value = entries.next_value_seed(Reader {
                document: &mut *self.document,
                path,
            })?;
            match fields.get_mut(&name) {
                Some(before) => merge(before, value),
                None => {
                    fields.insert(name, value);
                }
            }
        }
        Ok(Value::Object(fields))
    }
}

fn merge(before: &mut Value, value: Value) {
    match (before, value) {
        (Value::Object(before), Value::Object(fields)) => {
            for (name, field) in fields {
                match before.get_mut(&name) {
                    Some(own) => merge(own, field),
                    None => {
                        before.insert(name, field);
                    }
                }
            }
        }
        (before, value) => *before = value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_what_is_there_twice() {
        let document = parse(br#"{"b":{"x":1},"a":[{"k":1,"k":2}],"b":{"y":2}}"#).unwrap();
        assert_eq!(document.value, json!({"a": [{"k": 2}], "b": {"x": 1, "y": 2}}));
        assert_eq!(document.duplicates, ["a[0].k", "b"]);
        assert!(document.place("b.x") < document.place("a[0].k"));
        assert_eq!(parse(b"{").unwrap_err(), "unexpected end of JSON input");
    }
}
