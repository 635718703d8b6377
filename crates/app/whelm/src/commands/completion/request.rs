//! `__complete`: answers a completion script.

use std::io::Write;

use go_value::strconv::parse_bool;
use whelm_cli::{Completion, Directive, Environment, HINT};

use super::candidates;
use crate::output::Output;

/// Writes the candidates, and last how they are to be used.
pub fn answer(mut completion: Completion<'_>, output: &mut Output) {
    if let Some(error) = &completion.error {
        debug(
            completion.invocation.environment(),
            &format!("[Debug] [Error] {error}\n"),
            output,
        );
    }
    if let Some(source) = completion.source.take() {
        let (words, directive) = candidates::from(&source, &completion);
        completion.words.extend(words);
        completion.directive = directive;
    }
    let environment = completion.invocation.environment();
    let plain = completion.plain || without_descriptions(environment);
    let hints = !["COBRA_ACTIVE_HELP", "HELM_ACTIVE_HELP"]
        .iter()
        .any(|name| environment.get(name) == "0");
    let mut text = String::new();
    for word in completion.words.iter().filter(|word| hints || !word.starts_with(HINT)) {
        text.push_str(line(word, plain));
        text.push('\n');
    }
    let Directive(bits) = completion.directive;
    output.write(format!("{text}:{bits}\n").as_bytes());
    output.flush();
    output.write_error_line(&format!("Completion ended with directive: {}", completion.directive));
}

/// The part of a candidate that is written: its first line, and no description unless it is wanted.
fn line(word: &str, plain: bool) -> &str {
    let word = if plain { word.split('\t').next() } else { Some(word) };
    word.and_then(|word| word.split('\n').next()).unwrap_or_default().trim()
}

fn without_descriptions(environment: &Environment) -> bool {
    let wanted = ["HELM_COMPLETION_DESCRIPTIONS", "COBRA_COMPLETION_DESCRIPTIONS"]
        .iter()
        .find_map(|name| environment.lookup(name).filter(|value| !value.is_empty()));
    wanted.is_some_and(|value| parse_bool(value.as_bytes()) == Ok(false))
}

/// Says what went wrong, on standard error and in the file that people who work on scripts name.
fn debug(environment: &Environment, text: &str, output: &mut Output) {
    let path = environment.get("BASH_COMP_DEBUG_FILE");
    if !path.is_empty() {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        // Scripts must go on without the file.
        let _ = file.and_then(|mut file| file.write_all(text.as_bytes()));
    }
    output.write_error(&[text.as_bytes()]);
}
