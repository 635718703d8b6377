//! The command line: which verbs and flags exist, how arguments are read, and what help says.
//!
//! Arguments are read as Cobra 1.10 and pflag 1.0.10 read them: flags anywhere, `--flag=value`, `-fvalue`, grouped
//! shorthands, optional values, `--`, and their exact error texts. The whole tree of commands is a constant table, so
//! that starting costs nothing; the environment is asked only for the variables that a command needs.
//!
//! ```
//! let environment = whelm_cli::Environment::from_pairs(&[("HOME", "/home/me")]);
//! let arguments = ["template", "web", "./chart", "--set=a=1", "-nprod"].map(String::from);
//! let outcome = whelm_cli::parse(&arguments, &environment);
//! let whelm_cli::Outcome::Run(invocation) = outcome.result.unwrap() else { panic!("no help was asked for") };
//! assert_eq!(invocation.path(), "helm template");
//! assert_eq!(invocation.args, ["web", "./chart"]);
//! assert_eq!(invocation.list("set"), ["a=1"]);
//! assert_eq!(invocation.string("namespace"), "prod");
//! ```
//!
//! This crate does not print, read files or run anything.

mod command;
mod complete;
mod csv;
mod duration;
mod environment;
mod error;
mod find;
mod flag;
mod flag_set;
mod help;
mod invocation;
pub mod path;
mod settings;
mod suggest;
mod table;
mod value;

pub use command::{ArgumentRule, Command};
pub use complete::{Completion, Directive, HINT, Source};
pub use duration::{format_duration, parse_duration};
pub use environment::Environment;
pub use error::{Error, ErrorKind};
pub use flag::{Default, Flag, Kind};
pub use help::{help_text, help_topic, usage_line, usage_text};
pub use invocation::{Invocation, Outcome, Parsed, parse};
pub use settings::Settings;
pub use table::ROOT;
pub use value::Value;
