//! Fields, methods and map entries.

use std::rc::Rc;

use go_value::Str;
use go_value::strconv::quote;
use go_value::utf8::to_string_lossy;

use super::val::{Val, element, map_element};
use super::{Exec, MissingKey};
use crate::error::Error;
use crate::parse::node::{Fields, NodeId};
use crate::parse::tree::Tree;
use crate::value::{Map, Object, Type, Value};

impl Exec {
    /// The field, method or map entry `name` of `receiver`.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one command")]
    pub(super) fn eval_field(
        &mut self,
        tree: &Tree,
        dot: &Val,
        name: &[u8],
        node: NodeId,
        operands: &[NodeId],
        last: Option<&Val>,
        receiver: &Val,
    ) -> Result<Val, Error> {
        let has_arguments = operands.len() > 1 || last.is_some();
        match &receiver.value {
            Value::Map(map) => {
                if let Some(method) = map.method(name) {
                    let body = |_: &mut Exec, arguments: &[Value]| (method.body)(map, arguments);
                    return self.call(tree, dot, node, method.name, &method.signature(), operands, last, body);
                }
                self.map_entry(tree, map, name, has_arguments)
            }
            Value::Nil if !receiver.boxed => {
                if self.missing_key == MissingKey::Error {
                    let key = quote(name);
                    return Err(self.error(tree, format!("nil data; no entry for key {key}")));
                }
                Ok(Val::INVALID)
            }
            Value::Nil => {
                let name = to_string_lossy(name);
                Err(self.error(tree, format!("nil pointer evaluating interface {{}}.{name}")))
            }
            Value::Object(object) => {
                if let Ok(name) = std::str::from_utf8(name)
                    && let Some(signature) = object.method(name)
                {
                    let body = |_: &mut Exec, arguments: &[Value]| object.call(name, arguments);
                    return self.call(tree, dot, node, name, &signature, operands, last, body);
                }
                self.object_field(tree, object, name, has_arguments, receiver)
            }
            _ => Err(self.no_field(tree, name, receiver)),
        }
    }

    fn no_field(&self, tree: &Tree, name: &[u8], receiver: &Val) -> Error {
        let name = to_string_lossy(name);
        let type_ = receiver.type_text();
        self.error(tree, format!("can't evaluate field {name} in type {type_}"))
    }

    fn map_entry(&self, tree: &Tree, map: &Map, name: &[u8], has_arguments: bool) -> Result<Val, Error> {
        if has_arguments {
            let name = to_string_lossy(name);
            return Err(self.error(tree, format!("{name} is not a method but has arguments")));
        }
        let type_ = map_element(map);
        if let Some(value) = map.get(name) {
            return Ok(element(value, type_));
        }
        match self.missing_key {
            MissingKey::Default => Ok(Val::INVALID),
            MissingKey::Zero => Ok(element(Value::zero(type_), type_)),
            MissingKey::Error => {
                let key = quote(name);
                Err(self.error(tree, format!("map has no entry for key {key}")))
            }
        }
    }

    fn object_field(
        &self,
        tree: &Tree,
        object: &Rc<dyn Object>,
        name: &[u8],
        has_arguments: bool,
        receiver: &Val,
    ) -> Result<Val, Error> {
        if let Some(Value::Map(map)) = object.underlying() {
            return self.map_entry(tree, &map, name, has_arguments);
        }
        let Some(value) = std::str::from_utf8(name).ok().and_then(|name| object.field(name)) else {
            if object.fields().iter().any(|(field, _)| name == field.as_bytes()) {
                let (name, type_) = (to_string_lossy(name), receiver.type_text());
                let message = format!("{name} is an unexported field of struct type {type_}");
                return Err(self.error(tree, message));
            }
            return Err(self.no_field(tree, name, receiver));
        };
        if has_arguments {
            let name = to_string_lossy(name);
            return Err(self.error(tree, format!("{name} has arguments but cannot be invoked as function")));
        }
        Ok(Val::result(value))
    }
}

/// The entry that a chain of names leads to through maps; `None` when anything on the way is not so plain, or when the last name
/// has arguments: the first of `operands` is the chain itself, and `last` comes out of a pipe.
pub(super) fn entry_of(value: &Value, fields: Fields<'_>, operands: &[NodeId], last: Option<&Val>) -> Option<Val> {
    const MOST: usize = 32;
    if operands.len() > 1 || last.is_some() || fields.ends.len() > MOST {
        None
    } else {
        nested_entry(value, fields)
    }
}

fn nested_entry(value: &Value, mut fields: Fields<'_>) -> Option<Val> {
    let name = fields.next()?;
    let Value::Map(map) = value else { return None };
    if map.method(name).is_some() {
        return None;
    }
    map.with(|entries| {
        let value = entries.get(name)?;
        if fields.ends.is_empty() {
            return Some(element(value.clone(), map_element(map)));
        }
        nested_entry(value, fields)
    })
}

impl Value {
    /// The zero value of a type: Go's `reflect.Zero`.
    pub fn zero(type_: Type) -> Value {
        match type_ {
            Type::Any | Type::Error | Type::Named(_) => Value::Nil,
            Type::Bool => Value::Bool(false),
            Type::Int => Value::Int(0),
            Type::Int64 => Value::Int64(0),
            Type::Int8 | Type::Int16 | Type::Int32 => Value::OtherInt(type_, 0),
            Type::Uint | Type::Uint8 | Type::Uint16 | Type::Uint32 | Type::Uint64 => Value::Uint(type_, 0),
            Type::Float32 | Type::Float64 => Value::Float(0.0),
            Type::String => Value::Str(Str::default()),
            Type::Slice(_) => Value::nil_list(type_),
            Type::Map(_) => Value::nil_map(type_),
        }
    }
}
