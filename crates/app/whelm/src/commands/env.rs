//! `helm env`: the settings, or one of them.

use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::namespace::namespace;
use crate::output::Output;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let environment = invocation.environment();
    let settings = invocation.settings();
    let variables = settings.variables(environment, &namespace(invocation));
    if let Some(name) = invocation.args.first() {
        let value = variables.get(name.as_str()).map_or("", String::as_str);
        output.write(format!("{value}\n").as_bytes());
        return Ok(());
    }
    for (name, value) in &variables {
        output.write(format!("{name}=\"{value}\"\n").as_bytes());
    }
    Ok(())
}
