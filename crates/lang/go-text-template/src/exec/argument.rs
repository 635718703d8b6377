//! Arguments of functions and methods: evaluated and checked against the parameter's type.

use super::Exec;
use super::val::Val;
use crate::error::Error;
use crate::parse::node::{NodeId, NodeKind};
use crate::parse::number::Number;
use crate::parse::tree::Tree;
use crate::value::{Type, Value};

impl Exec {
    /// Evaluates the operand `id` as an argument of type `type_`.
    pub(super) fn eval_argument(&mut self, tree: &Tree, dot: &Val, type_: Type, id: NodeId) -> Result<Value, Error> {
        self.node = id;
        if type_ == Type::Any {
            return Ok(self.eval_any_argument(tree, dot, id)?.value);
        }
        match self.eval_operand(tree, dot, id)? {
            Some(value) => self.validate(tree, value, type_),
            None => self.eval_literal(tree, type_, id),
        }
    }

    /// Evaluates the operand `id` for a builtin, which takes any value as it is.
    pub(super) fn eval_any_argument(&mut self, tree: &Tree, dot: &Val, id: NodeId) -> Result<Val, Error> {
        self.node = id;
        match tree.node(id).kind {
            NodeKind::Field(fields) => self.eval_field_node(tree, dot, id, fields, &[], None),
            NodeKind::Variable(variable) => self.eval_variable(tree, id, variable, &[], None),
            NodeKind::VariableFields(fields) => self.eval_variable_fields(tree, dot, id, fields, &[], None),
            NodeKind::String(string) => Ok(Val::plain(Value::Str(tree.string(string).clone()))),
            NodeKind::Int(int) => Ok(Val::plain(Value::Int(i64::from(int)))),
            NodeKind::Number(number) => self.ideal_constant(tree, id, number),
            NodeKind::Bool(value) => Ok(Val::plain(Value::Bool(value))),
            NodeKind::Nil => Ok(Val::INVALID),
            _ => match self.eval_operand(tree, dot, id)? {
                Some(value) => Ok(value),
                None => {
                    let text = tree.node_text(id);
                    Err(self.error(
                        tree,
                        format!("can't handle assignment of {text} to empty interface argument"),
                    ))
                }
            },
        }
    }

    /// The value of an operand that is no literal.
    fn eval_operand(&mut self, tree: &Tree, dot: &Val, id: NodeId) -> Result<Option<Val>, Error> {
        let value = match tree.node(id).kind {
            NodeKind::Dot => dot.clone(),
            NodeKind::Field(fields) => self.eval_field_node(tree, dot, id, fields, &[], None)?,
            NodeKind::Variable(variable) => self.eval_variable(tree, id, variable, &[], None)?,
            NodeKind::VariableFields(fields) => self.eval_variable_fields(tree, dot, id, fields, &[], None)?,
            NodeKind::Pipe(_) | NodeKind::Pipeline(_) => self.eval_nested_pipeline(tree, dot, id)?,
            NodeKind::Builtin(builtin) => self.call_builtin(tree, dot, id, builtin, &[], None)?,
            NodeKind::Function(place) => self.call_function(tree, dot, id, place, &[], None)?,
            NodeKind::Chain(chain) => self.eval_chain(tree, dot, id, chain, &[], None)?,
            _ => return Ok(None),
        };
        Ok(Some(value))
    }

    /// A literal as a value of type `type_`.
    fn eval_literal(&mut self, tree: &Tree, type_: Type, id: NodeId) -> Result<Value, Error> {
        let kind = tree.node(id).kind;
        if let NodeKind::Nil = kind {
            if can_be_nil(type_) {
                return Ok(Value::zero(type_));
            }
            return Err(self.error(tree, format!("cannot assign nil to {type_}")));
        }
        let number = match kind {
            NodeKind::Int(int) => Some(Number::plain_int(int)),
            NodeKind::Number(number) => Some(tree.body.numbers[number as usize]),
            _ => None,
        };
        let int = number.and_then(|number| number.int);
        let value = match type_ {
            Type::Bool => match kind {
                NodeKind::Bool(value) => Some(Value::Bool(value)),
                _ => None,
            },
            Type::String => match kind {
                NodeKind::String(string) => Some(Value::Str(tree.string(string).clone())),
                _ => None,
            },
            Type::Int => int.map(Value::Int),
            Type::Int64 => int.map(Value::Int64),
            Type::Int8 => int.map(|int| Value::OtherInt(type_, i64::from(int as i8))),
            Type::Int16 => int.map(|int| Value::OtherInt(type_, i64::from(int as i16))),
            Type::Int32 => int.map(|int| Value::OtherInt(type_, i64::from(int as i32))),
            Type::Float32 | Type::Float64 => number.and_then(|number| number.float).map(Value::Float),
            Type::Uint | Type::Uint8 | Type::Uint16 | Type::Uint32 | Type::Uint64 => number
                .and_then(|number| number.uint)
                .map(|uint| Value::Uint(type_, narrow(type_, uint))),
            Type::Any | Type::Error | Type::Slice(_) | Type::Map(_) | Type::Named(_) => {
                let text = tree.node_text(id);
                return Err(self.error(tree, format!("can't handle {text} for arg of type {type_}")));
            }
        };
        value.ok_or_else(|| {
            let text = tree.node_text(id);
            self.error(tree, format!("expected {}; found {text}", literal_kind(type_)))
        })
    }

    /// Checks that a value can be an argument of type `type_`, and makes it one.
    pub(super) fn validate(&self, tree: &Tree, value: Val, type_: Type) -> Result<Value, Error> {
        if type_ == Type::Any {
            return Ok(value.value);
        }
        let Some(actual) = value.value.type_() else {
            if value.boxed {
                return Err(self.wrong_type(tree, type_, Type::Any));
            }
            if can_be_nil(type_) {
                return Ok(Value::zero(type_));
            }
            return Err(self.error(tree, format!("invalid value; expected {type_}")));
        };
        if actual == type_ {
            return Ok(value.value);
        }
        match (value.value, type_) {
            // A named map type is assignable to the plain one below it, and becomes that.
            (Value::Map(map), Type::Map(Type::Any)) if matches!(actual, Type::Named(_)) => {
                Ok(Value::Map(map.as_type(type_)))
            }
            (Value::List(list), Type::Slice(_)) if matches!(actual, Type::Named(_)) => {
                let mut list = list.clone();
                list.type_ = type_;
                Ok(Value::List(list))
            }
            (Value::Object(object), Type::Error) if object.is_error() => Ok(Value::Object(object)),
            (_, _) => Err(self.wrong_type(tree, type_, actual)),
        }
    }

    fn wrong_type(&self, tree: &Tree, wanted: Type, actual: Type) -> Error {
        self.error(tree, format!("wrong type for value; expected {wanted}; got {actual}"))
    }
}

fn literal_kind(type_: Type) -> &'static str {
    match type_ {
        Type::Bool => "bool",
        Type::String => "string",
        Type::Float32 | Type::Float64 => "float",
        Type::Uint | Type::Uint8 | Type::Uint16 | Type::Uint32 | Type::Uint64 => "unsigned integer",
        _ => "integer",
    }
}

fn narrow(type_: Type, uint: u64) -> u64 {
    match type_ {
        Type::Uint8 => u64::from(uint as u8),
        Type::Uint16 => u64::from(uint as u16),
        Type::Uint32 => u64::from(uint as u32),
        _ => uint,
    }
}

/// Tells whether nil can be a value of the type.
pub(super) fn can_be_nil(type_: Type) -> bool {
    match type_ {
        Type::Any | Type::Error | Type::Slice(_) | Type::Map(_) => true,
        Type::Named(name) => name.starts_with('*'),
        _ => false,
    }
}
