//! A flag as data.

use crate::Environment;

/// What kind of value a flag takes; decides how it is parsed and the word that help shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`; the value may be left out.
    Bool,
    /// A 64-bit integer in any of Go's notations.
    Int,
    /// An unsigned 64-bit integer.
    Uint,
    /// A single-precision number.
    Float32,
    /// One string.
    String,
    /// A Go duration.
    Duration,
    /// A list; each occurrence is split as CSV.
    Strings,
    /// A list; each occurrence is one entry.
    StringArray,
    /// `key=value` pairs, split as CSV.
    StringToString,
    /// `table`, `json` or `yaml`.
    Format,
    /// A wait strategy.
    WaitStrategy,
    /// The name of a post-renderer; at most once.
    PostRenderer,
    /// Arguments of a post-renderer, taken verbatim.
    PostRendererArgs,
    /// One of klog's flags, parsed by Go's `flag` package.
    Klog(Klog),
}

/// The kinds of klog's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Klog {
    /// A boolean.
    Bool,
    /// A file name or folder.
    String,
    /// A size in megabytes.
    Uint64,
    /// A severity by name or number.
    Severity,
    /// A verbosity.
    Level,
    /// `pattern=N` pairs or a `file:line`; not looked at.
    Unchecked,
}

impl Kind {
    /// Returns the word that help shows for the value; empty for booleans.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Bool | Kind::Klog(_) => "",
            Kind::Int => "int",
            Kind::Uint => "uint",
            Kind::Float32 => "float32",
            Kind::String => "string",
            Kind::Duration => "duration",
            Kind::Strings => "strings",
            Kind::StringArray => "stringArray",
            Kind::StringToString => "stringToString",
            Kind::Format => "format",
            Kind::WaitStrategy => "WaitStrategy",
            Kind::PostRenderer => "postRendererString",
            Kind::PostRendererArgs => "postRendererArgsSlice",
        }
    }
}

/// A flag's value when it is not given.
#[derive(Clone, Copy, Debug)]
pub enum Default {
    /// Always the same text; for booleans and numbers parsed like a given value.
    Text(&'static str),
    /// A text that depends on the environment.
    Environment(fn(&Environment) -> String),
}

/// A flag of a command.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The name without dashes.
    pub name: &'static str,
    /// The letter, or 0.
    pub shorthand: u8,
    /// The kind of its value.
    pub kind: Kind,
    /// The value when not given.
    pub default: Default,
    /// The value when given without one; empty when a value is needed.
    pub no_option: &'static str,
    /// One line of help.
    pub usage: &'static str,
    /// What to use instead, for deprecated flags; else empty.
    pub deprecated: &'static str,
    /// Whether help leaves it out.
    pub hidden: bool,
    /// The flag whose value this one sets: its own name except for old names of a flag.
    pub variable: &'static str,
}

impl Flag {
    const fn new(name: &'static str, kind: Kind, default: &'static str, usage: &'static str) -> Flag {
        Flag {
            name,
            shorthand: 0,
            kind,
            default: Default::Text(default),
            no_option: "",
            usage,
            deprecated: "",
            hidden: false,
            variable: name,
        }
    }

    /// A boolean flag, false unless given.
    pub(crate) const fn bool(name: &'static str, usage: &'static str) -> Flag {
        let mut flag = Flag::new(name, Kind::Bool, "false", usage);
        flag.no_option = "true";
        flag
    }

    /// An integer flag.
    pub(crate) const fn int(name: &'static str, default: &'static str, usage: &'static str) -> Flag {
        Flag::new(name, Kind::Int, default, usage)
    }

    /// An unsigned integer flag.
    pub(crate) const fn uint(name: &'static str, default: &'static str, usage: &'static str) -> Flag {
        Flag::new(name, Kind::Uint, default, usage)
    }

    /// A flag for one string, empty unless given.
    pub(crate) const fn string(name: &'static str, usage: &'static str) -> Flag {
        Flag::new(name, Kind::String, "", usage)
    }

    /// A flag for a duration.
    pub(crate) const fn duration(name: &'static str, default: &'static str, usage: &'static str) -> Flag {
        Flag::new(name, Kind::Duration, default, usage)
    }

    /// A flag of another kind.
    pub(crate) const fn of(kind: Kind, name: &'static str, default: &'static str, usage: &'static str) -> Flag {
        Flag::new(name, kind, default, usage)
    }

    /// A hidden flag of klog's.
    pub(crate) const fn klog(kind: Klog, name: &'static str, default: &'static str) -> Flag {
        let mut flag = Flag::new(name, Kind::Klog(kind), default, "");
        flag.hidden = true;
        if matches!(kind, Klog::Bool) {
            flag.no_option = "true";
        }
        flag
    }

    /// The same flag with a letter.
    pub(crate) const fn short(mut self, letter: u8) -> Flag {
        self.shorthand = letter;
        self
    }

    /// The same flag with another default.
    pub(crate) const fn default_text(mut self, default: &'static str) -> Flag {
        self.default = Default::Text(default);
        self
    }

    /// The same flag with a default from the environment.
    pub(crate) const fn default_from(mut self, default: fn(&Environment) -> String) -> Flag {
        self.default = Default::Environment(default);
        self
    }

    /// The same flag, whose value may be left out and is `value` then.
    pub(crate) const fn optional(mut self, value: &'static str) -> Flag {
        self.no_option = value;
        self
    }

    /// The same flag, deprecated and therefore hidden.
    pub(crate) const fn deprecated(mut self, instead: &'static str) -> Flag {
        self.deprecated = instead;
        self.hidden = true;
        self
    }

    /// The same flag, left out of help.
    pub(crate) const fn hide(mut self) -> Flag {
        self.hidden = true;
        self
    }

    /// The same flag, setting the value of `variable`.
    pub(crate) const fn sets(mut self, variable: &'static str) -> Flag {
        self.variable = variable;
        self
    }

    /// Returns the default as text, as help shows it.
    pub fn default_value(&self, environment: &Environment) -> String {
        match self.default {
            Default::Text(text) => text.to_owned(),
            Default::Environment(read) => read(environment),
        }
    }

    /// Returns `-s, --name` or `--name`, as errors show it.
    pub fn display_name(&self) -> String {
        match self.shorthand {
            0 => format!("--{}", self.name),
            letter => format!("-{}, --{}", char::from(letter), self.name),
        }
    }
}
