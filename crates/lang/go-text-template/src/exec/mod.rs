//! The interpreter: walks the trees, as Go's `text/template/exec.go` does.

mod argument;
mod call;
mod eval;
mod field;
mod limits;
pub(crate) mod val;
mod walk;

use std::any::Any;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use go_value::Str;

pub use limits::Limits;
use val::Val;

use crate::error::{Error, Place};
use crate::func::FuncError;
use crate::parse::node::NodeId;
use crate::parse::tree::Tree;
use crate::template::TemplateSet;
use crate::value::Value;

/// How many buffers of finished executions are kept.
const MOST_SPARE: usize = 16;

/// How large such a buffer may be.
const MOST_SPARE_BYTES: usize = 4 * 1024 * 1024;

/// What a missing map entry gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingKey {
    /// No value: printed as `<no value>`, and fields of it are no value again.
    #[default]
    Default,
    /// The zero value of the map's element type, which for `map[string]interface {}` is a nil interface.
    Zero,
    /// An error.
    Error,
}

/// How to execute templates.
#[derive(Clone, Default)]
pub struct Options {
    /// What a missing map entry gives.
    pub missing_key: MissingKey,
    /// What the caller's functions find at [`Exec::state`].
    pub state: Option<Rc<dyn Any>>,
    /// When to stop.
    pub limits: Limits,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("missing_key", &self.missing_key)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The running interpreter, as a function sees it.
pub struct Exec {
    templates: TemplateSet,
    missing_key: MissingKey,
    state: Option<Rc<dyn Any>>,
    limits: limits::Meter,
    out: Vec<u8>,
    /// Buffers of finished executions, for use again.
    spare: Vec<Vec<u8>>,
    /// The variables of all running templates; those of the current one start at `base`.
    variables: Vec<(u32, Val)>,
    base: usize,
    /// The node that errors name.
    node: NodeId,
    /// How many templates the current execution is in: Go's limit counts these.
    depth: u32,
    /// How many templates and executions are running in all.
    nesting: u32,
}

impl fmt::Debug for Exec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exec")
            .field("templates", &self.templates)
            .field("missing_key", &self.missing_key)
            .field("nesting", &self.nesting)
            .finish_non_exhaustive()
    }
}

impl TemplateSet {
    /// Executes the template `name` with `data` and returns its output.
    ///
    /// # Errors
    /// There is no such template, or it fails: Go's execution errors.
    pub fn execute(&self, name: impl AsRef<[u8]>, data: &Value, options: &Options) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        self.execute_to(name, data, options, &mut out)?;
        Ok(out)
    }

    /// Executes the template `name` with `data` and appends its output to `out`; where it fails, what it wrote until then is there,
    /// as with a writer in Go.
    ///
    /// # Errors
    /// There is no such template, or it fails: Go's execution errors.
    pub fn execute_to(
        &self,
        name: impl AsRef<[u8]>,
        data: &Value,
        options: &Options,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut exec = Exec::new(self, options);
        let tree = exec.template(name.as_ref())?;
        let result = exec.run(&tree, data);
        out.append(&mut exec.out);
        result
    }
}

impl Exec {
    /// Returns an interpreter that executes nothing yet, for calling functions without a template.
    pub fn new(templates: &TemplateSet, options: &Options) -> Exec {
        Exec {
            templates: templates.clone(),
            missing_key: options.missing_key,
            state: options.state.clone(),
            limits: limits::Meter::new(options.limits.clone()),
            out: Vec::new(),
            spare: Vec::new(),
            variables: Vec::new(),
            base: 0,
            node: 0,
            depth: 0,
            nesting: 0,
        }
    }

    /// The templates that are being executed.
    pub fn templates(&self) -> &TemplateSet {
        &self.templates
    }

    /// What a missing map entry gives.
    pub fn missing_key(&self) -> MissingKey {
        self.missing_key
    }

    /// The caller's state, when it is of this type.
    pub fn state<T: 'static>(&self) -> Option<Rc<T>> {
        Rc::downcast(self.state.clone()?).ok()
    }

    /// Executes the template `name` with `data` in an execution of its own and returns its output: Helm's `include`.
    ///
    /// # Errors
    /// There is no such template, or it fails.
    pub fn render(&mut self, name: impl AsRef<[u8]>, data: &Value) -> Result<Str, Error> {
        let tree = self.template(name.as_ref())?;
        self.render_tree(&tree, data)
    }

    /// Executes `tree` among the templates of `templates` in an execution of its own and returns its output: Helm's `tpl`.
    /// Functions that it calls find `templates` at [`Exec::templates`].
    ///
    /// # Errors
    /// The execution fails.
    pub fn render_in(&mut self, templates: &TemplateSet, tree: &Arc<Tree>, data: &Value) -> Result<Str, Error> {
        let outer = std::mem::replace(&mut self.templates, templates.clone());
        let result = self.render_tree(tree, data);
        self.templates = outer;
        result
    }

    fn template(&self, name: &[u8]) -> Result<Arc<Tree>, Error> {
        match self.templates.lookup(name) {
            Some(tree) => Ok(tree.clone()),
            None => Err(Error::no_template(name, self.templates.name())),
        }
    }

    fn render_tree(&mut self, tree: &Arc<Tree>, data: &Value) -> Result<Str, Error> {
        let buffer = self.spare.pop().unwrap_or_default();
        let outer = std::mem::replace(&mut self.out, buffer);
        let (node, depth) = (self.node, self.depth);
        self.depth = 0;
        let result = self.run(tree, data);
        let mut inner = std::mem::replace(&mut self.out, outer);
        (self.node, self.depth) = (node, depth);
        let output = result.map(|()| Str::from(inner.as_slice()));
        if self.spare.len() < MOST_SPARE && inner.capacity() <= MOST_SPARE_BYTES {
            inner.clear();
            self.spare.push(inner);
        }
        output
    }

    /// Executes a tree into `out`.
    fn run(&mut self, tree: &Tree, data: &Value) -> Result<(), Error> {
        let dot = Val::plain(data.clone());
        self.node = tree.root;
        self.enter(tree, tree, dot)
    }

    /// The error of the current node, with Go's text around `message`.
    fn error(&self, tree: &Tree, message: impl Into<String>) -> Error {
        Error::exec(tree.name.clone(), Some(self.place(tree)), message.into(), None)
    }

    fn place(&self, tree: &Tree) -> Place {
        let (line, column) = tree.location(self.node);
        Place {
            parse_name: tree.parse_name.clone(),
            line,
            column: Some(column),
            context: Some(tree.node_text(self.node)),
        }
    }

    /// The error of a function that was called as `node`.
    fn call_error(&mut self, tree: &Tree, node: NodeId, name: &str, cause: FuncError) -> Error {
        self.node = node;
        let message = format!("error calling {name}: ");
        Error::exec(tree.name.clone(), Some(self.place(tree)), message, Some(cause))
    }
}
