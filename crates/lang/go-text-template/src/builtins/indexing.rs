//! `len`, `index` and `slice`.

use crate::exec::val::{Val, element, list_element, map_element};
use crate::func::FuncError;
use crate::value::{List, Type, Value};

/// The type of what the value is or points to.
fn type_text(value: &Value) -> String {
    let mut text = value.type_().unwrap_or(Type::Any).to_string();
    if text.starts_with('*') {
        text.remove(0);
    }
    text
}

/// What `value` is below its name.
fn underlying(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.underlying().unwrap_or_else(|| value.clone()),
        other => other.clone(),
    }
}

/// The length of a string, list or map.
pub(super) fn len(item: &Val) -> Result<Val, FuncError> {
    let length = match underlying(&item.value) {
        Value::Nil if item.boxed => return Err(FuncError::new("len of nil pointer")),
        Value::Nil => {
            return Err(FuncError::panic("reflect: call of reflect.Value.Type on zero Value"));
        }
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.len(),
        _ => return Err(FuncError::new(format!("len of type {}", type_text(&item.value)))),
    };
    Ok(Val::plain(Value::Int(length as i64)))
}

/// An index into something of `length` elements; the length itself passes, as in Go.
fn index_argument(index: &Value, length: usize) -> Result<usize, FuncError> {
    let at = match index {
        Value::Int(at) | Value::Int64(at) | Value::OtherInt(_, at) => *at,
        Value::Uint(_, at) => *at as i64,
        Value::Nil => return Err(FuncError::new("cannot index slice/array with nil")),
        _ => {
            let type_ = index.type_().unwrap_or(Type::Any);
            return Err(FuncError::new(format!("cannot index slice/array with type {type_}")));
        }
    };
    match usize::try_from(at) {
        Ok(at) if at <= length => Ok(at),
        _ => Err(FuncError::new(format!("index out of range: {at}"))),
    }
}

/// `item[index][index]…`
pub(super) fn index(item: &Val, indexes: &[Val]) -> Result<Val, FuncError> {
    if matches!(item.value, Value::Nil) {
        return Err(FuncError::new("index of untyped nil"));
    }
    let mut item = item.clone();
    for index in indexes {
        item = index_one(&item, &index.value)?;
    }
    Ok(item)
}

fn index_one(item: &Val, index: &Value) -> Result<Val, FuncError> {
    const OUT_OF_RANGE: &str = "reflect: slice index out of range";
    match underlying(&item.value) {
        Value::Nil => Err(FuncError::new("index of nil pointer")),
        Value::List(list) => {
            let at = index_argument(index, list.items.len())?;
            match list.items.get(at) {
                Some(value) => Ok(element(value.clone(), list_element(&list))),
                None => Err(FuncError::panic(OUT_OF_RANGE)),
            }
        }
        Value::Bytes(bytes) => match bytes.get(index_argument(index, bytes.len())?) {
            Some(byte) => Ok(Val::plain(Value::Uint(Type::Uint8, u64::from(*byte)))),
            None => Err(FuncError::panic(OUT_OF_RANGE)),
        },
        Value::Str(text) => match text.get(index_argument(index, text.len())?) {
            Some(byte) => Ok(Val::plain(Value::Uint(Type::Uint8, u64::from(*byte)))),
            None => Err(FuncError::panic("reflect: string index out of range")),
        },
        Value::Map(map) => {
            let key = match index {
                Value::Str(key) => key,
                Value::Nil => return Err(FuncError::new("value is nil; should be of type string")),
                _ => {
                    let type_ = index.type_().unwrap_or(Type::Any);
                    return Err(FuncError::new(format!("value has type {type_}; should be string")));
                }
            };
            let type_ = map_element(&map);
            let value = map.get(key).unwrap_or_else(|| Value::zero(type_));
            Ok(element(value, type_))
        }
        _ => {
            let type_ = type_text(&item.value);
            Err(FuncError::new(format!("can't index item of type {type_}")))
        }
    }
}

/// `item[a:b:c]`
pub(super) fn slice(item: &Val, indexes: &[Val]) -> Result<Val, FuncError> {
    if matches!(item.value, Value::Nil) {
        return Err(FuncError::new("slice of untyped nil"));
    }
    if indexes.len() > 3 {
        return Err(FuncError::new(format!("too many slice indexes: {}", indexes.len())));
    }
    let inner = underlying(&item.value);
    let length = match &inner {
        Value::Str(_) if indexes.len() == 3 => return Err(FuncError::new("cannot 3-index slice a string")),
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.items.len(),
        _ => {
            let type_ = type_text(&item.value);
            return Err(FuncError::new(format!("can't slice item of type {type_}")));
        }
    };
    let mut bounds = [0, length, length];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        if index.boxed {
            // Unlike `index`, Go's `slice` does not look into interfaces here.
            return Err(FuncError::new("cannot index slice/array with type interface {}"));
        }
        *bound = index_argument(&index.value, length)?;
    }
    for pair in bounds.windows(2).take(if indexes.len() == 3 { 2 } else { 1 }) {
        if pair[0] > pair[1] {
            let (low, high) = (pair[0], pair[1]);
            return Err(FuncError::new(format!("invalid slice index: {low} > {high}")));
        }
    }
    let range = bounds[0]..bounds[1];
    Ok(Val::plain(match inner {
        Value::Str(text) => Value::Str(text[range].into()),
        Value::Bytes(text) => Value::Bytes(text[range].into()),
        Value::List(list) => Value::List(List {
            type_: list.type_,
            nil: list.nil,
            items: list.items[range].to_vec().into(),
        }),
        other => other,
    }))
}
