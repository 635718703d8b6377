//! The nodes of a parse tree, in one flat list for all trees of a text.
//!
//! Charts have tens of thousands of nodes, so they are small: what a node has more of than one word stands in a list of words
//! that all nodes share, and a pipeline of one command, or a command of one operand, has no node of its own where nothing
//! would be lost.

/// The place of a node in its body.
pub(crate) type NodeId = u32;

/// In the place of a node that is not there.
pub(crate) const NO_NODE: NodeId = NodeId::MAX;

/// The place of a group in the list of words, where the number of its words comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group(pub(crate) u32);

/// A node: where it stands in the text, and what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) position: u32,
    pub(crate) kind: NodeKind,
}

/// `if`, `range` and `with` share this form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branch {
    /// A pipeline, or the only command of one.
    pub(crate) pipe: NodeId,
    pub(crate) list: NodeId,
    pub(crate) else_list: Option<NodeId>,
}

/// A pipeline: declared or assigned variables, then commands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pipe<'t> {
    /// Variable nodes.
    pub(crate) declarations: &'t [NodeId],
    /// Command nodes, or the only operands of commands.
    pub(crate) commands: &'t [NodeId],
    pub(crate) assign: bool,
}

/// The names in `.a.b.c`: an iterator over them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'t> {
    pub(crate) source: &'t [u8],
    /// Where the first name starts. Each further one starts a point after the end of the one before.
    pub(crate) start: u32,
    pub(crate) ends: &'t [u32],
}

impl<'t> Iterator for Fields<'t> {
    type Item = &'t [u8];

    #[inline]
    fn next(&mut self) -> Option<&'t [u8]> {
        let (end, rest) = self.ends.split_first()?;
        let name = self.source.get(self.start as usize..*end as usize);
        self.start = end + 1;
        self.ends = rest;
        Some(name.unwrap_or_default())
    }
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
        // By length first: each name is compared with few others.
        Some(match name.len() {
            2 => match name {
                b"or" => Builtin::Or,
                b"eq" => Builtin::Eq,
                b"ne" => Builtin::Ne,
                b"gt" => Builtin::Gt,
                b"ge" => Builtin::Ge,
                b"lt" => Builtin::Lt,
                b"le" => Builtin::Le,
                b"js" => Builtin::Js,
                _ => return None,
            },
            3 => match name {
                b"and" => Builtin::And,
                b"not" => Builtin::Not,
                b"len" => Builtin::Len,
                _ => return None,
            },
            _ => match name {
                b"index" => Builtin::Index,
                b"printf" => Builtin::Printf,
                b"print" => Builtin::Print,
                b"slice" => Builtin::Slice,
                b"println" => Builtin::Println,
                b"call" => Builtin::Call,
                b"html" => Builtin::Html,
                b"urlquery" => Builtin::Urlquery,
                _ => return None,
            },
        })
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Builtin::And => "and",
            Builtin::Call => "call",
            Builtin::Html => "html",
            Builtin::Index => "index",
            Builtin::Slice => "slice",
            Builtin::Js => "js",
            Builtin::Len => "len",
            Builtin::Not => "not",
            Builtin::Or => "or",
            Builtin::Print => "print",
            Builtin::Printf => "printf",
            Builtin::Println => "println",
            Builtin::Urlquery => "urlquery",
            Builtin::Eq => "eq",
            Builtin::Ge => "ge",
            Builtin::Gt => "gt",
            Builtin::Le => "le",
            Builtin::Lt => "lt",
            Builtin::Ne => "ne",
        }
    }
}

/// What a node is. Texts are ranges of the source, the rest is in the body's lists.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NodeKind {
    /// A group of nodes.
    List(Group),
    /// The source from the node's position up to `end`.
    Text {
        end: u32,
    },
    /// A pipeline, or the only command of one.
    Action(NodeId),
    /// A group: pipeline, list, else list or [`NO_NODE`].
    If(Group),
    Range(Group),
    With(Group),
    /// A group: the name in `strings`, pipeline or [`NO_NODE`].
    Template(Group),
    Break,
    Continue,
    /// A pipeline of this command without declarations. Where it has no parentheses and the command does not start with any,
    /// the command stands for it.
    Pipe(NodeId),
    /// A group: twice the number of declarations, with one added for `=`; then these; then commands.
    Pipeline(Group),
    /// A group of at least two operands. A command of one operand is that.
    Command(Group),
    Builtin(Builtin),
    /// The place in the function map.
    Function(u32),
    /// The place in `variables`.
    Variable(u32),
    /// A group: the place in `variables`, the start of the first name, the ends of all.
    VariableFields(Group),
    Dot,
    Nil,
    /// A group: the start of the first name, the ends of all.
    Field(Group),
    /// A group: a node, then fields as above.
    Chain(Group),
    Bool(bool),
    /// A whole number as it is mostly written: decimal digits without zeros before them.
    Int(u32),
    /// In `numbers`: any other number.
    Number(u32),
    /// The value, in `strings`.
    String(u32),
}

impl NodeKind {
    /// Whether it is a pipeline with a node of its own.
    pub(crate) fn is_pipeline(self) -> bool {
        matches!(self, NodeKind::Pipe(_) | NodeKind::Pipeline(_))
    }

    /// Whether it is a value that can have no fields and take no arguments.
    pub(crate) fn is_constant(self) -> bool {
        matches!(
            self,
            NodeKind::Bool(_)
                | NodeKind::Dot
                | NodeKind::Nil
                | NodeKind::Int(_)
                | NodeKind::Number(_)
                | NodeKind::String(_)
        )
    }
}

// Bytes that are not there need not be written.
const _: () = assert!(size_of::<Node>() == 12);
