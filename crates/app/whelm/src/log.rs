//! Log lines on standard error in the text form of Go's `log/slog`, without time.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use go_value::strconv::{is_print, quote};
use whelm_sdk::chart::{Level, Log, LogEntry};

use crate::progress;

static DEBUG: AtomicBool = AtomicBool::new(false);

/// Switches lines of level DEBUG on or off.
pub fn set_debug(debug: bool) {
    DEBUG.store(debug, Ordering::Relaxed);
}

/// Writes a line of level WARN.
pub fn warn(message: &str, fields: &[(&str, &str)]) {
    write("WARN", message, fields);
}

/// Writes a line of level INFO.
pub fn info(message: &str, fields: &[(&str, &str)]) {
    write("INFO", message, fields);
}

/// Returns an empty log, which keeps lines of level DEBUG if debug output was asked for.
pub fn lines() -> Log {
    Log {
        without_debug: !DEBUG.load(Ordering::Relaxed),
        ..Log::default()
    }
}

/// Writes a line of level DEBUG, if debug output was asked for.
pub fn debug(message: &str, fields: &[(&str, &str)]) {
    if DEBUG.load(Ordering::Relaxed) {
        write("DEBUG", message, fields);
    }
}

/// Writes a warning of the API server.
pub fn server_warning(text: &str) {
    progress::clear();
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "Warning: {text}");
}

/// Writes what a verb logged.
pub fn write_all(log: &Log) {
    log.entries.iter().for_each(write_entry);
}

/// Writes a line that a verb logged.
pub fn write_entry(entry: &LogEntry) {
    let attributes = entry.attributes.iter();
    let fields: Vec<(&str, &str)> = attributes.map(|(key, value)| (*key, value.as_str())).collect();
    match entry.level {
        Level::Debug => debug(&entry.message, &fields),
        Level::Info => info(&entry.message, &fields),
        Level::Warn => warn(&entry.message, &fields),
        Level::Error => write("ERROR", &entry.message, &fields),
    }
}

fn write(level: &str, message: &str, fields: &[(&str, &str)]) {
    let line = line(level, message, fields);
    progress::clear();
    // Nobody is left to tell when standard error is gone.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

fn line(level: &str, message: &str, fields: &[(&str, &str)]) -> String {
    let mut line = format!("level={level} msg={}", text(message));
    for (key, value) in fields {
        line.push_str(&format!(" {}={}", text(key), text(value)));
    }
    line.push('\n');
    line
}

/// Quotes a key or value if it needs to be.
fn text(value: &str) -> String {
    let plain = |rune: char| match rune {
        ' ' | '=' | '"' => false,
        '\u{fffd}' => false,
        rune => is_print(rune) && !rune.is_whitespace(),
    };
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        quote(value.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn o_025_quotes_as_slog_does() {
        assert_eq!(
            line("WARN", "a b", &[("error", "x=\"1\""), ("n", "1")]),
            "level=WARN msg=\"a b\" error=\"x=\\\"1\\\"\" n=1\n"
        );
        assert_eq!(line("INFO", "", &[("path", "a\\b")]), "level=INFO msg=\"\" path=a\\b\n");
    }
}
