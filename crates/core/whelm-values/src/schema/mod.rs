//! `values.schema.json`: whether values are what a chart says they have to be.
//!
//! All drafts from 4 to 2020-12, with the texts of the Go library that Helm uses. That one walks over its maps in a random
//! order; here properties are taken in the order of their bytes, so that the same values give the same text.
//!
//! Sources: Helm 4.3.1, `pkg/chart/common/util/jsonschema.go`; santhosh-tekuri/jsonschema v6.0.3.

mod compile;
mod documents;
mod draft;
mod failure;
mod formats;
mod json;
mod number;
mod outline;
mod quick;
mod types;
mod url;
mod validate;
mod wellformed;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use go_value::json::Numbers;
use go_value::{Map, Value};
use whelm_chart::{Chart, Level, Log};

use crate::display;
use crate::json_stream::json_stream_error;
use crate::{Error, ErrorKind};
use compile::{Compiled, Compiler};
use documents::{Documents, Location};
use draft::Draft;

/// The URL that a chart's schema has.
const SCHEMA_URL: &str = "file:///values.schema.json";

/// Fetches the documents that `$ref` names elsewhere.
pub trait SchemaLoader {
    /// Returns the bytes at a `file`, `http` or `https` URL.
    ///
    /// # Errors
    /// What went wrong, in Go's words: `open /x.json: no such file or directory`.
    fn load(&mut self, url: &str) -> Result<Vec<u8>, String>;
}

/// A loader that has nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSchemas;

impl SchemaLoader for NoSchemas {
    fn load(&mut self, url: &str) -> Result<Vec<u8>, String> {
        let path = url.strip_prefix("file://").unwrap_or(url);
        Err(format!("open {path}: no such file or directory"))
    }
}

/// Checks coalesced values against the schema of a chart, and the parts for the charts below against theirs.
///
/// # Errors
/// [`ErrorKind::Schema`] with everything that does not fit, chart by chart.
pub fn check_schemas(chart: &Chart, values: &Map, loader: &mut dyn SchemaLoader, log: &mut Log) -> Result<(), Error> {
    let mut text = String::new();
    check_chart(&mut text, chart, values, loader, log);
    if text.is_empty() {
        return Ok(());
    }
    let start = "values don't meet the specifications of the schema(s) in the following chart(s):";
    Err(Error::new(ErrorKind::Schema, format!("{start}\n{text}")))
}

fn check_chart(text: &mut String, chart: &Chart, values: &Map, loader: &mut dyn SchemaLoader, log: &mut Log) {
    if let Some(schema) = &chart.schema {
        log.push_with(
            Level::Debug,
            "chart name",
            vec![("chart-name", chart.name().to_owned())],
        );
        if let Err(error) = check_schema(values, schema, loader, log) {
            text.push_str(&format!("{}:\n{error}", chart.name()));
        }
    }
    let count = chart.dependencies().len().to_string();
    let attributes = vec![("chart", chart.name().to_owned()), ("dependencies", count)];
    log.push_with(Level::Debug, "number of dependencies in the chart", attributes);
    for subchart in chart.dependencies() {
        match values.get(subchart.name().as_bytes()) {
            None | Some(Value::Nil) => {}
            Some(Value::Map(values)) => check_chart(text, subchart, values, loader, log),
            Some(other) => {
                let (name, found) = (subchart.name(), display::go_type(other));
                text.push_str(&format!(
                    "{name}:\ninvalid type for values: expected object (map), got {found}\n"
                ));
            }
        }
    }
}

/// Checks values against one schema.
///
/// # Errors
/// [`ErrorKind::Schema`]: what does not fit, a line each and an empty one at the end; or what is wrong with the schema.
pub fn check_schema(values: &Map, schema: &[u8], loader: &mut dyn SchemaLoader, log: &mut Log) -> Result<(), Error> {
    let error = |message: String| Error::new(ErrorKind::Schema, message);
    let values = Value::Map(values.clone());
    if quick::fits(schema, &values) {
        log_schema(schema, log);
        return Ok(());
    }
    let text = schema;
    let schema = read_json(text).map_err(error)?;
    log_schema(text, log);
    let mut documents = Documents::new(loader, log);
    documents.give(SCHEMA_URL, schema);
    let location = documents.resolve(SCHEMA_URL, "").map_err(error)?;
    let compiled = Compiler::new(&mut documents, false)
        .compile(location, &mut check_against_metaschemas)
        .map_err(error)?;
    validate::validate(&compiled, &values).map_err(|failure| {
        let text = failure.write();
        let start = format!("jsonschema validation failed with '{SCHEMA_URL}#'\n");
        error(format!("{}\n", text.strip_prefix(&start).unwrap_or(&text)))
    })
}

fn log_schema(text: &[u8], log: &mut Log) {
    log.debug("unmarshalled JSON schema", || {
        vec![("schema", String::from_utf8_lossy(text).into_owned())]
    });
}

/// Checks the documents that came in since the last time.
fn check_against_metaschemas(documents: &mut Documents<'_>) -> Result<(), String> {
    for (location, draft) in std::mem::take(&mut documents.unchecked) {
        let Some(document) = documents.get(&location.url) else {
            continue;
        };
        let document = document.value.clone();
        let schema = documents::lookup_at(&document, &location)?;
        if wellformed::is_wellformed(schema, draft) {
            continue;
        }
        let metaschema = metaschema(draft)?;
        validate::validate(&metaschema, schema).map_err(|failure| {
            let location = go_value::strconv::quote(location.text().as_bytes());
            format!("{location} is not valid against metaschema: {}", failure.write())
        })?;
    }
    Ok(())
}

/// Compiles the metaschema of a draft, once in a thread.
fn metaschema(draft: Draft) -> Result<Rc<Compiled>, String> {
    thread_local! {
        static COMPILED: RefCell<BTreeMap<Draft, Rc<Compiled>>> = const { RefCell::new(BTreeMap::new()) };
    }
    if let Some(compiled) = COMPILED.with_borrow(|compiled| compiled.get(&draft).cloned()) {
        return Ok(compiled);
    }
    let (mut loader, mut log) = (NoSchemas, Log::default());
    let mut documents = Documents::new(&mut loader, &mut log);
    let location = Location {
        url: draft.url().into(),
        pointer: String::new(),
    };
    let compiled = Rc::new(Compiler::new(&mut documents, true).compile(location, &mut |_| Ok(()))?);
    COMPILED.with_borrow_mut(|all| all.insert(draft, compiled.clone()));
    Ok(compiled)
}

/// Reads a document as the schema library does.
fn read_json(text: &[u8]) -> Result<Value, String> {
    let blank = text.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    let text = number::keep_number_texts(text);
    go_value::json::parse(&text, Numbers::Int).map_err(|error| match json_stream_error(&error, &text) {
        _ if blank => "EOF".to_owned(),
        message if message.ends_with("after top-level value") => "invalid character after top-level value".to_owned(),
        message => message,
    })
}
