//! What is shown on standard error while a verb waits: on a terminal one line that is written anew, elsewhere a line for each change.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use whelm_sdk::{WaitProgress, WaitStep};

/// Whether there is a line on the terminal that goes away again.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// How many characters of a line a terminal surely has.
const WIDTH: usize = 78;

/// Shows a change.
pub fn show(progress: &WaitProgress) {
    let mut stderr = std::io::stderr().lock();
    let is_terminal = stderr.is_terminal();
    // Nobody is left to tell when standard error is gone.
    let _ = match &progress.step {
        WaitStep::Ended => return clear(),
        WaitStep::Changed {
            object,
            status,
            message,
        } if is_terminal => {
            SHOWN.store(true, Ordering::Relaxed);
            let line: String = line(progress, object, status, message).chars().take(WIDTH).collect();
            write!(stderr, "\r\x1b[K{line}").and_then(|()| stderr.flush())
        }
        WaitStep::Changed {
            object,
            status,
            message,
        } => {
            writeln!(stderr, "{}", line(progress, object, status, message))
        }
    };
}

/// Takes the line away, so that others can follow.
pub fn clear() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        let _ = std::io::stderr().lock().write_all(b"\r\x1b[K");
    }
}

fn line(progress: &WaitProgress, object: &str, status: &str, message: &str) -> String {
    let WaitProgress { done, total, .. } = progress;
    let verb = if progress.is_removal { "gone" } else { "ready" };
    let message = if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    };
    format!("wait: {done} of {total} {verb}; {object} {status}{message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w_010_one_line_for_each_change() {
        let progress = WaitProgress {
            done: 1,
            total: 3,
            is_removal: false,
            step: WaitStep::Ended,
        };
        let line = line(&progress, "Deployment/default/web", "InProgress", "Available: 0/1");
        assert_eq!(
            line,
            "wait: 1 of 3 ready; Deployment/default/web InProgress: Available: 0/1"
        );
    }
}
