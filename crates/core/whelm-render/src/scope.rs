//! What the templates of each chart see: `.Values`, `.Chart`, `.Release`, `.Files`, `.Capabilities`, `.Subcharts`.
//!
//! The scopes of a chart and of the charts below it share maps: `.Values` of a subchart is the very table that its parent
//! sees under the subchart's name.
//!
//! Source: Helm 4.3.1, `pkg/engine/engine.go` (`recAllTpls`) and `pkg/chart/common.go`.

use std::collections::BTreeMap;
use std::fmt::Display;

use go_text_template::{Map, Type, Value};
use go_value::Str;
use whelm_chart::archive::clean_path;
use whelm_chart::{Chart, Dependency, File, Metadata};

use crate::capabilities::CapabilitiesObject;
use crate::files::Files;
use crate::{Mode, ReleaseOptions, RenderInput, values};

/// A template of a chart and what it sees.
pub(crate) struct Renderable {
    /// The path in the tree of charts; also the template's name.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: Str,
    /// The scope of its chart.
    pub(crate) scope: Map,
    /// The `templates` folder of its chart.
    pub(crate) base_path: Str,
}

/// Returns the templates of all charts in no particular order. Of templates with the same path the last counts.
pub(crate) fn renderables(input: &RenderInput<'_>) -> Vec<Renderable> {
    let top = Top {
        release: release(input.release, input.mode),
        capabilities: CapabilitiesObject::value(input.capabilities),
    };
    let mut templates = BTreeMap::new();
    add_chart(input.chart, &top, thaw_values(input), &mut templates);
    templates.into_values().collect()
}

/// The values of the root; what Go shares is shared.
fn thaw_values(input: &RenderInput<'_>) -> Value {
    let entries = input.values.iter();
    let values = Value::map(entries.map(|(key, value)| (key.clone(), Value::thaw(value))));
    for places in input.shared {
        let mut places = places.iter();
        let Some(first) = places.next().and_then(|place| at(&values, place)) else {
            continue;
        };
        for place in places {
            if let Some((key, parent)) = place.split_last()
                && let Some(Value::Map(parent)) = at(&values, parent)
            {
                parent.insert(key.clone(), first.clone());
            }
        }
    }
    values
}

/// The value that keys lead to.
fn at(values: &Value, place: &[Str]) -> Option<Value> {
    place.iter().try_fold(values.clone(), |value, key| match value {
        Value::Map(map) => map.get(key),
        _ => None,
    })
}

/// What all charts share.
struct Top {
    release: Value,
    capabilities: Value,
}

fn add_chart(chart: &Chart, top: &Top, values: Value, templates: &mut BTreeMap<String, Renderable>) -> Map {
    let subcharts = Map::new(BTreeMap::new());
    let scope = Map::new(BTreeMap::new());
    scope.insert("Chart", metadata(&chart.metadata, chart.is_root()));
    scope.insert("Files", Files::value(&chart.files));
    scope.insert("Release", top.release.clone());
    scope.insert("Capabilities", top.capabilities.clone());
    scope.insert("Values", as_values(&values));
    scope.insert("Subcharts", Value::Map(subcharts.clone()));
    for child in chart.dependencies() {
        let name = child.name();
        let below = table(&values, name).unwrap_or_else(|| Value::map([]));
        subcharts.insert(name, Value::Map(add_chart(child, top, below, templates)));
    }
    add_templates(chart, &scope, templates);
    scope
}

fn add_templates(chart: &Chart, scope: &Map, templates: &mut BTreeMap<String, Renderable>) {
    let base_path = Str::from(path_in(&chart.full_path(), "templates"));
    for (path, text) in template_texts(chart) {
        let renderable = Renderable {
            path: path.clone(),
            text,
            scope: values::named(scope),
            base_path: base_path.clone(),
        };
        templates.insert(path, renderable);
    }
}

/// The paths and texts of a chart's own templates; a library has only partials.
pub(crate) fn template_texts(chart: &Chart) -> impl Iterator<Item = (String, Str)> {
    let folder = chart.full_path();
    let wanted = |file: &&File| !chart.is_library() || base_name(&file.name).starts_with(b"_");
    let texts = chart.templates.iter().filter(wanted);
    texts.map(move |file| (path_in(&folder, &file.name), Str::clone(&file.data)))
}

/// A table under the type that has methods.
fn as_values(table: &Value) -> Value {
    match table {
        Value::Map(map) => Value::Map(values::named(map)),
        other => other.clone(),
    }
}

/// The last part of a path.
pub(crate) fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// The path of a file or folder of a chart in the tree of charts.
fn path_in(folder: &str, name: impl Display) -> String {
    let path = clean_path(format!("{folder}/{name}").as_bytes());
    String::from_utf8_lossy(&path).into_owned()
}

/// Helm looks the table up by a path with dots, so that a chart with a dot in its name finds nothing.
fn table(values: &Value, name: &str) -> Option<Value> {
    let mut current = values.clone();
    for part in name.split('.') {
        current = match current {
            Value::Map(map) => map.get(part)?,
            _ => return None,
        };
    }
    matches!(current, Value::Map(_)).then_some(current)
}

fn release(options: &ReleaseOptions, mode: Mode) -> Value {
    // Helm: a lint neither installs nor upgrades.
    let is_install = !options.is_upgrade && mode != Mode::Lint;
    Value::map([
        ("Name".into(), Value::from(options.name.as_str())),
        ("Namespace".into(), Value::from(options.namespace.as_str())),
        ("IsUpgrade".into(), Value::Bool(options.is_upgrade)),
        ("IsInstall".into(), Value::Bool(is_install)),
        ("Revision".into(), Value::Int(options.revision)),
        ("Service".into(), Value::from("Helm")),
    ])
}

/// `.Chart`: the fields of `Chart.yaml` under their Go names.
fn metadata(metadata: &Metadata, is_root: bool) -> Value {
    let maintainers = metadata.maintainers().map(|maintainer| {
        Value::map([
            ("Name".into(), Value::from(maintainer.name.as_str())),
            ("Email".into(), Value::from(maintainer.email.as_str())),
            ("URL".into(), Value::from(maintainer.url.as_str())),
        ])
    });
    let text = |text: &String| Value::from(text.as_str());
    Value::map([
        ("Name".into(), text(&metadata.name)),
        ("Home".into(), text(&metadata.home)),
        ("Sources".into(), texts(metadata.sources.as_deref())),
        ("Version".into(), text(&metadata.version)),
        ("Description".into(), text(&metadata.description)),
        ("Keywords".into(), texts(metadata.keywords.as_deref())),
        ("Maintainers".into(), Value::list(maintainers.collect())),
        ("Icon".into(), text(&metadata.icon)),
        ("APIVersion".into(), text(&metadata.api_version)),
        ("Condition".into(), text(&metadata.condition)),
        ("Tags".into(), text(&metadata.tags)),
        ("AppVersion".into(), text(&metadata.app_version)),
        ("Deprecated".into(), Value::Bool(metadata.deprecated)),
        ("Annotations".into(), annotations(metadata)),
        ("KubeVersion".into(), text(&metadata.kube_version)),
        (
            "Dependencies".into(),
            Value::list(metadata.dependencies().map(dependency).collect()),
        ),
        ("Type".into(), text(&metadata.chart_type)),
        ("IsRoot".into(), Value::Bool(is_root)),
    ])
}

fn texts(list: Option<&[String]>) -> Value {
    Value::list(
        list.unwrap_or_default()
            .iter()
            .map(|text| Value::from(text.as_str()))
            .collect(),
    )
}

fn annotations(metadata: &Metadata) -> Value {
    let entries = metadata.annotations.iter().flatten();
    let entries = entries
        .map(|(key, value)| (Str::from(key), Value::from(value.as_str())))
        .collect();
    let mut map = Map::with_type(Type::Map(&Type::String), entries);
    map.nil = metadata.annotations.is_none();
    Value::Map(map)
}

fn dependency(dependency: &Dependency) -> Value {
    let text = |text: &String| Value::from(text.as_str());
    let import_values = dependency.import_values.iter().flatten().map(Value::thaw).collect();
    Value::map([
        ("Name".into(), text(&dependency.name)),
        ("Version".into(), text(&dependency.version)),
        ("Repository".into(), text(&dependency.repository)),
        ("Condition".into(), text(&dependency.condition)),
        ("Tags".into(), texts(dependency.tags.as_deref())),
        ("Enabled".into(), Value::Bool(dependency.enabled)),
        ("ImportValues".into(), Value::list(import_values)),
        ("Alias".into(), text(&dependency.alias)),
    ])
}
