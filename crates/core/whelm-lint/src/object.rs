//! The few fields of an object that the rules look at.

use go_value::{Str, Value};

/// `apiVersion`, `kind` and `metadata.name`; empty when absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Object {
    /// Reads a document, all of which must be valid YAML; `None` for one that says nothing.
    ///
    /// # Errors
    /// The texts of Go's YAML and JSON decoders.
    pub(crate) fn parse(document: &[u8]) -> Result<Option<Object>, String> {
        let value = go_yaml::read_head(document, &["apiVersion", "kind", "metadata"])
            .map_err(|error| error.unmarshal_text())?;
        let map = match &value {
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
    format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {what}")
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
