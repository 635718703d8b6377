//! What looks like a call: functions, and the macros that are none.

use super::lexer::Wrong;
use super::parser::{Parser, call};
use super::syntax::{Access, Each, Expr, Macro, Node};

impl Parser {
    /// A call of a function; `has` is none.
    pub(super) fn function(&mut self, at: usize, name: String, mut arguments: Vec<Node>) -> Result<Node, Wrong> {
        if name == "has" {
            return match (arguments.len(), arguments.pop()) {
                (
                    1,
                    Some(Node {
                        depth,
                        expr: Expr::Select { operand, field, .. },
                        ..
                    }),
                ) => Ok(Node {
                    at,
                    depth,
                    expr: Expr::Select {
                        operand,
                        field,
                        how: Access::Presence,
                    },
                }),
                _ => Err(Wrong {
                    at,
                    message: "invalid argument to has() macro".to_owned(),
                }),
            };
        }
        let below = arguments.iter().map(|argument| argument.depth).max().unwrap_or(0);
        self.node(at, below, call(None, &name, arguments))
    }

    /// A call of a function of a value, or a macro.
    pub(super) fn method(
        &mut self,
        at: usize,
        target: Node,
        name: String,
        mut arguments: Vec<Node>,
    ) -> Result<Node, Wrong> {
        let below = arguments
            .iter()
            .map(|argument| argument.depth)
            .max()
            .unwrap_or(0)
            .max(target.depth);
        let what = match (name.as_str(), arguments.len()) {
            ("all", 2 | 3) => Macro::All,
            ("exists", 2 | 3) => Macro::Exists,
            ("exists_one" | "existsOne", 2 | 3) => Macro::ExistsOne,
            ("map", 2 | 3) => Macro::Map,
            ("filter", 2) => Macro::Filter,
            ("optMap", 2) => Macro::OptMap,
            ("optFlatMap", 2) => Macro::OptFlatMap,
            _ => return self.node(at, below, call(Some(target), &name, arguments)),
        };
        let body = arguments.pop();
        let middle = if arguments.len() == 2 { arguments.pop() } else { None };
        let variable = arguments.pop().and_then(ident);
        let (second, filter) = match middle {
            Some(node) if what == Macro::Map => (Some(None), Some(node)),
            Some(node) => (ident(node).map(Some), None),
            None => (Some(None), None),
        };
        let (Some(variable), Some(second), Some(body)) = (variable, second, body) else {
            return Err(Wrong {
                at,
                message: "argument must be a simple name".to_owned(),
            });
        };
        let each = Each {
            what,
            range: target,
            variable,
            second,
            filter,
            body,
        };
        self.node(at, below, Expr::Each(Box::new(each)))
    }
}

fn ident(node: Node) -> Option<String> {
    match node.expr {
        Expr::Ident(name) => Some(name),
        _ => None,
    }
}
