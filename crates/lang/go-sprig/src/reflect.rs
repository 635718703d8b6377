//! Types and kinds of values, and whether values are empty or equal.

use std::rc::Rc;

use go_text_template::{FuncMap, Kind, Type, Value};

use crate::arguments::{any, text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("typeOf", &[Type::Any], |_, a| text_value(type_name(any(a, 0))));
    functions.add("typeIs", &[Type::String, Type::Any], |_, a| {
        Ok((type_name(any(a, 1)).as_bytes() == text(a, 0)).into())
    });
    functions.add("typeIsLike", &[Type::String, Type::Any], |_, a| {
        let name = type_name(any(a, 1));
        let pointed = name.strip_prefix('*').unwrap_or(&name);
        let target = text(a, 0);
        Ok((name.as_bytes() == target || pointed.as_bytes() == target).into())
    });
    functions.add("kindOf", &[Type::Any], |_, a| text_value(any(a, 0).kind().to_string()));
    functions.add("kindIs", &[Type::String, Type::Any], |_, a| {
        Ok((any(a, 1).kind().to_string().as_bytes() == text(a, 0)).into())
    });
    functions.add("deepEqual", &[Type::Any, Type::Any], |_, a| {
        Ok(any(a, 0).deep_equal(any(a, 1)).into())
    });
}

/// The name of the type as `%T` prints it.
pub(crate) fn type_name(value: &Value) -> String {
    value
        .type_()
        .map_or_else(|| "<nil>".to_owned(), |type_| type_.to_string())
}

/// The elements of a slice.
pub(crate) fn items(value: &Value) -> Option<Rc<Vec<Value>>> {
    match value {
        Value::List(list) => Some(Rc::clone(&list.items)),
        Value::Bytes(bytes) => {
            let byte = |byte: &u8| Value::Uint(Type::Uint8, u64::from(*byte));
            Some(Rc::new(bytes.iter().map(byte).collect()))
        }
        Value::Object(object) if object.kind() == Kind::Slice => items(&object.underlying()?),
        _ => None,
    }
}

/// Whether sprig's `empty` holds: nil, false, zero, or of length 0.
pub(crate) fn is_empty(value: &Value) -> bool {
    !value.truth()
}
