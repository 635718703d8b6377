//! All fields of a value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::field_set::FieldSet;
use crate::growing::Growing;
use crate::path::PathElement;
use crate::schema::{Form, ListRelationship, ListType, MapType, Schema, TypeId};
use crate::validate::item_element;

/// Returns the set of fields that a value sets: its leaves, what is merged as a whole, items of lists, and the entries
/// of free-form maps. Declared fields that hold others are not in it.
///
/// The value should fit its type; what does not is left out.
#[must_use]
pub fn to_field_set(schema: &Schema, type_id: TypeId, value: &Value) -> FieldSet {
    let mut collector = Collector {
        schema,
        set: Growing::default(),
    };
    collector.visit(type_id, value);
    collector.set.finish()
}

struct Collector<'a> {
    schema: &'a Schema,
    set: Growing,
}

impl Collector<'_> {
    fn visit(&mut self, type_id: TypeId, value: &Value) {
        match (self.schema.form(type_id, Some(value)), value) {
            (Some(Form::Scalar(_)), _) => self.set.mark(),
            (Some(Form::List(list)), _) if list.relationship == ListRelationship::Atomic => {
                self.set.mark();
            }
            (Some(Form::Map(map)), _) if map.atomic => self.set.mark(),
            (Some(Form::List(list)), Value::Array(items)) => self.visit_items(list, items),
            (Some(Form::Map(map)), Value::Object(fields)) => self.visit_fields(map, fields),
            _ => {}
        }
    }

    fn visit_items(&mut self, list: &ListType, items: &[Value]) {
        let elements: Vec<_> = items
            .iter()
            .map(|item| item_element(self.schema, list, item).ok())
            .collect();
        let mut counts: BTreeMap<&PathElement, usize> = BTreeMap::new();
        for element in elements.iter().flatten() {
            *counts.entry(element).or_default() += 1;
        }
        for (item, element) in items.iter().zip(&elements) {
            let Some(element) = element else { continue };
            self.set.enter();
            // Items with the same key are owned as one, without what is in them.
            if counts.get(element) == Some(&1) {
                self.visit(list.element, item);
            }
            self.set.mark();
            self.set.leave(|| element.clone());
        }
    }

    fn visit_fields(&mut self, map: &MapType, fields: &Map<String, Value>) {
        for (name, value) in fields {
            let Some(type_id) = map.type_of(name) else { continue };
            self.set.enter();
            self.visit(type_id, value);
            let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
            if is_empty || !map.fields.contains_key(name) {
                self.set.mark();
            }
            self.set.leave(|| PathElement::Field(name.clone()));
        }
    }
}
