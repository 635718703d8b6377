//! The rule about `values.yaml`: it can be read, and with the user's values over it fits the chart's schema.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/values.go`.

use whelm_values::{Nulls, SchemaLoader, check_schema, coalesce_tables};

use crate::{Entry, Folder, Options, Report, Severity};

const PATH: &str = "values.yaml";

pub(crate) fn check(folder: &Folder<'_>, options: &Options<'_>, schemas: &mut dyn SchemaLoader, report: &mut Report) {
    if folder.values_yaml == Entry::Missing {
        report.check(Severity::Info, PATH, Err("file does not exist"));
        return;
    }
    let outcome = check_file(folder, options, schemas, report);
    report.check(Severity::Error, PATH, outcome);
}

fn check_file(
    folder: &Folder<'_>,
    options: &Options<'_>,
    schemas: &mut dyn SchemaLoader,
    report: &mut Report,
) -> Result<(), String> {
    let values = match &folder.values_yaml {
        // Here the target has a type of its own, which the text names.
        Entry::File(text) => whelm_chart::decode_map(text).map_err(|error| {
            error.replace(
                "Go value of type map[string]interface {}",
                "Go value of type common.Values",
            )
        }),
        _ => Err(format!("read {}/{PATH}: is a directory", folder.path)),
    }
    .map_err(|error| format!("unable to parse YAML: {error}"))?;
    if folder.values_schema.is_empty() || options.skip_schema_validation {
        return Ok(());
    }
    let log = &mut report.log;
    let values = coalesce_tables(options.values, &values, Nulls::Remove, log).map_err(|error| error.to_string())?;
    check_schema(&values, &folder.values_schema, schemas, log).map_err(|error| error.to_string())
}
