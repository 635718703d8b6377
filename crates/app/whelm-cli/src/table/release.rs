//! Commands about releases.

use super::flags as f;
use super::text;
use crate::command::{ArgumentRule, COMMAND, Command};

pub(super) const GET: Command = Command {
    name: "get",
    short: "show what is stored about a release",
    long: text::GET,
    runnable: false,
    commands: &[GET_ALL, GET_VALUES, GET_MANIFEST, GET_HOOKS, GET_NOTES, GET_METADATA],
    ..COMMAND
};

const GET_ALL: Command = Command {
    name: "all",
    operands: "RELEASE_NAME",
    short: "show everything about a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::REVISION, f::TEMPLATE],
    ..COMMAND
};

const GET_VALUES: Command = Command {
    name: "values",
    operands: "RELEASE_NAME",
    short: "show the values of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::ALL, f::OUTPUT, f::REVISION],
    ..COMMAND
};

const GET_MANIFEST: Command = Command {
    name: "manifest",
    operands: "RELEASE_NAME",
    short: "show the manifest of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::REVISION],
    ..COMMAND
};

const GET_HOOKS: Command = Command {
    name: "hooks",
    operands: "RELEASE_NAME",
    short: "show the hooks of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::REVISION],
    ..COMMAND
};

const GET_NOTES: Command = Command {
    name: "notes",
    operands: "RELEASE_NAME",
    short: "show the notes of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::REVISION],
    ..COMMAND
};

const GET_METADATA: Command = Command {
    name: "metadata",
    operands: "RELEASE_NAME",
    short: "show metadata of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::OUTPUT, f::REVISION],
    ..COMMAND
};

pub(super) const HISTORY: Command = Command {
    name: "history",
    operands: "RELEASE_NAME",
    aliases: &["hist"],
    short: "show the revisions of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::MAX, f::OUTPUT, f::SHOW_ROLLBACK_REVISION],
    ..COMMAND
};

pub(super) const INSTALL: Command = Command {
    name: "install",
    operands: "[NAME] [CHART]",
    short: "install a chart",
    long: text::INSTALL,
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::ATOMIC,
        f::CA_FILE,
        f::CERT_FILE,
        f::CREATE_NAMESPACE,
        f::DEPENDENCY_UPDATE,
        f::DESCRIPTION,
        f::DEVEL,
        f::DISABLE_OPENAPI_VALIDATION,
        f::DRY_RUN,
        f::ENABLE_DNS,
        f::FORCE,
        f::FORCE_CONFLICTS,
        f::FORCE_REPLACE,
        f::GENERATE_NAME,
        f::HIDE_NOTES,
        f::HIDE_SECRET,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::LABELS,
        f::NAME_TEMPLATE,
        f::NO_HOOKS,
        f::OUTPUT,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::POST_RENDERER,
        f::POST_RENDERER_ARGS,
        f::RENDER_SUBCHART_NOTES,
        f::REPLACE,
        f::REPO,
        f::ROLLBACK_ON_FAILURE,
        f::SERVER_SIDE,
        f::SET,
        f::SET_FILE,
        f::SET_JSON,
        f::SET_LITERAL,
        f::SET_STRING,
        f::SKIP_CRDS,
        f::SKIP_SCHEMA_VALIDATION,
        f::TAKE_OWNERSHIP,
        f::TIMEOUT,
        f::USERNAME,
        f::VALUES,
        f::VERIFY,
        f::VERSION,
        f::WAIT,
        f::WAIT_FOR_JOBS,
    ],
    exclusive: &[&["force", "force-conflicts"], &["force-replace", "force-conflicts"]],
    ..COMMAND
};

pub(super) const LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list releases",
    long: text::LIST,
    arguments: ArgumentRule::AtMost(0),
    flags: &[
        f::ALL_RELEASES,
        f::ALL_NAMESPACES,
        f::DATE,
        f::DEPLOYED,
        f::FAILED,
        f::FILTER,
        f::MAX_LIST,
        f::NO_HEADERS,
        f::OFFSET,
        f::OUTPUT,
        f::PENDING,
        f::REVERSE,
        f::SELECTOR,
        f::SHORT,
        f::SUPERSEDED,
        f::TIME_FORMAT,
        f::UNINSTALLED,
        f::UNINSTALLING,
    ],
    ..COMMAND
};

pub(super) const ROLLBACK: Command = Command {
    name: "rollback",
    operands: "<RELEASE> [REVISION]",
    short: "go back to an earlier revision",
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::CLEANUP_ON_FAIL,
        f::DESCRIPTION_ROLLBACK,
        f::DRY_RUN,
        f::FORCE,
        f::FORCE_CONFLICTS,
        f::FORCE_REPLACE,
        f::HISTORY_MAX,
        f::NO_HOOKS,
        f::RECREATE_PODS,
        f::SERVER_SIDE_ROLLBACK,
        f::TIMEOUT,
        f::WAIT,
        f::WAIT_FOR_JOBS,
    ],
    exclusive: &[&["force", "force-conflicts"], &["force-replace", "force-conflicts"]],
    ..COMMAND
};

pub(super) const STATUS: Command = Command {
    name: "status",
    operands: "RELEASE_NAME",
    short: "show the state of a release",
    long: text::STATUS,
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::OUTPUT, f::REVISION, f::SHOW_DESC, f::SHOW_RESOURCES],
    ..COMMAND
};

pub(super) const TEST: Command = Command {
    name: "test",
    operands: "[RELEASE]",
    short: "run the tests of a release",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::FILTER_TEST, f::HIDE_NOTES_TEST, f::LOGS, f::TIMEOUT],
    ..COMMAND
};

pub(super) const UNINSTALL: Command = Command {
    name: "uninstall",
    operands: "RELEASE_NAME [...]",
    aliases: &["del", "delete", "un"],
    suggest_for: &["remove", "rm"],
    short: "uninstall releases",
    long: text::UNINSTALL,
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::CASCADE,
        f::DESCRIPTION,
        f::DRY_RUN_UNINSTALL,
        f::IGNORE_NOT_FOUND,
        f::KEEP_HISTORY,
        f::NO_HOOKS,
        f::TIMEOUT,
        f::WAIT,
    ],
    ..COMMAND
};

pub(super) const UPGRADE: Command = Command {
    name: "upgrade",
    operands: "[RELEASE] [CHART]",
    short: "upgrade a release",
    long: text::UPGRADE,
    arguments: ArgumentRule::Exactly(2),
    flags: &[
        f::ATOMIC,
        f::CA_FILE,
        f::CERT_FILE,
        f::CLEANUP_ON_FAIL_UPGRADE,
        f::CREATE_NAMESPACE_UPGRADE,
        f::DEPENDENCY_UPDATE,
        f::DESCRIPTION,
        f::DEVEL,
        f::DISABLE_OPENAPI_VALIDATION,
        f::DRY_RUN,
        f::ENABLE_DNS,
        f::FORCE,
        f::FORCE_CONFLICTS,
        f::FORCE_REPLACE,
        f::HIDE_NOTES,
        f::HIDE_SECRET,
        f::HISTORY_MAX,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::INSTALL,
        f::KEY_FILE,
        f::KEYRING,
        f::LABELS_UPGRADE,
        f::NO_HOOKS,
        f::OUTPUT,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::POST_RENDERER,
        f::POST_RENDERER_ARGS,
        f::RECREATE_PODS,
        f::RENDER_SUBCHART_NOTES,
        f::REPO,
        f::RESET_THEN_REUSE_VALUES,
        f::RESET_VALUES,
        f::REUSE_VALUES,
        f::ROLLBACK_ON_FAILURE,
        f::SERVER_SIDE_ROLLBACK,
        f::SET,
        f::SET_FILE,
        f::SET_JSON,
        f::SET_LITERAL,
        f::SET_STRING,
        f::SKIP_CRDS,
        f::SKIP_SCHEMA_VALIDATION,
        f::TAKE_OWNERSHIP,
        f::TIMEOUT,
        f::USERNAME,
        f::VALUES,
        f::VERIFY,
        f::VERSION,
        f::WAIT,
        f::WAIT_FOR_JOBS,
    ],
    exclusive: &[&["force", "force-conflicts"], &["force-replace", "force-conflicts"]],
    ..COMMAND
};
