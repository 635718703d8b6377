//! The rule about `values.yaml`: it can be read, and with the user's values over it fits the chart's schema.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/values.go`.

use go_value::{Map, Str, Value};
use whelm_values::{Nulls, SchemaLoader, check_schema, coalesce_tables};

use crate::{Entry, Folder, Options, Report, Severity};

const PATH: &str = "values.yaml";

/// Checks the file and returns what the user's values are afterwards.
///
/// Helm merges the file into them in place: the tables that both have are changed for all rules that follow, and for the charts
/// that are linted after this one. A `null` inside of such a table is gone then.
pub(crate) fn check(
    folder: &Folder<'_>,
    options: &Options<'_>,
    schemas: &mut dyn SchemaLoader,
    report: &mut Report,
) -> Map {
    if folder.values_yaml == Entry::Missing {
        report.check(Severity::Info, PATH, Err("file does not exist"));
        return options.values.clone();
    }
    let merged = read(folder).and_then(|defaults| {
        let merged = coalesce_tables(options.values, &defaults, Nulls::Remove, &mut report.log);
        merged.map_err(|error| error.to_string())
    });
    match merged {
        Ok(merged) => {
            let outcome = check_against_schema(folder, options, &merged, schemas, report);
            report.check(Severity::Error, PATH, outcome);
            merged_in_place(options.values, &merged)
        }
        Err(message) => {
            report.check(Severity::Error, PATH, Err(message));
            options.values.clone()
        }
    }
}

fn read(folder: &Folder<'_>) -> Result<Map, String> {
    match &folder.values_yaml {
        // Here the target has a type of its own, which the text names.
        Entry::File(text) => whelm_chart::decode_map(text).map_err(|error| {
            error.replace(
                "Go value of type map[string]interface {}",
                "Go value of type common.Values",
            )
        }),
        _ => Err(format!("read {}/{PATH}: is a directory", folder.path)),
    }
    .map_err(|error| format!("unable to parse YAML: {error}"))
}

fn check_against_schema(
    folder: &Folder<'_>,
    options: &Options<'_>,
    values: &Map,
    schemas: &mut dyn SchemaLoader,
    report: &mut Report,
) -> Result<(), String> {
    if folder.values_schema.is_empty() || options.skip_schema_validation {
        return Ok(());
    }
    check_schema(values, &folder.values_schema, schemas, &mut report.log).map_err(|error| error.to_string())
}

/// The user's values when each of their tables is the one in `merged`.
fn merged_in_place(values: &Map, merged: &Map) -> Map {
    let entry = |(key, value): (&Str, &Value)| {
        let table = merged.get(key).filter(|_| value.as_map().is_some());
        (key.clone(), table.unwrap_or(value).clone())
    };
    values.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use whelm_render::Capabilities;
    use whelm_values::NoSchemas;

    use super::*;

    fn map(yaml: &str) -> Map {
        whelm_chart::decode_map(yaml.as_bytes()).unwrap()
    }

    /// Returns the user's values after the check, and what was logged.
    fn checked(values_yaml: &str, user: &str) -> (Map, Vec<String>) {
        let folder = Folder {
            path: "/c",
            chart_yaml: Entry::Missing,
            values_yaml: Entry::File(values_yaml.into()),
            values_schema: Str::default(),
            templates: Entry::Missing,
            crds: Entry::Missing,
            chart: Err(String::new()),
            load_log: &whelm_chart::Log::default(),
        };
        let options = Options {
            values: &map(user),
            namespace: "default",
            kube_version: None,
            capabilities: &Capabilities::offline(whelm_render::BuildInfo::default()),
            skip_schema_validation: false,
        };
        let mut report = Report::default();
        let values = check(&folder, &options, &mut NoSchemas, &mut report);
        assert_eq!(report.findings, []);
        (
            values,
            report.log.entries.into_iter().map(|entry| entry.message).collect(),
        )
    }

    #[test]
    fn warns_without_a_schema_too() {
        let (values, log) = checked("a: {b: 1}\n", "a: []\n");
        assert_eq!(values, map("a: []"));
        assert_eq!(log, ["warning: cannot overwrite table with non table for a (map[b:1])"]);
    }

    #[test]
    fn the_users_tables_are_merged_in_place() {
        let (values, _) = checked(
            "a: {b: 1, c: null, d: {e: 2}}\nf: 1\n",
            "a: {b: null, x: 1}\ng: null\nf: null\n",
        );
        assert_eq!(values, map("a: {c: null, d: {e: 2}, x: 1}\ng: null\nf: null\n"));
    }
}
