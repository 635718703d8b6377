//! What differs between two lists that are merged.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::{Map, Value, json};

use crate::PatchError;
use crate::diff::{DIRECTIVE, Options, diff_maps};
use crate::order::sort_like;
use crate::text::{text_of, type_of};
use crate::types::{FieldType, Types};

/// The parts of a patch that are about one list.
#[derive(Debug, Default)]
pub(crate) struct ListPatch {
    pub items: Vec<Value>,
    /// Scalars that go.
    pub deleted: Vec<Value>,
    /// The order of what the new list has.
    pub order: Vec<Value>,
}

/// What the items of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Items {
    Maps,
    Scalars,
}

/// Returns what the items of some lists are.
pub(crate) fn items_of(lists: [&[Value]; 2]) -> Result<Items, PatchError> {
    let mut all = lists.iter().copied().flatten();
    let Some(first) = all.next() else {
        return Err(PatchError::new("no elements in any of the given slices"));
    };
    if first.is_array() {
        return Err(PatchError::new("lists of lists are not supported"));
    }
    if all.any(|item| type_of(item) != type_of(first)) {
        let texts = lists.map(|list| text_of(&Value::Array(list.to_vec())));
        let texts = texts.join(" ");
        return Err(PatchError::new(format!(
            "list element types are not identical: [{texts}]"
        )));
    }
    Ok(if first.is_object() { Items::Maps } else { Items::Scalars })
}

pub(crate) fn diff_lists<T: Types>(
    item: &FieldType<T>,
    original: &[Value],
    modified: &[Value],
    key: &str,
    options: Options,
) -> Result<ListPatch, PatchError> {
    if original.is_empty() {
        let items = if options.changes { modified.to_vec() } else { Vec::new() };
        return Ok(ListPatch {
            items,
            ..ListPatch::default()
        });
    }
    match items_of([original, modified])? {
        Items::Maps => diff_maps_in_lists(item, original, modified, key, options),
        Items::Scalars => Ok(diff_scalars(original, modified, options)),
    }
}

fn diff_maps_in_lists<T: Types>(
    item: &FieldType<T>,
    original: &[Value],
    modified: &[Value],
    key: &str,
    options: Options,
) -> Result<ListPatch, PatchError> {
    let (mut items, mut deleted) = (Vec::new(), Vec::new());
    for pair in side_by_side(original, modified, key)? {
        match pair {
            (Some(old), Some(new)) => {
                let mut patch = diff_maps(item, old, new, options)?;
                if !patch.is_empty() {
                    patch.insert(key.to_owned(), new.get(key).cloned().unwrap_or_default());
                    items.push(Value::Object(patch));
                }
            }
            (None, Some(new)) if options.changes => items.push(Value::Object(new.clone())),
            (Some(old), None) if options.deletions => deleted.push(json!({key: old.get(key), DIRECTIVE: "delete"})),
            _ => {}
        }
    }
    let mut items = sort_like(items, modified, key);
    let has_same_order = keys_of(original, key)? == keys_of(modified, key)?;
    items.append(&mut deleted);
    let says_order =
        (options.changes && (!items.is_empty() || !has_same_order)) || (options.deletions && !items.is_empty());
    let order = if says_order {
        modified.iter().map(|item| json!({key: item.get(key)})).collect()
    } else {
        Vec::new()
    };
    Ok(ListPatch { items, deleted, order })
}

/// A value with its text, and several.
type Text<T> = (String, T);
type Texts<T> = Peekable<IntoIter<Text<T>>>;
/// What two lists have for the same text.
type Both<T> = (Option<Text<T>>, Option<Text<T>>);
type Pair<'a> = (Option<&'a Map<String, Value>>, Option<&'a Map<String, Value>>);

/// Returns the items of two lists side by side, in the order of their keys.
fn side_by_side<'a>(left: &'a [Value], right: &'a [Value], key: &str) -> Result<Vec<Pair<'a>>, PatchError> {
    let (left, right) = (sorted(left, key), sorted(right, key));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut pairs = Vec::new();
    loop {
        // What has no key is found where it would be.
        for (_, item) in [left.peek(), right.peek()].into_iter().flatten() {
            key_of(item, key)?;
        }
        let Some((own, other)) = next_pair(&mut left, &mut right) else {
            return Ok(pairs);
        };
        let fields = |found: Option<(String, &'a Value)>| found.and_then(|(_, item)| item.as_object());
        pairs.push((fields(own), fields(other)));
    }
}

/// Takes what comes next of two sorted lists of texts with values: from both, where the texts are the same.
fn next_pair<T>(left: &mut Texts<T>, right: &mut Texts<T>) -> Option<Both<T>> {
    let order = match (left.peek(), right.peek()) {
        (Some((own, _)), Some((other, _))) => own.cmp(other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => return None,
    };
    let own = if order.is_le() { left.next() } else { None };
    let other = if order.is_ge() { right.next() } else { None };
    Some((own, other))
}

/// Returns maps with the texts of their keys, sorted by these.
fn sorted<'a>(items: &'a [Value], key: &str) -> Vec<(String, &'a Value)> {
    let text = |item: &Value| text_of(item.get(key).unwrap_or(&Value::Null));
    let mut sorted: Vec<(String, &Value)> = items.iter().map(|item| (text(item), item)).collect();
    // Go's sort turns the order of equal keys round.
    sorted.reverse();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    sorted
}

/// Returns the key of an item.
pub(crate) fn key_of<'a>(item: &'a Value, key: &str) -> Result<&'a Value, PatchError> {
    let Some(fields) = item.as_object() else {
        let found = type_of(item);
        return Err(PatchError::new(format!(
            "expected a map[string]interface {{}}, but received a {found}"
        )));
    };
    fields.get(key).ok_or_else(|| {
        let text = text_of(item);
        PatchError::new(format!("map: {text} does not contain declared merge key: {key}"))
    })
}

pub(crate) fn keys_of<'a>(items: &'a [Value], key: &str) -> Result<Vec<&'a Value>, PatchError> {
    items.iter().map(|item| key_of(item, key)).collect()
}

fn diff_scalars(original: &[Value], modified: &[Value], options: Options) -> ListPatch {
    let texts = |items: &[Value]| {
        let mut texts: Vec<(String, Value)> = items.iter().map(|item| (text_of(item), item.clone())).collect();
        texts.sort_by(|left, right| left.0.cmp(&right.0));
        texts
    };
    let (old, new) = (texts(original), texts(modified));
    // The original's list is sorted before it is compared: Go's code does so to the list itself.
    let is_same = old.iter().map(|(_, value)| value).eq(modified);
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    let (mut added, mut deleted): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    while let Some(pair) = next_pair(&mut old, &mut new) {
        match pair {
            (Some((_, gone)), None) if options.deletions && !deleted.contains(&gone) => deleted.push(gone),
            (None, Some((_, come))) if options.changes => added.push(come),
            _ => {}
        }
    }
    let says_order = (options.deletions && !deleted.is_empty()) || (options.changes && !is_same);
    ListPatch {
        items: sort_like(added, modified, ""),
        deleted,
        order: if says_order { modified.to_vec() } else { Vec::new() },
    }
}
