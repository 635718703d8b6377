//! `show`: a chart that is only looked at.
//!
//! Source: Helm 4.3.1, `pkg/action/show.go`, `pkg/chart/v2/loader`.

use std::path::Path;

use whelm_host::chart_folder::Reading;

use whelm_chart::archive::{ensure_archive, read_archive};
use whelm_chart::{Chart, ErrorKind as ChartErrorKind, Generation, Log, load_generation};

use crate::{ChartRequest, Error, locate_chart};

/// Finds and loads a chart, without checking whether it can be installed.
///
/// # Errors
/// Helm's texts for a chart that is not there or cannot be loaded.
pub fn show(request: &ChartRequest, log: &mut Log) -> Result<Chart, Error> {
    show_at(&locate_chart(request)?, log)
}

/// Loads the chart at `path` by the rules of the formats v1 and v2, whatever its `Chart.yaml` says.
///
/// # Errors
/// Helm's texts for a chart that is not there or cannot be loaded.
pub fn show_at(path: &str, log: &mut Log) -> Result<Chart, Error> {
    let failed =
        |call: &str, error: &std::io::Error| Error::new(format!("{call} {path}: {}", whelm_host::io_error_text(error)));
    let about = std::fs::metadata(path).map_err(|error| failed("stat", &error))?;
    if about.is_dir() {
        return Ok(whelm_host::chart_folder::load_dir_as(
            Path::new(path),
            Generation::V2,
            Reading::WhenNeeded,
            log,
        )?);
    }
    let bytes = whelm_host::read_file(path).map_err(|error| failed("open", &error))?;
    ensure_archive(path, &bytes)?;
    let files = read_archive(&bytes).map_err(|error| match error.kind() {
        ChartErrorKind::NotGzip => Error::new(format!(
            "file '{path}' does not appear to be a valid chart file (details: {error})"
        )),
        _ => error.into(),
    })?;
    Ok(load_generation(files, Generation::V2, log)?)
}
