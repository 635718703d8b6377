//! Candidates from files: configured repositories, and what their indexes say.

use std::cmp::Reverse;
use std::fs;
use std::path::PathBuf;

use go_semver::Version;
use go_value::{Map, Value};
use whelm_cli::{Directive, Settings};

use crate::repositories::{Repository, read};

const URLS: [(&str, &str); 4] = [
    ("oci://", "Chart OCI prefix"),
    ("https://", "Chart URL prefix"),
    ("http://", "Chart URL prefix"),
    ("file://", "Chart local URL prefix"),
];

/// Returns charts of the repository that `last` begins with, else repositories, beginnings of URLs and files.
pub fn charts(settings: &Settings, last: &str, files: bool) -> (Vec<String>, Directive) {
    let mut words = Vec::new();
    let mut directive = Directive::default();
    for Repository { name, url } in read(&settings.repository_config).unwrap_or_default() {
        if last.starts_with(&format!("{name}/")) {
            words.extend(charts_of(settings, &name));
            directive = Directive::default();
            break;
        }
        if name.starts_with(last) {
            words.push(format!("{name}/\t{url}"));
            directive = Directive::NO_SPACE;
        }
    }
    for (url, meaning) in URLS.iter().filter(|(url, _)| url.starts_with(last)) {
        words.push(format!("{url}\t{meaning}"));
        directive = directive.and(Directive::NO_SPACE);
    }
    if files && !words.is_empty() && !last.is_empty() {
        words.extend(files_here().into_iter().filter(|name| name.starts_with(last)));
    }
    if files && last.is_empty() {
        words.push("./\tRelative path prefix to local chart".to_owned());
        words.push("/\tAbsolute path prefix to local chart".to_owned());
    }
    if !files {
        directive = directive.and(Directive::NO_FILES);
    }
    (words, directive)
}

fn files_here() -> Vec<String> {
    let entries = fs::read_dir(".").into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn cached(settings: &Settings, file: &str) -> PathBuf {
    PathBuf::from(&settings.repository_cache).join(file)
}

/// The charts of a repository by the list beside its index, or by the index when there is no list.
fn charts_of(settings: &Settings, repository: &str) -> Vec<String> {
    let full = |name: &str| format!("{repository}/{name}");
    match fs::read_to_string(cached(settings, &format!("{repository}-charts.txt"))) {
        Ok(text) => text.lines().map(full).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => entries(settings, repository)
            .map(|entries| entries.keys().map(|name| full(&name.to_string_lossy())).collect())
            .unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

/// The entries of a repository's index.
fn entries(settings: &Settings, repository: &str) -> Option<Map> {
    let text = fs::read(cached(settings, &format!("{repository}-index.yaml"))).ok()?;
    go_yaml::to_json_value(&text).ok()?.get("entries")?.as_map().cloned()
}

/// Returns the versions of `REPOSITORY/CHART`, the newest first.
pub fn chart_versions(settings: &Settings, reference: &str) -> Vec<String> {
    let parts: Vec<&str> = reference.split('/').collect();
    let [repository, chart] = parts.as_slice() else {
        return Vec::new();
    };
    let entries = entries(settings, repository).unwrap_or_default();
    let versions = entries
        .get(chart.as_bytes())
        .and_then(Value::as_list)
        .unwrap_or_default();
    let mut versions: Vec<&Value> = versions.iter().collect();
    versions.sort_by_cached_key(|entry| Reverse(Version::parse(text(entry, "version")).ok()));
    versions.into_iter().map(version).collect()
}

fn text(entry: &Value, name: &str) -> String {
    entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn version(entry: &Value) -> String {
    let app = match text(entry, "appVersion") {
        app if app.is_empty() => app,
        app => format!("App: {app}, "),
    };
    let created = crate::times::long_date(&text(entry, "created"));
    let deprecated = if entry.get("deprecated") == Some(&Value::Bool(true)) {
        "(deprecated)"
    } else {
        ""
    };
    format!("{}\t{app}Created: {created} {deprecated}", text(entry, "version"))
}

/// Returns the configured repositories, without those that are named already.
pub fn repositories(settings: &Settings, without: &[String]) -> Vec<String> {
    let all = read(&settings.repository_config).unwrap_or_default();
    let others = all.into_iter().filter(|repository| !without.contains(&repository.name));
    others
        .map(|Repository { name, url }| format!("{name}\t{url}"))
        .collect()
}
