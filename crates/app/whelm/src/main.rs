//! The `whelm` program: arguments in, text out. Under the name `helm` it behaves the same.

mod build;
mod cluster;
mod color;
mod commands;
mod failure;
mod files;
mod formats;
mod go_release;
mod jsonpath;
mod log;
mod memory_driver;
mod namespace;
mod output;
mod output_template;
mod progress;
mod repositories;
mod sandbox;
mod signals;
mod status_block;
mod table;
mod times;
mod world;

use std::process::ExitCode;

use whelm_cli::{Environment, Outcome, Parsed};

use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().unwrap_or_else(|| "helm".to_owned());
    let arguments: Vec<String> = words.collect();
    let environment = Environment::new(
        program,
        |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()),
        |path| std::fs::metadata(path).is_ok(),
    );
    let mut output = Output::new();
    let result = run(&arguments, &environment, &mut output);
    failure::exit_code(result, output)
}

/// Reads the command line, reports what is deprecated about it, and runs the command.
fn run(arguments: &[String], environment: &Environment, output: &mut Output) -> Result<(), Failure> {
    let Parsed {
        warnings,
        notices,
        debug,
        repository_config,
        result,
    } = whelm_cli::parse(arguments, environment);
    log::set_debug(debug);
    repositories::warn_of_retired(&repository_config, output);
    for warning in &warnings {
        log::warn(warning, &[]);
    }
    for notice in &notices {
        output.write_error_line(notice);
    }
    match result? {
        Outcome::Help(text) => {
            output.write(text.as_bytes());
            Ok(())
        }
        Outcome::Complete(completion) => {
            check_driver(environment)?;
            commands::completion::answer(*completion, output);
            Ok(())
        }
        Outcome::Run(invocation) => {
            check_driver(environment)?;
            invocation.check()?;
            commands::run(&invocation, output)
        }
    }
}

/// Refuses a storage driver that does not exist, and releases that cannot be loaded, before any command runs.
fn check_driver(environment: &Environment) -> Result<(), Failure> {
    let driver = environment.get("HELM_DRIVER");
    match driver.as_str() {
        "" | "secret" | "secrets" | "configmap" | "configmaps" | "sql" => Ok(()),
        "memory" => memory_driver::load(environment).map(drop),
        _ => Err(Failure::logged(&format!(
            "unknown driver {}",
            go_value::strconv::quote(driver.as_bytes())
        ))),
    }
}
