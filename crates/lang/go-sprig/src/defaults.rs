//! Defaults, and what counts as empty.

use go_text_template::{FuncMap, Type, Value};

use crate::arguments::any;
use crate::reflect::is_empty;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add_variadic("default", &[Type::Any], Type::Any, |_, a| {
        let chosen = if a.len() < 2 || is_empty(any(a, 1)) { 0 } else { 1 };
        Ok(any(a, chosen).clone())
    });
    functions.add("empty", &[Type::Any], |_, a| Ok(is_empty(any(a, 0)).into()));
    functions.add_variadic("coalesce", &[], Type::Any, |_, a| {
        Ok(a.iter().find(|value| !is_empty(value)).cloned().unwrap_or_default())
    });
    functions.add_variadic("all", &[], Type::Any, |_, a| Ok((!a.iter().any(is_empty)).into()));
    functions.add_variadic("any", &[], Type::Any, |_, a| Ok((!a.iter().all(is_empty)).into()));
    functions.add("ternary", &[Type::Any, Type::Any, Type::Bool], |_, a| {
        let chosen = if matches!(any(a, 2), Value::Bool(true)) { 0 } else { 1 };
        Ok(any(a, chosen).clone())
    });
}
