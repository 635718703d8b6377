//! The head of a document: the few fields that Helm reads of every one.

use std::collections::BTreeMap;

use go_value::{Str, Value};

/// `apiVersion`, `kind`, and two fields of `metadata`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// `apiVersion`, empty when absent.
    pub api_version: String,
    /// `kind`, empty when absent.
    pub kind: String,
    /// `metadata`, `None` when absent or null.
    pub metadata: Option<HeadMetadata>,
}

/// What Helm reads of `metadata`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadMetadata {
    /// `name`, empty when absent.
    pub name: String,
    /// `annotations`.
    pub annotations: BTreeMap<String, String>,
}

impl HeadMetadata {
    /// Returns the annotation `name`.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.get(name).map(String::as_str)
    }
}

/// Go's name of the type that `metadata` is decoded into; it is part of an error text.
const METADATA_TYPE: &str =
    r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#;

impl Head {
    /// Reads the head of `document`, all of which must be valid YAML.
    ///
    /// Keys are matched without regard to case, and numbers and booleans are taken as text, as Go's decoder does with
    /// fields of the type `string`.
    ///
    /// # Errors
    /// Helm's text: `error converting YAML to JSON: …`, or
    /// `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal …`.
    pub fn parse(document: &[u8]) -> Result<Head, String> {
        let value = go_yaml::read_head(document, &["apiVersion", "kind", "metadata"])
            .map_err(|error| format!("error converting YAML to JSON: {error}"))?;
        Head::decode(&value)
            .map_err(|error| format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {error}"))
    }

    fn decode(value: &Value) -> Result<Head, String> {
        let mut head = Head::default();
        let map = match value {
            Value::Nil => return Ok(head),
            Value::Map(map) => map,
            other => return Err(format!("{} into Go value of type util.SimpleHead", json_kind(other))),
        };
        let mut first_error = None;
        for (key, value) in map {
            let outcome = if is_field(key, "apiVersion") {
                set_string(&mut head.api_version, value, "SimpleHead.apiVersion")
            } else if is_field(key, "kind") {
                set_string(&mut head.kind, value, "SimpleHead.kind")
            } else if is_field(key, "metadata") {
                decode_metadata(&mut head.metadata, value)
            } else {
                Ok(())
            };
            if let Err(error) = outcome {
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(head), Err)
    }
}

/// Go first looks for the very name and then for one that differs only in case; both fill the same field.
fn is_field(key: &Str, name: &str) -> bool {
    key.eq_ignore_ascii_case(name.as_bytes())
}

fn decode_metadata(metadata: &mut Option<HeadMetadata>, value: &Value) -> Result<(), String> {
    let map = match value {
        Value::Nil => {
            *metadata = None;
            return Ok(());
        }
        Value::Map(map) => map,
        other => {
            let kind = json_kind(other);
            return Err(format!(
                "{kind} into Go struct field SimpleHead.metadata of type {METADATA_TYPE}"
            ));
        }
    };
    let metadata = metadata.get_or_insert_default();
    let mut first_error = None;
    for (key, value) in map {
        let outcome = if is_field(key, "annotations") {
            decode_annotations(&mut metadata.annotations, value)
        } else if is_field(key, "name") {
            set_string(&mut metadata.name, value, ".metadata.name")
        } else {
            Ok(())
        };
        if let Err(error) = outcome {
            first_error.get_or_insert(error);
        }
    }
    first_error.map_or(Ok(()), Err)
}

fn decode_annotations(annotations: &mut BTreeMap<String, String>, value: &Value) -> Result<(), String> {
    let map = match value {
        Value::Nil => {
            annotations.clear();
            return Ok(());
        }
        Value::Map(map) => map,
        other => {
            let kind = json_kind(other);
            return Err(format!(
                "{kind} into Go struct field .metadata.annotations of type map[string]string"
            ));
        }
    };
    let mut first_error = None;
    for (key, value) in map {
        let mut text = String::new();
        if let Err(error) = set_string(&mut text, value, ".metadata.annotations") {
            first_error.get_or_insert(error);
        }
        annotations.insert(key.to_string_lossy().into_owned(), text);
    }
    first_error.map_or(Ok(()), Err)
}

fn set_string(field: &mut String, value: &Value, path: &str) -> Result<(), String> {
    if value.is_nil() {
        return Ok(());
    }
    let Some(text) = go_yaml::string_field(value) else {
        return Err(format!(
            "{} into Go struct field {path} of type string",
            json_kind(value)
        ));
    };
    *field = text.to_string_lossy().into_owned();
    Ok(())
}

/// The word that Go's JSON decoder has for the kind of a value.
fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Uint(_) | Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}
