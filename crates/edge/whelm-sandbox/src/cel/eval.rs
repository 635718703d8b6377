//! Evaluates expressions.

use std::sync::Arc;

use super::functions;
use super::operators;
use super::syntax::{Access, Each, Expr, Item, Literal, Macro, Node};
use super::value::Cel;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An error that `&&` and `||` may make up for.
    Error(String),
    /// There was too much to do.
    TooMuch,
}

impl Fault {
    pub fn error(text: impl Into<String>) -> Self {
        Fault::Error(text.into())
    }

    pub fn no_overload() -> Self {
        Fault::error("no such overload")
    }
}

pub(super) type Outcome<'a> = Result<Cel<'a>, Fault>;

/// What evaluates: the variables, and how much work is left.
#[derive(Debug)]
pub(crate) struct Machine<'a> {
    variables: Vec<(&'a str, Cel<'a>)>,
    left: u64,
}

impl<'a> Machine<'a> {
    /// Returns a machine that may do so much work: about one unit for each part of an expression.
    pub fn new(budget: u64) -> Self {
        Machine {
            variables: Vec::new(),
            left: budget,
        }
    }

    pub fn define(&mut self, name: &'a str, value: Cel<'a>) {
        self.variables.push((name, value));
    }

    /// Returns how much work may still be done.
    pub fn left(&self) -> u64 {
        self.left
    }

    pub(super) fn spend(&mut self, work: u64) -> Result<(), Fault> {
        match self.left.checked_sub(work) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                return Err(Fault::TooMuch);
            }
        }
        Ok(())
    }

    /// Returns the value of an expression.
    ///
    /// # Errors
    /// It has none, or takes too much work.
    pub fn eval(&mut self, node: &'a Node) -> Outcome<'a> {
        self.spend(1)?;
        match &node.expr {
            Expr::Literal(literal) => Ok(of_literal(literal)),
            Expr::Ident(name) => self.variable(name),
            Expr::Select { operand, field, how } => self.select(operand, field, *how),
            Expr::Index {
                operand,
                index,
                optional,
            } => self.index(operand, index, *optional),
            Expr::And(parts) => self.join(parts, false),
            Expr::Or(parts) => self.join(parts, true),
            Expr::Choice(parts) => self.choose(parts),
            Expr::List(items) => self.list(items),
            Expr::Map(pairs) => self.map(pairs),
            Expr::Each(each) => self.each(each),
            Expr::Call {
                target,
                name,
                arguments,
            } => self.call(target.as_deref(), name, arguments),
        }
    }

    fn find(&self, name: &str) -> Option<&Cel<'a>> {
        self.variables
            .iter()
            .rev()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    fn variable(&self, name: &str) -> Outcome<'a> {
        let found = self
            .find(name)
            .cloned()
            .or_else(|| functions::type_named(name).map(Cel::Type));
        found.ok_or_else(|| Fault::error(format!("no such attribute(s): {name}")))
    }

    fn select(&mut self, operand: &'a Node, field: &str, how: Access) -> Outcome<'a> {
        let object = self.eval(operand)?;
        let is_optional = matches!(object, Cel::Optional(_));
        if !is_optional && !matches!(object, Cel::Map(_) | Cel::Object(..)) {
            return Err(Fault::no_overload());
        }
        let found = object.get(&Cel::text(field));
        match how {
            Access::Presence => Ok(Cel::Bool(found.is_some())),
            Access::Field if !is_optional => found.ok_or_else(|| Fault::error(format!("no such key: {field}"))),
            _ => Ok(Cel::Optional(found.map(Arc::new))),
        }
    }

    fn index(&mut self, operand: &'a Node, index: &'a Node, optional: bool) -> Outcome<'a> {
        let (object, index) = (self.eval(operand)?, self.eval(index)?);
        let index = match (&object, index) {
            (Cel::List(_), Cel::Uint(value)) => Cel::Int(i64::try_from(value).unwrap_or(i64::MAX)),
            (Cel::List(_), Cel::Double(value)) if value.fract() == 0.0 => Cel::Int(value as i64),
            (Cel::List(_), other) if !matches!(other, Cel::Int(_)) => return Err(Fault::no_overload()),
            (Cel::List(_) | Cel::Map(_) | Cel::Object(..) | Cel::Optional(_), other) => other,
            _ => return Err(Fault::no_overload()),
        };
        let found = object.get(&index);
        if optional || matches!(object, Cel::Optional(_)) {
            return Ok(Cel::Optional(found.map(Arc::new)));
        }
        found.ok_or_else(|| {
            let shown = operators::shown(&index);
            Fault::error(match object {
                Cel::List(_) => format!("index out of bounds: {shown}"),
                _ => format!("no such key: {shown}"),
            })
        })
    }

    /// Evaluates `&&` or `||`: one part that decides makes up for errors in the others.
    fn join(&mut self, parts: &'a [Node], decides: bool) -> Outcome<'a> {
        let mut error = None;
        for part in parts {
            match self.eval(part) {
                Ok(Cel::Bool(value)) if value == decides => return Ok(Cel::Bool(decides)),
                Ok(Cel::Bool(_)) => {}
                Ok(_) => error = error.or_else(|| Some(Fault::no_overload())),
                Err(Fault::TooMuch) => return Err(Fault::TooMuch),
                Err(fault) => error = error.or(Some(fault)),
            }
        }
        error.map_or(Ok(Cel::Bool(!decides)), Err)
    }

    fn choose(&mut self, parts: &'a [Node; 3]) -> Outcome<'a> {
        let [condition, yes, no] = parts;
        match self.eval(condition)? {
            Cel::Bool(true) => self.eval(yes),
            Cel::Bool(false) => self.eval(no),
            _ => Err(Fault::no_overload()),
        }
    }

    fn list(&mut self, items: &'a [Item]) -> Outcome<'a> {
        let mut values = Vec::new();
        for item in items {
            match self.eval(&item.value)? {
                Cel::Optional(inner) if item.optional => values.extend(inner.map(|inner| Cel::clone(&inner))),
                value => values.push(value),
            }
        }
        Ok(Cel::list(values))
    }

    fn map(&mut self, pairs: &'a [(Node, Node)]) -> Outcome<'a> {
        let mut values: Vec<(Cel<'a>, Cel<'a>)> = Vec::new();
        for (key, value) in pairs {
            let (key, value) = (self.eval(key)?, self.eval(value)?);
            self.spend(values.len() as u64 / 10)?;
            if values.iter().any(|(own, _)| own.equals(&key)) {
                return Err(Fault::error(format!(
                    "Failed with repeated key: {}",
                    operators::shown(&key)
                )));
            }
            values.push((key, value));
        }
        Ok(Cel::Map(Arc::new(values)))
    }

    fn call(&mut self, target: Option<&'a Node>, name: &'a str, arguments: &'a [Node]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(arguments.len() + 1);
        let full_name = target.and_then(|target| self.namespaced(target, name));
        if let (Some(target), None) = (target, &full_name) {
            values.push(self.eval(target)?);
        }
        for argument in arguments {
            values.push(self.eval(argument)?);
        }
        let work = values.iter().map(Cel::weight).sum();
        self.spend(work)?;
        let value = match (&full_name, target) {
            (Some(full_name), _) => functions::function(self, full_name, &values),
            (None, Some(_)) => functions::method(self, name, &values),
            (None, None) => functions::function(self, name, &values),
        }?;
        self.spend(value.weight())?;
        Ok(value)
    }

    /// Returns the full name of a function such as `optional.of`, whose first part is no variable.
    fn namespaced(&self, target: &Node, name: &str) -> Option<String> {
        match &target.expr {
            Expr::Ident(first) if functions::NAMESPACES.contains(&first.as_str()) && self.find(first).is_none() => {
                Some(format!("{first}.{name}"))
            }
            _ => None,
        }
    }

    fn each(&mut self, each: &'a Each) -> Outcome<'a> {
        let range = self.eval(&each.range)?;
        if matches!(each.what, Macro::OptMap | Macro::OptFlatMap) {
            return self.enter(each, range);
        }
        self.spend(range.weight())?;
        let is_list = matches!(range, Cel::List(_));
        let known = self.variables.len();
        let mut state = Progress::default();
        for (key, value) in range.pairs()? {
            match &each.second {
                Some(second) => {
                    self.define(&each.variable, key);
                    self.define(second, value);
                }
                None => self.define(&each.variable, if is_list { value } else { key }),
            }
            let stepped = self.step(each, &mut state);
            self.variables.truncate(known);
            if stepped? {
                break;
            }
        }
        state.result(each.what)
    }

    /// Does what a macro does with one element, and says whether the rest does not matter any more.
    fn step(&mut self, each: &'a Each, state: &mut Progress<'a>) -> Result<bool, Fault> {
        let truth = |value: Outcome<'a>| match value {
            Ok(Cel::Bool(value)) => Ok(value),
            Ok(_) => Err(Fault::no_overload()),
            Err(fault) => Err(fault),
        };
        match each.what {
            Macro::All | Macro::Exists => match truth(self.eval(&each.body)) {
                Ok(value) if value == (each.what == Macro::Exists) => state.decided = true,
                Ok(_) => {}
                Err(Fault::TooMuch) => return Err(Fault::TooMuch),
                Err(fault) => state.error = state.error.take().or(Some(fault)),
            },
            Macro::ExistsOne => state.count += usize::from(truth(self.eval(&each.body))?),
            Macro::Filter => {
                if truth(self.eval(&each.body))? {
                    state.values.push(self.variable(&each.variable)?);
                }
            }
            _ => {
                let wanted = match &each.filter {
                    Some(filter) => truth(self.eval(filter))?,
                    None => true,
                };
                if wanted {
                    let value = self.eval(&each.body)?;
                    state.values.push(value);
                }
            }
        }
        Ok(state.decided)
    }

    fn enter(&mut self, each: &'a Each, range: Cel<'a>) -> Outcome<'a> {
        let Cel::Optional(inner) = range else {
            return Err(Fault::no_overload());
        };
        let Some(inner) = inner else {
            return Ok(Cel::Optional(None));
        };
        self.define(&each.variable, Cel::clone(&inner));
        let value = self.eval(&each.body);
        self.variables.pop();
        match each.what {
            Macro::OptMap => value.map(Cel::some),
            _ => value,
        }
    }
}

/// How far a macro has come.
#[derive(Default)]
struct Progress<'a> {
    decided: bool,
    count: usize,
    values: Vec<Cel<'a>>,
    error: Option<Fault>,
}

impl<'a> Progress<'a> {
    fn result(self, what: Macro) -> Outcome<'a> {
        match what {
            Macro::All | Macro::Exists if self.decided => Ok(Cel::Bool(what == Macro::Exists)),
            Macro::All | Macro::Exists => self.error.map_or(Ok(Cel::Bool(what == Macro::All)), Err),
            Macro::ExistsOne => Ok(Cel::Bool(self.count == 1)),
            _ => Ok(Cel::list(self.values)),
        }
    }
}

fn of_literal<'a>(literal: &Literal) -> Cel<'a> {
    match literal {
        Literal::Null => Cel::Null,
        Literal::Bool(value) => Cel::Bool(*value),
        Literal::Int(value) => Cel::Int(*value),
        Literal::Uint(value) => Cel::Uint(*value),
        Literal::Double(value) => Cel::Double(*value),
        Literal::Text(value) => Cel::Text(value.clone()),
        Literal::Bytes(value) => Cel::Bytes(value.clone()),
    }
}
