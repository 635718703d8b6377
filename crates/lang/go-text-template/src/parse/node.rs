//! The nodes of a parse tree, in one flat list per tree.

use std::ops::Range;

/// The place of a node in its tree.
pub(crate) type NodeId = u32;

/// A run of entries in one of the tree's side lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Span {
    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

/// A node: where it stands in the text, and what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) position: u32,
    pub(crate) kind: NodeKind,
}

/// `if`, `range` and `with` share this form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branch {
    pub(crate) pipe: NodeId,
    pub(crate) list: NodeId,
    pub(crate) else_list: Option<NodeId>,
}

/// A pipeline: declared or assigned variables, then commands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pipe {
    /// In the tree's `ids`: variable nodes.
    pub(crate) declarations: Span,
    /// In the tree's `ids`: command nodes.
    pub(crate) commands: Span,
    pub(crate) assign: bool,
}

/// A function that a template names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callee {
    Builtin(Builtin),
    /// The place in the function map.
    Function(u32),
}

/// The functions that every template has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    And,
    Call,
    Html,
    Index,
    Slice,
    Js,
    Len,
    Not,
    Or,
    Print,
    Printf,
    Println,
    Urlquery,
    Eq,
    Ge,
    Gt,
    Le,
    Lt,
    Ne,
}

impl Builtin {
    /// Returns the builtin function `name`.
    pub(crate) fn by_name(name: &[u8]) -> Option<Builtin> {
        Some(match name {
            b"and" => Builtin::And,
            b"call" => Builtin::Call,
            b"html" => Builtin::Html,
            b"index" => Builtin::Index,
            b"slice" => Builtin::Slice,
            b"js" => Builtin::Js,
            b"len" => Builtin::Len,
            b"not" => Builtin::Not,
            b"or" => Builtin::Or,
            b"print" => Builtin::Print,
            b"printf" => Builtin::Printf,
            b"println" => Builtin::Println,
            b"urlquery" => Builtin::Urlquery,
            b"eq" => Builtin::Eq,
            b"ge" => Builtin::Ge,
            b"gt" => Builtin::Gt,
            b"le" => Builtin::Le,
            b"lt" => Builtin::Lt,
            b"ne" => Builtin::Ne,
            _ => return None,
        })
    }
}

/// What a node is. Texts are ranges of the source, names are places in the tree's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NodeKind {
    /// In the tree's `ids`.
    List(Span),
    /// A range of the source.
    Text {
        start: u32,
        end: u32,
    },
    Action(NodeId),
    If(Branch),
    Range(Branch),
    With(Branch),
    Template {
        /// In the tree's `strings`.
        name: u32,
        pipe: Option<NodeId>,
    },
    Break,
    Continue,
    /// In the tree's `pipes`.
    Pipe(u32),
    /// In the tree's `ids`: the operands.
    Command(Span),
    Identifier {
        /// In the tree's `names`.
        name: u32,
        callee: Callee,
    },
    /// A variable of the tree's `variables`, then fields in the tree's `names`.
    Variable {
        variable: u32,
        fields: Span,
    },
    Dot,
    Nil,
    /// In the tree's `names`.
    Field(Span),
    /// A node and the fields of it, in the tree's `names`.
    Chain {
        node: NodeId,
        fields: Span,
    },
    Bool(bool),
    /// In the tree's `numbers`.
    Number(u32),
    /// In the tree's `strings`.
    String(u32),
}
