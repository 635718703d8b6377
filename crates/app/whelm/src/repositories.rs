//! The file with the configured repositories, as far as commands about charts and releases look at it.

use go_value::Value;

use crate::output::Output;

/// A configured repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub url: String,
}

/// Reads the file; nothing when it cannot be read.
pub fn read(path: &str) -> Option<Vec<Repository>> {
    let text = std::fs::read(path).ok()?;
    let file = go_yaml::to_json_value(&text).ok()?;
    file.get("repositories")?.as_list()?.iter().map(repository).collect()
}

/// An entry; nothing when it cannot be one, and then the file is none.
fn repository(entry: &Value) -> Option<Repository> {
    entry.as_map()?;
    Some(Repository {
        name: text(entry, "name")?,
        url: text(entry, "url")?,
    })
}

fn text(entry: &Value, name: &str) -> Option<String> {
    match entry.get(name) {
        None | Some(Value::Nil) => Some(String::new()),
        Some(text) => text.as_str().map(str::to_owned),
    }
}

/// Names that Helm once gave to repositories, where they were and where they are.
const RETIRED: [(&str, &str, &str); 2] = [
    (
        "stable",
        "kubernetes-charts.storage.googleapis.com",
        "https://charts.helm.sh/stable",
    ),
    (
        "incubator",
        "kubernetes-charts-incubator.storage.googleapis.com",
        "https://charts.helm.sh/incubator",
    ),
];

/// Warns of repositories that are configured with an address that no longer exists. Helm looks for the second only when
/// the first is configured.
///
/// Source: Helm 4.3.1, `pkg/cmd/root.go`.
pub fn warn_of_retired(path: &str, output: &mut Output) {
    let Some(repositories) = read(path) else { return };
    for (name, old, new) in RETIRED {
        let Some(repository) = repositories.iter().find(|repository| repository.name == name) else {
            return;
        };
        if repository.url.contains(old) {
            output.write_error_line(&format!(
                "WARNING: \"{old}\" is deprecated for \"{name}\" and will be deleted Nov. 13, 2020.\n\
                 WARNING: You should switch to \"{new}\" via:\nWARNING: helm repo add \"{name}\" \"{new}\" --force-update"
            ));
        }
    }
}
