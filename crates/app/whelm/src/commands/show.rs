//! `helm show`: what is in a chart.

use go_value::Value;
use whelm_cli::Invocation;
use whelm_sdk::chart::Chart;
use whelm_sdk::{ChartRequest, check_readable, show};

use super::chart_flags;
use crate::failure::Failure;
use crate::output::Output;
use crate::{jsonpath, log};

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    All,
    /// `Chart.yaml`, written anew.
    Chart,
    /// `values.yaml`, or what `--jsonpath` selects.
    Values,
    /// The README.
    Readme,
    /// Custom resource definitions.
    Crds,
}

pub fn run(invocation: &Invocation<'_>, part: Part, output: &mut Output) -> Result<(), Failure> {
    chart_flags::check_registry_client(invocation)?;
    let reference = invocation.args.first().cloned().unwrap_or_default();
    let request = ChartRequest {
        reference,
        ..chart_flags::chart(invocation)
    };
    let mut lines = log::lines();
    let chart = show(&request, &mut lines);
    log::write_all(&lines);
    let chart = chart?;
    let wanted = |wanted: Part| part == wanted || part == Part::All;
    let mut text = Vec::new();
    if wanted(Part::Chart) {
        text.extend_from_slice(chart.metadata.to_yaml().as_bytes());
        text.push(b'\n');
    }
    if wanted(Part::Values) && chart.values.is_some() {
        if part == Part::All {
            text.extend_from_slice(b"---\n");
        }
        values(&chart, &invocation.string("jsonpath"), &mut text)?;
    }
    if wanted(Part::Readme) {
        readme(&chart, part == Part::All, &mut text);
    }
    if wanted(Part::Crds) {
        crds(&chart, &mut text);
    }
    check_readable(&chart)?;
    output.write(&text);
    Ok(())
}

fn values(chart: &Chart, path: &str, text: &mut Vec<u8>) -> Result<(), Failure> {
    if path.is_empty() {
        for file in chart.raw.iter().filter(|file| file.name == "values.yaml") {
            text.extend_from_slice(&file.data);
            text.push(b'\n');
        }
        return Ok(());
    }
    let nodes = jsonpath::parse(path.as_bytes())
        .map_err(|error| Failure::new(format!("error parsing jsonpath {path}: {error}")))?;
    // Helm does not say why a template selects nothing.
    let _ = jsonpath::execute(&nodes, &Value::Map(chart.values().clone()), text);
    Ok(())
}

fn readme(chart: &Chart, separate: bool, text: &mut Vec<u8>) {
    const NAMES: [&[u8]; 3] = [b"readme.md", b"readme.txt", b"readme"];
    let found = chart
        .files
        .iter()
        .find(|file| NAMES.iter().any(|name| file.name.eq_ignore_ascii_case(name)));
    if let Some(file) = found {
        if separate {
            text.extend_from_slice(b"---\n");
        }
        text.extend_from_slice(&file.data);
        text.push(b'\n');
    }
}

fn crds(chart: &Chart, text: &mut Vec<u8>) {
    for crd in chart.crd_objects() {
        if !crd.file.data.starts_with(b"---") {
            text.extend_from_slice(b"---\n");
        }
        text.extend_from_slice(&crd.file.data);
        text.push(b'\n');
    }
}
