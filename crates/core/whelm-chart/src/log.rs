//! What Helm would write to its log, as data.

use std::fmt::Write;

/// How serious a log line is, in the words of Go's `log/slog`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Shown with `--debug` only.
    Debug,
    /// Also everything that Helm writes through Go's `log` package.
    Info,
    /// Something is odd; the work goes on.
    Warn,
    /// Something failed.
    Error,
}

/// One line of the log: level, message and attributes in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// The level.
    pub level: Level,
    /// The message, unquoted.
    pub message: String,
    /// Names and values, unquoted.
    pub attributes: Vec<(&'static str, String)>,
}

/// The lines logged so far, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The lines.
    pub entries: Vec<LogEntry>,
    /// Whether lines of level DEBUG are thrown away: nobody is going to see them.
    pub without_debug: bool,
}

impl Log {
    /// Appends a line without attributes.
    pub fn push(&mut self, level: Level, message: impl Into<String>) {
        self.push_with(level, message, Vec::new());
    }

    /// Appends a line with attributes.
    pub fn push_with(&mut self, level: Level, message: impl Into<String>, attributes: Vec<(&'static str, String)>) {
        if level == Level::Debug && self.without_debug {
            return;
        }
        self.entries.push(LogEntry {
            level,
            message: message.into(),
            attributes,
        });
    }

    /// Appends a DEBUG line, whose attributes are only made when it is kept.
    pub fn debug(&mut self, message: &str, attributes: impl FnOnce() -> Vec<(&'static str, String)>) {
        if !self.without_debug {
            self.push_with(Level::Debug, message, attributes());
        }
    }

    /// Appends a WARN line.
    pub fn warn(&mut self, message: impl Into<String>, attributes: Vec<(&'static str, String)>) {
        self.push_with(Level::Warn, message, attributes);
    }

    /// Appends an INFO line, as Go's `log.Printf` does.
    pub fn info(&mut self, message: impl Into<String>) {
        self.push(Level::Info, message);
    }
}

impl std::fmt::Display for LogEntry {
    /// Writes the line as Go's `slog.TextHandler` without a time does: `level=WARN msg="…" key=value`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = match self.level {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        };
        write!(f, "level={level} msg={}", text_value(&self.message))?;
        for (name, value) in &self.attributes {
            write!(f, " {name}={}", text_value(value))?;
        }
        Ok(())
    }
}

/// Quotes a value when `slog.TextHandler` would.
fn text_value(text: &str) -> String {
    let plain = |rune: char| {
        rune != '=' && rune != '"' && rune != ' ' && !rune.is_control() && rune != char::REPLACEMENT_CHARACTER
    };
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for rune in text.chars() {
        match rune {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            rune if (rune as u32) < 0x20 || rune as u32 == 0x7f => {
                let _ = write!(out, "\\x{:02x}", rune as u32);
            }
            rune => out.push(rune),
        }
    }
    out.push('"');
    out
}
