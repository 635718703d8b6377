//! Lists. A function and its `must` twin differ in how Go reports the error only, which templates cannot see.

use std::rc::Rc;

use go_text_template::{FuncMap, Kind, List, Type, Value};

use crate::arguments::{MAX_ITEMS, Result, any, bad_length, int, nil_pointer, panic, text, text_value, typed_list};
use crate::cast::{to_int64, truncate};
use crate::print::{strslice, strval};
use crate::reflect::{is_empty, items};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    for name in ["list", "tuple"] {
        functions.add_variadic(name, &[], Type::Any, |_, a| Ok(Value::list(a.to_vec())));
    }
    grow(functions);
    pick(functions);
    filter(functions);
    texts(functions);
}

/// The functions that make lists longer or cut them into pieces.
fn grow(functions: &mut FuncMap) {
    for name in ["append", "push", "mustAppend", "mustPush"] {
        functions.add(name, &[Type::Any, Type::Any], |_, a| {
            let mut all = elements(any(a, 0), "Cannot push on type")?.to_vec();
            all.push(any(a, 1).clone());
            Ok(Value::list(all))
        });
    }
    for name in ["prepend", "mustPrepend"] {
        functions.add(name, &[Type::Any, Type::Any], |_, a| {
            let old = elements(any(a, 0), "Cannot prepend on type")?;
            let mut all = Vec::with_capacity(old.len() + 1);
            all.push(any(a, 1).clone());
            all.extend_from_slice(&old);
            Ok(Value::list(all))
        });
    }
    functions.add_variadic("concat", &[], Type::Any, |_, a| {
        let mut all = Vec::new();
        for list in a {
            all.extend_from_slice(&elements_of(list, |kind| format!("Cannot concat type {kind} as list"))?);
            if all.len() > MAX_ITEMS {
                return bad_length();
            }
        }
        Ok(if all.is_empty() {
            Value::nil_list(Type::list())
        } else {
            Value::list(all)
        })
    });
    for name in ["chunk", "mustChunk"] {
        functions.add(name, &[Type::Int, Type::Any], |_, a| chunk(int(a, 0), any(a, 1)));
    }
}

/// The functions that take a part of a list.
fn pick(functions: &mut FuncMap) {
    for name in ["first", "mustFirst"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot find first on type")?;
            Ok(all.first().cloned().unwrap_or_default())
        });
    }
    for name in ["last", "mustLast"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot find last on type")?;
            Ok(all.last().cloned().unwrap_or_default())
        });
    }
    for name in ["rest", "mustRest"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot find rest on type")?;
            Ok(all
                .split_first()
                .map_or_else(|| Value::nil_list(Type::list()), |(_, rest)| Value::list(rest.to_vec())))
        });
    }
    for name in ["initial", "mustInitial"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot find initial on type")?;
            Ok(all
                .split_last()
                .map_or_else(|| Value::nil_list(Type::list()), |(_, rest)| Value::list(rest.to_vec())))
        });
    }
    for name in ["slice", "mustSlice"] {
        functions.add_variadic(name, &[Type::Any], Type::Any, |_, a| {
            slice(any(a, 0), &a[1.min(a.len())..])
        });
    }
    for name in ["reverse", "mustReverse"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot find reverse on type")?;
            Ok(Value::list(all.iter().rev().cloned().collect()))
        });
    }
}

/// The functions that look for elements or leave some out.
fn filter(functions: &mut FuncMap) {
    for name in ["compact", "mustCompact"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot compact on type")?;
            Ok(Value::list(
                all.iter().filter(|item| !is_empty(item)).cloned().collect(),
            ))
        });
    }
    for name in ["uniq", "mustUniq"] {
        functions.add(name, &[Type::Any], |_, a| {
            let all = elements(any(a, 0), "Cannot find uniq on type")?;
            Ok(Value::list(uniq(&all)))
        });
    }
    for name in ["without", "mustWithout"] {
        functions.add_variadic(name, &[Type::Any], Type::Any, |_, a| {
            let all = elements(any(a, 0), "Cannot find without on type")?;
            let omitted = &a[1.min(a.len())..];
            Ok(Value::list(
                all.iter().filter(|item| !contains(omitted, item)).cloned().collect(),
            ))
        });
    }
    for name in ["has", "mustHas"] {
        functions.add(name, &[Type::Any, Type::Any], |_, a| {
            if matches!(any(a, 1), Value::Nil) {
                return Ok(false.into());
            }
            let all = elements(any(a, 1), "Cannot find has on type")?;
            Ok(contains(&all, any(a, 0)).into())
        });
    }
}

/// The functions between lists and texts.
fn texts(functions: &mut FuncMap) {
    functions.add("join", &[Type::String, Type::Any], |_, a| {
        let parts = strslice(any(a, 1));
        let separators = text(a, 0).len().saturating_mul(parts.len());
        let length = parts
            .iter()
            .map(|part| part.len())
            .sum::<usize>()
            .saturating_add(separators);
        if length > crate::arguments::MAX_BYTES {
            return bad_length();
        }
        text_value(parts.join(text(a, 0)))
    });
    functions.add("sortAlpha", &[Type::Any], |_, a| {
        let value = any(a, 0);
        match value {
            Value::List(list) if list.nil && list.type_ == Type::strings() => return Ok(value.clone()),
            _ if items(value).is_none() => return Ok(Value::List(List::strings([strval(value)]))),
            _ => {}
        }
        let mut sorted = strslice(value);
        sorted.sort();
        Ok(Value::List(List::strings(sorted)))
    });
    functions.add("toStrings", &[Type::Any], |_, a| match any(a, 0) {
        Value::List(list) if list.type_ == Type::strings() => Ok(Value::List(list.clone())),
        other => Ok(Value::List(List::strings(strslice(other)))),
    });
}

/// The elements of a slice, or the error that names the kind of what is none.
fn elements(value: &Value, complaint: &str) -> Result<Rc<Vec<Value>>> {
    elements_of(value, |kind| format!("{complaint} {kind}"))
}

fn elements_of(value: &Value, complaint: impl Fn(Kind) -> String) -> Result<Rc<Vec<Value>>> {
    match items(value) {
        Some(items) => Ok(items),
        None if matches!(value, Value::Nil) => nil_pointer(),
        None => panic(complaint(value.kind())),
    }
}

fn contains(items: &[Value], needle: &Value) -> bool {
    items.iter().any(|item| needle.deep_equal(item))
}

fn uniq(all: &[Value]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut texts = std::collections::HashSet::new();
    for item in all {
        // Texts, the common case, need no comparison with every other.
        let new = match item {
            Value::Str(text) => texts.insert(text.clone()),
            other => !contains(&found, other),
        };
        if new {
            found.push(item.clone());
        }
    }
    found
}

fn slice(value: &Value, indices: &[Value]) -> Result {
    let all = elements(value, "list should be type of slice or array but")?;
    if all.is_empty() {
        return Ok(Value::Nil);
    }
    let length = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let start = indices.first().map_or(0, to_int64);
    let end = indices.get(1).map_or(length, to_int64);
    if start < 0 || end < start || end > length {
        return panic("reflect.Value.Slice: slice index out of bounds");
    }
    let part = all[start as usize..end as usize].to_vec();
    Ok(match value {
        Value::Bytes(bytes) => Value::Bytes(bytes[start as usize..end as usize].into()),
        value => typed_list(value.type_().unwrap_or(Type::list()), part),
    })
}

/// Cuts a list into pieces of `size`; the sums are Go's, floats and all.
fn chunk(size: i64, value: &Value) -> Result {
    let all = elements(value, "Cannot chunk type")?;
    let length = all.len() as f64;
    let count = truncate(((length - 1.0) / size as f64).floor() + 1.0);
    let Ok(count) = usize::try_from(count) else {
        return bad_length();
    };
    let mut pieces = Vec::new();
    for index in 0..count {
        let mut piece_length = size;
        if index + 1 == count {
            piece_length = truncate((length % size as f64).floor());
            if piece_length == 0 {
                piece_length = size;
            }
        }
        let Ok(piece_length) = usize::try_from(piece_length) else {
            return bad_length();
        };
        let start = index * size.unsigned_abs() as usize;
        pieces.push(Value::list(all[start..start + piece_length].to_vec()));
    }
    Ok(typed_list(Type::Slice(&Type::Slice(&Type::Any)), pieces))
}
