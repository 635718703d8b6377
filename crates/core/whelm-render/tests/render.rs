//! Small charts rendered, with what Helm 4.3.1 made of them (`record.py` writes that into the inputs).

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::sync::Arc;

use go_sprig::FixedHost;
use go_value::Map;
use whelm_chart::{File, Log, load_files};
use whelm_manifest::{KindOrder, sort, trim};
use whelm_render::{
    BuildInfo, Capabilities, Mode, Notes, ReleaseOptions, RenderInput, Rendered, World, render, take_notes,
};
use whelm_values::SharedValues;

/// Renders an input as `helm template` does and compares.
fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/inputs")
        .join(format!("{name}.txt"));
    let input = std::fs::read_to_string(path).unwrap();
    let (files, expected) = input.split_once("=== expected\n").unwrap();
    let output = template(files).unwrap_or_else(|error| format!("Error: {error}\n"));
    assert_eq!(output, expected, "{name}");
}

/// The files of an input: `--- PATH` and the text below it.
fn files(text: &str) -> Vec<File> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix("--- "), files.last_mut()) {
            (Some(path), _) => files.push((path.trim_end(), String::new())),
            (None, Some((_, body))) => body.push_str(line),
            (None, None) => panic!("an input starts with a path"),
        }
    }
    let text = |body: String| if body == "\n" { String::new() } else { body };
    files
        .into_iter()
        .map(|(path, body)| File::new(path, text(body)))
        .collect()
}

fn rendered(text: &str, mode: Mode) -> Result<(Rendered, String), String> {
    rendered_with_log(text, mode, &mut Log::default())
}

fn rendered_with_log(text: &str, mode: Mode, log: &mut Log) -> Result<(Rendered, String), String> {
    let mut chart = load_files(files(text), log).map_err(|error| error.to_string())?;
    let config = Map::new();
    whelm_values::process_dependencies(&mut chart, &config, log).map_err(|error| error.to_string())?;
    let values = whelm_values::coalesce_shared_values(&chart, &config, log).map_err(|error| error.to_string())?;
    let SharedValues { values, shared } = values;
    let release = ReleaseOptions {
        name: "release-name".to_owned(),
        namespace: "default".to_owned(),
        is_upgrade: false,
        revision: 1,
    };
    let input = RenderInput {
        chart: &chart,
        values: &values,
        shared: &shared,
        release: &release,
        capabilities: &Capabilities::offline(BuildInfo::default()),
        mode,
    };
    let world = World::new(Arc::new(FixedHost::new(1_700_000_000, 1)));
    let rendered = render(&input, &world, log).map_err(|error| error.to_string())?;
    Ok((rendered, chart.name().to_owned()))
}

fn template(text: &str) -> Result<String, String> {
    let (mut rendered, name) = rendered(text, Mode::Normal)?;
    take_notes(&mut rendered, &name, Notes::Own);
    let sorted = sort(rendered.files, KindOrder::Install).map_err(|error| error.to_string())?;
    let mut out = String::new();
    for manifest in &sorted.manifests {
        out.push_str(&format!("---\n# Source: {}\n{}\n", manifest.path, manifest.content));
    }
    Ok(format!("{}\n", String::from_utf8_lossy(trim(out.as_bytes()))))
}

macro_rules! inputs {
    ($(fn $test:ident: $($input:literal)+;)+) => {
        $(#[test]
        fn $test() {
            $(check($input);)+
        })+
    };
}

inputs! {
    fn t_008_no_value_is_removed: "no_value";
    fn t_009_parents_override: "define_order";
    fn t_010_empty_definitions_replace_nothing: "empty_define";
    fn t_011_execution_is_in_reverse: "execution_order";
    fn t_012_the_first_error_stops: "first_error";
    fn t_013_include_stops_at_a_thousand: "include_recursion";
    fn t_014_unknown_template: "include_unknown";
    fn t_015_tpl: "tpl_scope" "tpl_define_does_not_leak" "tpl_parse_error" "tpl_exec_error" "tpl_fail";
    fn t_016_required_and_fail: "required" "required_nil";
    fn t_017_lookup_offline: "lookup_offline";
    fn t_018_yaml_functions: "yaml_errors" "must_to_yaml" "must_to_json_fails";
    fn t_021_json_forms: "json_forms";
    fn t_028_values_are_shared: "values_mutation" "values_shared_globals";
    fn t_036_no_dns: "host_by_name";
    fn t_037_release: "release_object";
    fn t_038_chart: "chart_object";
    fn t_039_subcharts: "subcharts";
    fn t_040_subcharts_template: "subcharts_template";
    fn t_041_files: "files";
    fn t_043_capabilities: "capabilities" "capabilities_json";
    fn t_046_library: "library";
    fn t_047_errors: "error_chain" "error_raw" "error_parse" "error_function" "error_execution_at";
    fn t_048_no_yaml: "yaml_after_render" "yaml_scalar";
    fn t_049_panics_are_errors: "panic_is_error" "panic_in_function";
    fn t_050_notes_are_taken_out: "notes";
    fn t_052_other_files_are_manifests: "non_yaml_files";
    fn m_005_order_within_a_kind: "manifest_order";
}

// T-042
#[test]
fn t_042_lines_of_an_empty_file() {
    check("files");
}

// T-051
#[test]
fn t_051_notes_come_in_the_order_of_paths() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/notes.txt")).unwrap();
    let (files, _) = text.split_once("=== expected\n").unwrap();
    let (mut rendered, name) = rendered(files, Mode::Normal).unwrap();
    let notes = take_notes(&mut rendered, &name, Notes::WithSubcharts);
    assert_eq!(notes.to_string(), "notes of sub\n\n  notes of demo\n");
}

// T-016
#[test]
fn t_016_lint_mode_forgives() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/required_nil.txt")).unwrap();
    let (files, _) = text.split_once("=== expected\n").unwrap();
    let mut log = Log::default();
    rendered_with_log(files, Mode::Lint, &mut log).unwrap();
    let line = r#"level=WARN msg="missing required value" message="needs nothing""#;
    assert_eq!(log.entries.iter().map(ToString::to_string).collect::<Vec<_>>(), [line]);
    // A template that fails later does not take the line back.
    let failing = format!("{files}--- templates/0.yaml\n{{{{ .Values.a.b.c }}}}\n");
    let mut log = Log::default();
    rendered_with_log(&failing, Mode::Lint, &mut log).unwrap_err();
    assert_eq!(log.entries.iter().map(ToString::to_string).collect::<Vec<_>>(), [line]);
}
