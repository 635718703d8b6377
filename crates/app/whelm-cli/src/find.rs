//! Finding the command that arguments name, as Cobra's `Find` does.

use go_value::strconv::quote;

use crate::complete::REQUEST;
use crate::error::{Error, ErrorKind};
use crate::flag_set::FlagSet;
use crate::suggest::suggestions;
use crate::{Command, ROOT};

/// A command with the words that lead to it, the root's name first.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub path: Vec<&'static Command>,
    /// What is left for the command: flags and arguments without the words of the path.
    pub arguments: Vec<String>,
}

impl Found {
    pub fn command(&self) -> &'static Command {
        self.path.last().copied().unwrap_or(&ROOT)
    }
}

/// Finds the command.
///
/// # Errors
/// A word that is no command of the root, with suggestions.
pub(crate) fn find(arguments: &[String]) -> Result<Found, Error> {
    let mut found = Found {
        path: vec![&ROOT],
        arguments: arguments.to_vec(),
    };
    loop {
        let command = found.command();
        let words = words(&found.arguments, command);
        let Some(word) = words.first() else { return Ok(found) };
        let Some(next) = command.find(word) else {
            return if found.path.len() == 1 {
                Err(unknown(command, word))
            } else {
                Ok(found)
            };
        };
        if let Some(at) = position(&found.arguments, command, word) {
            found.arguments.remove(at);
        }
        found.path.push(next);
    }
}

/// Returns what follows `__complete`, if the shell's completion script asks, and whether it wants words only.
pub(crate) fn completion_request(arguments: &[String]) -> Option<(Vec<String>, bool)> {
    let word = words(arguments, &ROOT).first().copied()?;
    let which = REQUEST.iter().position(|request| *request == word)?;
    let mut rest = arguments.to_vec();
    rest.remove(position(arguments, &ROOT, word)?);
    Some((rest, which == 1))
}

fn unknown(root: &Command, word: &str) -> Error {
    let mut message = format!(
        "unknown command {} for {}",
        quote(word.as_bytes()),
        quote(root.name.as_bytes())
    );
    let names = suggestions(root, word);
    if !names.is_empty() {
        message.push_str("\n\nDid you mean this?\n");
        for name in names {
            message.push_str(&format!("\t{name}\n"));
        }
    }
    Error::new(ErrorKind::UnknownCommand, message)
}

/// Whether Cobra takes the argument after `argument` for its value. It knows nothing of `--help` here.
fn takes_next(argument: &str, command: &'static Command) -> bool {
    let set = FlagSet {
        command,
        with_help: false,
    };
    if argument.contains('=') {
        return false;
    }
    let flag = match argument.strip_prefix("--") {
        Some(name) => set.lookup(name),
        None => match argument.as_bytes() {
            [b'-', letter] => set.shorthand(*letter),
            _ => return false,
        },
    };
    flag.is_none_or(|flag| flag.no_option.is_empty())
}

/// Returns the arguments that are neither flags nor values of flags.
fn words<'a>(arguments: &'a [String], command: &'static Command) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut rest = arguments;
    while let Some((argument, after)) = rest.split_first() {
        rest = after;
        if argument == "--" {
            break;
        }
        if takes_next(argument, command) {
            if rest.len() <= 1 {
                break;
            }
            rest = &rest[1..];
        } else if !argument.is_empty() && !argument.starts_with('-') {
            words.push(argument.as_str());
        }
    }
    words
}

/// Returns where `word` stands among the arguments as a word, not as a flag's value.
fn position(arguments: &[String], command: &'static Command, word: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        if argument == "--" {
            return None;
        }
        if takes_next(argument, command) {
            at += 1;
        } else if argument == word && !argument.starts_with('-') {
            return Some(at);
        }
        at += 1;
    }
    None
}
