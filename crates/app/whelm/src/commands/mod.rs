//! One file for each command: arguments to request, outcome to text.

mod chart_flags;
pub mod completion;
mod create;
mod dependency;
mod dry_run;
mod env;
mod help;
mod lint;
mod release;
mod sandbox;
mod show;
mod template;
mod version;

use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::output::Output;

use completion::Shell;

/// Runs the command.
pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let path = invocation.path();
    match path.strip_prefix("helm ").unwrap_or(&path) {
        "completion bash" => completion::run(invocation, Shell::Bash, output),
        "completion fish" => completion::run(invocation, Shell::Fish, output),
        "completion powershell" => completion::run(invocation, Shell::Powershell, output),
        "completion zsh" => completion::run(invocation, Shell::Zsh, output),
        "create" => create::run(invocation, output),
        "dependency list" => dependency::list(invocation, output),
        "get all" => release::get::all(invocation, output),
        "get hooks" => release::get::hooks(invocation, output),
        "get manifest" => release::get::manifest(invocation, output),
        "get metadata" => release::get::metadata(invocation, output),
        "get notes" => release::get::notes(invocation, output),
        "get values" => release::get::values(invocation, output),
        "env" => env::run(invocation, output),
        "help" => help::run(invocation, output),
        "history" => release::history::run(invocation, output),
        "install" => release::install::run(invocation, output),
        "lint" => lint::run(invocation, output),
        "list" => release::list::run(invocation, output),
        "rollback" => release::rollback::run(invocation, output),
        "sandbox advance" => sandbox::advance::run(invocation, output),
        "sandbox dump" => sandbox::dump::run(invocation, output),
        "sandbox reset" => sandbox::reset::run(invocation, output),
        "sandbox serve" => sandbox::serve::run(invocation, output),
        "sandbox status" => sandbox::status::run(invocation, output),
        "show all" => show::run(invocation, show::Part::All, output),
        "show chart" => show::run(invocation, show::Part::Chart, output),
        "show crds" => show::run(invocation, show::Part::Crds, output),
        "show readme" => show::run(invocation, show::Part::Readme, output),
        "show values" => show::run(invocation, show::Part::Values, output),
        "status" => release::status::run(invocation, output),
        "template" => template::run(invocation, output),
        "test" => release::test::run(invocation, output),
        "uninstall" => release::uninstall::run(invocation, output),
        "upgrade" => release::upgrade::run(invocation, output),
        "version" => version::run(invocation, output),
        verb => Err(later(verb)),
    }
}

/// The failure of a verb whose flags are known but that does nothing yet.
fn later(verb: &str) -> Failure {
    Failure::new(format!("this release of whelm does not have \"helm {verb}\" yet"))
}
