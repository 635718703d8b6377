//! What changed between two values.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::field_set::FieldSet;
use crate::growing::Growing;
use crate::path::PathElement;
use crate::schema::{Form, ListRelationship, ListType, MapType, Schema, TypeId};
use crate::validate::item_element;
use crate::value::{equal, side_by_side};

/// The fields by which two values differ. No field is in more than one set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Fields that only the left value has.
    pub removed: FieldSet,
    /// Fields that both have, with different values.
    pub modified: FieldSet,
    /// Fields that only the right value has.
    pub added: FieldSet,
}

impl Comparison {
    /// Says whether the values are the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.removed.is_empty() && self.modified.is_empty() && self.added.is_empty()
    }

    /// Returns the comparison without some fields and all that lies below them.
    #[must_use]
    pub fn excluding(mut self, fields: &FieldSet) -> Comparison {
        for part in [&mut self.removed, &mut self.modified, &mut self.added] {
            part.subtract_recursively(fields);
        }
        self
    }
}

/// Compares two values of one type.
#[must_use]
pub fn compare(schema: &Schema, type_id: TypeId, left: &Value, right: &Value) -> Comparison {
    let mut comparer = Comparer {
        schema,
        removed: Growing::default(),
        modified: Growing::default(),
        added: Growing::default(),
    };
    comparer.visit(type_id, Some(left), Some(right));
    Comparison {
        removed: comparer.removed.finish(),
        modified: comparer.modified.finish(),
        added: comparer.added.finish(),
    }
}

struct Comparer<'a> {
    schema: &'a Schema,
    removed: Growing,
    modified: Growing,
    added: Growing,
}

/// Whether a value was compared as a whole.
type Leaf = bool;

impl Comparer<'_> {
    fn enter(&mut self) {
        for part in [&mut self.removed, &mut self.modified, &mut self.added] {
            part.enter();
        }
    }

    fn leave(&mut self, element: impl Fn() -> PathElement) {
        for part in [&mut self.removed, &mut self.modified, &mut self.added] {
            part.leave(&element);
        }
    }

    fn visit(&mut self, type_id: TypeId, left: Option<&Value>, right: Option<&Value>) {
        // Most of two states is the same, and what is the same differs nowhere below.
        if left.is_some() && left == right {
            return;
        }
        let left_form = self.schema.form(type_id, left);
        let right_form = self.schema.form(type_id, right);
        let (Some(left_form), Some(right_form)) = (left_form, right_form) else {
            return;
        };
        let leaf = if right.is_none() {
            self.visit_form(left_form, left, right)
        } else {
            if left.is_some() && !left_form.same_form(right_form) {
                self.visit_form(left_form, left, right);
            }
            self.visit_form(right_form, left, right)
        };
        match (leaf, left, right) {
            (false, None, _) => self.added.mark(),
            (false, _, None) => self.removed.mark(),
            _ => {}
        }
    }

    fn visit_form(&mut self, form: Form<'_>, left: Option<&Value>, right: Option<&Value>) -> Leaf {
        match form {
            Form::Scalar(_) => self.leaf(left, right),
            Form::List(list) => {
                let (left_items, right_items) = (items(left), items(right));
                let is_empty = left_items.is_empty() && right_items.is_empty();
                if list.relationship == ListRelationship::Atomic || is_empty {
                    return self.leaf(left, right);
                }
                self.visit_items(list, left_items, right_items);
                false
            }
            Form::Map(map) => {
                let is_empty = [left, right]
                    .iter()
                    .all(|side| side.and_then(Value::as_object).is_none_or(serde_json::Map::is_empty));
                if map.atomic || is_empty {
                    return self.leaf(left, right);
                }
                self.visit_fields(map, left, right);
                false
            }
        }
    }

    fn leaf(&mut self, left: Option<&Value>, right: Option<&Value>) -> Leaf {
        match (left, right) {
            (None, _) => self.added.mark(),
            (_, None) => self.removed.mark(),
            (Some(left), Some(right)) if !equal(left, right) => self.modified.mark(),
            _ => {}
        }
        true
    }

    fn visit_fields(&mut self, map: &MapType, left: Option<&Value>, right: Option<&Value>) {
        for (name, left, right) in side_by_side(left.and_then(Value::as_object), right.and_then(Value::as_object)) {
            let type_id = map.type_of(name).unwrap_or(Schema::DEDUCED);
            self.enter();
            self.visit(type_id, left, right);
            self.leave(|| PathElement::Field(name.clone()));
        }
    }

    fn visit_items(&mut self, list: &ListType, left: &[Value], right: &[Value]) {
        let mut pairs: BTreeMap<PathElement, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
        for item in left {
            if let Ok(element) = item_element(self.schema, list, item) {
                pairs.entry(element).or_default().0.push(item);
            }
        }
        for item in right {
            if let Ok(element) = item_element(self.schema, list, item) {
                pairs.entry(element).or_default().1.push(item);
            }
        }
        for (element, (left, right)) in pairs {
            self.enter();
            self.visit_item(list, &left, &right);
            self.leave(|| element.clone());
        }
    }

    /// Compares the items of one key. More than one on a side are owned together, as the key alone.
    fn visit_item(&mut self, list: &ListType, left: &[&Value], right: &[&Value]) {
        match (left, right) {
            ([_, _, ..], [_, _, ..]) => {
                let same = left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right));
                if !same {
                    self.modified.mark();
                }
            }
            ([_, _, ..], _) => {
                if let Some(right) = right.first() {
                    self.visit(list.element, None, Some(right));
                }
                self.removed.mark();
            }
            (_, [_, _, ..]) => {
                if let Some(left) = left.first() {
                    self.visit(list.element, Some(left), None);
                }
                self.added.mark();
            }
            _ => self.visit(list.element, left.first().copied(), right.first().copied()),
        }
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
