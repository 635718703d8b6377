//! The few fields of an object that the rules look at.

use go_value::json::{self, Numbers};
use go_value::{Str, Value};

/// `apiVersion`, `kind` and `metadata.name`; empty when absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// What Kubernetes' decoder looks at to tell JSON from YAML.
const PEEK: usize = 4096;

/// Reads the objects of a file, `None` for documents that say nothing; ends after an error.
///
/// A file that starts with a brace is read as JSON values, until something is none; from there on it is YAML.
///
/// # Errors
/// The texts of Kubernetes' decoder. When neither JSON nor YAML fits, the error is that of JSON.
///
/// Source: apimachinery 0.37.1, `pkg/util/yaml`, `YAMLOrJSONDecoder`.
pub(crate) fn objects(content: &[u8]) -> Vec<Result<Option<Object>, String>> {
    let mut found = Vec::new();
    let mut rest = content;
    let mut json_error = None;
    let mut as_json = content[..content.len().min(PEEK)].trim_ascii_start().starts_with(b"{");
    while as_json {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return found;
        }
        match json_value(rest) {
            Ok((value, length)) => {
                found.push(Object::decode(&value));
                rest = &rest[length..];
            }
            Err(error) => {
                let before = content.len() - rest.len();
                json_error = Some(match error.offset < rest.len() {
                    true => format!("json: offset {}: {error}", before + error.offset),
                    // Go's decoder waits for more where a text ends early.
                    false => "unexpected EOF".to_owned(),
                });
                as_json = false;
            }
        }
    }
    for document in go_yaml::documents(rest) {
        let object = match document {
            Ok(document) => Object::parse(&document),
            Err(error) => Err(error.to_string()),
        };
        let failed = object.is_err();
        found.push(object.map_err(|error| json_error.take().unwrap_or(error)));
        if failed {
            break;
        }
        json_error = None;
    }
    found
}

/// The JSON value that `text` starts with, and its length.
fn json_value(text: &[u8]) -> Result<(Value, usize), json::Error> {
    let error = match json::parse(text, Numbers::Int) {
        Ok(value) => return Ok((value, text.len())),
        Err(error) => error,
    };
    // What follows a whole value is read later.
    let length = error.offset.saturating_sub(1).min(text.len());
    match json::parse(&text[..length], Numbers::Int) {
        Ok(value) => Ok((value, length)),
        Err(_) => Err(error),
    }
}

impl Object {
    /// Reads a document, all of which must be valid YAML; `None` for one that says nothing.
    ///
    /// # Errors
    /// The texts of Go's YAML and JSON decoders.
    fn parse(document: &[u8]) -> Result<Option<Object>, String> {
        let value = go_yaml::read_head(document, &["apiVersion", "kind", "metadata"])
            .map_err(|error| error.unmarshal_text())?;
        Object::decode(&value).map_err(|error| format!("error unmarshaling JSON: while decoding JSON: {error}"))
    }

    fn decode(value: &Value) -> Result<Option<Object>, String> {
        let map = match value {
            Value::Nil => return Ok(None),
            Value::Map(map) => map,
            other => {
                let kind = json_kind(other);
                return Err(mismatch(&format!("{kind} into Go value of type rules.k8sYamlStruct")));
            }
        };
        let mut object = Object::default();
        // A value of a wrong type does not end the reading; the first one is reported.
        let mut first_error = Ok(());
        for (key, value) in map {
            let outcome = if is_field(key, "apiVersion") {
                set(&mut object.api_version, value, "k8sYamlStruct.apiVersion")
            } else if is_field(key, "kind") {
                set(&mut object.kind, value, "k8sYamlStruct.Kind")
            } else if is_field(key, "metadata") {
                metadata(&mut object.name, value)
            } else {
                Ok(())
            };
            first_error = first_error.and(outcome);
        }
        first_error.map_err(|error: String| mismatch(&error))?;
        Ok(Some(object))
    }
}

fn mismatch(what: &str) -> String {
    format!("json: cannot unmarshal {what}")
}

/// Go also takes a key that differs only in case.
fn is_field(key: &Str, name: &str) -> bool {
    key.eq_ignore_ascii_case(name.as_bytes())
}

fn metadata(name: &mut String, value: &Value) -> Result<(), String> {
    let map = match value {
        Value::Nil => return Ok(()),
        Value::Map(map) => map,
        other => {
            let kind = json_kind(other);
            return Err(format!(
                "{kind} into Go struct field k8sYamlStruct.Metadata of type rules.k8sYamlMetadata"
            ));
        }
    };
    let mut first_error = Ok(());
    for (key, value) in map {
        let outcome = if is_field(key, "name") {
            set(name, value, "k8sYamlMetadata.Metadata.Name")
        } else if is_field(key, "namespace") {
            set(&mut String::new(), value, "k8sYamlMetadata.Metadata.Namespace")
        } else {
            Ok(())
        };
        first_error = first_error.and(outcome);
    }
    first_error
}

fn set(field: &mut String, value: &Value, path: &str) -> Result<(), String> {
    if value.is_nil() {
        return Ok(());
    }
    let text = go_yaml::string_field(value)
        .ok_or_else(|| format!("{} into Go struct field {path} of type string", json_kind(value)))?;
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
