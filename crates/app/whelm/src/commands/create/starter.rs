//! A new chart from a starter chart.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use whelm_cli::path::{base, clean};
use whelm_sdk::chart::{Chart, Metadata};
use whelm_sdk::show_at;

use super::{PLACEHOLDER, write};
use crate::failure::Failure;
use crate::{files, log};

/// Copies the starter chart at `source` to `folder`, with the new name in its templates and values.
pub fn create(name: &str, folder: &str, source: &str) -> Result<(), Failure> {
    let mut lines = log::lines();
    let chart = show_at(source, &mut lines);
    log::write_all(&lines);
    let chart = chart.map_err(|error| Failure::new(format!("could not load {source}: {error}")))?;
    if !chart.dependencies().is_empty() {
        return Err(Failure::new(
            "this release of whelm does not have starters with dependencies yet",
        ));
    }
    save(&chart, name, folder)
}

fn save(chart: &Chart, name: &str, folder: &str) -> Result<(), Failure> {
    if base(name) != name {
        return Err(Failure::new(format!(
            "{} is not a valid chart name",
            go_value::strconv::quote(name.as_bytes())
        )));
    }
    let target = PathBuf::from(clean(&format!("{folder}/{name}")));
    if fs::metadata(&target).is_ok_and(|about| !about.is_dir()) {
        return Err(Failure::new(format!(
            "file {} already exists and is not a directory",
            target.display()
        )));
    }
    files::make_folders(&target)?;
    write(&target.join("Chart.yaml"), metadata(name).to_yaml().as_bytes())?;
    for file in chart.raw.iter().filter(|file| file.name == "values.yaml") {
        write(&target.join("values.yaml"), &transform(&file.data, name))?;
    }
    if let Some(schema) = &chart.schema {
        write(&target.join("values.schema.json"), schema)?;
    }
    for file in &chart.templates {
        write(&inside(&target, &file.name), &transform(&file.data, name))?;
    }
    for file in &chart.files {
        write(&inside(&target, &file.name), &file.data)?;
    }
    Ok(())
}

/// The path of a chart's file; its name has been checked when the chart was loaded.
fn inside(target: &Path, name: &[u8]) -> PathBuf {
    target.join(std::ffi::OsStr::from_bytes(name))
}

/// Puts the name in where its placeholder stands.
fn transform(data: &[u8], name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(at) = memchr::memmem::find(rest, PLACEHOLDER.as_bytes()) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(name.as_bytes());
        rest = &rest[at + PLACEHOLDER.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn metadata(name: &str) -> Metadata {
    Metadata {
        name: name.to_owned(),
        description: "A Helm chart for Kubernetes".to_owned(),
        chart_type: "application".to_owned(),
        version: "0.1.0".to_owned(),
        app_version: "0.1.0".to_owned(),
        api_version: "v2".to_owned(),
        ..Metadata::default()
    }
}
