//! Commands about the program itself.

use super::flags as f;
use super::text;
use crate::command::{ArgumentRule, COMMAND, Command};

pub(super) const COMPLETION: Command = Command {
    name: "completion",
    short: "write completion scripts for a shell",
    runnable: false,
    commands: &[COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH, COMPLETION_POWERSHELL],
    ..COMMAND
};

const COMPLETION_BASH: Command = Command {
    name: "bash",
    short: "write the completion script for bash",
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::NO_DESCRIPTIONS],
    ..COMMAND
};

const COMPLETION_ZSH: Command = Command {
    name: "zsh",
    short: "write the completion script for zsh",
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::NO_DESCRIPTIONS],
    ..COMMAND
};

const COMPLETION_FISH: Command = Command {
    name: "fish",
    short: "write the completion script for fish",
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::NO_DESCRIPTIONS],
    ..COMMAND
};

const COMPLETION_POWERSHELL: Command = Command {
    name: "powershell",
    short: "write the completion script for powershell",
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::NO_DESCRIPTIONS],
    ..COMMAND
};

pub(super) const DOCS: Command = Command {
    name: "docs",
    short: "write documentation as markdown or man pages",
    hidden: true,
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::DIR, f::GENERATE_HEADERS, f::TYPE],
    ..COMMAND
};

pub(super) const ENV: Command = Command {
    name: "env",
    short: "show the settings from the environment",
    long: text::ENV,
    arguments: ArgumentRule::AtMost(1),
    ..COMMAND
};

pub(super) const HELP: Command = Command {
    name: "help",
    operands: "[command]",
    short: "show help about a command",
    long: text::HELP,
    ..COMMAND
};

pub(super) const PLUGIN: Command = Command {
    name: "plugin",
    short: "manage plugins",
    runnable: false,
    commands: &[
        PLUGIN_INSTALL,
        PLUGIN_LIST,
        PLUGIN_UNINSTALL,
        PLUGIN_UPDATE,
        PLUGIN_PACKAGE,
        PLUGIN_VERIFY,
    ],
    ..COMMAND
};

const PLUGIN_INSTALL: Command = Command {
    name: "install",
    operands: "[options] <path|url>",
    aliases: &["add"],
    short: "install a plugin",
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE_PLUGIN_INSTALL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE_PLUGIN_INSTALL,
        f::KEYRING,
        f::PASSWORD_PLUGIN_INSTALL,
        f::PLAIN_HTTP,
        f::USERNAME_PLUGIN_INSTALL,
        f::VERIFY_PLUGIN_INSTALL,
        f::VERSION_PLUGIN_INSTALL,
    ],
    ..COMMAND
};

const PLUGIN_LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list plugins",
    flags: &[f::TYPE_PLUGIN_LIST],
    ..COMMAND
};

const PLUGIN_UNINSTALL: Command = Command {
    name: "uninstall",
    operands: "<plugin>...",
    aliases: &["rm", "remove"],
    short: "uninstall plugins",
    ..COMMAND
};

const PLUGIN_UPDATE: Command = Command {
    name: "update",
    operands: "<plugin>...",
    aliases: &["up"],
    short: "update plugins",
    ..COMMAND
};

const PLUGIN_PACKAGE: Command = Command {
    name: "package",
    operands: "[PATH]",
    short: "pack a plugin into an archive",
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::DESTINATION,
        f::KEY,
        f::KEYRING_PACKAGE,
        f::PASSPHRASE_FILE,
        f::SIGN_PLUGIN_PACKAGE,
    ],
    ..COMMAND
};

const PLUGIN_VERIFY: Command = Command {
    name: "verify",
    operands: "[PATH]",
    short: "check the signature of a plugin",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::KEYRING],
    ..COMMAND
};

pub(super) const VERSION: Command = Command {
    name: "version",
    short: "show the version",
    long: text::VERSION,
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::CLIENT, f::SHORT_VERSION, f::TEMPLATE],
    ..COMMAND
};
