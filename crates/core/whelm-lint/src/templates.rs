//! The rules about `templates/`: it is there, renders, and renders to objects that look right.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/template.go`.

use std::collections::HashMap;

use go_value::strconv::quote;
use go_value::{Str, Value};
use whelm_chart::Chart;
use whelm_render::{Mode, ReleaseOptions, RenderInput, World, render};
use whelm_values::{
    SchemaLoader, SharedValues, check_schemas, coalesce_shared_values, coalesce_values, process_dependencies,
};

use crate::object::{Object, objects};
use crate::{Entry, Folder, Options, Report, Severity, deprecations, names};

const PATH: &str = "templates/";

/// The longest line that Go's scanner reads.
const MAX_LINE: usize = 64 * 1024;

type Rendered = HashMap<Str, Str>;

pub(crate) fn check(
    folder: &Folder<'_>,
    options: &Options<'_>,
    world: &World,
    schemas: &mut dyn SchemaLoader,
    report: &mut Report,
) {
    match folder.templates {
        Entry::Directory => {}
        Entry::Missing => {
            report.check(Severity::Warning, PATH, Err("directory does not exist"));
            return;
        }
        Entry::File(_) => {
            report.check(Severity::Error, PATH, Err("not a directory"));
            return;
        }
    }
    report.log.entries.extend_from_slice(&folder.load_log.entries);
    let chart = match &folder.chart {
        Ok(chart) => chart,
        Err(error) => {
            report.check(Severity::Error, PATH, Err(error.as_str()));
            return;
        }
    };
    let Some(rendered) = render_chart(chart, options, world, schemas, report) else {
        return;
    };
    for template in &chart.templates {
        let name = template.name.to_string_lossy();
        let extension = extension(&name);
        report.check(Severity::Error, &name, allowed(extension));
        if !matches!(extension.to_ascii_lowercase().as_str(), ".yaml" | ".yml") {
            continue;
        }
        let path = Str::from(format!("{}/{name}", chart.name()));
        let content = rendered.get(&path).map_or(&[][..], |content| content.as_bytes());
        if !content.trim_ascii().is_empty() && !check_content(&name, content, options, report) {
            return;
        }
    }
}

/// Renders the chart; `None` when that ends the rules, with or without a finding.
fn render_chart(
    chart: &Chart,
    options: &Options<'_>,
    world: &World,
    schemas: &mut dyn SchemaLoader,
    report: &mut Report,
) -> Option<Rendered> {
    let mut chart = chart.clone();
    // Helm says nothing about failures here.
    process_dependencies(&mut chart, options.values, &mut report.log).ok()?;
    let values = coalesce_values(&chart, options.values, &mut report.log).ok()?;
    let values = coalesce_shared_values(&chart, &values, &mut report.log).ok()?;
    let SharedValues { values, shared } = values;
    if !options.skip_schema_validation {
        let checked = check_schemas(&chart, &values, schemas, &mut report.log);
        if !report.check(Severity::Error, PATH, checked.map_err(|error| error.to_string())) {
            return None;
        }
    }
    let release = ReleaseOptions {
        name: "test-release".to_owned(),
        namespace: options.namespace.to_owned(),
        ..ReleaseOptions::default()
    };
    let mut capabilities = options.capabilities.clone();
    if let Some(version) = options.kube_version {
        capabilities.kube_version = version.clone();
    }
    let input = RenderInput {
        chart: &chart,
        values: &values,
        shared: &shared,
        release: &release,
        capabilities: &capabilities,
        mode: Mode::Lint,
    };
    match render(&input, world, &mut report.log) {
        Ok(rendered) => Some(rendered.files.into_iter().collect()),
        Err(error) => {
            report.check(Severity::Error, PATH, Err(error.to_string()));
            None
        }
    }
}

/// Go's `filepath.Ext`.
fn extension(path: &str) -> &str {
    let base = path.rfind('/').map_or(0, |slash| slash + 1);
    path[base..].rfind('.').map_or("", |dot| &path[base + dot..])
}

fn allowed(extension: &str) -> Result<(), String> {
    if matches!(extension, ".yaml" | ".yml" | ".tpl" | ".txt") {
        return Ok(());
    }
    Err(format!(
        "file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
    ))
}

/// Checks what a template rendered to; `false` when it is no YAML, which ends the rules for all templates.
fn check_content(name: &str, content: &[u8], options: &Options<'_>, report: &mut Report) -> bool {
    report.check(Severity::Warning, name, top_indent(content));
    for object in objects(content) {
        let object = match object {
            Ok(Some(object)) => object,
            Ok(None) => continue,
            Err(error) => {
                return report.check(Severity::Error, name, Err(format!("unable to parse YAML: {error}")));
            }
        };
        report.check(Severity::Warning, name, names::check(&object));
        let deprecated = deprecations::check(
            &object,
            options.kube_version.unwrap_or(&options.capabilities.kube_version),
        );
        report.check(Severity::Warning, name, deprecated);
        report.check(Severity::Error, name, match_selector(&object, content));
        report.check(Severity::Error, name, list_annotations(&object, content));
    }
    true
}

/// The first line that says something must not be indented.
fn top_indent(content: &[u8]) -> Result<(), String> {
    for line in content.split(|byte| *byte == b'\n') {
        if line.len() >= MAX_LINE {
            return Err("bufio.Scanner: token too long".to_owned());
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err(format!(
                "document starts with an illegal indent: {}, which may cause parsing problems",
                quote(line)
            ));
        }
        return Ok(());
    }
    Ok(())
}

/// A workload says which pods are its own; the words may stand anywhere in the file.
fn match_selector(object: &Object, content: &[u8]) -> Result<(), String> {
    let workload = matches!(&*object.kind, "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet");
    if !workload || contains(content, b"matchLabels") || contains(content, b"matchExpressions") {
        return Ok(());
    }
    Err(format!(
        "a {} must contain matchLabels or matchExpressions, and {} does not",
        object.kind,
        quote(object.name.as_bytes())
    ))
}

fn contains(content: &[u8], word: &[u8]) -> bool {
    content.windows(word.len()).any(|window| window == word)
}

/// Nobody reads the resource policy of an object inside a list. Only the first document of the file is looked at.
fn list_annotations(object: &Object, content: &[u8]) -> Result<(), String> {
    if object.kind != "List" {
        return Ok(());
    }
    let list =
        go_yaml::to_json_value(content).map_err(|error| format!("unable to parse YAML: {}", error.unmarshal_text()))?;
    let items = list.get("items").and_then(Value::as_list).unwrap_or_default();
    let kept = |item: &Value| {
        let annotations = item.get("metadata").and_then(|metadata| metadata.get("annotations"));
        annotations.is_some_and(|annotations| annotations.get("helm.sh/resource-policy").is_some())
    };
    if items.iter().any(kept) {
        return Err("annotation 'helm.sh/resource-policy' within List objects are ignored".to_owned());
    }
    Ok(())
}
