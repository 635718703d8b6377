//! The engine: parses all templates, executes those that are no partials.
//!
//! Source: Helm 4.3.1, `pkg/engine/engine.go`.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use go_text_template::{Exec, FuncError, FuncMap, Limits, MissingKey, Options, Parsed, TemplateSet, Type, Value};
use go_value::strconv::quote;
use go_value::{Map, Str};
use memchr::memmem;
use whelm_chart::{Chart, Level, Log};

use crate::Capabilities;
use crate::ahead::Ahead;
use crate::error::{Error, mark};
use crate::functions::add_conversions;
use crate::parse::parse_all;
use crate::scope::{Renderable, base_name, renderables};
use crate::world::{LookupRequest, World};

/// The name of the set of all templates; the texts of `tpl` have it too.
const ROOT: &str = "gotpl";

/// How often one template may be included inside itself.
const MAX_INCLUDES: u32 = 1000;
/// The most bytes that templates may write, those of `include` and `tpl` counted each time.
const MAX_OUTPUT: u64 = 1 << 29;
/// The most nodes that may be executed. Hundreds of times what the largest charts need; reached in some seconds.
const MAX_STEPS: u64 = 1 << 26;
/// The most bytes that large results of functions may take together.
const MAX_RESULTS: u64 = 1 << 31;

/// What one render is about.
#[derive(Clone, Copy, Debug)]
pub struct RenderInput<'a> {
    /// The chart, with its dependencies processed.
    pub chart: &'a Chart,
    /// The coalesced values.
    pub values: &'a Map,
    /// Maps and lists of the values that are one in Go, each as the keys that lead to all its places.
    pub shared: &'a [Vec<Vec<Str>>],
    /// `.Release`
    pub release: &'a ReleaseOptions,
    /// `.Capabilities`
    pub capabilities: &'a Capabilities,
    /// Whether missing values are errors.
    pub mode: Mode,
}

/// What a template finds under `.Release`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseOptions {
    /// The name of the release.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether an existing release is changed; otherwise a new one is installed.
    pub is_upgrade: bool,
    /// The revision, from 1.
    pub revision: i64,
}

/// Whether missing values are errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// `required` and `fail` stop the render.
    #[default]
    Normal,
    /// `required` and `fail` log a line and give the empty text.
    Lint,
}

/// What a chart rendered to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Paths and texts, in the order in which the templates were executed.
    pub files: Vec<(Str, Str)>,
}

/// Renders all templates of a chart and of the charts below it. What Helm would write to its log goes to `log`, also that of a
/// render which fails later.
///
/// # Errors
/// The first template, in Helm's order, that does not parse; or the first that fails.
pub fn render(input: &RenderInput<'_>, world: &World, log: &mut Log) -> Result<Rendered, Error> {
    render_ahead(input, world, None, log)
}

/// As [`render`], with templates that were parsed already: of the same chart, in the same mode and world.
///
/// # Errors
/// As [`render`].
pub fn render_ahead(
    input: &RenderInput<'_>,
    world: &World,
    ahead: Option<&Ahead>,
    log: &mut Log,
) -> Result<Rendered, Error> {
    let mut renderables = renderables(input);
    renderables.sort_by_cached_key(|template| {
        let depth = template.path.bytes().filter(|byte| *byte == b'/').count();
        Reverse((depth, template.path.clone()))
    });
    let mut templates = match ahead {
        Some(ahead) => TemplateSet::new(ROOT, ahead.functions().clone()),
        None => templates(input.mode, world),
    };
    parse_all(&mut templates, &renderables, ahead)?;
    let rendered = execute(&templates, &renderables, world.one_shot, log);
    if world.one_shot {
        std::mem::forget((templates, renderables));
    }
    rendered
}

/// A set without templates.
pub(crate) fn templates(mode: Mode, world: &World) -> TemplateSet {
    TemplateSet::new(ROOT, Arc::new(functions(mode, world)))
}

fn execute(
    templates: &TemplateSet,
    renderables: &[Renderable],
    one_shot: bool,
    log: &mut Log,
) -> Result<Rendered, Error> {
    let state = Rc::new(State::default());
    let options = Options {
        missing_key: MissingKey::Zero,
        state: Some(state.clone()),
        limits: Limits {
            output: Some(MAX_OUTPUT),
            steps: Some(MAX_STEPS),
            results: Some(MAX_RESULTS),
            ..Limits::default()
        },
    };
    let mut exec = Exec::new(templates, &options);
    let files = execute_all(&mut exec, renderables);
    log.entries.append(&mut state.log.borrow_mut().entries);
    if one_shot {
        std::mem::forget((exec, options, state));
    }
    Ok(Rendered { files: files? })
}

/// Executes the templates that are no partials; stops at the first that fails.
fn execute_all(exec: &mut Exec, renderables: &[Renderable]) -> Result<Vec<(Str, Str)>, Error> {
    let mut files = Vec::new();
    for Renderable {
        path, scope, base_path, ..
    } in renderables
    {
        if base_name(path.as_bytes()).starts_with(b"_") {
            continue;
        }
        let template = [
            ("Name".into(), Value::from(path.as_str())),
            ("BasePath".into(), Value::Str(base_path.clone())),
        ];
        let template = crate::values::named(&go_text_template::Map::new(template.into()));
        scope.insert("Template", Value::Map(template));
        let text = exec
            .render(path, &Value::Map(scope.clone()))
            .map_err(|error| Error::exec(path, error))?;
        files.push((Str::from(path), without_no_value(text)));
    }
    Ok(files)
}

/// Removes what Go prints for a missing value, also where a chart's own text happens to be that.
fn without_no_value(text: Str) -> Str {
    const NO_VALUE: &[u8] = b"<no value>";
    let finder = memmem::Finder::new(NO_VALUE);
    let Some(first) = finder.find(&text) else { return text };
    let mut out = Vec::with_capacity(text.len());
    let mut rest: &[u8] = &text;
    let mut next = Some(first);
    while let Some(at) = next {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + NO_VALUE.len()..];
        next = finder.find(rest);
    }
    out.extend_from_slice(rest);
    out.into()
}

/// What lives as long as one render.
#[derive(Default)]
struct State {
    /// How often each template is being included right now.
    includes: RefCell<HashMap<Str, u32>>,
    /// Texts that `tpl` has parsed.
    parsed: RefCell<HashMap<Str, Parsed>>,
    log: RefCell<Log>,
}

/// `tpl` keeps this many texts of at most so many bytes.
const KEPT_TEXTS: usize = 4096;
const KEPT_TEXT_SIZE: usize = 64 * 1024;

fn functions(mode: Mode, world: &World) -> FuncMap {
    let mut functions = go_sprig::functions(world.host.clone());
    add_conversions(&mut functions);
    functions.add("include", &[Type::String, Type::Any], include);
    functions.add("tpl", &[Type::String, Type::Any], tpl);
    functions.add("required", &[Type::String, Type::Any], move |exec, arguments| {
        required(mode, exec, arguments)
    });
    functions.add("fail", &[Type::String], move |exec, arguments| {
        fail(mode, exec, arguments)
    });
    add_lookup(&mut functions, mode, world);
    if !world.dns {
        functions.add("getHostByName", &[Type::String], |_, _| Ok(Value::from("")));
    }
    functions
}

fn add_lookup(functions: &mut FuncMap, mode: Mode, world: &World) {
    let lookup = world.lookup.clone().filter(|_| mode == Mode::Normal);
    functions.add("lookup", &[Type::String; 4], move |_, arguments| {
        let Some(lookup) = &lookup else {
            return Ok(Value::map([]));
        };
        let text = |at: usize| string(&arguments[at]).to_string_lossy().into_owned();
        let request = LookupRequest {
            api_version: text(0),
            kind: text(1),
            namespace: text(2),
            name: text(3),
        };
        lookup
            .lookup(&request)
            .map(|found| Value::thaw(&found))
            .map_err(FuncError::new)
    });
}

fn string(argument: &Value) -> Str {
    match argument {
        Value::Str(text) => text.clone(),
        _ => Str::default(),
    }
}

fn include(exec: &mut Exec, arguments: &[Value]) -> Result<Value, FuncError> {
    let name = string(&arguments[0]);
    let state = exec.state::<State>();
    if let Some(state) = &state {
        let mut includes = state.includes.borrow_mut();
        let count = includes.entry(name.clone()).or_default();
        if *count > MAX_INCLUDES {
            return Err(FuncError::new(format!(
                "rendering template has a nested reference name: {name}: unable to execute template"
            )));
        }
        *count += 1;
    }
    let result = exec.render(&name, &arguments[1]);
    if let Some(state) = &state
        && let Some(count) = state.includes.borrow_mut().get_mut(&name)
    {
        *count -= 1;
    }
    Ok(Value::Str(result?))
}

fn tpl(exec: &mut Exec, arguments: &[Value]) -> Result<Value, FuncError> {
    let text = string(&arguments[0]);
    // A text without an action is its own result, whatever templates there are.
    if memmem::find(&text, b"{{").is_none() {
        return Ok(Value::Str(without_no_value(text)));
    }
    let parsed = parse_cached(exec, &text)
        .map_err(|error| FuncError::wrap(format!("cannot parse template {}: ", quote(&text)), error))?;
    let mut templates = exec.templates().clone();
    templates.add(&parsed);
    let output = exec
        .render_in(&templates, parsed.main(), &arguments[1])
        .map_err(|error| {
            FuncError::wrap(
                format!("error during tpl function execution for {}: ", quote(&text)),
                error,
            )
        })?;
    Ok(Value::Str(without_no_value(output)))
}

fn parse_cached(exec: &Exec, text: &Str) -> Result<Parsed, go_text_template::Error> {
    let state = exec.state::<State>();
    if let Some(state) = &state
        && let Some(parsed) = state.parsed.borrow().get(text)
    {
        return Ok(parsed.clone());
    }
    let parsed = exec.templates().parse_only(ROOT, text.clone())?;
    if let Some(state) = &state
        && text.len() <= KEPT_TEXT_SIZE
    {
        let mut kept = state.parsed.borrow_mut();
        if kept.len() < KEPT_TEXTS {
            kept.insert(text.clone(), parsed.clone());
        }
    }
    Ok(parsed)
}

fn required(mode: Mode, exec: &mut Exec, arguments: &[Value]) -> Result<Value, FuncError> {
    let log_message = match &arguments[1] {
        Value::Nil => "missing required value",
        Value::Str(text) if text.is_empty() => "missing required values",
        given => return Ok(given.clone()),
    };
    let message = string(&arguments[0]).to_string_lossy().into_owned();
    match mode {
        Mode::Normal => Err(FuncError::new(mark(&message))),
        Mode::Lint => Ok(log_instead(exec, Level::Warn, log_message, message)),
    }
}

fn fail(mode: Mode, exec: &mut Exec, arguments: &[Value]) -> Result<Value, FuncError> {
    let message = string(&arguments[0]).to_string_lossy().into_owned();
    match mode {
        Mode::Normal => Err(FuncError::new(mark(&message))),
        Mode::Lint => Ok(log_instead(exec, Level::Info, "funcMap fail", message)),
    }
}

fn log_instead(exec: &Exec, level: Level, text: &str, message: String) -> Value {
    if let Some(state) = exec.state::<State>() {
        state
            .log
            .borrow_mut()
            .push_with(level, text, vec![("message", message)]);
    }
    Value::from("")
}
