//! Calls of functions and methods.

use go_value::Str;
use smallvec::SmallVec;

use super::Exec;
use super::val::Val;
use crate::builtins;
use crate::error::Error;
use crate::fmt;
use crate::func::FuncError;
use crate::parse::node::{Builtin, NodeId};
use crate::parse::tree::Tree;
use crate::value::{Signature, Type, Value};

impl Exec {
    /// Calls the function at `place` of the function map. `node` is what an error of the function names; `operands` start with
    /// the function itself, or are none.
    pub(super) fn call_function(
        &mut self,
        tree: &Tree,
        dot: &Val,
        node: NodeId,
        place: u32,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        let function = tree.body.functions.at(place);
        let name = tree.body.functions.name_at(place);
        let body = |exec: &mut Exec, arguments: &[Value]| (function.body)(exec, arguments);
        self.call(tree, dot, node, name, &function.signature, operands, last, body)
    }

    /// Checks and evaluates the arguments and calls `body` with them.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one command")]
    pub(super) fn call(
        &mut self,
        tree: &Tree,
        dot: &Val,
        node: NodeId,
        name: &str,
        signature: &Signature,
        operands: &[NodeId],
        last: Option<&Val>,
        body: impl FnOnce(&mut Exec, &[Value]) -> Result<Value, FuncError>,
    ) -> Result<Val, Error> {
        let operands = operands.get(1..).unwrap_or_default();
        let fixed = signature.parameters.len();
        self.check_count(tree, name, fixed, signature.variadic.is_some(), operands.len(), last)?;
        let mut arguments: SmallVec<[Value; 4]> = SmallVec::new();
        for (at, operand) in operands.iter().enumerate() {
            let type_ = parameter(signature, at);
            arguments.push(self.eval_argument(tree, dot, type_, *operand)?);
        }
        if let Some(last) = last {
            let type_ = parameter(signature, operands.len());
            arguments.push(self.validate(tree, last.clone(), type_)?);
        }
        match body(self, &arguments) {
            Ok(value) => {
                self.count_result(tree, &value)?;
                Ok(Val::result(value))
            }
            Err(error) => Err(self.call_error(tree, node, name, error)),
        }
    }

    fn check_count(
        &self,
        tree: &Tree,
        name: &str,
        fixed: usize,
        variadic: bool,
        given: usize,
        last: Option<&Val>,
    ) -> Result<(), Error> {
        let count = given + usize::from(last.is_some());
        let problem = match variadic {
            true if count < fixed => format!("want at least {fixed} got {given}"),
            false if count != fixed => format!("want {fixed} got {count}"),
            _ => return Ok(()),
        };
        Err(self.error(tree, format!("wrong number of args for {name}: {problem}")))
    }

    /// Calls a builtin function; the arguments are those of [`Exec::call_function`].
    pub(super) fn call_builtin(
        &mut self,
        tree: &Tree,
        dot: &Val,
        node: NodeId,
        builtin: Builtin,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        let arguments = operands.get(1..).unwrap_or_default();
        let name = builtin.name();
        let (fixed, variadic) = arity(builtin);
        self.check_count(tree, name, fixed, variadic, arguments.len(), last)?;
        let result = match builtin {
            Builtin::And | Builtin::Or => return self.and_or(tree, dot, builtin, arguments, last),
            Builtin::Print | Builtin::Println | Builtin::Html | Builtin::Js | Builtin::Urlquery => {
                let values = self.any_values(tree, dot, arguments, last)?;
                Ok(Val::plain(Value::Str(builtins::text_function(builtin, &values))))
            }
            Builtin::Printf => {
                let (format, values) = self.printf_arguments(tree, dot, arguments, last)?;
                Ok(Val::plain(Value::Str(fmt::sprintf(&format, &values))))
            }
            Builtin::Call => {
                let callee = match arguments.first() {
                    Some(first) => tree.node_text(*first),
                    None => builtins::callee_name(last),
                };
                let values = self.any_arguments(tree, dot, arguments, last)?;
                builtins::call(&callee, &values)
            }
            _ => match (arguments, last) {
                ([one], None) => {
                    let value = self.eval_any_argument(tree, dot, *one)?;
                    builtins::value_function(builtin, &[value])
                }
                ([one, two], None) => {
                    let first = self.eval_any_argument(tree, dot, *one)?;
                    let second = self.eval_any_argument(tree, dot, *two)?;
                    builtins::value_function(builtin, &[first, second])
                }
                _ => {
                    let values = self.any_arguments(tree, dot, arguments, last)?;
                    builtins::value_function(builtin, &values)
                }
            },
        };
        let result = result.map_err(|error| self.call_error(tree, node, name, error))?;
        self.count_result(tree, &result.value)?;
        Ok(result)
    }

    /// `and` and `or` evaluate no more arguments than they need.
    fn and_or(
        &mut self,
        tree: &Tree,
        dot: &Val,
        builtin: Builtin,
        arguments: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        let mut value = Val::INVALID;
        for argument in arguments {
            value = self.eval_any_argument(tree, dot, *argument)?;
            if value.value.truth() == (builtin == Builtin::Or) {
                return Ok(value);
            }
        }
        Ok(last.cloned().unwrap_or(value))
    }

    fn any_arguments(
        &mut self,
        tree: &Tree,
        dot: &Val,
        arguments: &[NodeId],
        last: Option<&Val>,
    ) -> Result<SmallVec<[Val; 4]>, Error> {
        let mut values = SmallVec::new();
        for argument in arguments {
            values.push(self.eval_any_argument(tree, dot, *argument)?);
        }
        values.extend(last.cloned());
        Ok(values)
    }

    fn any_values(
        &mut self,
        tree: &Tree,
        dot: &Val,
        arguments: &[NodeId],
        last: Option<&Val>,
    ) -> Result<SmallVec<[Value; 4]>, Error> {
        let mut values = SmallVec::new();
        for argument in arguments {
            values.push(self.eval_any_argument(tree, dot, *argument)?.value);
        }
        values.extend(last.map(|last| last.value.clone()));
        Ok(values)
    }

    fn printf_arguments(
        &mut self,
        tree: &Tree,
        dot: &Val,
        arguments: &[NodeId],
        last: Option<&Val>,
    ) -> Result<(Str, SmallVec<[Value; 4]>), Error> {
        let (format, rest, last) = match arguments.split_first() {
            Some((format, rest)) => (self.eval_argument(tree, dot, Type::String, *format)?, rest, last),
            None => {
                let format = self.validate(tree, last.cloned().unwrap_or_default(), Type::String)?;
                (format, arguments, None)
            }
        };
        let values = self.any_values(tree, dot, rest, last)?;
        match format {
            Value::Str(format) => Ok((format, values)),
            _ => Ok((Str::default(), values)),
        }
    }
}

/// The type of the argument at the place `at`.
fn parameter(signature: &Signature, at: usize) -> Type {
    let variadic = || signature.variadic.unwrap_or(Type::Any);
    signature.parameters.get(at).copied().unwrap_or_else(variadic)
}

/// How many parameters a builtin has, and whether more may follow.
fn arity(builtin: Builtin) -> (usize, bool) {
    match builtin {
        Builtin::Print | Builtin::Println | Builtin::Html | Builtin::Js | Builtin::Urlquery => (0, true),
        Builtin::And | Builtin::Or | Builtin::Call | Builtin::Index | Builtin::Slice => (1, true),
        Builtin::Eq | Builtin::Printf => (1, true),
        Builtin::Len | Builtin::Not => (1, false),
        Builtin::Ge | Builtin::Gt | Builtin::Le | Builtin::Lt | Builtin::Ne => (2, false),
    }
}
