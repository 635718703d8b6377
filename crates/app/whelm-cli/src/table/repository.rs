//! Commands about repositories and registries.

use super::flags as f;
use crate::command::{ArgumentRule, COMMAND, Command};

pub(super) const REGISTRY: Command = Command {
    name: "registry",
    short: "log in to or out of a registry",
    runnable: false,
    commands: &[REGISTRY_LOGIN, REGISTRY_LOGOUT],
    ..COMMAND
};

const REGISTRY_LOGIN: Command = Command {
    name: "login",
    operands: "[host]",
    short: "log in to a registry",
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE_PLUGIN_INSTALL,
        f::INSECURE,
        f::KEY_FILE_PLUGIN_INSTALL,
        f::PASSWORD_REGISTRY_LOGIN,
        f::PASSWORD_STDIN,
        f::PLAIN_HTTP_PUSH,
        f::USERNAME_REGISTRY_LOGIN,
    ],
    ..COMMAND
};

const REGISTRY_LOGOUT: Command = Command {
    name: "logout",
    operands: "[host]",
    short: "log out of a registry",
    arguments: ArgumentRule::AtLeast(1),
    ..COMMAND
};

pub(super) const REPO: Command = Command {
    name: "repo",
    operands: "add|remove|list|index|update [ARGS]",
    short: "manage chart repositories",
    runnable: false,
    commands: &[REPO_ADD, REPO_LIST, REPO_REMOVE, REPO_INDEX, REPO_UPDATE],
    ..COMMAND
};

const REPO_ADD: Command = Command {
    name: "add",
    operands: "[NAME] [URL]",
    short: "add a repository",
    arguments: ArgumentRule::Exactly(2),
    flags: &[
        f::ALLOW_DEPRECATED_REPOS,
        f::CA_FILE,
        f::CERT_FILE,
        f::FORCE_UPDATE,
        f::INSECURE_SKIP_TLS_VERIFY_REPO_ADD,
        f::KEY_FILE,
        f::NO_UPDATE,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PASSWORD_STDIN,
        f::TIMEOUT_REPO_ADD,
        f::USERNAME,
    ],
    ..COMMAND
};

const REPO_LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list repositories",
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::NO_HEADERS, f::OUTPUT],
    ..COMMAND
};

const REPO_REMOVE: Command = Command {
    name: "remove",
    operands: "[REPO1 [REPO2 ...]]",
    aliases: &["rm"],
    short: "remove repositories",
    arguments: ArgumentRule::AtLeast(1),
    ..COMMAND
};

const REPO_INDEX: Command = Command {
    name: "index",
    operands: "[DIR]",
    short: "write the index of a folder of charts",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::JSON, f::MERGE, f::URL],
    ..COMMAND
};

const REPO_UPDATE: Command = Command {
    name: "update",
    operands: "[REPO1 [REPO2 ...]]",
    aliases: &["up"],
    short: "download the indexes of repositories",
    flags: &[f::FAIL_ON_REPO_UPDATE_FAIL, f::TIMEOUT_REPO_ADD],
    ..COMMAND
};

pub(super) const SEARCH: Command = Command {
    name: "search",
    operands: "[keyword]",
    short: "search for charts",
    runnable: false,
    commands: &[SEARCH_HUB, SEARCH_REPO],
    ..COMMAND
};

const SEARCH_HUB: Command = Command {
    name: "hub",
    operands: "[KEYWORD]",
    short: "search a hub for charts",
    flags: &[
        f::ENDPOINT,
        f::FAIL_ON_NO_RESULT,
        f::LIST_REPO_URL,
        f::MAX_COL_WIDTH,
        f::OUTPUT,
    ],
    ..COMMAND
};

const SEARCH_REPO: Command = Command {
    name: "repo",
    operands: "[keyword]",
    short: "search the repositories for charts",
    flags: &[
        f::DEVEL,
        f::FAIL_ON_NO_RESULT,
        f::MAX_COL_WIDTH,
        f::OUTPUT,
        f::REGEXP,
        f::VERSION_SEARCH_REPO,
        f::VERSIONS,
    ],
    ..COMMAND
};
