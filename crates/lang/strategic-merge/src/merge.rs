//! Putting two patches together: one that deletes, and one that adds and changes.

use serde_json::{Map, Value};

use crate::PatchError;
use crate::diff::{DELETE_FROM, DIRECTIVE, ORDER, RETAIN_KEYS};
use crate::lists::{Items, items_of, key_of};
use crate::order::{index, ordered};
use crate::text::{same_type, text_of, type_of};
use crate::types::{Field, FieldType, Types};

type Fields = Map<String, Value>;

/// Merges a patch into another one.
pub(crate) fn merge_patches<T: Types>(
    own: &FieldType<T>,
    mut first: Fields,
    mut second: Fields,
) -> Result<Fields, PatchError> {
    if let Some(directive) = second.get(DIRECTIVE).cloned() {
        return follow(&directive, second);
    }
    if let Some(kept) = second.remove(RETAIN_KEYS) {
        let before = first.entry(RETAIN_KEYS).or_insert_with(|| kept.clone());
        if *before != kept {
            let (before, kept) = (text_of(before), text_of(&kept));
            let text = format!(
                "{before} and {kept} are not deep equal: this may happen when calculating the 3-way diff patch"
            );
            return Err(PatchError::new(text));
        }
    }
    merge_ordered(own, &mut first, &mut second)?;
    for (name, value) in second {
        merge_field(own, &mut first, name, value)?;
    }
    Ok(first)
}

fn follow(directive: &Value, mut patch: Fields) -> Result<Fields, PatchError> {
    match directive.as_str() {
        Some("replace") => {
            patch.remove(DIRECTIVE);
            Ok(patch)
        }
        Some("delete") => Ok(Map::new()),
        _ => Err(unknown(directive, &patch)),
    }
}

fn unknown(directive: &Value, patch: &Fields) -> PatchError {
    let text = text_of(&Value::Object(patch.clone()));
    PatchError::new(format!("unknown patch type: {} in map: {text}", text_of(directive)))
}

fn merge_field<T: Types>(own: &FieldType<T>, first: &mut Fields, name: String, value: Value) -> Result<(), PatchError> {
    if name.starts_with(DELETE_FROM) || value.is_null() {
        first.insert(name, value);
        return Ok(());
    }
    let before = first.remove(&name).filter(|before| same_type(before, &value));
    let merged = match (before, value) {
        (Some(Value::Object(before)), Value::Object(value)) => {
            let field = own.field(&name).map_err(PatchError::new)?;
            let merged = if field.replaces {
                value
            } else {
                merge_patches(&field.of, before, value)?
            };
            Some(merged.into())
        }
        (Some(Value::Array(before)), Value::Array(value)) => {
            let field = own.list_field(&name).map_err(PatchError::new)?;
            Some(merge_lists(&field, before, value)?.into())
        }
        (_, value) => without_directives(value),
    };
    first.extend(merged.map(|merged| (name, merged)));
    Ok(())
}

/// Merges the lists whose order the second patch gives, and takes them out of it.
fn merge_ordered<T: Types>(own: &FieldType<T>, first: &mut Fields, second: &mut Fields) -> Result<(), PatchError> {
    let malformed = || PatchError::new("invalid patch format of setElementOrder list");
    let names: Vec<String> = second.keys().filter(|name| name.starts_with(ORDER)).cloned().collect();
    for directive in names {
        let Some(order) = second.remove(&directive) else {
            continue;
        };
        if *first.entry(directive.clone()).or_insert_with(|| order.clone()) != order {
            return Err(malformed());
        }
        let Value::Array(order) = order else {
            return Err(not_a("[]interface {}", &order));
        };
        let (prefix, name) = directive.split_once('/').unwrap_or_default();
        if prefix != ORDER {
            return Err(malformed());
        }
        let field = own.list_field(name).map_err(PatchError::new)?;
        let (before, items) = (take_list(first, name)?, take_list(second, name)?);
        check_order(items.as_deref().unwrap_or_default(), &order, field.merge_key)?;
        let server = before.clone().unwrap_or_default();
        let merged = match (before, items) {
            (Some(before), None) => before,
            (None, Some(items)) => items.into_iter().filter_map(without_directives).collect(),
            (Some(before), Some(items)) => merge_lists(&field, before, items)?,
            (None, None) => continue,
        };
        items_of([&server, &merged])?;
        first.insert(
            name.to_owned(),
            ordered(merged, &order, &server, field.merge_key)?.into(),
        );
    }
    Ok(())
}

fn take_list(fields: &mut Fields, name: &str) -> Result<Option<Vec<Value>>, PatchError> {
    match fields.remove(name) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(other) => Err(not_a("[]interface {}", &other)),
    }
}

fn not_a(wanted: &str, value: &Value) -> PatchError {
    PatchError::new(format!("expected a {wanted}, but received a {}", type_of(value)))
}

/// Checks that the items of a patch are in the order that the patch gives.
fn check_order(items: &[Value], order: &[Value], key: &str) -> Result<(), PatchError> {
    if items.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut rest = order.iter();
    for item in items.iter().filter(|item| item.get(DIRECTIVE).is_none()) {
        let is_same = |other: &Value| index(std::slice::from_ref(other), item, key).is_some();
        if !key.is_empty() {
            key_of(item, key)?;
        }
        if !rest.any(is_same) {
            let (items, order) = (text_of(&items.to_vec().into()), text_of(&order.to_vec().into()));
            let text = format!("The order in patch list:\n{items}\n doesn't match {ORDER} list:\n{order}\n");
            return Err(PatchError::new(text));
        }
    }
    Ok(())
}

fn merge_lists<T: Types>(
    field: &Field<'_, T>,
    before: Vec<Value>,
    items: Vec<Value>,
) -> Result<Vec<Value>, PatchError> {
    if !field.merges {
        return Ok(items);
    }
    if before.is_empty() && items.is_empty() {
        return Ok(before);
    }
    let key = field.merge_key;
    if items_of([&before, &items])? == Items::Scalars {
        let mut all = before.clone();
        all.extend(items.iter().cloned());
        return ordered(without_duplicates(all), &items, &before, "");
    }
    if key.is_empty() {
        return Err(PatchError::new("cannot merge lists without merge key for struct"));
    }
    let (before, items) = follow_all(before, items, key)?;
    let mut merged = before.clone();
    for item in &items {
        key_of(item, key)?;
        match index(&merged, item, key).and_then(|place| merged.get_mut(place)) {
            Some(place) => {
                let (Value::Object(own), Value::Object(patch)) = (place.take(), item.clone()) else {
                    continue;
                };
                *place = merge_patches(&field.of, own, patch)?.into();
            }
            None => merged.push(item.clone()),
        }
    }
    ordered(merged, &items, &before, key)
}

/// Follows the directives among the items of a patch, and returns both lists without them.
fn follow_all(mut before: Vec<Value>, items: Vec<Value>, key: &str) -> Result<(Vec<Value>, Vec<Value>), PatchError> {
    let (mut rest, mut replaces) = (Vec::new(), false);
    for item in items {
        let Some(directive) = item.get(DIRECTIVE) else {
            rest.push(item);
            continue;
        };
        match directive.as_str() {
            Some("delete") => {
                let gone = key_of(&item, key)?;
                before.retain(|own| own.get(key) != Some(gone));
            }
            Some("replace") => replaces = true,
            Some("merge") => return Err(PatchError::new("merging lists cannot yet be specified in the patch")),
            _ => return Err(unknown(directive, item.as_object().unwrap_or(&Map::new()))),
        }
    }
    Ok(if replaces { (rest, Vec::new()) } else { (before, rest) })
}

/// Takes out what comes twice; the last value moves into its place, as in the original.
fn without_duplicates(mut items: Vec<Value>) -> Vec<Value> {
    let mut place = 0;
    while place < items.len() {
        let mut other = place + 1;
        while other < items.len() {
            if items.get(place) == items.get(other) {
                items.swap_remove(other);
            } else {
                other += 1;
            }
        }
        place += 1;
    }
    items
}

/// Returns a value without the maps that have directives; nothing when it is one itself.
fn without_directives(value: Value) -> Option<Value> {
    Some(match value {
        Value::Object(fields) if fields.contains_key(DIRECTIVE) => return None,
        Value::Object(fields) => fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, without_directives(value)?)))
            .collect(),
        Value::Array(items) => items.into_iter().filter_map(without_directives).collect(),
        scalar => scalar,
    })
}
