//! Finding and loading the chart that a verb is about.

use std::path::Path;

use whelm_chart::{Chart, Generation, Level, Log};
use whelm_host::chart_folder::Reading;

use crate::{ChartRequest, Context, Error, ErrorKind};

/// Finds the chart: a path that exists, made absolute.
///
/// # Errors
/// Helm's text for a path that does not exist. Charts from repositories and registries are not there yet.
///
/// Source: Helm 4.3.1, `pkg/action/install.go`, `LocateChart`.
pub fn locate_chart(request: &ChartRequest) -> Result<String, Error> {
    let name = request.reference.trim();
    if request.repository.is_empty() {
        if let Ok(about) = std::fs::metadata(name) {
            let path = absolute(name);
            if request.verify {
                verify(&path, about.is_dir())?;
            }
            return Ok(path);
        }
        if name.starts_with('/') || name.starts_with('.') {
            return Err(Error::new(format!(
                "path {} not found",
                go_value::strconv::quote(name.as_bytes())
            )));
        }
    }
    Err(not_local(request, name))
}

/// Refuses to use a chart whose signature was asked for: signatures cannot be checked yet.
fn verify(path: &str, is_folder: bool) -> Result<(), Error> {
    if is_folder {
        return Err(Error::new("unpacked charts cannot be verified"));
    }
    if !path.to_lowercase().ends_with(".tgz") {
        return Err(Error::new("chart must be a tgz file"));
    }
    let signature = format!("{path}.prov");
    match std::fs::metadata(&signature) {
        Ok(_) => Err(Error::with_kind(
            ErrorKind::Unsupported,
            format!("cannot check {signature}: signatures are not in this release; leave --verify out"),
        )),
        Err(error) => Err(Error::new(format!(
            "could not load provenance file {signature}: stat {signature}: {}",
            whelm_host::io_error_text(&error)
        ))),
    }
}

/// Says at the debug level which chart was asked for and where it was found.
pub(crate) fn log_chart(request: &ChartRequest, path: &str, log: &mut Log) {
    log.push_with(
        Level::Debug,
        "Original chart version",
        vec![("version", request.version.clone())],
    );
    log.push_with(Level::Debug, "Chart path", vec![("path", path.to_owned())]);
}

/// Go's `filepath.Abs`: joined to the working directory and cleaned by text, links unresolved.
fn absolute(path: &str) -> String {
    let joined = if path.starts_with('/') {
        path.to_owned()
    } else {
        let folder = std::env::current_dir().unwrap_or_default();
        format!("{}/{path}", folder.to_string_lossy())
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn not_local(request: &ChartRequest, name: &str) -> Error {
    if name.contains("://") || !request.repository.is_empty() {
        return Error::with_kind(
            ErrorKind::Unsupported,
            format!(
                "cannot fetch chart {name}: charts from repositories, URLs and registries are not in this release; download it and give its path"
            ),
        );
    }
    match name.split_once('/') {
        None => Error::new(format!(
            "non-absolute URLs should be in form of repo_name/path_to_chart, got: {name}"
        )),
        Some((repository, _)) => Error::new(format!("repo {repository} not found")),
    }
}

/// Finds, loads and checks a chart that is to be installed or rendered.
///
/// # Errors
/// Helm's texts, in the order in which Helm checks: the place, the files, the type, the dependencies.
pub fn load_installable(cx: &Context, request: &ChartRequest, log: &mut Log) -> Result<(Chart, Generation), Error> {
    let path = locate_chart(request)?;
    load_located(cx, request, &path, log)
}

/// Loads and checks the chart at `path`, where [`locate_chart`] found it.
///
/// # Errors
/// As for [`load_installable`].
pub fn load_located(
    cx: &Context,
    request: &ChartRequest,
    path: &str,
    log: &mut Log,
) -> Result<(Chart, Generation), Error> {
    load(cx, request, path, Use::Install, log)
}

/// As [`load_located`], but for an upgrade: Helm upgrades to a library, too, and says last that a chart is deprecated.
///
/// # Errors
/// As for [`load_installable`].
pub(crate) fn load_for_upgrade(
    cx: &Context,
    request: &ChartRequest,
    path: &str,
    log: &mut Log,
) -> Result<(Chart, Generation), Error> {
    load(cx, request, path, Use::Upgrade, log)
}

/// What a chart is loaded for.
#[derive(PartialEq, Eq)]
enum Use {
    Install,
    Upgrade,
}

fn load(
    cx: &Context,
    request: &ChartRequest,
    path: &str,
    for_what: Use,
    log: &mut Log,
) -> Result<(Chart, Generation), Error> {
    let reading = if cx.one_shot {
        Reading::WhenNeeded
    } else {
        Reading::AtOnce
    };
    let (chart, generation) = whelm_host::chart_folder::load(Path::new(path), reading, log)?;
    if for_what == Use::Install {
        check_type(&chart)?;
        warn_of_deprecated(&chart, log);
    }
    if chart.metadata.dependencies().next().is_some() {
        check_source_date_epoch(cx)?;
        check_dependencies(&chart).map_err(|error| missing_dependencies(request, &error))?;
    }
    if for_what == Use::Upgrade {
        warn_of_deprecated(&chart, log);
    }
    Ok((chart, generation))
}

fn warn_of_deprecated(chart: &Chart, log: &mut Log) {
    if chart.metadata.deprecated {
        log.warn("this chart is deprecated", Vec::new());
    }
}

fn missing_dependencies(request: &ChartRequest, error: &str) -> Error {
    if request.update_dependencies {
        return Error::with_kind(
            ErrorKind::Unsupported,
            format!("cannot fetch dependencies: charts from repositories are not in this release: {error}"),
        );
    }
    Error::new(format!(
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch \
         missing dependencies: {error}"
    ))
}

fn check_type(chart: &Chart) -> Result<(), Error> {
    match chart.metadata.chart_type.as_str() {
        "" | "application" => Ok(()),
        other => Err(Error::new(format!("{other} charts are not installable"))),
    }
}

/// Helm reads `SOURCE_DATE_EPOCH` here, although only packaging uses it.
fn check_source_date_epoch(cx: &Context) -> Result<(), Error> {
    let text = (cx.environment)("SOURCE_DATE_EPOCH").unwrap_or_default();
    if text.is_empty() {
        return Ok(());
    }
    match go_value::strconv::parse_int(text.as_bytes(), 10, 64) {
        Err(error) => Err(Error::new(format!("invalid SOURCE_DATE_EPOCH: {error}"))),
        Ok(seconds) if seconds < 0 => Err(Error::new("invalid SOURCE_DATE_EPOCH: must not be negative")),
        Ok(_) => Ok(()),
    }
}

/// Whether every chart that `Chart.yaml` declares is there, by name only.
fn check_dependencies(chart: &Chart) -> Result<(), String> {
    let there = |name: &str| chart.dependencies().iter().any(|below| below.name() == name);
    let missing: Vec<&str> = chart
        .metadata
        .dependencies()
        .map(|wanted| wanted.name.as_str())
        .filter(|name| !there(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "found in Chart.yaml, but missing in charts/ directory: {}",
        missing.join(", ")
    ))
}
