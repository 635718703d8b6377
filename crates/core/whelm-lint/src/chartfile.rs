//! The rules about `Chart.yaml`.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/chartfile.go`.

use go_semver::{Constraints, Version};
use go_value::Value;
use go_value::strconv::quote;
use whelm_chart::{Metadata, decode_metadata_strict, load_chartfile};

use crate::address::{is_email, is_request_url, is_url};
use crate::{Entry, Folder, Report, Severity};

const PATH: &str = "Chart.yaml";

pub(crate) fn check(folder: &Folder<'_>, report: &mut Report) {
    let text = match &folder.chart_yaml {
        Entry::File(text) => text,
        Entry::Directory => {
            report.check(Severity::Error, PATH, Err("should be a file, not a directory"));
            let unreadable = format!("unable to parse YAML\n\tread {}/{PATH}: is a directory", folder.path);
            report.check(Severity::Error, PATH, Err(unreadable));
            return;
        }
        Entry::Missing => {
            let missing = format!(
                "unable to parse YAML\n\topen {}/{PATH}: no such file or directory",
                folder.path
            );
            report.check(Severity::Error, PATH, Err(missing));
            return;
        }
    };
    let metadata = match load_chartfile(text) {
        Ok(metadata) => metadata,
        Err(error) => {
            report.check(Severity::Error, PATH, Err(format!("unable to parse YAML\n\t{error}")));
            return;
        }
    };
    let strict = decode_metadata_strict(text)
        .map(|_| ())
        .map_err(|error| format!("failed to strictly parse chart metadata file\n\t{error}"));
    report.check(Severity::Warning, PATH, strict);
    let plain = go_yaml::to_json_value(text).unwrap_or_default();
    let mut error = |outcome: Result<(), String>| {
        report.check(Severity::Error, PATH, outcome);
    };
    error(name(&metadata));
    error(api_version(&metadata));
    error(is_string(&plain, "version"));
    error(version(&metadata));
    error(is_string(&plain, "appVersion"));
    error(maintainers(&metadata));
    error(sources(&metadata));
    if metadata.icon.is_empty() {
        report.check(Severity::Info, PATH, Err("icon is recommended"));
    }
    let mut error = |outcome: Result<(), String>| {
        report.check(Severity::Error, PATH, outcome);
    };
    error(icon(&metadata));
    error(chart_type(&metadata));
    error(dependencies(&metadata));
    report.check(Severity::Warning, PATH, strict_version(&metadata));
}

fn name(metadata: &Metadata) -> Result<(), String> {
    let name = &metadata.name;
    if name.is_empty() {
        return Err("name is required".to_owned());
    }
    // The last part of a path is only the path itself without separators, or as a single slash.
    if name != "/" && name.contains('/') {
        return Err(format!("chart name {} is invalid", quote(name.as_bytes())));
    }
    Ok(())
}

fn api_version(metadata: &Metadata) -> Result<(), String> {
    let rule = "The value must be either \"v1\" or \"v2\"";
    match metadata.api_version.as_str() {
        "" => Err(format!("apiVersion is required. {rule}")),
        "v1" | "v2" => Ok(()),
        other => Err(format!("apiVersion '{other}' is not valid. {rule}")),
    }
}

/// Only a string is a string here, although numbers are taken for one when the chart is loaded.
fn is_string(plain: &Value, key: &str) -> Result<(), String> {
    let go_type = match plain.get(key) {
        None | Some(Value::Str(_)) => return Ok(()),
        Some(Value::Nil) => "<nil>",
        Some(Value::Bool(_)) => "bool",
        Some(Value::Int(_) | Value::Uint(_) | Value::Float(_)) => "float64",
        Some(Value::List(_)) => "[]interface {}",
        Some(Value::Map(_)) => "map[string]interface {}",
    };
    Err(format!("{key} should be of type string but it's of type {go_type}"))
}

fn version(metadata: &Metadata) -> Result<(), String> {
    if metadata.version.is_empty() {
        return Err("version is required".to_owned());
    }
    let Ok(version) = Version::parse(&metadata.version) else {
        return Err(format!("version '{}' is not a valid SemVer", metadata.version));
    };
    let above_zero = Constraints::parse(">0.0.0-0").map_err(|error| error.to_string())?;
    above_zero
        .validate(&version)
        .map_err(|reasons| format!("version {}", reasons.first().map_or("", String::as_str)))
}

fn strict_version(metadata: &Metadata) -> Result<(), String> {
    let parsed = Version::parse_strict(&metadata.version);
    parsed
        .map(|_| ())
        .map_err(|_| format!("version '{}' is not a valid SemVerV2", metadata.version))
}

fn maintainers(metadata: &Metadata) -> Result<(), String> {
    for maintainer in metadata.maintainers.iter().flatten() {
        let maintainer = maintainer.as_ref().ok_or("a maintainer entry is empty")?;
        let name = &maintainer.name;
        if name.is_empty() {
            return Err("each maintainer requires a name".to_owned());
        }
        if !maintainer.email.is_empty() && !is_email(&maintainer.email) {
            return Err(format!("invalid email '{}' for maintainer '{name}'", maintainer.email));
        }
        if !maintainer.url.is_empty() && !is_url(&maintainer.url) {
            return Err(format!("invalid url '{}' for maintainer '{name}'", maintainer.url));
        }
    }
    Ok(())
}

fn sources(metadata: &Metadata) -> Result<(), String> {
    let invalid = metadata.sources.iter().flatten().find(|source| !is_request_url(source));
    invalid.map_or(Ok(()), |source| Err(format!("invalid source URL '{source}'")))
}

fn icon(metadata: &Metadata) -> Result<(), String> {
    if metadata.icon.is_empty() || is_request_url(&metadata.icon) {
        return Ok(());
    }
    Err(format!("invalid icon URL '{}'", metadata.icon))
}

fn chart_type(metadata: &Metadata) -> Result<(), String> {
    if metadata.chart_type.is_empty() || metadata.api_version == "v2" {
        return Ok(());
    }
    Err(format!(
        "chart type is not valid in apiVersion '{}'. It is valid in apiVersion 'v2'",
        metadata.api_version
    ))
}

fn dependencies(metadata: &Metadata) -> Result<(), String> {
    if metadata.dependencies.iter().flatten().next().is_none() || metadata.api_version == "v2" {
        return Ok(());
    }
    Err(format!(
        "dependencies are not valid in the Chart file with apiVersion '{}'. They are valid in apiVersion 'v2'",
        metadata.api_version
    ))
}
