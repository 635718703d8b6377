//! Which command and which flag takes what.

use super::{Completion, Directive, HINT, described};
use crate::find::find;
use crate::{Command, Flag, Kind, ROOT};

/// Where candidates come from that only the world knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The releases of the namespace, without those named already.
    Releases {
        /// What is left out.
        without: Vec<String>,
    },
    /// The revisions of a release.
    Revisions {
        /// The release.
        release: String,
    },
    /// Charts of repositories, the beginnings of URLs, and files.
    Charts {
        /// Whether files are offered.
        files: bool,
    },
    /// The versions of `REPOSITORY/CHART`.
    ChartVersions {
        /// The chart.
        reference: String,
    },
    /// The namespaces of the cluster.
    Namespaces,
    /// The contexts of the kubeconfig.
    Contexts,
    /// The names of the settings that `helm env` shows.
    Settings,
    /// The configured repositories, without those named already.
    Repositories {
        /// What is left out.
        without: Vec<String>,
    },
}

/// Completes the value of a flag.
pub(super) fn of_flag(completion: &mut Completion<'_>, command: &Command, flag: &Flag) {
    let args = completion.invocation.args.clone();
    let generated = completion.invocation.bool("generate-name");
    completion.directive = Directive::NO_FILES;
    match (flag.name, completion.invocation.path().as_str()) {
        _ if flag.kind == Kind::Format => completion.words.extend([
            described("json", "as JSON"),
            described("table", "as text for people"),
            described("yaml", "as YAML"),
        ]),
        ("color" | "colour", _) => completion.words.extend(["never", "auto", "always"].map(str::to_owned)),
        ("namespace", _) => completion.source = Some(Source::Namespaces),
        ("kube-context", _) => completion.source = Some(Source::Contexts),
        ("type", "helm docs") => completion.words.extend(["bash", "man", "markdown"].map(str::to_owned)),
        ("revision", _) => {
            if let [release] = args.as_slice() {
                completion.source = Some(Source::Revisions {
                    release: release.clone(),
                });
            }
        }
        ("version", path) => match chart_position(path, command, generated) {
            Some(position) if args.len() == position => {
                completion.source = args.last().map(|reference| Source::ChartVersions {
                    reference: reference.clone(),
                });
            }
            Some(_) => {}
            None => completion.directive = Directive::default(),
        },
        _ => completion.directive = Directive::default(),
    }
}

/// How many arguments a command with `--version` has when the chart is the last of them.
fn chart_position(path: &str, command: &Command, generated: bool) -> Option<usize> {
    match path {
        "helm install" | "helm template" => Some(if generated { 1 } else { 2 }),
        "helm upgrade" => Some(2),
        "helm pull" => Some(1),
        _ if path.starts_with("helm show ") && command.runnable => Some(1),
        _ => None,
    }
}

/// Completes an argument.
pub(super) fn of_command(completion: &mut Completion<'_>, command: &Command) {
    if !command.runnable {
        return;
    }
    let args = completion.invocation.args.clone();
    let path = completion.invocation.path();
    let verb = path.strip_prefix("helm ").unwrap_or_default();
    let release = Source::Releases { without: args.clone() };
    let charts = |files| Source::Charts { files };
    match (verb, args.len()) {
        ("help", _) => topics(completion, &args),
        ("create" | "verify" | "push" | "repo index" | "plugin install", 0) => {}
        ("env", 0) => completion.source = Some(Source::Settings),
        ("get all" | "get hooks" | "get manifest" | "get metadata" | "get notes" | "get values", 0)
        | ("history" | "rollback" | "status" | "test" | "upgrade", 0)
        | ("uninstall", _) => completion.source = Some(release),
        ("rollback", 1) => {
            let release = args.first().cloned().unwrap_or_default();
            completion.source = Some(Source::Revisions { release });
        }
        ("upgrade", 1) | ("show all" | "show chart" | "show crds" | "show readme" | "show values", 0) => {
            completion.source = Some(charts(true));
        }
        ("install" | "template", count) => {
            completion.directive = Directive::NO_FILES;
            if count == usize::from(!completion.invocation.bool("generate-name")) {
                completion.source = Some(charts(true));
            }
        }
        ("pull", 0) => completion.source = Some(charts(false)),
        ("push", 1) => {
            completion.words.push("oci://".to_owned());
            completion.directive = Directive::NO_SPACE.and(Directive::NO_FILES);
        }
        ("pull" | "registry login" | "registry logout", _) | ("repo add", 0 | 1) => {
            completion.directive = Directive::NO_FILES;
        }
        ("repo remove" | "repo update", _) => completion.source = Some(Source::Repositories { without: args }),
        ("plugin uninstall" | "plugin update", _) => completion.directive = Directive::NO_FILES,
        ("dependency build" | "dependency list" | "dependency update", _)
        | ("lint" | "package" | "plugin package" | "plugin verify" | "search hub" | "search repo", _) => {}
        _ => no_more(completion),
    }
}

fn no_more(completion: &mut Completion<'_>) {
    let text = "This command does not take any more arguments (but may accept flags).";
    completion.words.push(format!("{HINT}{text}"));
    completion.directive = Directive::NO_FILES;
}

/// The commands below the one that `args` name.
fn topics(completion: &mut Completion<'_>, args: &[String]) {
    completion.directive = Directive::NO_FILES;
    let Ok(found) = find(args) else { return };
    let last = completion.last.clone();
    let command = found.path.last().copied().unwrap_or(&ROOT);
    super::commands(completion, command, &last);
    completion.directive = Directive::NO_FILES;
}
