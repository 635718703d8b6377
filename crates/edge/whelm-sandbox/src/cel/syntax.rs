//! The tree of an expression.

use std::sync::Arc;

/// A part of an expression, and where it starts in the text.
#[derive(Debug)]
pub(crate) struct Node {
    pub at: usize,
    pub depth: usize,
    pub expr: Expr,
}

#[derive(Debug)]
pub(crate) enum Expr {
    Literal(Literal),
    Ident(String),
    /// `operand.field`, `operand.?field`, or `has(operand.field)`.
    Select {
        operand: Box<Node>,
        field: String,
        how: Access,
    },
    Index {
        operand: Box<Node>,
        index: Box<Node>,
        optional: bool,
    },
    Call {
        target: Option<Box<Node>>,
        name: String,
        arguments: Vec<Node>,
    },
    And(Vec<Node>),
    Or(Vec<Node>),
    Choice(Box<[Node; 3]>),
    List(Vec<Item>),
    Map(Vec<(Node, Node)>),
    Each(Box<Each>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Field,
    Optional,
    Presence,
}

/// An element of a list; an optional one may turn out to be none.
#[derive(Debug)]
pub(crate) struct Item {
    pub value: Node,
    pub optional: bool,
}

/// A macro that goes over a list or the keys of a map, or enters an optional value.
#[derive(Debug)]
pub(crate) struct Each {
    pub what: Macro,
    pub range: Node,
    pub variable: String,
    /// The second variable, if there is one: the element or the value; the first is then the index or the key.
    pub second: Option<String>,
    pub filter: Option<Node>,
    pub body: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Macro {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    OptMap,
    OptFlatMap,
}

#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
}

impl Node {
    /// Returns the expressions inside of this one.
    pub fn below(&self) -> Vec<&Node> {
        match &self.expr {
            Expr::Literal(_) | Expr::Ident(_) => Vec::new(),
            Expr::Select { operand, .. } => vec![operand],
            Expr::Index { operand, index, .. } => vec![operand, index],
            Expr::Call { target, arguments, .. } => target.iter().map(AsRef::as_ref).chain(arguments).collect(),
            Expr::And(parts) | Expr::Or(parts) => parts.iter().collect(),
            Expr::Choice(parts) => parts.iter().collect(),
            Expr::List(items) => items.iter().map(|item| &item.value).collect(),
            Expr::Map(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
            Expr::Each(each) => [&each.range, &each.body].into_iter().chain(&each.filter).collect(),
        }
    }
}
