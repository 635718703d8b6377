//! `helm help`: the help text of the command that the arguments name.

use whelm_cli::{Invocation, help_topic};

use crate::failure::Failure;
use crate::output::Output;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    match help_topic(&invocation.args, invocation.environment()) {
        Ok(text) => output.write(text.as_bytes()),
        // Helm succeeds even so.
        Err(text) => output.write_error(&[text.as_bytes()]),
    }
    Ok(())
}
