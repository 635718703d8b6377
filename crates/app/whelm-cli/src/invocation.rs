//! A read command line.

use go_value::strconv::quote;

use crate::command::ArgumentRule;
use crate::complete::{Completion, complete};
use crate::error::{Error, ErrorKind};
use crate::find::{Found, completion_request, find};
use crate::flag::{Default, Flag, Kind};
use crate::flag_set::{FlagSet, Pass, State, Stop};
use crate::value::{self, Value};
use crate::{Command, Environment, ROOT, Settings, help};

/// What a command line asks for.
#[derive(Debug)]
pub enum Outcome<'e> {
    /// To run a command.
    Run(Invocation<'e>),
    /// To print this help on standard output.
    Help(String),
    /// To tell the shell how the command line could go on.
    Complete(Box<Completion<'e>>),
}

/// A command line that has been read, with what is to be reported about it.
#[derive(Debug)]
pub struct Parsed<'e> {
    /// Warnings for the log, in order; also when reading failed.
    pub warnings: Vec<String>,
    /// Lines about deprecated flags, to be written before anything else happens.
    pub notices: Vec<String>,
    /// Whether debug output was asked for.
    pub debug: bool,
    /// The file with the configured repositories.
    pub repository_config: String,
    /// What is asked for, or why the command line is refused.
    pub result: Result<Outcome<'e>, Error>,
}

/// A command with its flags and arguments.
#[derive(Debug)]
pub struct Invocation<'e> {
    found: Found,
    state: State,
    environment: &'e Environment,
    /// The arguments that are no flags.
    pub args: Vec<String>,
}

/// Reads the arguments that follow the program's name.
///
/// The persistent flags are read first on their own, passing over what is unknown, as Helm does to set itself up; then
/// the command is found and everything is read again.
pub fn parse<'e>(arguments: &[String], environment: &'e Environment) -> Parsed<'e> {
    let mut state = State::default();
    let set = FlagSet {
        command: &ROOT,
        with_help: false,
    };
    // Mistakes are found again in the second pass.
    let _ = Pass {
        set,
        tolerant: true,
        state: &mut state,
    }
    .read(arguments);
    let debug = debug(&state, environment);
    if let Err(error) = check_color(&state, environment) {
        return Parsed {
            warnings: state.warnings,
            notices: Vec::new(),
            debug,
            repository_config: String::new(),
            result: Err(error),
        };
    }
    let repository_config = repository_config(&state, environment);
    if let Some((words, plain)) = completion_request(arguments) {
        return Parsed {
            warnings: Vec::new(),
            notices: Vec::new(),
            debug,
            repository_config,
            result: completion(&words, plain, state, environment),
        };
    }
    let result = read_command(arguments, &mut state);
    let warnings = std::mem::take(&mut state.warnings);
    let notices = match &result {
        Ok(_) => state.deprecated.iter().map(|flag| notice(flag)).collect(),
        Err(_) => Vec::new(),
    };
    let result = result.map(|(found, args)| {
        let help = matches!(state.value("help"), Some(Value::Bool(true)));
        let invocation = Invocation::new(found, state, environment, args);
        let command = invocation.command();
        if !help && command.runnable {
            return Outcome::Run(invocation);
        }
        Outcome::Help(help::help_text(&invocation.found.path, environment))
    });
    Parsed {
        warnings,
        notices,
        debug,
        repository_config,
        result,
    }
}

fn completion<'e>(
    words: &[String],
    plain: bool,
    state: State,
    environment: &'e Environment,
) -> Result<Outcome<'e>, Error> {
    if words.is_empty() {
        let message = "requires at least 1 arg(s), only received 0";
        return Err(Error::new(ErrorKind::Arguments, message));
    }
    Ok(Outcome::Complete(Box::new(complete(words, plain, state, environment))))
}

/// The file of repositories, which Helm reads before it knows the command.
fn repository_config(state: &State, environment: &Environment) -> String {
    match (state.value("repository-config"), ROOT.own_flag("repository-config")) {
        (Some(Value::String(path)), _) => path.clone(),
        (_, Some(flag)) => flag.default_value(environment),
        _ => String::new(),
    }
}

fn notice(flag: &Flag) -> String {
    format!("Flag --{} has been deprecated, {}", flag.name, flag.deprecated)
}

fn debug(state: &State, environment: &Environment) -> bool {
    match state.value("debug") {
        Some(Value::Bool(debug)) => *debug,
        _ => go_value::strconv::parse_bool(environment.get("HELM_DEBUG").as_bytes()).unwrap_or(false),
    }
}

fn check_color(state: &State, environment: &Environment) -> Result<(), Error> {
    let mode = match state.value("color") {
        Some(Value::String(mode)) => mode.clone(),
        _ => Settings::default_color(environment),
    };
    if ["never", "auto", "always"].contains(&mode.as_str()) {
        return Ok(());
    }
    let mode = quote(mode.as_bytes());
    let message = format!("invalid color mode {mode}: must be one of: never, auto, always");
    Err(Error::new(ErrorKind::ColorMode, message))
}

fn read_command(arguments: &[String], state: &mut State) -> Result<(Found, Vec<String>), Error> {
    let found = find(arguments)?;
    let set = FlagSet {
        command: found.command(),
        with_help: true,
    };
    match (Pass {
        set,
        tolerant: false,
        state,
    })
    .read(&found.arguments)
    {
        Ok(args) => Ok((found, args)),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Help) => Ok((found, Vec::new())),
    }
}

impl<'e> Invocation<'e> {
    pub(crate) fn new(found: Found, state: State, environment: &'e Environment, args: Vec<String>) -> Self {
        Invocation {
            found,
            state,
            environment,
            args,
        }
    }

    /// Returns the command.
    pub fn command(&self) -> &'static Command {
        self.found.command()
    }

    /// Returns the words that lead to the command, such as `helm get values`.
    pub fn path(&self) -> String {
        help::command_path(&self.found.path)
    }

    /// Returns the environment that the command line was read in.
    pub fn environment(&self) -> &'e Environment {
        self.environment
    }

    /// Returns the global settings.
    pub fn settings(&self) -> Settings {
        Settings::new(self)
    }

    /// Checks the number of arguments and flags that exclude each other.
    ///
    /// # Errors
    /// Helm's text about the first rule that is broken.
    pub fn check(&self) -> Result<(), Error> {
        self.check_arguments()?;
        self.check_groups()
    }

    fn check_arguments(&self) -> Result<(), Error> {
        let count = self.args.len();
        let plural = |n: usize| if n == 1 { "argument" } else { "arguments" };
        let demand = match self.command().arguments {
            ArgumentRule::AtMost(0) if count > 0 => "accepts no arguments".to_owned(),
            ArgumentRule::AtMost(n) if count > n => format!("accepts at most {n} {}", plural(n)),
            ArgumentRule::Exactly(n) if count != n => format!("requires {n} {}", plural(n)),
            ArgumentRule::AtLeast(n) if count < n => format!("requires at least {n} {}", plural(n)),
            _ => return Ok(()),
        };
        let path = quote(self.path().as_bytes());
        let usage = help::usage_line(&self.found.path);
        Err(Error::new(
            ErrorKind::Arguments,
            format!("{path} {demand}\n\nUsage:  {usage}"),
        ))
    }

    fn check_groups(&self) -> Result<(), Error> {
        for group in self.command().exclusive {
            let mut given: Vec<&str> = group.iter().copied().filter(|name| self.is_given(name)).collect();
            if given.len() > 1 {
                given.sort_unstable();
                let (group, given) = (group.join(" "), given.join(" "));
                let message = format!(
                    "if any flags in the group [{group}] are set none of the others can be; [{given}] were all set"
                );
                return Err(Error::new(ErrorKind::FlagGroup, message));
            }
        }
        Ok(())
    }

    /// Returns whether the flag of exactly this name stands on the command line.
    pub fn is_given(&self, name: &str) -> bool {
        self.state.given.contains(&name)
    }

    /// Returns the names of the flags that stand on the command line, in the order of their first use.
    pub fn given(&self) -> impl Iterator<Item = &'static str> {
        self.state.given.iter().copied()
    }

    /// Returns the value of a flag, given or default; nothing if the command has no such flag.
    pub fn value(&self, name: &str) -> Option<Value> {
        let flag = FlagSet {
            command: self.command(),
            with_help: true,
        }
        .lookup(name)?;
        if let Some(value) = self.state.value(flag.variable) {
            return Some(value.clone());
        }
        Some(default_value(flag, self.environment))
    }

    /// Returns the value of a boolean flag; false if the command has no such flag.
    pub fn bool(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Bool(true)))
    }

    /// Returns the value of a string flag; empty if the command has no such flag.
    pub fn string(&self, name: &str) -> String {
        match self.value(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        }
    }

    /// Returns the value of an integer flag, or of a duration in nanoseconds; 0 if the command has no such flag.
    pub fn int(&self, name: &str) -> i64 {
        match self.value(name) {
            Some(Value::Int(value)) => value,
            Some(Value::Uint(value)) => i64::try_from(value).unwrap_or(i64::MAX),
            _ => 0,
        }
    }

    /// Returns the value of a list flag; empty if the command has no such flag.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.value(name) {
            Some(Value::List(list)) => list,
            _ => Vec::new(),
        }
    }

    /// Returns the value of a `key=value` flag; empty if the command has no such flag.
    pub fn pairs(&self, name: &str) -> std::collections::BTreeMap<String, String> {
        match self.value(name) {
            Some(Value::Pairs(pairs)) => pairs,
            _ => std::collections::BTreeMap::new(),
        }
    }
}

/// The value of a flag that is not given.
fn default_value(flag: &Flag, environment: &Environment) -> Value {
    let text = flag.default_value(environment);
    match (flag.kind, flag.default) {
        (Kind::StringArray | Kind::Strings | Kind::PostRendererArgs, Default::Text(_)) => Value::List(Vec::new()),
        (Kind::StringArray, Default::Environment(_)) => {
            let inner = text.trim_start_matches('[').trim_end_matches(']');
            Value::List(
                inner
                    .split(',')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )
        }
        (Kind::StringToString, _) => Value::Pairs(std::collections::BTreeMap::new()),
        _ => value::set(flag, None, &text, &mut Vec::new()).unwrap_or(Value::String(text)),
    }
}
