//! Does a value fit its type?

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use crate::path::PathElement;
use crate::schema::{Form, ListRelationship, ListType, MapType, Scalar, Schema, TypeId};

/// Whether items of a list may have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicates {
    /// They may, as in live objects.
    Allowed,
    /// They may not, as in applied configurations.
    Refused,
}

/// One way in which a value does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    /// Where, such as `.spec.ports[0]`.
    pub path: String,
    /// What.
    pub message: String,
}

/// All ways in which a value does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ValidationErrors(pub Vec<ValidationError>);

impl ValidationErrors {
    pub(crate) fn one(message: impl Into<String>) -> Self {
        ValidationErrors(vec![ValidationError {
            path: String::new(),
            message: message.into(),
        }])
    }

    fn add(&mut self, prefix: impl fmt::Display, errors: ValidationErrors) {
        self.0.extend(errors.0.into_iter().map(|error| {
            let path = format!("{prefix}{}", error.path);
            ValidationError {
                path,
                message: error.message,
            }
        }));
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.0.as_slice() {
            return only.fmt(f);
        }
        f.write_str("errors:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for ValidationErrors {}

/// Checks that a value fits its type.
///
/// # Errors
/// Fields that are not declared, scalars and containers of the wrong kind, list items without keys, and, unless they are
/// allowed, items with the same key.
pub fn validate(
    schema: &Schema,
    type_id: TypeId,
    value: &Value,
    duplicates: Duplicates,
) -> Result<(), ValidationErrors> {
    let errors = Validation { schema, duplicates }.check(type_id, value);
    if errors.0.is_empty() { Ok(()) } else { Err(errors) }
}

struct Validation<'a> {
    schema: &'a Schema,
    duplicates: Duplicates,
}

impl Validation<'_> {
    fn check(&self, type_id: TypeId, value: &Value) -> ValidationErrors {
        match (self.schema.form(type_id, Some(value)), value) {
            (None, _) => ValidationErrors::one("schema error: invalid atom: inlined"),
            (_, Value::Null) => ValidationErrors::default(),
            (Some(Form::Map(map)), Value::Object(fields)) => self.check_fields(map, fields),
            (Some(Form::Map(_)), other) => ValidationErrors::one(format!("expected map, got &{{{}}}", go_value(other))),
            (Some(Form::List(list)), Value::Array(items)) => self.check_items(list, items),
            (Some(Form::List(_)), other) => {
                ValidationErrors::one(format!("expected list, got &{{{}}}", go_value(other)))
            }
            (Some(Form::Scalar(scalar)), other) => check_scalar(scalar, other),
        }
    }

    fn check_fields(&self, map: &MapType, fields: &Map<String, Value>) -> ValidationErrors {
        let mut errors = ValidationErrors::default();
        for (name, value) in fields {
            let Some(type_id) = map.type_of(name) else {
                let error = ValidationErrors::one("field not declared in schema");
                errors.add(format_args!(".{name}"), error);
                break;
            };
            let found = self.check(type_id, value);
            if !found.0.is_empty() {
                errors.add(format_args!(".{name}"), found);
            }
        }
        errors
    }

    fn check_items(&self, list: &ListType, items: &[Value]) -> ValidationErrors {
        let mut errors = ValidationErrors::default();
        let mut seen = BTreeSet::new();
        for (index, item) in (0..).zip(items) {
            let element = match &list.relationship {
                ListRelationship::Atomic => PathElement::Index(index),
                _ => match item_element(self.schema, list, item) {
                    Ok(element) => element,
                    Err(message) => {
                        errors.add("", ValidationErrors::one(format!("element {index}: {message}")));
                        return errors;
                    }
                },
            };
            let found = self.check(list.element, item);
            let is_repeated = self.duplicates == Duplicates::Refused && !seen.insert(element.clone());
            if is_repeated {
                let error = format!("duplicate entries for key {element}");
                errors.add("", ValidationErrors::one(error));
            }
            if !found.0.is_empty() {
                errors.add(element, found);
            }
        }
        errors
    }
}

fn check_scalar(scalar: Scalar, value: &Value) -> ValidationErrors {
    let message = match (scalar, value) {
        (Scalar::Numeric, Value::Number(_))
        | (Scalar::String, Value::String(_))
        | (Scalar::Boolean, Value::Bool(_))
        | (Scalar::Untyped, Value::Number(_) | Value::String(_) | Value::Bool(_)) => {
            return ValidationErrors::default();
        }
        (Scalar::Numeric, other) => format!("expected numeric (int or float), got {}", go_type(other)),
        (Scalar::String, other) => {
            format!(
                "expected string, got &value.valueUnstructured{{Value:{}}}",
                go_syntax(other)
            )
        }
        (Scalar::Boolean, other) => format!("expected boolean, got &{{{}}}", go_value(other)),
        (Scalar::Untyped, other) => format!("expected any scalar, got &{{{}}}", go_value(other)),
    };
    ValidationErrors::one(message)
}

/// Returns the element by which an item of an associative list is found.
pub(crate) fn item_element(schema: &Schema, list: &ListType, item: &Value) -> Result<PathElement, String> {
    let keys = match &list.relationship {
        ListRelationship::Map(keys) => keys,
        ListRelationship::Set => return set_element(item),
        ListRelationship::Atomic => return Err("invalid indexing of non-associative list".into()),
    };
    let fields = match item {
        Value::Object(fields) => fields,
        Value::Null => return Err("associative list with keys may not have a null element".into()),
        _ => return Err("associative list with keys may not have non-map elements".into()),
    };
    let declared = schema.atom(list.element).map.as_ref();
    let default = |key: &String| declared.and_then(|map| map.fields.get(key)?.default.clone());
    let values = keys
        .iter()
        .filter_map(|key| Some((key.clone(), fields.get(key).cloned().or_else(|| default(key))?)));
    let mut key: Vec<(String, Value)> = values.collect();
    if key.is_empty() {
        let names: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{}] \
             (and doesn't have default values for any key fields)",
            names.join(" "),
        ));
    }
    key.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(PathElement::Key(key))
}

fn set_element(item: &Value) -> Result<PathElement, String> {
    Err(match item {
        Value::Object(_) => "associative list without keys has an element that's a map type".into(),
        Value::Array(_) => "not supported: associative list with lists as elements".into(),
        Value::Null => "associative list without keys has an element that's an explicit null".into(),
        scalar => return Ok(PathElement::Value(scalar.clone())),
    })
}

fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_i64() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// The value as Go's `%v` prints it.
fn go_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_value).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}:{}", go_value(value)))
                .collect();
            format!("map[{}]", fields.join(" "))
        }
        scalar => scalar.to_string(),
    }
}

/// The value as Go's `%#v` prints it.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", go_syntax(value)))
                .collect();
            format!("map[string]interface {{}}{{{}}}", fields.join(", "))
        }
        scalar => scalar.to_string(),
    }
}
