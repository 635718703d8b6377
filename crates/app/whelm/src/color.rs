//! Colours of names and states.

use std::io::IsTerminal;

use whelm_cli::Invocation;
use whelm_sdk::release::Status;

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Color {
    on: bool,
}

impl Color {
    /// Decides from `--color` and its variables; `auto` asks whether standard output is a terminal.
    pub fn new(invocation: &Invocation<'_>) -> Color {
        let environment = invocation.environment();
        let on = match invocation.string("color").as_str() {
            "never" => false,
            // Helm's library of colours looks at NO_COLOR even so.
            _ if environment.lookup("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
            "always" => true,
            _ => environment.get("TERM") != "dumb" && std::io::stdout().is_terminal(),
        };
        Color { on }
    }

    fn paint(self, codes: &str, text: &str, end: &str) -> String {
        if self.on {
            format!("\u{1b}[{codes}m{text}\u{1b}[{end}m")
        } else {
            text.to_owned()
        }
    }

    /// A heading, in bold.
    pub fn header(self, text: &str) -> String {
        self.paint("1", text, "22")
    }

    /// A namespace, in cyan.
    pub fn namespace(self, text: &str) -> String {
        self.paint("36", text, "0")
    }

    /// A state of a release.
    pub fn status(self, status: &Status) -> String {
        let text = status.as_str();
        match text {
            "deployed" => self.paint("32", text, "0"),
            "failed" | "unknown" => self.paint("31", text, "0"),
            "pending-install" | "pending-upgrade" | "pending-rollback" | "uninstalling" => self.paint("33", text, "0"),
            _ => text.to_owned(),
        }
    }
}
