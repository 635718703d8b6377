//! JSON merge patches, for kinds of which nothing is known.

use serde_json::{Map, Value};

use crate::PatchError;
use crate::text::text_of;

type Fields = Map<String, Value>;

/// Returns the JSON merge patch that makes `modified` of `original`.
#[must_use]
pub fn merge_patch(original: &Value, modified: &Value) -> Value {
    Value::Object(changes(original, modified))
}

fn changes(original: &Value, modified: &Value) -> Fields {
    let nothing = Map::new();
    let fields = |value| Value::as_object(value).unwrap_or(&nothing);
    diff(fields(original), fields(modified))
}

/// Returns the JSON merge patch that makes `modified` of `current`, and removes what `original` had and `modified` has not.
///
/// # Errors
/// The patch would change what the object is: `precondition failed for: …`.
pub fn three_way_merge_patch(original: &Value, modified: &Value, current: &Value) -> Result<Value, PatchError> {
    let additions = Value::Object(keep(changes(current, modified), false));
    let mut patch = Value::Object(keep(changes(original, modified), true));
    put_together(&mut patch, without_nulls(additions));
    let identity = [&["apiVersion"][..], &["kind"], &["metadata", "name"]];
    let is_changed = |path: &&[&str]| path.iter().try_fold(&patch, |value, name| value.get(*name)).is_some();
    if identity.iter().any(is_changed) {
        let text = text_of(&patch);
        return Err(PatchError::new(format!("precondition failed for: {text}")));
    }
    Ok(patch)
}

fn diff(original: &Fields, modified: &Fields) -> Fields {
    let mut patch = Map::new();
    for (name, new) in modified {
        let old = original.get(name);
        let changed = match (old, new) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                let inner = diff(old, new);
                (!inner.is_empty()).then(|| inner.into())
            }
            (Some(old), new) if matches(old, new) => None,
            _ => Some(new.clone()),
        };
        patch.extend(changed.map(|value| (name.clone(), value)));
    }
    let gone = original.keys().filter(|name| !modified.contains_key(*name));
    patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    patch
}

/// Says whether two values are the same. Numbers are all floats here.
fn matches(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| matches(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same = |(name, value): (&String, &Value)| right.get(name).is_some_and(|other| matches(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}

/// Keeps the nulls of a patch alone, or everything but them.
fn keep(patch: Fields, nulls: bool) -> Fields {
    let kept = patch.into_iter().filter_map(|(name, value)| match value {
        Value::Null => nulls.then_some((name, Value::Null)),
        Value::Object(inner) if inner.is_empty() => (!nulls).then(|| (name, inner.into())),
        Value::Object(inner) => {
            let inner = keep(inner, nulls);
            (!inner.is_empty()).then(|| (name, inner.into()))
        }
        value => (!nulls).then_some((name, value)),
    });
    kept.collect()
}

/// Takes nulls out of maps, those in lists included. Items that are null stay.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        scalar => scalar,
    }
}

fn put_together(first: &mut Value, second: Value) {
    match (first, second) {
        (Value::Object(own), Value::Object(others)) => {
            for (name, value) in others {
                match own.get_mut(&name) {
                    Some(before) => put_together(before, value),
                    None => drop(own.insert(name, value)),
                }
            }
        }
        (first, second) => *first = second,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_states() {
        let old = json!({"a": 1, "b": {"c": [1], "d": 2, "e": {}}, "f": null, "gone": "x"});
        let new = json!({"a": 1.0, "b": {"c": [1, 2], "e": {}}, "f": null, "new": {"g": null}});
        let patch = merge_patch(&old, &new);
        assert_eq!(
            patch,
            json!({"b": {"c": [1, 2], "d": null}, "gone": null, "new": {"g": null}})
        );
        assert_eq!(merge_patch(&old, &old), json!({}));
    }

    #[test]
    fn three_states() {
        let last = json!({"spec": {"a": 1, "old": {"x": 1}}});
        let next = json!({"spec": {"a": 2}});
        let live = json!({"spec": {"a": 1, "old": {"x": 1}, "theirs": 3}, "status": {}});
        let patch = three_way_merge_patch(&last, &next, &live).unwrap();
        assert_eq!(patch, json!({"spec": {"a": 2, "old": null}}));
    }

    #[test]
    fn an_object_stays_what_it_is() {
        let one = json!({"kind": "A", "metadata": {"name": "a"}});
        let other = json!({"kind": "A", "metadata": {"name": "b"}});
        assert_eq!(
            three_way_merge_patch(&one, &other, &one).unwrap_err().to_string(),
            "precondition failed for: map[metadata:map[name:b]]"
        );
    }
}
