//! The functions that every template has, as Go's `text/template/funcs.go` defines them.

mod compare;
mod complex;
mod escape;
mod indexing;

pub(crate) use complex::Complex;

use go_value::Str;

use crate::exec::val::Val;
use crate::fmt;
use crate::func::FuncError;
use crate::parse::node::Builtin;
use crate::value::Value;

/// The functions that make text of any values.
pub(crate) fn text_function(builtin: Builtin, arguments: &[Value]) -> Str {
    match builtin {
        Builtin::Print => fmt::sprint(arguments),
        Builtin::Println => fmt::sprintln(arguments),
        Builtin::Html => escape::html(&printed(arguments)),
        Builtin::Js => escape::js(&printed(arguments)),
        _ => escape::query(&printed(arguments)),
    }
}

/// Go's `evalArgs`: the arguments as `print` writes them, but nil as an action does.
fn printed(arguments: &[Value]) -> Str {
    if let [Value::Str(text)] = arguments {
        return text.clone();
    }
    fmt::sprint_as_action(arguments)
}

/// The functions that look at values: comparison, `not`, `len`, `index`, `slice`.
pub(crate) fn value_function(builtin: Builtin, arguments: &[Val]) -> Result<Val, FuncError> {
    let first = &arguments[0];
    let rest = &arguments[1..];
    let truth = match builtin {
        Builtin::Not => !first.value.truth(),
        Builtin::Eq => compare::eq(first, rest)?,
        Builtin::Ne => !compare::eq(first, rest)?,
        Builtin::Lt => compare::lt(first, &rest[0])?,
        Builtin::Le => compare::le(first, &rest[0])?,
        Builtin::Gt => !compare::le(first, &rest[0])?,
        Builtin::Ge => !compare::lt(first, &rest[0])?,
        Builtin::Len => return indexing::len(first),
        Builtin::Index => return indexing::index(first, rest),
        _ => return indexing::slice(first, rest),
    };
    Ok(Val::plain(Value::Bool(truth)))
}

/// `call`: no value of a template is a function, so this always fails.
pub(crate) fn call(name: &str, arguments: &[Val]) -> Result<Val, FuncError> {
    match arguments.first().and_then(|callee| callee.value.type_()) {
        None => Err(FuncError::new("call of nil")),
        Some(type_) => Err(FuncError::new(format!("non-function {name} of type {type_}"))),
    }
}

/// How `call` names a function that came from the pipeline: Go's `reflect.Value.String`.
pub(crate) fn callee_name(callee: Option<&Val>) -> String {
    match callee.map(|callee| &callee.value) {
        None | Some(Value::Nil) => "<invalid Value>".to_owned(),
        Some(Value::Str(text)) => text.to_string_lossy().into_owned(),
        Some(value) => format!("<{} Value>", value.type_().unwrap_or(crate::value::Type::Any)),
    }
}
