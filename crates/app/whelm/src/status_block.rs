//! What install, upgrade, status and get all print about a release.

use go_value::json::{self, Numbers};
use go_value::{Map, Value};
use whelm_sdk::append_document;
use whelm_sdk::manifest::trim;
use whelm_sdk::release::{HookEvent, Release, Time, to_json};

use crate::color::Color;
use crate::failure::Failure;
use crate::output::Output;

/// What the block shows besides the ordinary lines.
#[derive(Clone, Debug, Default)]
pub struct Block<'a> {
    /// Values, hooks and manifest; as `--debug` asks for.
    pub debug: bool,
    /// Name and versions of the chart.
    pub chart: bool,
    /// No notes.
    pub hide_notes: bool,
    /// What is coloured.
    pub color: Color,
    /// The values with those of the chart; needed with `debug`.
    pub computed: Option<&'a Map>,
    /// The tables of the release's objects.
    pub resources: Option<&'a str>,
}

/// Prints a release in the given format: `table`, `json` or `yaml`.
pub fn print(format: &str, release: &Release, block: &Block<'_>, output: &mut Output) -> Result<(), Failure> {
    match format {
        "json" => {
            let text =
                to_json(release).map_err(|error| Failure::new(format!("unable to write JSON output: {error}")))?;
            output.write(text.as_bytes());
            output.write(b"\n");
        }
        "yaml" => {
            let text = yaml(release).map_err(|error| Failure::new(format!("unable to write YAML output: {error}")))?;
            output.write(&text);
        }
        _ => output.write(&table(release, block)?),
    }
    Ok(())
}

fn yaml(release: &Release) -> Result<Vec<u8>, String> {
    let text = to_json(release).map_err(|error| error.to_string())?;
    let value = json::parse(text.as_bytes(), Numbers::Int).map_err(|error| error.to_string())?;
    go_yaml::to_yaml(&value).map_err(|error| error.to_string())
}

fn table(release: &Release, block: &Block<'_>) -> Result<Vec<u8>, Failure> {
    let mut out = header(release, block).into_bytes();
    if let Some(resources) = block.resources.filter(|resources| !resources.is_empty()) {
        out.extend_from_slice(format!("RESOURCES:\n{resources}\n").as_bytes());
    }
    tests(release, &mut out);
    if block.debug {
        values("USER-SUPPLIED VALUES:", release.config.as_deref(), &mut out)?;
        values("COMPUTED VALUES:", block.computed, &mut out)?;
    }
    if block.debug || release.info.description.eq_ignore_ascii_case("Dry run complete") {
        out.extend_from_slice(b"HOOKS:\n");
        for hook in &release.hooks {
            append_document(&mut out, &hook.path, &hook.manifest);
        }
        out.extend_from_slice(b"MANIFEST:\n");
        out.extend_from_slice(&release.manifest);
        out.push(b'\n');
    }
    if !block.hide_notes && !release.info.notes.is_empty() {
        out.extend_from_slice(b"NOTES:\n");
        out.extend_from_slice(trim(&release.info.notes));
        out.push(b'\n');
    }
    Ok(out)
}

fn header(release: &Release, block: &Block<'_>) -> String {
    let mut out = format!("NAME: {}\n", release.name);
    if let Some(time) = release.info.last_deployed {
        out.push_str(&format!("LAST DEPLOYED: {}\n", time.ansic()));
    }
    out.push_str(&format!("NAMESPACE: {}\n", block.color.namespace(&release.namespace)));
    out.push_str(&format!("STATUS: {}\n", block.color.status(&release.info.status)));
    out.push_str(&format!("REVISION: {}\n", release.version));
    if let Some(chart) = release.chart.as_deref().filter(|_| block.chart) {
        let metadata = &chart.metadata;
        out.push_str(&format!("CHART: {}\nVERSION: {}\n", metadata.name, metadata.version));
        out.push_str(&format!("APP_VERSION: {}\n", metadata.app_version));
    }
    out.push_str(&format!("DESCRIPTION: {}\n", release.info.description));
    out
}

fn tests(release: &Release, out: &mut Vec<u8>) {
    let mut tests = release
        .hooks
        .iter()
        .filter(|hook| hook.events.contains(&HookEvent::Test))
        .peekable();
    if tests.peek().is_none() {
        out.extend_from_slice(b"TEST SUITE: None\n");
    }
    for test in tests {
        let run = &test.last_run;
        let Some(started) = run.started_at else { continue };
        let completed = run
            .completed_at
            .map_or_else(|| "Mon Jan  1 00:00:00 0001".to_owned(), Time::ansic);
        let text = format!(
            "TEST SUITE:     {}\nLast Started:   {}\nLast Completed: {completed}\nPhase:          {}\n",
            test.name,
            started.ansic(),
            run.phase.as_str()
        );
        out.extend_from_slice(text.as_bytes());
    }
}

fn values(title: &str, values: Option<&Map>, out: &mut Vec<u8>) -> Result<(), Failure> {
    let value = values.map_or(Value::Nil, |values| Value::Map(values.clone()));
    let text =
        go_yaml::to_yaml(&value).map_err(|error| Failure::new(format!("unable to write YAML output: {error}")))?;
    out.extend_from_slice(title.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(&text);
    out.push(b'\n');
    Ok(())
}

/// Returns the values of a release with those of its chart below them.
pub fn computed(release: &Release) -> Result<Option<Map>, Failure> {
    let Some(chart) = release.chart.as_deref() else {
        return Ok(None);
    };
    let empty = Map::new();
    let mut log = whelm_sdk::chart::Log::default();
    let values = whelm_sdk::values::coalesce_values(chart, release.config.as_deref().unwrap_or(&empty), &mut log);
    crate::log::write_all(&log);
    values.map(Some).map_err(|error| Failure::new(error.to_string()))
}
