//! Flags on an unfinished command line.

use super::described;
use crate::flag_set::{FlagSet, HELP, Pass, State};
use crate::{Command, Flag, Invocation, Kind, ROOT};

/// The unfinished word and what it belongs to.
pub(super) struct Unfinished<'a> {
    /// The flag whose value it is.
    pub flag: Option<&'static Flag>,
    /// The name of a flag whose value it would be, if there were such a flag.
    pub unknown: Option<String>,
    /// The word, without `--flag=`.
    pub word: &'a str,
    /// The words before it, without the flag.
    pub before: &'a [String],
}

/// Finds out whether `last` is the value of a flag.
pub(super) fn unfinished<'a>(command: &'static Command, before: &'a [String], last: &'a str) -> Unfinished<'a> {
    let none = Unfinished {
        flag: None,
        unknown: None,
        word: last,
        before,
    };
    let (name, word, trimmed, attached) = match last.strip_prefix('-').and_then(|_| last.split_once('=')) {
        Some((head, value)) => (flag_name(head), value, before, true),
        None if last.starts_with('-') => return none,
        None => match before.split_last() {
            Some((previous, earlier)) if is_flag(previous) && !previous.contains('=') => {
                (flag_name(previous), last, earlier, false)
            }
            _ => return none,
        },
    };
    if name.is_empty() {
        return Unfinished {
            word,
            before: trimmed,
            ..none
        };
    }
    let set = FlagSet {
        command,
        with_help: true,
    };
    let flag = match name.as_bytes() {
        [letter] => set.shorthand(*letter),
        _ => set.lookup(name),
    };
    match flag {
        None => Unfinished {
            unknown: Some(name.to_owned()),
            ..none
        },
        // A flag that needs no value takes none from the next word.
        Some(flag) if !attached && !flag.no_option.is_empty() => none,
        Some(flag) => Unfinished {
            flag: Some(flag),
            unknown: None,
            word,
            before: trimmed,
        },
    }
}

/// The name of the flag that ends an argument: all of a long one, the last letter of a group.
fn flag_name(argument: &str) -> &str {
    match argument.strip_prefix("--") {
        Some(name) => name,
        None => argument
            .char_indices()
            .next_back()
            .map_or("", |(at, _)| &argument[at..]),
    }
}

fn is_flag(argument: &str) -> bool {
    let bytes = argument.as_bytes();
    (bytes.len() >= 3 && argument.starts_with("--")) || (bytes.len() >= 2 && bytes[0] == b'-' && bytes[1] != b'-')
}

/// Whether `--` stands among the words: then no further flags follow.
pub(super) fn ended(set: FlagSet, before: &[String]) -> bool {
    let count = |words: &[String]| {
        let mut state = State::default();
        let read = Pass {
            set,
            tolerant: false,
            state: &mut state,
        }
        .read(words);
        read.map_or(0, |args| args.len())
    };
    let with_end: Vec<String> = before.iter().cloned().chain(["--".to_owned()]).collect();
    count(&with_end) > count(before)
}

/// Returns the flags that begin with `last` and can still be given: first those of all commands, then the command's own.
pub(super) fn names(command: &'static Command, invocation: &Invocation<'_>, last: &str) -> Vec<String> {
    let excluded = excluded(command, invocation);
    let mut own: Vec<&Flag> = command.flags.iter().chain([&HELP]).collect();
    own.sort_by_key(|flag| flag.name);
    let global = if std::ptr::eq(command, &ROOT) {
        &[][..]
    } else {
        ROOT.flags
    };
    let mut names = Vec::new();
    for flag in global.iter().chain(own) {
        let usable = !flag.hidden && flag.deprecated.is_empty() && !excluded.contains(&flag.name);
        if usable && (takes_several(flag.kind) || !invocation.is_given(flag.name)) {
            let help = format!("help for {}", command.name);
            let usage = if flag.name == "help" { help.as_str() } else { flag.usage };
            add_names(&mut names, flag, usage, last);
        }
    }
    names
}

/// Flags that exclude each other: once one of them is given the others go.
fn excluded(command: &Command, invocation: &Invocation<'_>) -> Vec<&'static str> {
    let groups = command.exclusive.iter();
    let closed = groups.filter(|group| group.iter().any(|name| invocation.is_given(name)));
    closed
        .flat_map(|group| group.iter().copied())
        .filter(|name| !invocation.is_given(name))
        .collect()
}

fn takes_several(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Strings | Kind::StringArray | Kind::StringToString | Kind::PostRendererArgs
    )
}

fn add_names(names: &mut Vec<String>, flag: &Flag, usage: &str, last: &str) {
    let long = format!("--{}", flag.name);
    if long.starts_with(last) {
        names.push(described(&long, usage));
    }
    let short = format!("-{}", char::from(flag.shorthand));
    if flag.shorthand != 0 && short.starts_with(last) {
        names.push(described(&short, usage));
    }
}
