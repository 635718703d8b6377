//! Prints what a command line means: the command, its arguments and the flags that were given.
//!
//! `cargo run -p whelm-cli --example parse -- template --set a=1 web ./chart`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::process::ExitCode;

use go_value::strconv::quote;
use whelm_cli::{Environment, ErrorKind, Invocation, Outcome, Value};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let environment = Environment::new("helm".to_owned(), |name| std::env::var(name).ok(), |_| false);
    let parsed = whelm_cli::parse(&arguments, &environment);
    for warning in &parsed.warnings {
        eprintln!("level=WARN msg={}", quote(warning.as_bytes()));
    }
    for notice in &parsed.notices {
        eprintln!("{notice}");
    }
    let result = parsed.result.and_then(|outcome| {
        match outcome {
            Outcome::Help(text) => print!("{text}"),
            Outcome::Complete(completion) => println!("{}\n:{}", completion.words.join("\n"), completion.directive.0),
            Outcome::Run(invocation) => {
                invocation.check()?;
                show(&invocation);
            }
        }
        Ok(())
    });
    let Err(error) = result else { return ExitCode::SUCCESS };
    match error.kind() {
        ErrorKind::ColorMode => eprintln!(
            "level=WARN msg=\"command failed\" error={}",
            quote(error.to_string().as_bytes())
        ),
        ErrorKind::UnknownCommand => eprintln!("Error: {error}\nRun 'helm --help' for usage."),
        _ => eprintln!("Error: {error}"),
    }
    ExitCode::FAILURE
}

fn show(invocation: &Invocation<'_>) {
    println!("PATH {}", invocation.path());
    for argument in &invocation.args {
        println!("ARG {}", quote(argument.as_bytes()));
    }
    let mut lines: Vec<String> = invocation
        .given()
        .filter_map(|name| {
            Some(format!(
                "FLAG {name} {}",
                quote(text(name, &invocation.value(name)?).as_bytes())
            ))
        })
        .collect();
    lines.sort();
    for line in lines {
        println!("{line}");
    }
}

/// Writes a value as pflag does.
fn text(name: &str, value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) if name == "timeout" => whelm_cli::format_duration(*value),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(value) => value.clone(),
        Value::List(list) => format!("[{}]", list.join(",")),
        Value::Pairs(pairs) => {
            let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("[{}]", pairs.join(","))
        }
    }
}
