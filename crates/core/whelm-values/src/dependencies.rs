//! Which of the charts below take part, under which names, and what they lift into their parents.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/util/dependencies.go`.

use std::collections::BTreeSet;

use go_semver::{Constraints, Version};
use go_value::{Map, Value};
use whelm_chart::{Chart, Dependency, Log};

use crate::imports::import_values;
use crate::lookup::{path_value, table};
use crate::{Error, coalesce_values};

/// Settles the dependencies of a chart: renames aliased charts, takes out those that conditions or tags disable, and
/// lifts imported values into the defaults of their parents. Works on all charts below as well.
///
/// `values` are the user's. Warnings go to `log`.
///
/// # Errors
/// Those of [`coalesce_values`].
pub fn process_dependencies(chart: &mut Chart, values: &Map, log: &mut Log) -> Result<(), Error> {
    process_enabled(chart, values, "", log)?;
    import_values(chart, log)
}

/// Tells whether a version satisfies a constraint; nothing satisfies what cannot be read.
pub fn is_compatible_range(constraint: &str, version: &str) -> bool {
    let Ok(version) = Version::parse(version) else {
        return false;
    };
    Constraints::parse(constraint).is_ok_and(|constraint| constraint.check(&version))
}

fn process_enabled(chart: &mut Chart, values: &Map, path: &str, log: &mut Log) -> Result<(), Error> {
    if chart.metadata.dependencies.is_none() {
        return Ok(());
    }
    rename_aliased(chart);
    chart
        .metadata
        .dependencies_mut()
        .for_each(|dependency| dependency.enabled = true);
    let values = coalesce_values(chart, values, log)?;
    chart
        .metadata
        .dependencies_mut()
        .for_each(|dependency| apply_tags(dependency, &values, log));
    chart
        .metadata
        .dependencies_mut()
        .for_each(|dependency| apply_condition(dependency, &values, path, log));

    let disabled: BTreeSet<String> = chart
        .metadata
        .dependencies()
        .filter(|dependency| !dependency.enabled)
        .map(|d| d.name.clone())
        .collect();
    let mut enabled = chart.take_dependencies();
    enabled.retain(|subchart| !disabled.contains(subchart.name()));
    for subchart in &mut enabled {
        let path = format!("{path}{}.", subchart.name());
        process_enabled(subchart, &values, &path, log)?;
    }
    let mut declared: Vec<_> = chart.metadata.dependencies.take().unwrap_or_default();
    declared.retain(|dependency| {
        dependency
            .as_ref()
            .is_some_and(|dependency| !disabled.contains(&dependency.name))
    });
    chart.metadata.dependencies = (!declared.is_empty()).then_some(declared);
    chart.adopt_dependencies(enabled);
    Ok(())
}

/// Puts a copy of the right chart in place for each declared dependency, after the charts that nobody declared.
fn rename_aliased(chart: &mut Chart) {
    let subcharts = chart.take_dependencies();
    let is_declared = |subchart: &Chart| {
        chart.metadata.dependencies().any(|dependency| {
            dependency.name == subchart.name() && is_compatible_range(&dependency.version, &subchart.metadata.version)
        })
    };
    let mut placed: Vec<Chart> = subcharts
        .iter()
        .filter(|subchart| !is_declared(subchart))
        .cloned()
        .collect();
    let undeclared = placed.len();
    for dependency in chart.metadata.dependencies_mut() {
        if let Some(subchart) = matching_chart(&subcharts, dependency) {
            placed.push(subchart);
        }
        if !dependency.alias.is_empty() {
            dependency.name.clone_from(&dependency.alias);
        }
    }
    chart.adopt_dependencies(placed);
    // A copy is the parent of the charts right below it; those further down keep the path of the original.
    for subchart in &mut chart.dependencies_mut()[undeclared..] {
        let below = subchart.take_dependencies();
        subchart.adopt_dependencies(below);
    }
}

/// Copies the first chart that a dependency can mean, under its alias.
fn matching_chart(subcharts: &[Chart], dependency: &Dependency) -> Option<Chart> {
    let found = subcharts.iter().find(|subchart| {
        subchart.name() == dependency.name && is_compatible_range(&dependency.version, &subchart.metadata.version)
    })?;
    let mut copy = found.clone();
    if !dependency.alias.is_empty() {
        copy.metadata.name.clone_from(&dependency.alias);
    }
    Some(copy)
}

/// Enables a dependency unless some of its tags are false and none is true.
fn apply_tags(dependency: &mut Dependency, values: &Map, log: &mut Log) {
    let Ok(switches) = table(values, "tags") else { return };
    let (mut on, mut off) = (false, false);
    for tag in dependency.tags.iter().flatten() {
        match switches.get(tag.as_bytes()) {
            Some(Value::Bool(true)) => on = true,
            Some(Value::Bool(false)) => off = true,
            Some(_) => log.warn(
                "returned non-bool value",
                vec![("tag", tag.clone()), ("chart", dependency.name.clone())],
            ),
            None => {}
        }
    }
    dependency.enabled = on || !off;
}

/// Lets the first condition that is a bool decide.
fn apply_condition(dependency: &mut Dependency, values: &Map, path: &str, log: &mut Log) {
    for condition in dependency
        .condition
        .trim()
        .split(',')
        .filter(|condition| !condition.is_empty())
    {
        match path_value(values, &format!("{path}{condition}")) {
            Ok(Value::Bool(enabled)) => {
                dependency.enabled = *enabled;
                return;
            }
            Ok(_) => log.warn(
                "returned non-bool value",
                vec![("path", condition.to_owned()), ("chart", dependency.name.clone())],
            ),
            Err(_) => {}
        }
    }
}
