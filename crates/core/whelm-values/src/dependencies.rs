//! Which of the charts below take part, under which names, and what they lift into their parents.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/util/dependencies.go`.

use std::collections::BTreeSet;

use go_semver::{Constraints, Version};
use go_value::{Map, Value};
use whelm_chart::{Chart, Dependency, Log};

use crate::Error;
use crate::coalesce::{Nulls, coalesce};
use crate::forest::{ChartId, Forest};
use crate::imports::Importer;
use crate::lookup::{path_value, table};

/// Settles the dependencies of a chart: renames aliased charts, takes out those that conditions or tags disable, and
/// lifts imported values into the defaults of their parents. Works on all charts below as well.
///
/// `values` are the user's. Warnings go to `log`.
///
/// # Errors
/// Those of [`coalesce_values`].
pub fn process_dependencies(chart: &mut Chart, values: &Map, log: &mut Log) -> Result<(), Error> {
    settle_dependencies(chart, values, log).map(drop)
}

/// As [`process_dependencies`], and gives what it took out, for those who have something better to do than to free it.
///
/// # Errors
/// Those of [`coalesce_values`].
pub fn settle_dependencies(chart: &mut Chart, values: &Map, log: &mut Log) -> Result<Unused, Error> {
    let (mut forest, root) = Forest::new(std::mem::take(chart));
    let outcome =
        process_enabled(&mut forest, root, values, "", log).and_then(|()| Importer::new(&mut forest, log).import(root));
    *chart = forest.to_chart(root)?;
    outcome.map(|()| Unused { _forest: forest })
}

/// Charts that take no part. The allocator makes threads wait for each other when one frees what another one allocated, so it is
/// best dropped when all is done.
pub struct Unused {
    _forest: Forest,
}

impl std::fmt::Debug for Unused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unused").finish_non_exhaustive()
    }
}

/// Tells whether a version satisfies a constraint; nothing satisfies what cannot be read.
pub fn is_compatible_range(constraint: &str, version: &str) -> bool {
    let Ok(version) = Version::parse(version) else {
        return false;
    };
    Constraints::parse(constraint).is_ok_and(|constraint| constraint.check(&version))
}

/// Guesses, before any values are worked out, whether a dependency of `chart` will take part: by its first condition that is a bool
/// in the user's `values` or in the chart's own. For work ahead of need, which a wrong guess only makes vain.
pub fn is_likely_enabled(chart: &Chart, dependency: &Dependency, values: &Map) -> bool {
    let switch = |condition: &str| {
        [values, chart.values()]
            .into_iter()
            .find_map(|values| match path_value(values, condition) {
                Ok(Value::Bool(enabled)) => Some(*enabled),
                _ => None,
            })
    };
    conditions(&dependency.condition).find_map(switch).unwrap_or(true)
}

fn process_enabled(forest: &mut Forest, chart: ChartId, values: &Map, path: &str, log: &mut Log) -> Result<(), Error> {
    if forest.metadata(chart).dependencies.is_none() {
        return Ok(());
    }
    place_declared(forest, chart);
    let values = coalesce(forest.tree(chart), values, Nulls::Remove, log)?;
    let metadata = forest.metadata_mut(chart);
    metadata
        .dependencies_mut()
        .for_each(|dependency| apply_tags(dependency, &values, log));
    metadata
        .dependencies_mut()
        .for_each(|dependency| apply_condition(dependency, &values, path, log));
    let disabled: BTreeSet<String> = metadata
        .dependencies()
        .filter(|dependency| !dependency.enabled)
        .map(|d| d.name.clone())
        .collect();
    let mut declared = metadata.dependencies.clone().unwrap_or_default();
    declared.retain(|dependency| {
        dependency
            .as_ref()
            .is_some_and(|dependency| !disabled.contains(&dependency.name))
    });
    let mut enabled = forest.below(chart);
    enabled.retain(|subchart| !disabled.contains(&forest.metadata(*subchart).name));
    for subchart in &enabled {
        let path = format!("{path}{}.", forest.metadata(*subchart).name);
        process_enabled(forest, *subchart, &values, &path, log)?;
    }
    forest.metadata_mut(chart).dependencies = (!declared.is_empty()).then_some(declared);
    forest.set_below(chart, enabled);
    Ok(())
}

/// Puts a copy of the right chart in place for each declared dependency, after the charts that nobody declared, and takes
/// every dependency as enabled.
fn place_declared(forest: &mut Forest, chart: ChartId) {
    let below = forest.below(chart);
    let mut declared: Vec<Dependency> = forest.metadata(chart).dependencies().cloned().collect();
    let fits = |forest: &Forest, dependency: &Dependency, subchart: ChartId| {
        let metadata = forest.metadata(subchart);
        metadata.name == dependency.name && is_compatible_range(&dependency.version, &metadata.version)
    };
    let is_declared = |subchart: ChartId| declared.iter().any(|dependency| fits(forest, dependency, subchart));
    let mut placed: Vec<ChartId> = below
        .iter()
        .copied()
        .filter(|subchart| !is_declared(*subchart))
        .collect();
    for dependency in &mut declared {
        if let Some(found) = below
            .iter()
            .copied()
            .find(|subchart| fits(forest, dependency, *subchart))
        {
            let copy = forest.copy(found);
            if !dependency.alias.is_empty() {
                forest.metadata_mut(copy).name.clone_from(&dependency.alias);
            }
            placed.push(copy);
        }
        if !dependency.alias.is_empty() {
            dependency.name.clone_from(&dependency.alias);
        }
        dependency.enabled = true;
    }
    forest.metadata_mut(chart).dependencies = Some(declared.into_iter().map(Some).collect());
    forest.set_below(chart, placed);
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

/// The paths in the values that a condition names.
fn conditions(condition: &str) -> impl Iterator<Item = &str> {
    condition.trim().split(',').filter(|path| !path.is_empty())
}

/// Lets the first condition that is a bool decide.
fn apply_condition(dependency: &mut Dependency, values: &Map, path: &str, log: &mut Log) {
    for condition in conditions(&dependency.condition) {
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
