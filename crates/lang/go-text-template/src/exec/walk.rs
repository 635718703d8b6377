//! Actions: what writes output and moves dot.

use super::Exec;
use super::val::{Val, element, list_element, map_element};
use crate::error::Error;
use crate::fmt;
use crate::parse::node::{Branch, Group, NodeId, NodeKind, Pipe};
use crate::parse::tree::Tree;
use crate::value::{Object, Type, Value};

/// How deep templates may nest in one execution: Go's own limit.
const MAX_DEPTH: u32 = if cfg!(target_family = "wasm") { 1000 } else { 100_000 };

/// How deep templates and executions may nest in all. Go's limit is its stack of one gigabyte.
const MAX_NESTING: u32 = MAX_DEPTH + MAX_DEPTH / 2;

/// What follows a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Exec {
    /// Executes `tree` with `dot`, called from `caller`.
    pub(super) fn enter(&mut self, caller: &Tree, tree: &Tree, dot: Val) -> Result<(), Error> {
        if self.nesting >= MAX_NESTING {
            return Err(self.limit(caller, format!("exceeded maximum nesting depth ({MAX_NESTING})")));
        }
        self.nesting += 1;
        let base = std::mem::replace(&mut self.base, self.variables.len());
        self.variables.push((0, dot.clone()));
        let result = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            self.walk_list(tree, &dot, tree.root)
        });
        self.variables.truncate(self.base);
        self.base = base;
        self.nesting -= 1;
        result.map(|_| ())
    }

    fn limit(&self, tree: &Tree, message: String) -> Error {
        Error::limit(tree.name.clone(), Some(self.place(tree)), message)
    }

    fn write(&mut self, tree: &Tree, start: usize) -> Result<(), Error> {
        let written = self.out.len() - start;
        match self.limits.write(written) {
            Ok(()) => Ok(()),
            Err(message) => Err(self.limit(tree, message)),
        }
    }

    /// Counts what a function returned.
    #[inline]
    pub(super) fn count_result(&mut self, tree: &Tree, value: &Value) -> Result<(), Error> {
        match self.limits.result(value) {
            Ok(()) => Ok(()),
            Err(message) => Err(self.limit(tree, message)),
        }
    }

    fn step(&mut self, tree: &Tree) -> Result<(), Error> {
        self.limits.credit -= 1;
        if self.limits.credit > 0 {
            return Ok(());
        }
        match self.limits.refill() {
            Ok(()) => Ok(()),
            Err(message) => Err(self.limit(tree, message)),
        }
    }

    pub(super) fn walk_list(&mut self, tree: &Tree, dot: &Val, list: NodeId) -> Result<Flow, Error> {
        self.node = list;
        let NodeKind::List(nodes) = tree.node(list).kind else {
            return Ok(Flow::Next);
        };
        for id in tree.group(nodes) {
            let flow = self.walk(tree, dot, *id)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn walk(&mut self, tree: &Tree, dot: &Val, id: NodeId) -> Result<Flow, Error> {
        self.node = id;
        self.step(tree)?;
        let node = tree.node(id);
        match node.kind {
            NodeKind::Text { end } => {
                let before = self.out.len();
                let text = &tree.body.source[node.position as usize..end as usize];
                self.out.extend_from_slice(text);
                self.write(tree, before)?;
            }
            NodeKind::Action(pipe) => {
                let value = self.eval_pipeline(tree, dot, pipe)?;
                if tree.declarations(pipe).declarations.is_empty() {
                    self.node = id;
                    self.print(tree, &value.value)?;
                }
            }
            NodeKind::If(branch) => return self.walk_if(tree, dot, tree.branch(branch)),
            NodeKind::With(branch) => return self.walk_with(tree, dot, tree.branch(branch)),
            NodeKind::Range(branch) => return self.walk_range(tree, dot, tree.branch(branch)),
            NodeKind::Template(call) => self.walk_template(tree, dot, call)?,
            NodeKind::Break => return Ok(Flow::Break),
            NodeKind::Continue => return Ok(Flow::Continue),
            _ => return Err(self.error(tree, format!("unknown node: {}", tree.node_text(id)))),
        }
        Ok(Flow::Next)
    }

    /// Writes a value as an action does.
    fn print(&mut self, tree: &Tree, value: &Value) -> Result<(), Error> {
        let before = self.out.len();
        match value {
            Value::Str(text) => self.out.extend_from_slice(text),
            Value::Nil => self.out.extend_from_slice(b"<no value>"),
            _ => fmt::write_action_value(&mut self.out, value),
        }
        self.write(tree, before)
    }

    fn walk_if(&mut self, tree: &Tree, dot: &Val, branch: Branch) -> Result<Flow, Error> {
        let mark = self.variables.len();
        let truth = self.eval_pipeline(tree, dot, branch.pipe)?.value.truth();
        let list = if truth { Some(branch.list) } else { branch.else_list };
        let flow = match list {
            Some(list) => self.walk_nested(tree, dot, list)?,
            None => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn walk_with(&mut self, tree: &Tree, dot: &Val, branch: Branch) -> Result<Flow, Error> {
        let mark = self.variables.len();
        let value = self.eval_pipeline(tree, dot, branch.pipe)?;
        let flow = if value.value.truth() {
            self.walk_nested(tree, &value, branch.list)?
        } else if let Some(list) = branch.else_list {
            self.walk_nested(tree, dot, list)?
        } else {
            Flow::Next
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn walk_nested(&mut self, tree: &Tree, dot: &Val, list: NodeId) -> Result<Flow, Error> {
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            self.walk_list(tree, dot, list)
        })
    }

    fn walk_range(&mut self, tree: &Tree, dot: &Val, branch: Branch) -> Result<Flow, Error> {
        let mark = self.variables.len();
        let value = self.eval_pipeline(tree, dot, branch.pipe)?.value;
        let body = Body {
            pipe: tree.declarations(branch.pipe),
            after: branch.pipe,
            list: branch.list,
            mark: self.variables.len(),
        };
        let ran = self.range_over(tree, &body, &value)?;
        let mut flow = Flow::Next;
        if let (false, Some(list)) = (ran, branch.else_list) {
            flow = self.walk_nested(tree, dot, list)?;
        }
        self.variables.truncate(mark);
        Ok(flow)
    }

    /// Runs the body for each element; tells whether there was one.
    fn range_over(&mut self, tree: &Tree, body: &Body<'_>, value: &Value) -> Result<bool, Error> {
        match value {
            Value::Nil => Ok(false),
            Value::List(list) => {
                let type_ = list_element(list);
                let items = list.items.iter().cloned().map(|item| element(item, type_));
                self.each(tree, body, items.enumerate().map(|(at, item)| (int_index(at), item)))
            }
            Value::Bytes(bytes) => {
                let items = bytes.iter().map(|byte| Value::Uint(Type::Uint8, u64::from(*byte)));
                let items = items.enumerate().map(|(at, item)| (int_index(at), Val::plain(item)));
                self.each(tree, body, items)
            }
            Value::Map(map) => {
                let type_ = map_element(map);
                let entries = map.entries().into_iter();
                self.each(
                    tree,
                    body,
                    entries.map(|(key, value)| (Val::plain(Value::Str(key)), element(value, type_))),
                )
            }
            Value::Int(count) => self.count(tree, body, value, *count, Value::Int),
            Value::Int64(count) => self.count(tree, body, value, *count, Value::Int64),
            Value::OtherInt(type_, count) => self.count(tree, body, value, *count, |at| Value::OtherInt(*type_, at)),
            Value::Uint(type_, count) => {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                self.count(tree, body, value, count, |at| Value::Uint(*type_, at as u64))
            }
            Value::Object(object) => self.range_object(tree, body, value, object.as_ref()),
            Value::Bool(_) | Value::Float(_) | Value::Str(_) => Err(self.bad_range(tree, value)),
        }
    }

    fn range_object(
        &mut self,
        tree: &Tree,
        body: &Body<'_>,
        value: &Value,
        object: &dyn Object,
    ) -> Result<bool, Error> {
        if let Some(keys) = object.keys().filter(|_| body.needs_only_keys(tree)) {
            let entries = keys.into_iter().map(|key| (Val::plain(Value::Str(key)), Val::INVALID));
            return self.each(tree, body, entries);
        }
        match object.underlying() {
            Some(inner) if !matches!(inner, Value::Object(_)) => self.range_over(tree, body, &inner),
            _ => Err(self.bad_range(tree, value)),
        }
    }

    fn bad_range(&self, tree: &Tree, value: &Value) -> Error {
        let text = fmt::pointed_string(value);
        self.error(tree, format!("range can't iterate over {text}"))
    }

    /// `range` over an integer: from 0 up to it.
    fn count(
        &mut self,
        tree: &Tree,
        body: &Body<'_>,
        value: &Value,
        count: i64,
        index: impl Fn(i64) -> Value,
    ) -> Result<bool, Error> {
        if body.pipe.declarations.len() > 1 {
            let text = fmt::value_string(value);
            return Err(self.error(tree, format!("can't use {text} to iterate over more than one variable")));
        }
        let items = (0..count.max(0)).map(|at| (Val::INVALID, Val::plain(index(at))));
        self.each(tree, body, items)
    }

    fn each(&mut self, tree: &Tree, body: &Body<'_>, items: impl Iterator<Item = (Val, Val)>) -> Result<bool, Error> {
        let mut ran = false;
        for (index, item) in items {
            ran = true;
            self.step(tree)?;
            self.set_range_variables(tree, &body.pipe, index, &item)?;
            let flow = self.walk_nested(tree, &item, body.list)?;
            self.variables.truncate(body.mark);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(ran)
    }

    fn set_range_variables(&mut self, tree: &Tree, pipe: &Pipe<'_>, index: Val, item: &Val) -> Result<(), Error> {
        match (pipe.declarations, pipe.assign) {
            ([], _) => {}
            ([one], true) => self.set_variable(tree, *one, item.clone())?,
            ([first, second, ..], true) => {
                self.set_variable(tree, *first, index)?;
                self.set_variable(tree, *second, item.clone())?;
            }
            ([_], false) => self.set_top_variable(1, item.clone()),
            (_, false) => {
                self.set_top_variable(1, item.clone());
                self.set_top_variable(2, index);
            }
        }
        Ok(())
    }

    fn set_top_variable(&mut self, from_top: usize, value: Val) {
        let place = self.variables.len() - from_top;
        self.variables[place].1 = value;
    }

    fn walk_template(&mut self, tree: &Tree, dot: &Val, call: Group) -> Result<(), Error> {
        let (name, pipe) = tree.template_call(call);
        let Some(called) = self.templates.lookup(name).cloned() else {
            let name = go_value::strconv::quote(name);
            return Err(self.error(tree, format!("template {name} not defined")));
        };
        if self.depth >= MAX_DEPTH {
            return Err(self.error(tree, format!("exceeded maximum template depth ({MAX_DEPTH})")));
        }
        let value = match pipe {
            Some(pipe) => self.eval_pipeline(tree, dot, pipe)?,
            None => Val::INVALID,
        };
        let node = self.node;
        self.depth += 1;
        let result = self.enter(tree, &called, value);
        self.depth -= 1;
        self.node = node;
        result
    }
}

/// What a `range` runs for each element.
struct Body<'t> {
    pipe: Pipe<'t>,
    /// The node that all of the body come after.
    after: NodeId,
    list: NodeId,
    /// How many variables there are at its start.
    mark: usize,
}

impl Body<'_> {
    /// Whether nothing in the body can see the element: neither the dot nor the variable that it is declared as.
    fn needs_only_keys(&self, tree: &Tree) -> bool {
        let ([_, element], false) = (self.pipe.declarations, self.pipe.assign) else {
            return false;
        };
        let element = tree.variable_place(*element);
        // The parser makes the nodes of the body after the pipeline, and the list last.
        (self.after + 1..self.list).all(|id| match tree.node(id).kind {
            NodeKind::Dot | NodeKind::Field(_) => false,
            _ => tree.variable_place(id).is_none_or(|place| Some(place) != element),
        })
    }
}

fn int_index(at: usize) -> Val {
    Val::plain(Value::Int(at as i64))
}
