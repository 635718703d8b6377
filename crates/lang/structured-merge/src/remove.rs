//! Taking fields out of a value.

use serde_json::{Map, Value};

use crate::field_set::FieldSet;
use crate::path::PathElement;
use crate::schema::{Form, ListRelationship, Schema, TypeId};
use crate::validate::item_element;

/// Returns a value without the fields and list items of a set.
///
/// A list or map that loses all it has becomes null.
#[must_use]
pub fn remove_items(schema: &Schema, type_id: TypeId, value: &Value, set: &FieldSet) -> Value {
    match (schema.form(type_id, Some(value)), value) {
        (Some(Form::Scalar(_)), _) | (None, _) => value.clone(),
        (Some(Form::List(list)), Value::Array(items)) if list.relationship != ListRelationship::Atomic => {
            let mut rest = Vec::with_capacity(items.len());
            for item in items {
                let element = item_element(schema, list, item).ok();
                match element {
                    Some(element) if set.members.contains(&element) => {}
                    Some(element) => rest.push(without_below(schema, list.element, item, set, &element)),
                    None => rest.push(item.clone()),
                }
            }
            if rest.is_empty() {
                Value::Null
            } else {
                Value::Array(rest)
            }
        }
        (Some(Form::Map(map)), Value::Object(fields)) if !map.atomic => {
            let mut rest = Map::new();
            for (name, field) in fields {
                let element = PathElement::Field(name.clone());
                if set.members.contains(&element) {
                    continue;
                }
                let field_type = map.type_of(name).unwrap_or(Schema::DEDUCED);
                rest.insert(name.clone(), without_below(schema, field_type, field, set, &element));
            }
            if rest.is_empty() {
                Value::Null
            } else {
                Value::Object(rest)
            }
        }
        _ => Value::Null,
    }
}

fn without_below(schema: &Schema, type_id: TypeId, value: &Value, set: &FieldSet, element: &PathElement) -> Value {
    match set.with_prefix(element) {
        Some(below) => remove_items(schema, type_id, value, below),
        None => value.clone(),
    }
}
