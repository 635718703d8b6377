//! Arguments as a function's Go signature promises them, and the errors that Go makes of panics.

use go_text_template::{FuncError, List, Map, Type, Value};
use go_value::Str;

/// What a function returns.
pub(crate) type Result<T = Value> = std::result::Result<T, FuncError>;

/// No result may take more bytes than this. Go has no limit of its own and would run out of memory.
pub(crate) const MAX_BYTES: usize = 1 << 28;
/// No list may have more elements than this.
pub(crate) const MAX_ITEMS: usize = 1 << 24;
/// Values may be nested this deep; Go's stack is deeper, but it overflows too.
pub(crate) const MAX_DEPTH: usize = 10_000;

/// Runs one level of a recursion, on more stack if little is left.
pub(crate) fn deeper<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, run)
}

/// The argument `index`, a `string`.
pub(crate) fn text(arguments: &[Value], index: usize) -> &[u8] {
    match arguments.get(index) {
        Some(Value::Str(text)) => text,
        _ => &[],
    }
}

/// The argument `index`, a `string` to keep.
pub(crate) fn string(arguments: &[Value], index: usize) -> Str {
    match arguments.get(index) {
        Some(Value::Str(text)) => text.clone(),
        _ => Str::default(),
    }
}

/// The argument `index`, an `int`.
pub(crate) fn int(arguments: &[Value], index: usize) -> i64 {
    match arguments.get(index) {
        Some(Value::Int(number) | Value::Int64(number)) => *number,
        _ => 0,
    }
}

/// The argument `index`, a `float64`.
pub(crate) fn float(arguments: &[Value], index: usize) -> f64 {
    match arguments.get(index) {
        Some(Value::Float(number)) => *number,
        _ => 0.0,
    }
}

/// The argument `index`, a `map[string]interface {}`; nil gives Go's nil map.
pub(crate) fn map(arguments: &[Value], index: usize) -> Map {
    match arguments.get(index) {
        Some(Value::Map(map)) => map.clone(),
        Some(Value::Object(object)) => match object.underlying() {
            Some(Value::Map(map)) => map,
            _ => nil_map(),
        },
        _ => nil_map(),
    }
}

/// The argument `index`, an `interface {}`.
pub(crate) fn any(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// Go's nil `map[string]interface {}`.
fn nil_map() -> Map {
    let mut map = Map::new(Default::default());
    map.nil = true;
    map
}

/// A slice of the type `type_`.
pub(crate) fn typed_list(type_: Type, items: Vec<Value>) -> Value {
    let mut list = List::new(items);
    list.type_ = type_;
    Value::List(list)
}

/// A `string` result.
pub(crate) fn text_value(text: impl Into<Str>) -> Result {
    Ok(Value::Str(text.into()))
}

/// The error of a panic with that text.
pub(crate) fn panic<T>(text: impl Into<String>) -> Result<T> {
    Err(FuncError::new(text))
}

/// The error of a panic of the Go runtime.
pub(crate) fn runtime_error<T>(text: &str) -> Result<T> {
    panic(format!("runtime error: {text}"))
}

/// What happens when Go looks into the type of a nil `interface {}`.
pub(crate) fn nil_pointer<T>() -> Result<T> {
    runtime_error("invalid memory address or nil pointer dereference")
}

/// What Go says of a slice with a length that is negative or too great.
pub(crate) fn bad_length<T>() -> Result<T> {
    runtime_error("makeslice: len out of range")
}
