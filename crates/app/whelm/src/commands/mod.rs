//! One file for each command: arguments to request, outcome to text.

mod chart_flags;
mod create;
mod dependency;
mod dry_run;
mod env;
mod help;
mod template;
mod version;

use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::output::Output;

/// Runs the command.
pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let path = invocation.path();
    match path.strip_prefix("helm ").unwrap_or(&path) {
        "create" => create::run(invocation, output),
        "dependency list" => dependency::list(invocation, output),
        "env" => env::run(invocation, output),
        "help" => help::run(invocation, output),
        "template" => template::run(invocation, output),
        "version" => version::run(invocation, output),
        verb => Err(later(verb)),
    }
}

/// The failure of a verb whose flags are known but that does nothing yet.
fn later(verb: &str) -> Failure {
    Failure::new(format!("this release of whelm does not have \"helm {verb}\" yet"))
}
