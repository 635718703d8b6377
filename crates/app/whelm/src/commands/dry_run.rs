//! `--dry-run` with its old boolean forms.

use go_value::strconv::{parse_bool, quote};
use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::log;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// Nothing: everything is done.
    None,
    /// Everything; the cluster is not contacted.
    Client,
    /// Everything; the cluster is asked, but not changed.
    Server,
}

/// Reads the flag for `template`, which never changes anything.
pub fn for_template(invocation: &Invocation<'_>) -> Result<DryRun, Failure> {
    let text = invocation.string("dry-run");
    if text == "none" || parse_bool(text.as_bytes()) == Ok(false) {
        let text = quote(text.as_bytes());
        return Err(Failure::new(format!(
            "invalid dry-run value ({text}). Must be \"server\" or \"client\""
        )));
    }
    read(&text)
}

/// Reads the flag for other commands.
pub fn strategy(invocation: &Invocation<'_>) -> Result<DryRun, Failure> {
    read(&invocation.string("dry-run"))
}

fn read(text: &str) -> Result<DryRun, Failure> {
    match text {
        "none" => return Ok(DryRun::None),
        "client" => return Ok(DryRun::Client),
        "server" => return Ok(DryRun::Server),
        "unset" => {
            log::warn(
                "--dry-run is deprecated and should be replaced with '--dry-run=client'",
                &[],
            );
            return Ok(DryRun::Client);
        }
        _ => {}
    }
    let (instead, strategy) = match parse_bool(text.as_bytes()) {
        Ok(true) => ("client", DryRun::Client),
        Ok(false) => ("none", DryRun::None),
        Err(_) => {
            let text = quote(text.as_bytes());
            let message = format!("invalid dry-run value ({text}). Must be \"none\", \"server\", or \"client\"");
            return Err(Failure::new(message));
        }
    };
    log::warn(
        &format!("boolean '--dry-run={text}' flag is deprecated and must be replaced with '--dry-run={instead}'"),
        &[],
    );
    Ok(strategy)
}
