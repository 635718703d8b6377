//! `helm completion`: scripts that let shells ask this program how a command line could go on.

mod candidates;
mod files;
mod request;

use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::output::Output;

pub use request::answer;

/// A shell with a script of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Fish,
    Powershell,
    Zsh,
}

pub fn run(invocation: &Invocation<'_>, shell: Shell, output: &mut Output) -> Result<(), Failure> {
    let request = if invocation.bool("no-descriptions") {
        "__completeNoDesc"
    } else {
        "__complete"
    };
    let program = invocation
        .environment()
        .program
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let script = script(shell).replace("@REQUEST@", request);
    output.write(script.as_bytes());
    if program != "helm" {
        let hook = match shell {
            Shell::Bash => include_str!("hook.bash"),
            Shell::Fish => include_str!("hook.fish"),
            Shell::Powershell => include_str!("hook.ps1"),
            Shell::Zsh => include_str!("hook.zsh"),
        };
        output.write(hook.replace("@PROGRAM@", &program).as_bytes());
    }
    Ok(())
}

fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("helm.bash"),
        Shell::Fish => include_str!("helm.fish"),
        Shell::Powershell => include_str!("helm.ps1"),
        Shell::Zsh => include_str!("helm.zsh"),
    }
}
