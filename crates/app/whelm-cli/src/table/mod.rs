//! The tree of commands as constants. Below a group, commands stand in Helm's order; help sorts them.

mod chart;
mod defaults;
mod flags;
mod global;
mod other;
mod release;
mod repository;
mod sandbox;
mod text;

use crate::command::{COMMAND, Command};

/// The root of the tree. It is called `helm` whatever the program's file is called.
pub static ROOT: Command = Command {
    name: "helm",
    short: "Render, install and manage Kubernetes charts",
    long: text::ROOT,
    runnable: false,
    flags: global::GLOBAL,
    commands: &[
        chart::CREATE,
        chart::DEPENDENCY,
        chart::PULL,
        chart::SHOW,
        chart::LINT,
        chart::PACKAGE,
        repository::REPO,
        repository::SEARCH,
        chart::VERIFY,
        release::GET,
        release::HISTORY,
        release::INSTALL,
        release::LIST,
        release::TEST,
        release::ROLLBACK,
        release::STATUS,
        chart::TEMPLATE,
        release::UNINSTALL,
        release::UPGRADE,
        other::COMPLETION,
        other::ENV,
        other::PLUGIN,
        other::VERSION,
        other::DOCS,
        repository::REGISTRY,
        chart::PUSH,
        other::HELP,
        sandbox::SANDBOX,
    ],
    ..COMMAND
};
