//! A node of the command tree.

use crate::Flag;

/// How many positional arguments a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentRule {
    /// Any number.
    Any,
    /// Exactly this many.
    Exactly(usize),
    /// This many or more.
    AtLeast(usize),
    /// This many or fewer.
    AtMost(usize),
}

/// A verb or a group of verbs.
#[derive(Debug)]
pub struct Command {
    /// The word that selects it.
    pub name: &'static str,
    /// What the usage line shows after the name, such as `[NAME] [CHART]`; may be empty.
    pub operands: &'static str,
    /// Other words that select it.
    pub aliases: &'static [&'static str],
    /// Words that are no aliases, but for which it is suggested.
    pub suggest_for: &'static [&'static str],
    /// One line for the list of commands.
    pub short: &'static str,
    /// The text at the top of its help.
    pub long: &'static str,
    /// Whether lists of commands leave it out.
    pub hidden: bool,
    /// Whether it does something itself; groups only print their help.
    pub runnable: bool,
    /// How many arguments it takes.
    pub arguments: ArgumentRule,
    /// Its own flags, sorted by name, without `--help`; for the root those that every command has.
    pub flags: &'static [Flag],
    /// Sets of flags of which only one may be given, in the order in which Cobra checks them.
    pub exclusive: &'static [&'static [&'static str]],
    /// The commands below it, sorted by name.
    pub commands: &'static [Command],
}

impl Command {
    /// Returns the command below this one that `word` selects by name or alias.
    pub fn find(&self, word: &str) -> Option<&Command> {
        self.commands
            .iter()
            .find(|command| command.name == word || command.aliases.contains(&word))
    }

    /// Returns this command's own flag of that name; `--help` is not among them.
    pub fn own_flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }
}

/// The values most commands share; for use as `..COMMAND` in the table.
pub(crate) const COMMAND: Command = Command {
    name: "",
    operands: "",
    aliases: &[],
    suggest_for: &[],
    short: "",
    long: "",
    hidden: false,
    runnable: true,
    arguments: ArgumentRule::Any,
    flags: &[],
    exclusive: &[],
    commands: &[],
};
