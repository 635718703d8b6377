//! `helm create`: a new chart from the built-in scaffold or from a starter chart.

use std::fs;
use std::path::{Path, PathBuf};

use go_value::strconv::quote;
use whelm_cli::{Invocation, path};

use crate::failure::Failure;
use crate::files;
use crate::output::Output;

mod starter;

/// What stands for the chart's name in the scaffold and in starters.
const PLACEHOLDER: &str = "<CHARTNAME>";

/// Longest name of a chart, in bytes.
const MAX_NAME: usize = 250;

/// The files of a new chart, in the order in which Helm writes them. Their bytes are those that Helm writes.
const SCAFFOLD: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("../../scaffold/Chart.yaml")),
    ("values.yaml", include_str!("../../scaffold/values.yaml")),
    (".helmignore", include_str!("../../scaffold/helmignore")),
    (
        "templates/ingress.yaml",
        include_str!("../../scaffold/templates/ingress.yaml"),
    ),
    (
        "templates/httproute.yaml",
        include_str!("../../scaffold/templates/httproute.yaml"),
    ),
    (
        "templates/deployment.yaml",
        include_str!("../../scaffold/templates/deployment.yaml"),
    ),
    (
        "templates/service.yaml",
        include_str!("../../scaffold/templates/service.yaml"),
    ),
    (
        "templates/serviceaccount.yaml",
        include_str!("../../scaffold/templates/serviceaccount.yaml"),
    ),
    ("templates/hpa.yaml", include_str!("../../scaffold/templates/hpa.yaml")),
    (
        "templates/NOTES.txt",
        include_str!("../../scaffold/templates/NOTES.txt"),
    ),
    (
        "templates/_helpers.tpl",
        include_str!("../../scaffold/templates/_helpers.tpl"),
    ),
    (
        "templates/tests/test-connection.yaml",
        include_str!("../../scaffold/templates/tests/test-connection.yaml"),
    ),
];

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let argument = invocation.args.first().map_or("", String::as_str);
    output.write(format!("Creating {argument}\n").as_bytes());
    check_version(invocation)?;
    let name = path::base(argument);
    let folder = path::dir(argument);
    let starter = invocation.string("starter");
    if starter.is_empty() {
        return scaffold(&name, &folder, output);
    }
    let source = if starter.starts_with('/') {
        starter
    } else {
        let starters = invocation.environment().data_path("starters");
        path::clean(&format!("{starters}/{starter}"))
    };
    starter::create(&name, &folder, &source)
}

fn check_version(invocation: &Invocation<'_>) -> Result<(), Failure> {
    match invocation.string("chart-api-version").as_str() {
        "v2" | "" => Ok(()),
        "v3" if invocation.environment().get("HELM_EXPERIMENTAL_CHART_V3").is_empty() => Err(Failure::new(
            "this feature has been marked as experimental and is not enabled by default. Please set \
             HELM_EXPERIMENTAL_CHART_V3=1 in your environment to use this feature",
        )),
        "v3" => Err(Failure::new(
            "this release of whelm does not have charts of version v3 yet",
        )),
        other => Err(Failure::new(format!(
            "unsupported chart API version: {other} (supported: v2, v3)"
        ))),
    }
}

fn check_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Failure::new(format!(
            "chart name must be between 1 and {MAX_NAME} characters"
        )));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !name.bytes().all(allowed) {
        let pattern = quote(b"^[a-zA-Z0-9._-]+$");
        return Err(Failure::new(format!(
            "chart name must match the regular expression {pattern}"
        )));
    }
    Ok(())
}

fn scaffold(name: &str, folder: &str, output: &mut Output) -> Result<(), Failure> {
    check_name(name)?;
    let folder = files::absolute(folder)?;
    let about = fs::metadata(&folder).map_err(|error| files::failure("stat", &folder, &error))?;
    if !about.is_dir() {
        return Err(Failure::new(format!("no such directory {}", folder.display())));
    }
    let chart = PathBuf::from(path::clean(&format!("{}/{name}", folder.display())));
    if fs::metadata(&chart).is_ok_and(|about| !about.is_dir()) {
        return Err(Failure::new(format!(
            "file {} already exists and is not a directory",
            chart.display()
        )));
    }
    for (path, text) in SCAFFOLD {
        let path = chart.join(path);
        if fs::metadata(&path).is_ok() {
            let path = quote(path.display().to_string().as_bytes());
            output.write(format!("WARNING: File {path} already exists. Overwriting.\n").as_bytes());
        }
        write(&path, text.replace(PLACEHOLDER, name).as_bytes())?;
    }
    let charts = chart.join("charts");
    fs::create_dir_all(&charts).map_err(|error| files::failure("mkdir", &charts, &error))
}

/// Writes a file, and the folders that it needs.
fn write(path: &Path, data: &[u8]) -> Result<(), Failure> {
    files::make_folders(path.parent().unwrap_or(Path::new("/")))?;
    fs::write(path, data).map_err(|error| files::failure("open", path, &error))
}
