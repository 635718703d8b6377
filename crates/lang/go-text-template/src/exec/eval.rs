//! Pipelines, commands and operands.

use go_value::strconv::quote;

use super::val::Val;
use super::{Exec, field};
use crate::builtins::Complex;
use crate::error::Error;
use crate::parse::node::{Fields, Group, NodeId, NodeKind, Pipe};
use crate::parse::tree::Tree;
use crate::value::Value;

impl Exec {
    /// Evaluates a pipeline, and declares or sets its variables.
    pub(super) fn eval_pipeline(&mut self, tree: &Tree, dot: &Val, id: NodeId) -> Result<Val, Error> {
        self.node = id;
        let command = match tree.node(id).kind {
            NodeKind::Pipeline(group) => return self.eval_commands(tree, dot, tree.pipeline(group)),
            NodeKind::Pipe(command) => command,
            _ => id,
        };
        let mut value = self.eval_command(tree, dot, command, None)?;
        // What came out of an interface is its content.
        value.boxed = false;
        Ok(value)
    }

    fn eval_commands(&mut self, tree: &Tree, dot: &Val, pipe: Pipe<'_>) -> Result<Val, Error> {
        let mut value: Option<Val> = None;
        for command in pipe.commands {
            let mut result = self.eval_command(tree, dot, *command, value.as_ref())?;
            result.boxed = false;
            value = Some(result);
        }
        let value = value.unwrap_or_default();
        for declaration in pipe.declarations {
            if pipe.assign {
                self.set_variable(tree, *declaration, value.clone())?;
            } else if let NodeKind::Variable(variable) = tree.node(*declaration).kind {
                self.variables.push((variable, value.clone()));
            }
        }
        Ok(value)
    }

    /// Sets the last declared variable of the node's name.
    pub(super) fn set_variable(&mut self, tree: &Tree, node: NodeId, value: Val) -> Result<(), Error> {
        let NodeKind::Variable(variable) = tree.node(node).kind else {
            return Ok(());
        };
        let mut variables = self.variables[self.base..].iter_mut().rev();
        match variables.find(|(name, _)| *name == variable) {
            Some((_, place)) => {
                *place = value;
                Ok(())
            }
            None => Err(self.undefined_variable(tree, variable)),
        }
    }

    fn undefined_variable(&self, tree: &Tree, variable: u32) -> Error {
        let name = tree.body.variables[variable as usize].to_string_lossy();
        self.error(tree, format!("undefined variable: {name}"))
    }

    fn variable(&self, tree: &Tree, variable: u32) -> Result<&Val, Error> {
        let mut variables = self.variables[self.base..].iter().rev();
        match variables.find(|(name, _)| *name == variable) {
            Some((_, value)) => Ok(value),
            None => Err(self.undefined_variable(tree, variable)),
        }
    }

    fn eval_command(&mut self, tree: &Tree, dot: &Val, id: NodeId, last: Option<&Val>) -> Result<Val, Error> {
        let operands = tree.operands(&id);
        let first = operands[0];
        match tree.node(first).kind {
            NodeKind::Field(fields) => self.eval_field_node(tree, dot, first, fields, operands, last),
            NodeKind::Chain(chain) => self.eval_chain(tree, dot, first, chain, operands, last),
            NodeKind::Builtin(builtin) => {
                self.node = first;
                self.call_builtin(tree, dot, id, builtin, operands, last)
            }
            NodeKind::Function(place) => {
                self.node = first;
                self.call_function(tree, dot, id, place, operands, last)
            }
            NodeKind::Pipe(_) | NodeKind::Pipeline(_) => {
                self.not_a_function(tree, operands, last)?;
                self.eval_nested_pipeline(tree, dot, first)
            }
            NodeKind::Variable(variable) => self.eval_variable(tree, first, variable, operands, last),
            NodeKind::VariableFields(fields) => self.eval_variable_fields(tree, dot, first, fields, operands, last),
            kind => {
                self.node = first;
                self.not_a_function(tree, operands, last)?;
                self.eval_constant(tree, dot, first, kind)
            }
        }
    }

    fn eval_constant(&mut self, tree: &Tree, dot: &Val, id: NodeId, kind: NodeKind) -> Result<Val, Error> {
        match kind {
            NodeKind::Bool(value) => Ok(Val::plain(Value::Bool(value))),
            NodeKind::Dot => Ok(dot.clone()),
            NodeKind::Nil => Err(self.error(tree, "nil is not a command")),
            NodeKind::Int(int) => Ok(Val::plain(Value::Int(i64::from(int)))),
            NodeKind::Number(number) => self.ideal_constant(tree, id, number),
            NodeKind::String(string) => Ok(Val::plain(Value::Str(tree.string(string).clone()))),
            _ => {
                let text = quote(tree.node_text(id).as_bytes());
                Err(self.error(tree, format!("can't evaluate command {text}")))
            }
        }
    }

    /// A pipeline in parentheses; these nest.
    pub(super) fn eval_nested_pipeline(&mut self, tree: &Tree, dot: &Val, id: NodeId) -> Result<Val, Error> {
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            self.eval_pipeline(tree, dot, id)
        })
    }

    fn not_a_function(&self, tree: &Tree, operands: &[NodeId], last: Option<&Val>) -> Result<(), Error> {
        if operands.len() <= 1 && last.is_none() {
            return Ok(());
        }
        let text = tree.node_text(operands[0]);
        Err(self.error(tree, format!("can't give argument to non-function {text}")))
    }

    /// The value of a number where no type is asked for.
    pub(super) fn ideal_constant(&mut self, tree: &Tree, id: NodeId, number: u32) -> Result<Val, Error> {
        self.node = id;
        let number = &tree.body.numbers[number as usize];
        if let Some((real, imaginary)) = number.complex {
            return Ok(Val::plain(Complex { real, imaginary }.into()));
        }
        if let (Some(float), true) = (number.float, number.float_text) {
            return Ok(Val::plain(Value::Float(float)));
        }
        if let Some(int) = number.int {
            return Ok(Val::plain(Value::Int(int)));
        }
        if number.uint.is_some() {
            let text = tree.node_text(id);
            return Err(self.error(tree, format!("{text} overflows int")));
        }
        Ok(Val::INVALID)
    }

    pub(super) fn eval_field_node(
        &mut self,
        tree: &Tree,
        dot: &Val,
        id: NodeId,
        fields: Group,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        self.node = id;
        let fields = tree.fields(fields);
        if let Some(value) = field::entry_of(&dot.value, fields, operands, last) {
            return Ok(value);
        }
        self.eval_fields(tree, dot, dot, id, fields, operands, last)
    }

    pub(super) fn eval_chain(
        &mut self,
        tree: &Tree,
        dot: &Val,
        id: NodeId,
        chain: Group,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        let (start, fields) = tree.start_and_fields(chain);
        let receiver = self.eval_chain_start(tree, dot, start)?;
        self.eval_fields(tree, dot, &receiver, id, fields, operands, last)
    }

    fn eval_chain_start(&mut self, tree: &Tree, dot: &Val, node: NodeId) -> Result<Val, Error> {
        self.node = node;
        match tree.node(node).kind {
            NodeKind::Pipe(_) | NodeKind::Pipeline(_) => self.eval_nested_pipeline(tree, dot, node),
            NodeKind::Builtin(builtin) => self.call_builtin(tree, dot, node, builtin, &[node], None),
            NodeKind::Function(place) => self.call_function(tree, dot, node, place, &[node], None),
            kind => self.eval_constant(tree, dot, node, kind),
        }
    }

    pub(super) fn eval_variable(
        &mut self,
        tree: &Tree,
        id: NodeId,
        variable: u32,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        self.node = id;
        let value = self.variable(tree, variable)?.clone();
        self.not_a_function(tree, operands, last)?;
        Ok(value)
    }

    pub(super) fn eval_variable_fields(
        &mut self,
        tree: &Tree,
        dot: &Val,
        id: NodeId,
        fields: Group,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        self.node = id;
        let (variable, fields) = tree.start_and_fields(fields);
        let value = self.variable(tree, variable)?;
        if let Some(value) = field::entry_of(&value.value, fields, operands, last) {
            return Ok(value);
        }
        let value = value.clone();
        self.eval_fields(tree, dot, &value, id, fields, operands, last)
    }

    /// `.X.Y.Z` of `receiver`, possibly with arguments for the last.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one command")]
    fn eval_fields(
        &mut self,
        tree: &Tree,
        dot: &Val,
        receiver: &Val,
        id: NodeId,
        mut fields: Fields<'_>,
        operands: &[NodeId],
        last: Option<&Val>,
    ) -> Result<Val, Error> {
        let Some(mut name) = fields.next() else {
            return Ok(receiver.clone());
        };
        let mut value = None;
        for next in fields {
            let receiver = value.as_ref().unwrap_or(receiver);
            value = Some(self.eval_field(tree, dot, name, id, &[], None, receiver)?);
            name = next;
        }
        let receiver = value.as_ref().unwrap_or(receiver);
        self.eval_field(tree, dot, name, id, operands, last, receiver)
    }
}
