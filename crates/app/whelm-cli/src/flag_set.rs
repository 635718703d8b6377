//! Reading arguments as pflag's `FlagSet` does.

use go_value::strconv;

use crate::error::{Error, ErrorKind};
use crate::flag::Flag;
use crate::value::{self, Value};
use crate::{Command, ROOT};

/// `--help`, which Cobra adds to every command.
pub(crate) static HELP: Flag = Flag::bool("help", "").short(b'h');

/// The flags that a command line may use: a command's own and those of the root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlagSet {
    pub command: &'static Command,
    /// Whether `--help` is one of them; Cobra adds it only to the command that runs.
    pub with_help: bool,
}

impl FlagSet {
    fn flags(self) -> impl Iterator<Item = &'static Flag> {
        let root = if std::ptr::eq(self.command, &ROOT) {
            &[][..]
        } else {
            ROOT.flags
        };
        self.command
            .flags
            .iter()
            .chain(self.with_help.then_some(&HELP))
            .chain(root)
    }

    /// Returns the flag of that name.
    pub fn lookup(self, name: &str) -> Option<&'static Flag> {
        self.flags().find(|flag| flag.name == name)
    }

    /// Returns the flag of that letter.
    pub fn shorthand(self, letter: u8) -> Option<&'static Flag> {
        self.flags().find(|flag| flag.shorthand == letter && letter != 0)
    }
}

/// What has been set so far, over both passes.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Values by the name of the flag that owns them.
    pub values: Vec<(&'static str, Value)>,
    /// The names of the flags that were given.
    pub given: Vec<&'static str>,
    /// Log lines about deprecated values, in order.
    pub warnings: Vec<String>,
    /// Deprecated flags, once for each use.
    pub deprecated: Vec<&'static Flag>,
}

impl State {
    pub fn value(&self, variable: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(name, _)| *name == variable)
            .map(|(_, value)| value)
    }

    fn set(&mut self, flag: &'static Flag, text: &str) -> Result<(), Error> {
        let before = self.values.iter().position(|(name, _)| *name == flag.variable);
        let old = before.map(|at| &self.values[at].1);
        let value = value::set(flag, old, text, &mut self.warnings).map_err(|cause| {
            let name = strconv::quote(flag.display_name().as_bytes());
            let text = strconv::quote(text.as_bytes());
            Error::new(
                ErrorKind::Flag,
                format!("invalid argument {text} for {name} flag: {cause}"),
            )
        })?;
        match before {
            Some(at) => self.values[at].1 = value,
            None => self.values.push((flag.variable, value)),
        }
        if !self.given.contains(&flag.name) {
            self.given.push(flag.name);
        }
        if !flag.deprecated.is_empty() {
            self.deprecated.push(flag);
        }
        Ok(())
    }
}

/// Why reading stopped early.
pub(crate) enum Stop {
    /// `--help` or `-h` where it is no flag.
    Help,
    /// A mistake.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

/// One pass over arguments.
pub(crate) struct Pass<'a> {
    pub set: FlagSet,
    /// Whether unknown flags are passed over, with what looks like their value.
    pub tolerant: bool,
    pub state: &'a mut State,
}

impl Pass<'_> {
    /// Reads all flags and returns the other arguments.
    pub fn read(&mut self, arguments: &[String]) -> Result<Vec<String>, Stop> {
        let mut positional = Vec::new();
        let mut rest = arguments;
        while let Some((argument, after)) = rest.split_first() {
            rest = after;
            if argument.len() < 2 || !argument.starts_with('-') {
                positional.push(argument.clone());
            } else if argument == "--" {
                positional.extend_from_slice(rest);
                break;
            } else if argument.starts_with("--") {
                rest = self.long(argument, rest)?;
            } else {
                rest = self.short(&argument.as_bytes()[1..], rest)?;
            }
        }
        Ok(positional)
    }

    fn long<'s>(&mut self, argument: &str, rest: &'s [String]) -> Result<&'s [String], Stop> {
        let body = &argument[2..];
        if body.starts_with(['-', '=']) {
            return Err(Error::new(ErrorKind::Flag, format!("bad flag syntax: {argument}")).into());
        }
        let (name, given) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let Some(flag) = self.set.lookup(name) else {
            return match name {
                "help" => Err(Stop::Help),
                _ if self.tolerant && given.is_some() => Ok(rest),
                _ if self.tolerant => Ok(without_value(rest)),
                _ => Err(Error::new(ErrorKind::Flag, format!("unknown flag: --{name}")).into()),
            };
        };
        if let Some(value) = given {
            self.state.set(flag, value)?;
        } else if !flag.no_option.is_empty() {
            self.state.set(flag, flag.no_option)?;
        } else if let Some((value, after)) = rest.split_first() {
            self.state.set(flag, value)?;
            return Ok(after);
        } else {
            return Err(Error::new(ErrorKind::Flag, format!("flag needs an argument: --{name}")).into());
        }
        Ok(rest)
    }

    /// Reads a group of letters, the last of which may take a value.
    fn short<'s>(&mut self, mut letters: &[u8], rest: &'s [String]) -> Result<&'s [String], Stop> {
        // pflag looks for the value after the group anew at each letter; only what the last one took counts.
        let mut after = rest;
        while let Some((&letter, following)) = letters.split_first() {
            if letters.starts_with(b"test.") {
                break;
            }
            let attached = following.strip_prefix(b"=").filter(|value| !value.is_empty());
            let Some(flag) = self.set.shorthand(letter) else {
                if letter == b'h' {
                    return Err(Stop::Help);
                }
                if !self.tolerant {
                    return Err(Error::new(ErrorKind::Flag, about("unknown shorthand flag", letters)).into());
                }
                if attached.is_some() {
                    return Ok(rest);
                }
                after = without_value(rest);
                letters = following;
                continue;
            };
            after = rest;
            letters = b"";
            if let Some(value) = attached {
                self.state.set(flag, &String::from_utf8_lossy(value))?;
            } else if !flag.no_option.is_empty() {
                self.state.set(flag, flag.no_option)?;
                letters = following;
            } else if !following.is_empty() {
                self.state.set(flag, &String::from_utf8_lossy(following))?;
            } else if let Some((value, others)) = rest.split_first() {
                self.state.set(flag, value)?;
                after = others;
            } else {
                return Err(Error::new(ErrorKind::Flag, about("flag needs an argument", &[letter])).into());
            }
        }
        Ok(after)
    }
}

/// Says which letter of which group is meant.
fn about(what: &str, letters: &[u8]) -> String {
    let letter = letters.first().map_or('\0', |letter| char::from(*letter));
    format!(
        "{what}: {} in -{}",
        strconv::quote_rune(letter),
        String::from_utf8_lossy(letters)
    )
}

/// Drops what looks like the value of an unknown flag.
fn without_value(rest: &[String]) -> &[String] {
    match rest.split_first() {
        Some((first, after)) if !first.starts_with('-') => after,
        _ => rest,
    }
}
