//! The rules about dependencies: those declared and those in `charts/` are the same.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/dependencies.go`.

use whelm_chart::Chart;

use crate::{Folder, Report, Severity};

pub(crate) fn check(folder: &Folder<'_>, report: &mut Report) {
    report.log.entries.extend_from_slice(&folder.load_log.entries);
    let chart = match &folder.chart {
        Ok(chart) => chart,
        Err(error) => {
            report.check(Severity::Error, "", Err(format!("unable to load chart\n\t{error}")));
            return;
        }
    };
    report.check(Severity::Error, folder.path, undeclared(chart));
    report.check(Severity::Error, folder.path, duplicates(chart));
    report.check(Severity::Warning, folder.path, missing(chart));
}

fn complain(what: &str, names: &[&str]) -> Result<(), String> {
    if names.is_empty() {
        return Ok(());
    }
    Err(format!("{what}: {}", names.join(",")))
}

fn undeclared(chart: &Chart) -> Result<(), String> {
    let declared = |name: &str| chart.metadata.dependencies().any(|dependency| dependency.name == name);
    let names = chart.dependencies().iter().map(Chart::name);
    let names: Vec<_> = names.filter(|name| !declared(name)).collect();
    complain("chart metadata is missing these dependencies", &names)
}

fn missing(chart: &Chart) -> Result<(), String> {
    let present = |name: &str| chart.dependencies().iter().any(|dependency| dependency.name() == name);
    let names = chart.metadata.dependencies().map(|dependency| dependency.name.as_str());
    let names: Vec<_> = names.filter(|name| !present(name)).collect();
    complain("chart directory is missing these dependencies", &names)
}

fn duplicates(chart: &Chart) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    let keys = chart.metadata.dependencies().map(|dependency| {
        if dependency.alias.is_empty() {
            dependency.name.as_str()
        } else {
            dependency.alias.as_str()
        }
    });
    let again: Vec<_> = keys.filter(|key| !seen.insert(*key)).collect();
    complain("multiple dependencies with name or alias", &again)
}

#[cfg(test)]
mod tests {
    use go_value::Str;
    use whelm_chart::{Level, Log};

    use super::*;
    use crate::Entry;

    #[test]
    fn the_chart_is_loaded_again() {
        let mut load_log = Log::default();
        load_log.push(Level::Info, "a warning");
        let folder = Folder {
            path: "/c",
            chart_yaml: Entry::Missing,
            values_yaml: Entry::Missing,
            values_schema: Str::default(),
            templates: Entry::Missing,
            crds: Entry::Missing,
            chart: Err("broken".to_owned()),
            load_log: &load_log,
        };
        let mut report = Report::default();
        check(&folder, &mut report);
        assert_eq!(report.findings[0].message, "unable to load chart\n\tbroken");
        assert_eq!(report.log, load_log);
    }
}
