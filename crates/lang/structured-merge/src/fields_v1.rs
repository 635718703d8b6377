//! The `FieldsV1` form of a field set.

use std::fmt;

use serde_json::{Map, Value};

use crate::field_set::FieldSet;
use crate::path::PathElement;
use crate::value::{go_json, go_json_text};

/// A text that is no `FieldsV1` set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldsError {
    message: String,
}

impl fmt::Display for FieldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FieldsError {}

fn error(message: impl Into<String>) -> FieldsError {
    FieldsError {
        message: message.into(),
    }
}

impl FieldSet {
    /// Returns the set as `FieldsV1`: nested maps with keys such as `f:spec`, `k:{"name":"a"}`, `v:1`, and `.` for a
    /// path that is a member and has members below it.
    #[must_use]
    pub fn to_fields_v1(&self) -> Value {
        let mut fields = Map::new();
        for member in &self.members {
            fields.insert(encode_element(member), Value::Object(Map::new()));
        }
        for (element, child) in &self.children {
            if child.is_empty() {
                continue;
            }
            let mut inner = child.to_fields_v1();
            if self.members.contains(element)
                && let Value::Object(inner) = &mut inner
            {
                inner.insert(".".into(), Value::Object(Map::new()));
            }
            fields.insert(encode_element(element), inner);
        }
        Value::Object(fields)
    }

    /// Returns the text of [`FieldSet::to_fields_v1`].
    #[must_use]
    pub fn to_fields_text(&self) -> String {
        let mut text = String::new();
        self.write_text(false, &mut text);
        text
    }

    /// Writes the set that lies below a path, which may be a member itself.
    fn write_text(&self, is_member: bool, text: &mut String) {
        text.push('{');
        let start = text.len();
        if is_member {
            text.push_str("\".\":{}");
        }
        for (element, is_member, child) in self.in_order_of_text() {
            if text.len() > start {
                text.push(',');
            }
            write_element(element, text);
            text.push(':');
            match child {
                Some(child) => child.write_text(is_member, text),
                None => text.push_str("{}"),
            }
        }
        text.push('}');
    }

    /// Returns what the set names, whether it is a member, and what lies below it.
    fn in_order_of_text(&self) -> Vec<(&PathElement, bool, Option<&FieldSet>)> {
        let mut members = self.members.iter().peekable();
        let mut all = Vec::with_capacity(self.members.len() + self.children.len());
        for (element, child) in self.children.iter().filter(|(_, child)| !child.is_empty()) {
            while let Some(member) = members.next_if(|member| *member < element) {
                all.push((member, true, None));
            }
            let is_member = members.next_if_eq(&element).is_some();
            all.push((element, is_member, Some(child)));
        }
        all.extend(members.map(|member| (member, true, None)));
        if !all.iter().all(|(element, ..)| matches!(element, PathElement::Field(_))) {
            all.sort_by_cached_key(|(element, ..)| encode_element(element));
        }
        all
    }

    /// Reads a set from `FieldsV1`; keys of a kind that is not known are skipped.
    ///
    /// # Errors
    /// The value or one inside it is no map, or a key is malformed.
    pub fn from_fields_v1(value: &Value) -> Result<Self, FieldsError> {
        let Some(fields) = value.as_object() else {
            return Err(error("expected a map of fields"));
        };
        let mut set = FieldSet::new();
        for (key, inner) in fields.iter().filter(|(key, _)| *key != ".") {
            let Some(element) = decode_element(key)? else { continue };
            let child = FieldSet::from_fields_v1(inner)?;
            if child.is_empty() {
                set.members.insert(element);
                continue;
            }
            if inner.get(".").is_some() {
                set.members.insert(element.clone());
            }
            set.children.insert(element, child);
        }
        Ok(set)
    }
}

/// Writes the key of an element as a JSON string.
pub(crate) fn write_element(element: &PathElement, text: &mut String) {
    match element {
        PathElement::Field(name) if !name.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) => {
            text.extend(["\"f:", name, "\""]);
        }
        _ => text.push_str(&Value::String(encode_element(element)).to_string()),
    }
}

/// Turns a tree of `FieldsV1` into its text, which takes far less memory.
pub(crate) fn pack(fields: &mut Value) {
    if fields.is_object() {
        *fields = Value::String(fields.to_string());
    }
}

/// Turns a text of `FieldsV1` back into its tree.
pub(crate) fn unpack(fields: &mut Value) {
    if let Value::String(text) = fields
        && let Ok(tree) = serde_json::from_str(text)
    {
        *fields = tree;
    }
}

/// Reads a tree or a text.
pub(crate) fn decode(fields: &Value) -> Option<FieldSet> {
    let read = |fields: &Value| FieldSet::from_fields_v1(fields).ok();
    match fields {
        Value::String(text) => read(&serde_json::from_str(text).ok()?),
        fields => read(fields),
    }
}

pub(crate) fn encode_element(element: &PathElement) -> String {
    match element {
        PathElement::Field(name) => ["f:", name].concat(),
        PathElement::Key(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| [&go_json_text(name), ":", &go_json(value)].concat());
            ["k:{", &fields.collect::<Vec<_>>().join(","), "}"].concat()
        }
        PathElement::Value(value) => ["v:", &go_json(value)].concat(),
        PathElement::Index(index) => format!("i:{index}"),
    }
}

fn decode_element(key: &str) -> Result<Option<PathElement>, FieldsError> {
    if key.len() < 2 {
        return Err(error("key must be 2 characters long:"));
    }
    if key.as_bytes()[1] != b':' {
        return Err(error(format!("missing colon: {key}")));
    }
    let content = &key[2..];
    Ok(Some(match key.as_bytes()[0] {
        b'f' => PathElement::Field(content.to_owned()),
        b'v' => PathElement::Value(parse_json(content)?),
        b'k' => match parse_json(content)? {
            Value::Object(fields) => PathElement::Key(fields.into_iter().collect()),
            _ => return Err(error(format!("expected a map of key fields: {content}"))),
        },
        b'i' => PathElement::Index(
            content
                .parse()
                .map_err(|_| error(format!("invalid index: {content}")))?,
        ),
        _ => return Ok(None),
    }))
}

fn parse_json(text: &str) -> Result<Value, FieldsError> {
    serde_json::from_str(text).map_err(|cause| error(format!("parsing key as path element: {cause}")))
}
