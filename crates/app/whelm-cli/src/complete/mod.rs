//! What could come next on a command line: the answer to the shell's completion scripts.
//!
//! The rules are those of Cobra 1.10.2 (`completions.go`); which command completes what is Helm 4.3.1's.

mod arguments;
mod flags;

use crate::find::find;
use crate::flag_set::{FlagSet, Pass, State, Stop};
use crate::{Command, Environment, Invocation, ROOT};

pub use arguments::Source;

/// What the shell does with the words that it gets; bits of a number that the script reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Directive(pub u32);

impl Directive {
    /// Completion failed; what was found is ignored.
    pub const ERROR: Directive = Directive(1);
    /// No space follows the word.
    pub const NO_SPACE: Directive = Directive(2);
    /// Files are not offered, even when nothing was found.
    pub const NO_FILES: Directive = Directive(4);

    /// Returns both.
    #[must_use]
    pub fn and(self, other: Directive) -> Directive {
        Directive(self.0 | other.0)
    }
}

impl std::fmt::Display for Directive {
    /// Writes Cobra's names of the bits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [(Directive, &str); 3] = [
            (Directive::ERROR, "ShellCompDirectiveError"),
            (Directive::NO_SPACE, "ShellCompDirectiveNoSpace"),
            (Directive::NO_FILES, "ShellCompDirectiveNoFileComp"),
        ];
        let names: Vec<&str> = NAMES
            .iter()
            .filter(|(bit, _)| self.0 & bit.0 != 0)
            .map(|(_, name)| *name)
            .collect();
        match names.as_slice() {
            [] => f.write_str("ShellCompDirectiveDefault"),
            names => f.write_str(&names.join(", ")),
        }
    }
}

/// The answer, or what has to be asked of the world for the rest of it.
#[derive(Debug)]
pub struct Completion<'e> {
    /// The candidates so far: a word, or a word, a tab and what it means.
    pub words: Vec<String>,
    /// What the shell does with them, unless `source` says something else.
    pub directive: Directive,
    /// What went wrong with the words before the last one.
    pub error: Option<String>,
    /// Where further candidates come from.
    pub source: Option<Source>,
    /// The unfinished word, without the name of a flag before it.
    pub last: String,
    /// Whether descriptions are left out.
    pub plain: bool,
    /// The command line so far: its settings and arguments.
    pub invocation: Invocation<'e>,
}

/// What precedes a hint among the candidates, as the scripts know it.
pub const HINT: &str = "_activeHelp_ ";

pub(crate) const REQUEST: [&str; 2] = ["__complete", "__completeNoDesc"];

/// Completes the last of `arguments`, which stand behind `__complete`. `state` has the global flags of the first pass.
pub(crate) fn complete<'e>(
    arguments: &[String],
    plain: bool,
    mut state: State,
    environment: &'e Environment,
) -> Completion<'e> {
    let (last, before) = match arguments.split_last() {
        Some((last, before)) => (last.clone(), before),
        None => (String::new(), &[][..]),
    };
    let Ok(found) = find(before) else {
        let error = Some(format!(
            "unable to find a command for arguments: [{}]",
            before.join(" ")
        ));
        return unanswered(error, Directive::default(), last, plain, state, environment);
    };
    let command = found.command();
    let typed = flags::unfinished(command, &found.arguments, &last);
    let set = FlagSet {
        command,
        with_help: true,
    };
    let ended = flags::ended(set, typed.before);
    let mut pass = Pass {
        set,
        tolerant: false,
        state: &mut state,
    };
    let failed = match pass.read(typed.before) {
        Ok(args) => Ok(args),
        Err(Stop::Help) => Err(None),
        Err(Stop::Error(error)) => Err(Some(format!(
            "Error while parsing flags from args [{}]: {error}",
            typed.before.join(" ")
        ))),
    };
    let invocation = |args: Vec<String>, state: State| Invocation::new(found.clone(), state, environment, args);
    let mut completion = Completion {
        words: Vec::new(),
        directive: Directive::default(),
        error: None,
        source: None,
        last: typed.word.to_owned(),
        plain,
        invocation: invocation(Vec::new(), State::default()),
    };
    let args = match failed {
        Ok(args) => args,
        Err(error) => {
            completion.error = error;
            completion.invocation = invocation(Vec::new(), state);
            return completion;
        }
    };
    completion.invocation = invocation(args, state);
    if let Some(name) = typed.unknown.filter(|_| !ended) {
        completion.error = Some(format!("Subcommand '{}' does not support flag '{name}'", command.name));
    } else if completion.invocation.bool("help") {
        completion.directive = Directive::NO_FILES;
    } else {
        candidates(&mut completion, command, typed.flag.filter(|_| !ended), ended);
    }
    completion
}

fn unanswered<'e>(
    error: Option<String>,
    directive: Directive,
    last: String,
    plain: bool,
    state: State,
    environment: &'e Environment,
) -> Completion<'e> {
    let found = crate::find::Found {
        path: vec![&ROOT],
        arguments: Vec::new(),
    };
    Completion {
        words: Vec::new(),
        directive,
        error,
        source: None,
        last,
        plain,
        invocation: Invocation::new(found, state, environment, Vec::new()),
    }
}

/// Completes a flag's name, a flag's value, a command's name or an argument.
fn candidates(
    completion: &mut Completion<'_>,
    command: &'static Command,
    flag: Option<&'static crate::Flag>,
    ended: bool,
) {
    let last = completion.last.clone();
    if flag.is_none() && last.starts_with('-') && !last.contains('=') && !ended {
        completion.words = flags::names(command, &completion.invocation, &last);
        completion.directive = Directive::NO_FILES;
        return;
    }
    if let Some(flag) = flag {
        arguments::of_flag(completion, command, flag);
        return;
    }
    let own_flag_given = command
        .flags
        .iter()
        .any(|flag| completion.invocation.is_given(flag.name));
    if completion.invocation.args.is_empty() && (std::ptr::eq(command, &ROOT) || !own_flag_given) {
        commands(completion, command, &last);
    }
    arguments::of_command(completion, command);
}

/// Adds the commands below `command` whose names begin with `last`.
fn commands(completion: &mut Completion<'_>, command: &Command, last: &str) {
    let mut below: Vec<&Command> = command.commands.iter().filter(|child| !child.hidden).collect();
    below.sort_by_key(|child| child.name);
    if !below.is_empty() {
        completion.directive = Directive::NO_FILES;
    }
    let found = below.iter().filter(|child| child.name.starts_with(last));
    completion
        .words
        .extend(found.map(|child| described(child.name, child.short)));
}

/// A candidate with what it means.
fn described(word: &str, meaning: &str) -> String {
    format!("{word}\t{meaning}")
}
