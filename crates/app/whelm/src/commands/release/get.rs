//! `helm get`: parts of a revision.

use std::collections::BTreeMap;

use go_value::{Map, Str, Value};
use whelm_cli::Invocation;
use whelm_sdk::release::Release;
use whelm_sdk::{ReleaseMetadata, append_document, get, get_metadata, get_values};

use super::revision;
use crate::color::Color;
use crate::failure::Failure;
use crate::output::Output;
use crate::output_template::execute;
use crate::status_block::{self, Block};
use crate::{cluster, formats, go_release, log};

fn release(invocation: &Invocation<'_>) -> Result<Release, Failure> {
    let address = cluster::address(invocation)?;
    let request = revision(invocation);
    cluster::run(async { Ok(get(&address, &request).await?) })
}

/// `helm get all`
pub fn all(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let release = release(invocation)?;
    let template = invocation.string("template");
    if !template.is_empty() {
        let data = go_text_template::Value::map([(Str::from("Release"), go_release::value(&release))]);
        return execute(&template, &data, output);
    }
    let computed = status_block::computed(&release)?;
    let block = Block {
        debug: true,
        chart: true,
        color: Color::new(invocation),
        computed: computed.as_ref(),
        ..Block::default()
    };
    status_block::print("table", &release, &block, output)
}

/// `helm get hooks`
pub fn hooks(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let mut text = Vec::new();
    for hook in &release(invocation)?.hooks {
        append_document(&mut text, &hook.path, &hook.manifest);
    }
    output.write(&text);
    Ok(())
}

/// `helm get manifest`
pub fn manifest(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    output.write(&release(invocation)?.manifest);
    output.write(b"\n");
    Ok(())
}

/// `helm get notes`
pub fn notes(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let notes = release(invocation)?.info.notes;
    if !notes.is_empty() {
        output.write(&[b"NOTES:\n", &notes[..], b"\n"].concat());
    }
    Ok(())
}

/// `helm get values`
pub fn values(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let address = cluster::address(invocation)?;
    let request = revision(invocation);
    let all = invocation.bool("all");
    let mut lines = log::lines();
    let values = cluster::run(async { Ok(get_values(&address, &request, all, &mut lines).await) })?;
    log::write_all(&lines);
    let value = values?.map_or(Value::Nil, Value::Map);
    let format = invocation.string("output");
    if format != "table" {
        return formats::print(&format, &value, &[], output);
    }
    output.write(if all {
        b"COMPUTED VALUES:\n"
    } else {
        b"USER-SUPPLIED VALUES:\n"
    });
    formats::print("yaml", &value, &[], output)
}

/// The order of the metadata's fields in JSON.
const METADATA: &[&str] = &[
    "name",
    "chart",
    "version",
    "appVersion",
    "annotations",
    "labels",
    "dependencies",
    "namespace",
    "revision",
    "status",
    "deployedAt",
    "applyMethod",
];

/// `helm get metadata`
pub fn metadata(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let address = cluster::address(invocation)?;
    let request = revision(invocation);
    let metadata = cluster::run(async { Ok(get_metadata(&address, &request).await?) })?;
    match invocation.string("output").as_str() {
        "table" => {
            output.write(metadata_lines(&metadata).as_bytes());
            Ok(())
        }
        format => formats::print(format, &metadata_value(&metadata), METADATA, output),
    }
}

fn metadata_lines(metadata: &ReleaseMetadata) -> String {
    let method = match metadata.apply_method.as_str() {
        "" => "client-side apply (defaulted)".to_owned(),
        "csa" => "client-side apply".to_owned(),
        "ssa" => "server-side apply".to_owned(),
        other => format!("unknown ({})", go_value::strconv::quote(other.as_bytes())),
    };
    let mut names: Vec<&str> = metadata
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str())
        .collect();
    names.sort_unstable();
    let lines = [
        ("NAME", metadata.name.clone()),
        ("CHART", metadata.chart.clone()),
        ("VERSION", metadata.version.clone()),
        ("APP_VERSION", metadata.app_version.clone()),
        ("ANNOTATIONS", pairs(&metadata.annotations)),
        ("LABELS", pairs(&metadata.labels)),
        ("DEPENDENCIES", names.join(",")),
        ("NAMESPACE", metadata.namespace.clone()),
        ("REVISION", metadata.revision.to_string()),
        ("STATUS", metadata.status.clone()),
        ("DEPLOYED_AT", metadata.deployed_at.clone()),
        ("APPLY_METHOD", method),
    ];
    lines.iter().map(|(name, text)| format!("{name}: {text}\n")).collect()
}

fn pairs(map: &BTreeMap<String, String>) -> String {
    map.iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Fields that are empty are left out where Go leaves them out.
fn metadata_value(metadata: &ReleaseMetadata) -> Value {
    let text = |text: &str| Value::Str(Str::from(text));
    let map = |pairs: &BTreeMap<String, String>| {
        Value::Map(
            pairs
                .iter()
                .map(|(key, value)| (Str::from(key.as_str()), text(value)))
                .collect(),
        )
    };
    let mut fields = Map::new();
    fields.insert(Str::from("name"), text(&metadata.name));
    fields.insert(Str::from("chart"), text(&metadata.chart));
    fields.insert(Str::from("version"), text(&metadata.version));
    fields.insert(Str::from("appVersion"), text(&metadata.app_version));
    if !metadata.annotations.is_empty() {
        fields.insert(Str::from("annotations"), map(&metadata.annotations));
    }
    if !metadata.labels.is_empty() {
        fields.insert(Str::from("labels"), map(&metadata.labels));
    }
    if !metadata.dependencies.is_empty() {
        let dependencies = metadata.dependencies.iter().map(|dependency| {
            let mut fields = Map::new();
            fields.insert(Str::from("name"), text(&dependency.name));
            let more = [
                ("version", &dependency.version),
                ("condition", &dependency.condition),
                ("alias", &dependency.alias),
            ];
            for (name, value) in more.into_iter().filter(|(_, value)| !value.is_empty()) {
                fields.insert(Str::from(name), text(value));
            }
            fields.insert(Str::from("repository"), text(&dependency.repository));
            Value::Map(fields)
        });
        fields.insert(Str::from("dependencies"), Value::List(dependencies.collect()));
    }
    fields.insert(Str::from("namespace"), text(&metadata.namespace));
    fields.insert(Str::from("revision"), Value::Int(metadata.revision));
    fields.insert(Str::from("status"), text(&metadata.status));
    fields.insert(Str::from("deployedAt"), text(&metadata.deployed_at));
    if !metadata.apply_method.is_empty() {
        fields.insert(Str::from("applyMethod"), text(&metadata.apply_method));
    }
    Value::Map(fields)
}
