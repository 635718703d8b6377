//! The project's own tasks: `cargo xtask TASK`.

#![expect(clippy::print_stdout, reason = "tasks report on stdout")]

mod ids;
mod tidy;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const USAGE: &str = "cargo xtask TASK

  tidy           the arrows between the layers, and what each layer may depend on
  ids            the checklist ids that tests carry; fails when a recorded one is lost
  ids --record   the same, and records what is covered now
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace_root()?;
    match words[..] {
        ["tidy"] => tidy::run(&root),
        ["ids"] => ids::run(&root, ids::Mode::Check),
        ["ids", "--record"] => ids::run(&root, ids::Mode::Record),
        _ => bail!("{USAGE}"),
    }
}

/// The folder of the workspace, two levels above the layer folder that this crate is in.
fn workspace_root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(3)
        .map(Path::to_path_buf)
        .context("this crate is in crates/dev of the workspace")
}
