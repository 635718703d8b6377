//! Help and usage texts in Cobra's layout.

use std::fmt::Write;

use go_value::strconv::{can_backquote, quote};

use crate::find::find;
use crate::flag::{Flag, Kind};
use crate::flag_set::HELP;
use crate::{Command, Environment, ROOT};

/// Names in lists of commands take at least this many columns.
const NAME_WIDTH: usize = 11;

/// Returns the words that lead to the last command of `path`.
pub fn command_path(path: &[&Command]) -> String {
    path.iter().map(|command| command.name).collect::<Vec<_>>().join(" ")
}

/// Returns the usage line of the last command of `path`, such as `helm lint PATH [flags]`.
pub fn usage_line(path: &[&Command]) -> String {
    let mut line = command_path(path);
    if let Some(command) = path.last().filter(|command| !command.operands.is_empty()) {
        line.push(' ');
        line.push_str(command.operands);
    }
    line + " [flags]"
}

/// Returns what `--help` prints for the last command of `path`.
pub fn help_text(path: &[&Command], environment: &Environment) -> String {
    let command = path.last().copied().unwrap_or(&ROOT);
    let text = if command.long.is_empty() {
        command.short
    } else {
        command.long
    };
    format!("{}\n\n{}", text.trim_end(), usage_text(path, environment))
}

/// Returns the help text for the command that `words` name, as `helm help WORDS` finds it.
///
/// # Errors
/// The words name no command; the text is what goes to standard error then.
pub fn help_topic(words: &[String], environment: &Environment) -> Result<String, String> {
    match find(words) {
        Ok(found) => Ok(help_text(&found.path, environment)),
        Err(_) => {
            let quoted: Vec<String> = words.iter().map(|word| quote_raw(word)).collect();
            let usage = usage_text(&[&ROOT], environment);
            Err(format!("Unknown help topic [{}]\n{usage}", quoted.join(" ")))
        }
    }
}

/// Quotes as Go's `%#q` does: in back quotes where they can be used.
fn quote_raw(word: &str) -> String {
    if can_backquote(word.as_bytes()) {
        format!("`{word}`")
    } else {
        quote(word.as_bytes())
    }
}

/// Returns the usage part of the help text.
pub fn usage_text(path: &[&Command], environment: &Environment) -> String {
    let command = path.last().copied().unwrap_or(&ROOT);
    let mut out = String::from("Usage:");
    if command.runnable {
        add(&mut out, format_args!("\n  {}", usage_line(path)));
    }
    if !command.commands.is_empty() {
        add(&mut out, format_args!("\n  {} [command]", command_path(path)));
    }
    if !command.aliases.is_empty() {
        add(
            &mut out,
            format_args!("\n\nAliases:\n  {}, {}", command.name, command.aliases.join(", ")),
        );
    }
    if !command.commands.is_empty() {
        out.push_str("\n\nAvailable Commands:");
        for child in sorted_commands(command) {
            add(&mut out, format_args!("\n  {:NAME_WIDTH$} {}", child.name, child.short));
        }
    }
    let root = std::ptr::eq(command, &ROOT);
    let help_usage = format!("help for {}", command.name);
    let help = Flag { usage: "", ..HELP };
    let mut own: Vec<&Flag> = command.flags.iter().chain([&help]).collect();
    own.sort_by_key(|flag| flag.name);
    out.push_str("\n\nFlags:\n");
    out.push_str(flag_usages(&own, &help_usage, environment).trim_end());
    if !root {
        out.push_str("\n\nGlobal Flags:\n");
        let global: Vec<&Flag> = ROOT.flags.iter().collect();
        out.push_str(flag_usages(&global, "", environment).trim_end());
    }
    if !command.commands.is_empty() {
        let path = command_path(path);
        add(
            &mut out,
            format_args!("\n\nUse \"{path} [command] --help\" for more information about a command."),
        );
    }
    out.push('\n');
    out
}

/// Appends formatted text; writing to a string cannot fail.
fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn sorted_commands(command: &Command) -> Vec<&Command> {
    let mut commands: Vec<&Command> = command.commands.iter().filter(|child| !child.hidden).collect();
    commands.sort_by_key(|child| child.name);
    commands
}

/// Returns one line for each flag that is not hidden, with the usage texts in one column.
fn flag_usages(flags: &[&Flag], help_usage: &str, environment: &Environment) -> String {
    let lines: Vec<(String, &Flag)> = flags
        .iter()
        .filter(|flag| !flag.hidden)
        .map(|flag| (heading(flag), *flag))
        .collect();
    let width = lines.iter().map(|(heading, _)| heading.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (heading, flag) in lines {
        let usage = if flag.name == "help" { help_usage } else { flag.usage };
        add(&mut out, format_args!("{heading:width$}   {usage}"));
        let default = flag.default_value(environment);
        if !is_zero(flag.kind, &default) {
            let default = if flag.kind == Kind::String {
                quote(default.as_bytes())
            } else {
                default
            };
            add(&mut out, format_args!(" (default {default})"));
        }
        out.push('\n');
    }
    out
}

/// Returns the left column: letter, name, kind and the value that may be left out.
fn heading(flag: &Flag) -> String {
    let mut out = match flag.shorthand {
        0 => format!("      --{}", flag.name),
        letter => format!("  -{}, --{}", char::from(letter), flag.name),
    };
    let word = flag.kind.word();
    if !word.is_empty() {
        add(&mut out, format_args!(" {word}"));
    }
    match flag.kind {
        _ if flag.no_option.is_empty() => {}
        Kind::Bool | Kind::Klog(_) => {}
        Kind::String => add(&mut out, format_args!("[=\"{}\"]", flag.no_option)),
        _ => add(&mut out, format_args!("[={}]", flag.no_option)),
    }
    out
}

/// Whether help leaves the default out; pflag knows only its own kinds well.
fn is_zero(kind: Kind, default: &str) -> bool {
    match kind {
        Kind::Bool => default == "false" || default.is_empty(),
        Kind::Int | Kind::Uint | Kind::Float32 => default == "0",
        Kind::Duration => default == "0" || default == "0s",
        Kind::String => default.is_empty(),
        Kind::Strings | Kind::StringArray => default == "[]",
        _ => ["false", "<nil>", "", "0"].contains(&default),
    }
}
