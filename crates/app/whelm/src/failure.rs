//! How a run ends: exit codes and the last words on standard error, all in this file.

use std::process::ExitCode;

use whelm_cli::ErrorKind;

use crate::log;
use crate::output::Output;

/// A command that failed.
#[derive(Debug)]
pub struct Failure {
    words: Words,
    code: u8,
    /// What can be done about it, each on a line of its own.
    hints: Vec<String>,
}

/// What a failed command says at the end.
#[derive(Debug)]
enum Words {
    /// `Error: ` and this text, which may be no UTF-8.
    Error(Vec<u8>),
    /// `Error: ` and this text, then where help is.
    ErrorWithHint(Vec<u8>),
    /// A log line of level INFO, as Go's `log.Fatal` becomes.
    Fatal(String),
    /// A log line of level WARN about the whole command.
    CommandFailed(String),
    /// Nothing: another program has said it.
    Nothing,
}

impl Failure {
    fn of(words: Words, code: u8) -> Failure {
        let hints = Vec::new();
        Failure { words, code, hints }
    }

    /// The failure of a verb, with text before Helm's.
    pub fn prefixed(prefix: &str, error: &whelm_sdk::Error) -> Failure {
        Failure {
            hints: error.hints().to_vec(),
            ..Failure::new(format!("{prefix}{error}"))
        }
    }

    /// A failure with Helm's text.
    pub fn new(message: impl Into<Vec<u8>>) -> Failure {
        Failure::of(Words::Error(message.into()), 1)
    }

    /// The same failure with more text at its end.
    pub fn append(mut self, text: &str) -> Failure {
        if let Words::Error(message) = &mut self.words {
            message.extend_from_slice(text.as_bytes());
        }
        self
    }

    /// A failure with the exit status of another program, which has said why.
    pub fn silent(code: u8) -> Failure {
        Failure::of(Words::Nothing, code)
    }

    /// A failure that is only logged.
    pub fn logged(message: &str) -> Failure {
        Failure::of(Words::Fatal(message.to_owned()), 1)
    }
}

impl From<whelm_cli::Error> for Failure {
    fn from(error: whelm_cli::Error) -> Failure {
        let message = error.to_string();
        let words = match error.kind() {
            ErrorKind::UnknownCommand => Words::ErrorWithHint(message.into_bytes()),
            ErrorKind::ColorMode => Words::CommandFailed(message),
            _ => Words::Error(message.into_bytes()),
        };
        Failure::of(words, 1)
    }
}

impl From<whelm_sdk::Error> for Failure {
    fn from(error: whelm_sdk::Error) -> Failure {
        Failure::prefixed("", &error)
    }
}

/// Writes out everything that is buffered, then the failure, and returns the exit status: 0, or 1 for any failure of this program.
pub fn exit_code(result: Result<(), Failure>, mut output: Output) -> ExitCode {
    output.flush();
    let Err(failure) = result else { return ExitCode::SUCCESS };
    match failure.words {
        Words::Error(message) => output.write_error(&[b"Error: ", &message, b"\n"]),
        Words::ErrorWithHint(message) => {
            output.write_error(&[b"Error: ", &message, b"\nRun 'helm --help' for usage.\n"]);
        }
        Words::Fatal(message) => log::info(&message, &[]),
        Words::Nothing => {}
        Words::CommandFailed(message) => log::warn("command failed", &[("error", &message)]),
    }
    for hint in &failure.hints {
        // Further lines stand below the first.
        output.write_error_line(&format!("hint: {}", hint.replace('\n', "\n      ")));
    }
    ExitCode::from(failure.code)
}
