//! Random calls, compared with the real sprig.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod evaluate;

use std::path::Path;
use std::process::Command;

/// So many calls are compared; `SPRIG_CASES` asks for others, `SPRIG_SEED` for another seed, `SPRIG_FUNCTIONS` for some
/// functions only.
const CASES: &str = "3000";

/// T-002: every function on random arguments, many of them odd.
#[test]
fn t_002_random_calls_agree_with_go() {
    let Some(driver) = driver() else {
        return;
    };
    let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let output = Command::new(driver)
        .arg("generate")
        .arg(variable("SPRIG_SEED", "1"))
        .arg(variable("SPRIG_CASES", CASES))
        .args(variable("SPRIG_FUNCTIONS", "").split_whitespace())
        .output()
        .unwrap();
    let count = evaluate::check(&String::from_utf8(output.stdout).unwrap());
    println!("{count} calls agree");
}

/// Builds the Go driver; `None`, with a line that says why, when that is not possible.
fn driver() -> Option<std::path::PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/sprig");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-sprig-driver");
    let build = Command::new("go")
        .arg("build")
        .arg("-o")
        .arg(&binary)
        .arg(".")
        .current_dir(source)
        .status();
    if !build.is_ok_and(|status| status.success()) {
        println!("skipped: the Go driver cannot be built");
        return None;
    }
    Some(binary)
}
