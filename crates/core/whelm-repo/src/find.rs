//! Finding a chart in the index.

use go_semver::{Constraints, Version};
use whelm_chart::{Level, Log};

use crate::{ChartVersion, Error, ErrorKind, IndexFile};

impl IndexFile {
    /// Returns the newest version of the chart that is wanted; with an empty `version`, the newest that is no prerelease.
    ///
    /// A version that is there literally comes before any that fits. Where a single version was asked for and another one fits,
    /// the log says so.
    ///
    /// # Errors
    /// There is no such chart or version, or `version` is not a constraint.
    pub fn get(&self, name: &str, version: &str, log: &mut Log) -> Result<&ChartVersion, Error> {
        let Some(versions) = self.entries.get(name) else {
            return Err(Error::new(ErrorKind::NoChartName, "no chart name found"));
        };
        if versions.is_empty() {
            return Err(Error::new(ErrorKind::NoChartVersion, "no chart version found"));
        }
        let constraint = Constraints::parse(if version.is_empty() { "*" } else { version })
            .map_err(|error| Error::new(ErrorKind::Constraint, error.to_string()))?;
        let exact = versions.iter().find(|entry| entry.metadata.version == version);
        if let Some(entry) = exact.filter(|_| !version.is_empty()) {
            return Ok(entry);
        }
        let fits = |entry: &&ChartVersion| {
            Version::parse(&entry.metadata.version).is_ok_and(|version| constraint.check(&version))
        };
        let Some(entry) = versions.iter().find(fits) else {
            let message = format!("no chart version found for {name}-{version}");
            return Err(Error::new(ErrorKind::NoChartVersion, message));
        };
        note(name, version, entry, log);
        Ok(entry)
    }
}

fn note(name: &str, version: &str, entry: &ChartVersion, log: &mut Log) {
    if version.is_empty() {
        return;
    }
    let selected = ("selected", entry.metadata.version.clone());
    let chart = ("chart", name.to_owned());
    if is_range(version) {
        let attributes = vec![chart, ("constraint", version.to_owned()), selected];
        log.push_with(Level::Debug, "selected version matching constraint", attributes);
    } else {
        let attributes = vec![chart, ("requested", version.to_owned()), selected];
        log.warn(
            "unable to find exact version requested; falling back to closest available version",
            attributes,
        );
    }
}

/// Tells a range from a single version, as far as Helm's warning does.
fn is_range(version: &str) -> bool {
    if version.contains(['^', '~', '<', '>', '=', '!', '*']) || version.contains("||") || version.contains(" - ") {
        return true;
    }
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    numbers.contains(['x', 'X'])
}
