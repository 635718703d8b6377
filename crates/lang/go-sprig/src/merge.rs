//! Merging maps in place. Source of truth: dario.cat/mergo 1.0.1.

use go_text_template::{FuncError, Kind, Map, Type, Value};

use crate::arguments::{MAX_DEPTH, deeper};
use crate::reflect::is_empty;

/// Whether values of the source replace values of the target that are not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// They do.
    Yes,
    /// They do not.
    No,
}

/// Why a merge stopped.
pub(crate) enum Stop {
    /// The library's error, which `merge` and `mergeOverwrite` swallow.
    Types,
    /// A panic.
    Panic(FuncError),
}

impl From<Stop> for FuncError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Types => FuncError::new("src and dst must be of same type"),
            Stop::Panic(error) => error,
        }
    }
}

/// Merges `source` into `target`. Maps of the source that the target lacks are shared by both afterwards.
pub(crate) fn merge(target: &mut Map, source: &Map, overwrite: Overwrite) -> Result<(), Stop> {
    if target.nil && !source.nil {
        *target = Map::new(Default::default());
    }
    merge_at(target, source, overwrite, 0)
}

fn merge_at(target: &Map, source: &Map, overwrite: Overwrite, depth: usize) -> Result<(), Stop> {
    if depth > MAX_DEPTH {
        return Err(Stop::Panic(FuncError::new("value nests too deeply")));
    }
    // A nil map inside a value cannot be filled.
    if target.nil || target.is(source) {
        return Ok(());
    }
    for (key, value) in source.entries() {
        if matches!(value, Value::Nil) {
            if overwrite == Overwrite::Yes {
                put(target, source, &key, value)?;
            }
            continue;
        }
        let old = target.get(&key);
        let kind = value.kind();
        if let (Value::Map(source), Some(Value::Map(target))) = (&value, &old) {
            deeper(|| merge_at(target, source, overwrite, depth + 1))?;
        }
        // Pointers take only what they point to.
        let old_kind = old.as_ref().map_or(Kind::Invalid, Value::kind);
        if old_kind == Kind::Ptr && matches!(kind, Kind::Map | Kind::Struct) && overwrite == Overwrite::No {
            return Err(Stop::Types);
        }
        if kind == Kind::Slice {
            check_slice(target, &value, old_kind)?;
        }
        if kind == Kind::Slice && overwrite == Overwrite::Yes {
            target.insert(key.clone(), value.clone());
        }
        // Looked at after the merge, which may have filled it.
        let old_empty = old.as_ref().is_none_or(is_empty);
        let both_maps = kind == Kind::Map && old_kind == Kind::Map;
        if !old_empty && (kind == Kind::Slice || both_maps) {
            continue;
        }
        if overwrite == Overwrite::Yes || old_empty {
            put(target, source, &key, value)?;
        }
    }
    Ok(())
}

/// Sets an entry to one of `source`; a map of narrower element type does not take it.
fn put(target: &Map, source: &Map, key: &go_value::Str, value: Value) -> Result<(), Stop> {
    if let (Type::Map(element), Type::Map(found)) = (&target.type_, &source.type_)
        && *element != &Type::Any
        && element != found
    {
        return Err(Stop::Panic(FuncError::new(format!(
            "reflect.Value.SetMapIndex: value of type {found} is not assignable to type {element}"
        ))));
    }
    target.insert(key.clone(), value);
    Ok(())
}

/// A map of narrower element type takes no slice, and the library asks its old values whether they are nil.
fn check_slice(target: &Map, value: &Value, old_kind: Kind) -> Result<(), Stop> {
    let element = match target.type_ {
        Type::Map(element) if *element != Type::Any && value.type_() != Some(*element) => element,
        _ => return Ok(()),
    };
    let message = match (old_kind, value.type_()) {
        (Kind::Invalid, Some(found)) => {
            format!("reflect.Value.SetMapIndex: value of type {found} is not assignable to type {element}")
        }
        _ => format!("reflect: call of reflect.Value.IsNil on {old_kind} Value"),
    };
    Err(Stop::Panic(FuncError::new(message)))
}
