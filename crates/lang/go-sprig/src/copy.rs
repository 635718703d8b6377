//! Deep copies. Source of truth: mitchellh/copystructure 1.2.0.

use std::rc::Rc;

use go_text_template::{Map, Value};

use crate::arguments::{MAX_DEPTH, Result, bad_length, deeper, panic};
use crate::versions::{is_version, zero_version};

/// How many elements a copy may have. Where elements are shared they count each time: a copy shares nothing.
const MAX_COPIED: usize = 1 << 22;

/// Copies maps and lists at every level; they keep their types, and nil ones stay nil.
pub(crate) fn deep_copy(value: &Value) -> Result {
    copy_at(value, 0, &mut 0)
}

fn copy_at(value: &Value, depth: usize, count: &mut usize) -> Result {
    if depth > MAX_DEPTH {
        return panic("deepCopy error: value nests too deeply");
    }
    *count += 1;
    if *count > MAX_COPIED {
        return bad_length();
    }
    Ok(match value {
        Value::List(list) => {
            let items: Result<Vec<_>> = list
                .items
                .iter()
                .map(|item| deeper(|| copy_at(item, depth + 1, count)))
                .collect();
            let mut copy = list.clone();
            copy.items = Rc::new(items?);
            Value::List(copy)
        }
        Value::Map(map) if map.nil => Value::Map(map.clone()),
        Value::Map(map) => {
            let copy = Map::with_type(map.type_, Default::default());
            for (key, value) in map.entries() {
                copy.insert(key, deeper(|| copy_at(&value, depth + 1, count))?);
            }
            Value::Map(copy)
        }
        // The fields of a version are private, and those the library leaves out.
        Value::Object(object) if is_version(object.type_()) => zero_version(object.kind()),
        // Everything else cannot be changed, so it may be shared.
        other => other.clone(),
    })
}
