//! A parsed template.

use std::fmt::{self, Write};
use std::sync::Arc;

use go_value::Str;
use go_value::strconv::quote;
use go_value::utf8::to_string_lossy;

use super::builder::group_words;
use super::node::{Branch, Fields, Group, NO_NODE, Node, NodeId, NodeKind, Pipe};
use super::number::Number;
use crate::func::FuncMap;

/// A parsed template: immutable, and cheap to share.
///
/// It belongs to the function map it was parsed with.
pub struct Tree {
    /// The template's name.
    pub(crate) name: Str,
    /// The name of the text it was found in, for errors.
    pub(crate) parse_name: Str,
    pub(crate) root: NodeId,
    /// Whether there is nothing but space and comments.
    pub(crate) empty: bool,
    pub(crate) body: Arc<Body>,
}

/// What a text was parsed to, with all that it defines, whatever its name.
pub(crate) struct Body {
    pub(crate) source: Str,
    pub(crate) nodes: Box<[Node]>,
    pub(crate) words: Box<[u32]>,
    pub(crate) variables: Box<[Str]>,
    pub(crate) strings: Box<[Str]>,
    pub(crate) numbers: Box<[Number]>,
    /// The functions that the nodes name by their places.
    pub(crate) functions: Arc<FuncMap>,
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("name", &self.name)
            .field("text", &self.text())
            .finish()
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Tree {
    /// The template's name.
    pub fn name(&self) -> &Str {
        &self.name
    }

    /// Tells whether there is nothing but space, comments and definitions. Such a template replaces no other.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// The template written out again from its nodes, as Go's `Tree.Root.String()` does.
    pub fn text(&self) -> String {
        self.node_text(self.root)
    }

    #[inline]
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.body.nodes[id as usize]
    }

    #[inline]
    pub(crate) fn group(&self, group: Group) -> &[u32] {
        group_words(&self.body.words, group)
    }

    #[inline]
    pub(crate) fn string(&self, place: u32) -> &Str {
        &self.body.strings[place as usize]
    }

    pub(crate) fn branch(&self, group: Group) -> Branch {
        match *self.group(group) {
            [pipe, list, else_list] => Branch {
                pipe,
                list,
                else_list: (else_list != NO_NODE).then_some(else_list),
            },
            _ => unreachable!("the parser makes branches of three"),
        }
    }

    /// The name of a called template, and the pipeline.
    pub(crate) fn template_call(&self, group: Group) -> (&Str, Option<NodeId>) {
        match *self.group(group) {
            [name, pipe] => (self.string(name), (pipe != NO_NODE).then_some(pipe)),
            _ => unreachable!("the parser makes calls of two"),
        }
    }

    pub(crate) fn pipeline(&self, group: Group) -> Pipe<'_> {
        let (head, nodes) = head(self.group(group));
        let (declarations, commands) = nodes.split_at((head / 2) as usize);
        Pipe {
            declarations,
            commands,
            assign: head % 2 == 1,
        }
    }

    /// What the pipeline `id` declares or sets.
    #[inline]
    pub(crate) fn declarations(&self, id: NodeId) -> Pipe<'_> {
        match self.node(id).kind {
            NodeKind::Pipeline(group) => self.pipeline(group),
            _ => Pipe::default(),
        }
    }

    /// The operands of the command `id`.
    #[inline]
    pub(crate) fn operands<'t>(&'t self, id: &'t NodeId) -> &'t [NodeId] {
        match self.node(*id).kind {
            NodeKind::Command(group) => self.group(group),
            _ => std::slice::from_ref(id),
        }
    }

    /// The names of a field node.
    #[inline]
    pub(crate) fn fields(&self, group: Group) -> Fields<'_> {
        self.names(self.group(group))
    }

    /// The variable and the names, or the node and the names.
    #[inline]
    pub(crate) fn start_and_fields(&self, group: Group) -> (u32, Fields<'_>) {
        let (start, names) = head(self.group(group));
        (start, self.names(names))
    }

    /// Which variable a node names, with or without fields.
    pub(crate) fn variable_place(&self, id: NodeId) -> Option<u32> {
        match self.node(id).kind {
            NodeKind::Variable(variable) => Some(variable),
            NodeKind::VariableFields(group) => Some(self.start_and_fields(group).0),
            _ => None,
        }
    }

    #[inline]
    fn names<'t>(&'t self, words: &'t [u32]) -> Fields<'t> {
        let (start, ends) = head(words);
        Fields {
            source: &self.body.source,
            start,
            ends,
        }
    }

    /// Go's `ErrorContext`: line from 1, column in bytes from 0.
    pub(crate) fn location(&self, id: NodeId) -> (usize, usize) {
        let before = &self.body.source[..(self.node(id).position as usize).min(self.body.source.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        (line, column)
    }

    /// Go's `Node.String()`.
    pub(crate) fn node_text(&self, id: NodeId) -> String {
        let mut out = String::new();
        self.write_node(&mut out, id);
        out
    }

    fn source_text(&self, start: u32, end: u32) -> std::borrow::Cow<'_, str> {
        to_string_lossy(self.body.source.get(start as usize..end as usize).unwrap_or_default())
    }

    fn write_node(&self, out: &mut String, id: NodeId) {
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || self.write_node_inner(out, id));
    }

    fn write_node_inner(&self, out: &mut String, id: NodeId) {
        let node = self.node(id);
        match node.kind {
            NodeKind::List(group) => {
                for id in self.group(group) {
                    self.write_node(out, *id);
                }
            }
            NodeKind::Text { end } => out.push_str(&self.source_text(node.position, end)),
            NodeKind::Action(pipe) => {
                out.push_str("{{");
                self.write_pipe(out, pipe);
                out.push_str("}}");
            }
            NodeKind::If(branch) => self.write_branch(out, "if", self.branch(branch)),
            NodeKind::Range(branch) => self.write_branch(out, "range", self.branch(branch)),
            NodeKind::With(branch) => self.write_branch(out, "with", self.branch(branch)),
            NodeKind::Template(call) => {
                let (name, pipe) = self.template_call(call);
                let _ = write!(out, "{{{{template {}", quote(name));
                if let Some(pipe) = pipe {
                    out.push(' ');
                    self.write_pipe(out, pipe);
                }
                out.push_str("}}");
            }
            NodeKind::Break => out.push_str("{{break}}"),
            NodeKind::Continue => out.push_str("{{continue}}"),
            NodeKind::Pipe(_) | NodeKind::Pipeline(_) => self.write_pipe(out, id),
            NodeKind::Command(_) => self.write_command(out, id),
            NodeKind::Builtin(builtin) => out.push_str(builtin.name()),
            NodeKind::Function(place) => out.push_str(self.body.functions.name_at(place)),
            NodeKind::Variable(variable) => out.push_str(&self.body.variables[variable as usize].to_string_lossy()),
            NodeKind::VariableFields(group) => {
                let (variable, fields) = self.start_and_fields(group);
                out.push_str(&self.body.variables[variable as usize].to_string_lossy());
                write_fields(out, fields);
            }
            NodeKind::Dot => out.push('.'),
            NodeKind::Nil => out.push_str("nil"),
            NodeKind::Field(fields) => write_fields(out, self.fields(fields)),
            NodeKind::Chain(group) => {
                let (node, fields) = self.start_and_fields(group);
                self.write_operand(out, node);
                write_fields(out, fields);
            }
            NodeKind::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            NodeKind::Int(int) => {
                let _ = write!(out, "{int}");
            }
            NodeKind::Number(number) => {
                let number = &self.body.numbers[number as usize];
                out.push_str(&self.source_text(number.start, number.end));
            }
            NodeKind::String(_) => {
                let literal = literal(self.body.source.get(node.position as usize..).unwrap_or_default());
                out.push_str(&to_string_lossy(literal));
            }
        }
    }

    fn write_branch(&self, out: &mut String, word: &str, branch: Branch) {
        let _ = write!(out, "{{{{{word} ");
        self.write_pipe(out, branch.pipe);
        out.push_str("}}");
        self.write_node(out, branch.list);
        if let Some(list) = branch.else_list {
            out.push_str("{{else}}");
            self.write_node(out, list);
        }
        out.push_str("{{end}}");
    }

    fn write_pipe(&self, out: &mut String, id: NodeId) {
        let pipe = match &self.node(id).kind {
            NodeKind::Pipe(command) => return self.write_command(out, *command),
            NodeKind::Pipeline(group) => self.pipeline(*group),
            _ => return self.write_command(out, id),
        };
        for (at, id) in pipe.declarations.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            self.write_node(out, *id);
        }
        if !pipe.declarations.is_empty() {
            out.push_str(if pipe.assign { " = " } else { " := " });
        }
        for (at, id) in pipe.commands.iter().enumerate() {
            if at > 0 {
                out.push_str(" | ");
            }
            self.write_command(out, *id);
        }
    }

    fn write_command(&self, out: &mut String, id: NodeId) {
        for (at, id) in self.operands(&id).iter().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            self.write_operand(out, *id);
        }
    }

    /// A pipeline within a command or before a field stands in parentheses.
    fn write_operand(&self, out: &mut String, id: NodeId) {
        let parentheses = self.node(id).kind.is_pipeline();
        if parentheses {
            out.push('(');
        }
        self.write_node(out, id);
        if parentheses {
            out.push(')');
        }
    }
}

fn write_fields(out: &mut String, fields: Fields<'_>) {
    for name in fields {
        out.push('.');
        out.push_str(&to_string_lossy(name));
    }
}

/// The first word of a group, and the others.
#[inline]
fn head(words: &[u32]) -> (u32, &[u32]) {
    match words.split_first() {
        Some((first, rest)) => (*first, rest),
        None => unreachable!("the parser makes no such group without words"),
    }
}

/// The string literal that `source` starts with.
fn literal(source: &[u8]) -> &[u8] {
    let mut rest = source.iter().enumerate().skip(1);
    let raw = source.first() == Some(&b'`');
    let end = loop {
        match rest.next() {
            Some((at, b'`')) if raw => break at + 1,
            Some((at, b'"')) if !raw => break at + 1,
            Some((_, b'\\')) if !raw => {
                rest.next();
            }
            Some(_) => {}
            None => break source.len(),
        }
    };
    &source[..end]
}
