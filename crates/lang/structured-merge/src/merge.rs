//! Merging what is applied into what is there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use crate::path::PathElement;
use crate::schema::{Form, ListRelationship, ListType, MapType, Schema, TypeId};
use crate::validate::{ValidationErrors, item_element};
use crate::value::side_by_side;

/// Returns the left value with everything that the right value sets.
///
/// Nothing is removed: fields and list items of the left value stay. Items come in the order of the right list, with the
/// left list's other items before the next common one.
///
/// # Errors
/// A list item without its keys, or two items of the right value with the same key.
pub fn merge(schema: &Schema, type_id: TypeId, left: &Value, right: &Value) -> Result<Value, ValidationErrors> {
    let merged = Merger { schema }.merge(type_id, Some(left), Some(right))?;
    Ok(merged.unwrap_or(Value::Null))
}

struct Merger<'a> {
    schema: &'a Schema,
}

type Merged = Result<Option<Value>, ValidationErrors>;

impl Merger<'_> {
    fn merge(&self, type_id: TypeId, left: Option<&Value>, right: Option<&Value>) -> Merged {
        let value = if right.is_some() { right } else { left };
        match self.schema.form(type_id, value) {
            None | Some(Form::Scalar(_)) => Ok(value.cloned()),
            Some(Form::List(list)) => {
                let (left, right) = (left.and_then(Value::as_array), right.and_then(Value::as_array));
                let is_empty = left.is_none_or(Vec::is_empty) && right.is_none_or(Vec::is_empty);
                if list.relationship == ListRelationship::Atomic || is_empty {
                    return Ok(value.cloned());
                }
                self.merge_items(list, left.map_or(&[], Vec::as_slice), right.map_or(&[], Vec::as_slice))
            }
            Some(Form::Map(map)) => {
                let (left, right) = (left.and_then(Value::as_object), right.and_then(Value::as_object));
                let is_empty = left.is_none_or(Map::is_empty) && right.is_none_or(Map::is_empty);
                if map.atomic || is_empty {
                    return Ok(value.cloned());
                }
                self.merge_fields(map, left, right)
            }
        }
    }

    fn merge_fields(
        &self,
        map: &MapType,
        left: Option<&Map<String, Value>>,
        right: Option<&Map<String, Value>>,
    ) -> Merged {
        let mut merged = Map::new();
        for (name, left, right) in side_by_side(left, right) {
            let type_id = map.type_of(name).unwrap_or(Schema::DEDUCED);
            if let Some(value) = self.merge(type_id, left, right)? {
                merged.insert(name.clone(), value);
            }
        }
        Ok((!merged.is_empty()).then_some(Value::Object(merged)))
    }

    fn merge_items(&self, list: &ListType, left: &[Value], right: &[Value]) -> Merged {
        let left = Indexed::new(self.schema, list, left)?;
        let right = Indexed::new(self.schema, list, right)?;
        if let Some(element) = &right.first_duplicate {
            return Err(ValidationErrors::one(format!("duplicate entries for key {element}")));
        }
        let mut merged = Vec::with_capacity(left.items.len().max(right.items.len()));
        for step in merge_order(&left, &right) {
            let (element, left_item, right_item) = match step {
                Step::Left(index) => (&left.items[index].0, Some(left.items[index].1), None),
                Step::Right(index) => {
                    let element = &right.items[index].0;
                    (element, left.single(element), Some(right.items[index].1))
                }
            };
            let item = self
                .merge(list.element, left_item, right_item)
                .map_err(|errors| prefixed(element, errors))?;
            merged.extend(item);
        }
        Ok((!merged.is_empty()).then_some(Value::Array(merged)))
    }
}

fn prefixed(element: &PathElement, mut errors: ValidationErrors) -> ValidationErrors {
    for error in &mut errors.0 {
        error.path.insert_str(0, &element.to_string());
    }
    errors
}

/// The items of a list with the elements that find them.
struct Indexed<'a> {
    items: Vec<(PathElement, &'a Value)>,
    /// How many items an element finds, and the first of them.
    found: BTreeMap<PathElement, (usize, &'a Value)>,
    first_duplicate: Option<PathElement>,
}

impl<'a> Indexed<'a> {
    fn new(schema: &Schema, list: &ListType, items: &'a [Value]) -> Result<Self, ValidationErrors> {
        let mut indexed = Indexed {
            items: Vec::with_capacity(items.len()),
            found: BTreeMap::new(),
            first_duplicate: None,
        };
        for (index, item) in items.iter().enumerate() {
            let element = item_element(schema, list, item)
                .map_err(|message| ValidationErrors::one(format!("element {index}: {message}")))?;
            let (count, _) = indexed.found.entry(element.clone()).or_insert((0, item));
            *count += 1;
            if *count == 2 && indexed.first_duplicate.is_none() {
                indexed.first_duplicate = Some(element.clone());
            }
            indexed.items.push((element, item));
        }
        Ok(indexed)
    }

    fn has(&self, element: &PathElement) -> bool {
        self.found.contains_key(element)
    }

    /// Returns the item of an element; of several with the same key none is merged with.
    fn single(&self, element: &PathElement) -> Option<&'a Value> {
        let (count, item) = *self.found.get(element)?;
        Some(if count == 1 { item } else { &Value::Null })
    }
}

/// Which item comes next in a merged list.
enum Step {
    /// An item that only the left list has.
    Left(usize),
    /// An item of the right list, merged with the left one of the same key.
    Right(usize),
}

/// Returns the order of the merged items.
///
/// Items of the right list keep their order. Items that only the left list has come as early as they can: before the
/// next item of the right list, unless the left list has a common item before them that is not yet due.
fn merge_order(left: &Indexed<'_>, right: &Indexed<'_>) -> Vec<Step> {
    let mut shared: VecDeque<&PathElement> = right
        .items
        .iter()
        .map(|(element, _)| element)
        .filter(|element| left.has(element))
        .collect();
    let mut next_shared = shared.pop_front();
    let mut merged: BTreeSet<&PathElement> = BTreeSet::new();
    let mut steps = Vec::new();
    let (mut l, mut r) = (0, 0);
    while l < left.items.len() || r < right.items.len() {
        let left_element = left.items.get(l).map(|(element, _)| element);
        let right_element = right.items.get(r).map(|(element, _)| element);
        if let (Some(left_element), Some(right_element)) = (left_element, right_element) {
            if left_element == right_element {
                merged.insert(left_element);
                steps.push(Step::Right(r));
                (l, r) = (l + 1, r + 1);
                next_shared = shared.pop_front();
                continue;
            }
            if right.has(left_element) && next_shared.is_some_and(|next| next != left_element) {
                // Common, but another one is due first: it comes with the right list.
                l += 1;
                continue;
            }
        }
        if let Some(left_element) = left_element {
            if !right.has(left_element) {
                steps.push(Step::Left(l));
                l += 1;
                continue;
            }
            if merged.contains(left_element) {
                l += 1;
            }
        }
        if let Some(right_element) = right_element {
            merged.insert(right_element);
            steps.push(Step::Right(r));
            r += 1;
            if next_shared == Some(right_element) {
                next_shared = shared.pop_front();
            }
        }
    }
    steps
}
