//! JSONPath templates as kubectl and Helm read them: `{.a.b[0]}`, ranges, filters, unions, slices.
//!
//! Source: the Kubernetes client library 0.37, `util/jsonpath`. Where Go walks a map in random order, keys are sorted.

mod compare;
mod eval;
mod parse;

pub use eval::execute;
pub use parse::parse;

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// What stands in one pair of braces, or a side of a filter.
    List(Vec<Node>),
    /// Text outside braces, or a quoted text inside.
    Text(Vec<u8>),
    /// `.name`
    Field(Vec<u8>),
    /// `[1]`, `[1:2]`, `[::2]`
    Array([Bound; 3]),
    /// `[?(@.a == 1)]`; without an operator it asks whether the left side exists.
    Filter {
        left: Vec<Node>,
        operator: Option<Vec<u8>>,
        right: Vec<Node>,
    },
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// `true` or `false`
    Bool(bool),
    /// `*`
    Wildcard,
    /// `..`
    Recursive,
    /// `[a,b]`
    Union(Vec<Vec<Node>>),
    /// `range`, `end`
    Identifier(Vec<u8>),
}

/// Start, end or step of an array's slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The number, if it is known.
    pub value: Option<i64>,
    /// Whether an end was made up from the start.
    pub derived: bool,
}
