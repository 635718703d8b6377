//! Commands about charts.

use super::flags as f;
use super::text;
use crate::command::{ArgumentRule, COMMAND, Command};

pub(super) const CREATE: Command = Command {
    name: "create",
    operands: "NAME",
    short: "create a chart from the scaffold",
    long: text::CREATE,
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::CHART_API_VERSION, f::STARTER],
    ..COMMAND
};

pub(super) const DEPENDENCY: Command = Command {
    name: "dependency",
    operands: "update|build|list",
    aliases: &["dep", "dependencies"],
    short: "manage the dependencies of a chart",
    long: text::DEPENDENCY,
    runnable: false,
    commands: &[DEPENDENCY_LIST, DEPENDENCY_UPDATE, DEPENDENCY_BUILD],
    ..COMMAND
};

const DEPENDENCY_LIST: Command = Command {
    name: "list",
    operands: "CHART",
    aliases: &["ls"],
    short: "list the dependencies of a chart",
    long: text::DEPENDENCY_LIST,
    arguments: ArgumentRule::AtMost(1),
    flags: &[f::MAX_COL_WIDTH_DEPENDENCY_LIST],
    ..COMMAND
};

const DEPENDENCY_UPDATE: Command = Command {
    name: "update",
    operands: "CHART",
    aliases: &["up"],
    short: "download the dependencies that Chart.yaml names",
    arguments: ArgumentRule::AtMost(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::SKIP_REFRESH,
        f::USERNAME,
        f::VERIFY_DEPENDENCY_BUILD,
    ],
    ..COMMAND
};

const DEPENDENCY_BUILD: Command = Command {
    name: "build",
    operands: "CHART",
    short: "download the dependencies that Chart.lock names",
    arguments: ArgumentRule::AtMost(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::SKIP_REFRESH,
        f::USERNAME,
        f::VERIFY_DEPENDENCY_BUILD,
    ],
    ..COMMAND
};

pub(super) const LINT: Command = Command {
    name: "lint",
    operands: "PATH",
    short: "check a chart for mistakes",
    long: text::LINT,
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::KUBE_VERSION,
        f::QUIET,
        f::SET,
        f::SET_FILE,
        f::SET_JSON,
        f::SET_LITERAL,
        f::SET_STRING,
        f::SKIP_SCHEMA_VALIDATION,
        f::STRICT,
        f::VALUES,
        f::WITH_SUBCHARTS,
    ],
    ..COMMAND
};

pub(super) const PACKAGE: Command = Command {
    name: "package",
    operands: "[CHART_PATH] [...]",
    short: "pack a chart into an archive",
    flags: &[
        f::APP_VERSION,
        f::CA_FILE,
        f::CERT_FILE,
        f::DEPENDENCY_UPDATE_PACKAGE,
        f::DESTINATION,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY,
        f::KEY_FILE,
        f::KEYRING_PACKAGE,
        f::PASSPHRASE_FILE,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::SIGN,
        f::USERNAME,
        f::VERSION_PACKAGE,
    ],
    ..COMMAND
};

pub(super) const PULL: Command = Command {
    name: "pull",
    operands: "[chart URL | repo/chartname] [...]",
    aliases: &["fetch"],
    short: "download a chart",
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::DESTINATION,
        f::DEVEL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::PROV,
        f::REPO,
        f::UNTAR,
        f::UNTARDIR,
        f::USERNAME,
        f::VERIFY,
        f::VERSION,
    ],
    ..COMMAND
};

pub(super) const PUSH: Command = Command {
    name: "push",
    operands: "[chart] [remote]",
    short: "upload a chart",
    arguments: ArgumentRule::AtLeast(2),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE_PLUGIN_INSTALL,
        f::INSECURE_SKIP_TLS_VERIFY_PUSH,
        f::KEY_FILE_PLUGIN_INSTALL,
        f::PASSWORD,
        f::PLAIN_HTTP_PUSH,
        f::USERNAME,
    ],
    ..COMMAND
};

pub(super) const SHOW: Command = Command {
    name: "show",
    aliases: &["inspect"],
    short: "show what is in a chart",
    long: text::SHOW,
    runnable: false,
    commands: &[SHOW_ALL, SHOW_README, SHOW_VALUES, SHOW_CHART, SHOW_CRDS],
    ..COMMAND
};

const SHOW_ALL: Command = Command {
    name: "all",
    operands: "[CHART]",
    short: "show everything in a chart",
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::DEVEL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::REPO,
        f::USERNAME,
        f::VERIFY,
        f::VERSION,
    ],
    ..COMMAND
};

const SHOW_README: Command = Command {
    name: "readme",
    operands: "[CHART]",
    short: "show the README",
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::DEVEL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::REPO,
        f::USERNAME,
        f::VERIFY,
        f::VERSION,
    ],
    ..COMMAND
};

const SHOW_VALUES: Command = Command {
    name: "values",
    operands: "[CHART]",
    short: "show values.yaml",
    long: text::SHOW_VALUES,
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::DEVEL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::JSONPATH,
        f::KEY_FILE,
        f::KEYRING,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::REPO,
        f::USERNAME,
        f::VERIFY,
        f::VERSION,
    ],
    ..COMMAND
};

const SHOW_CHART: Command = Command {
    name: "chart",
    operands: "[CHART]",
    short: "show Chart.yaml",
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::DEVEL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::REPO,
        f::USERNAME,
        f::VERIFY,
        f::VERSION,
    ],
    ..COMMAND
};

const SHOW_CRDS: Command = Command {
    name: "crds",
    operands: "[CHART]",
    short: "show the custom resource definitions",
    arguments: ArgumentRule::Exactly(1),
    flags: &[
        f::CA_FILE,
        f::CERT_FILE,
        f::DEVEL,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::KEY_FILE,
        f::KEYRING,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::REPO,
        f::USERNAME,
        f::VERIFY,
        f::VERSION,
    ],
    ..COMMAND
};

pub(super) const TEMPLATE: Command = Command {
    name: "template",
    operands: "[NAME] [CHART]",
    short: "render a chart without installing it",
    long: text::TEMPLATE,
    arguments: ArgumentRule::AtLeast(1),
    flags: &[
        f::API_VERSIONS,
        f::ATOMIC,
        f::CA_FILE,
        f::CERT_FILE,
        f::CREATE_NAMESPACE,
        f::DEPENDENCY_UPDATE,
        f::DESCRIPTION,
        f::DEVEL,
        f::DISABLE_OPENAPI_VALIDATION,
        f::DRY_RUN_TEMPLATE,
        f::ENABLE_DNS,
        f::FORCE,
        f::FORCE_CONFLICTS,
        f::FORCE_REPLACE,
        f::GENERATE_NAME,
        f::HIDE_NOTES_TEMPLATE,
        f::INCLUDE_CRDS,
        f::INSECURE_SKIP_TLS_VERIFY,
        f::IS_UPGRADE,
        f::KEY_FILE,
        f::KEYRING,
        f::KUBE_VERSION_TEMPLATE,
        f::LABELS,
        f::NAME_TEMPLATE,
        f::NO_HOOKS,
        f::OUTPUT_DIR,
        f::PASS_CREDENTIALS,
        f::PASSWORD,
        f::PLAIN_HTTP,
        f::POST_RENDERER,
        f::POST_RENDERER_ARGS,
        f::RELEASE_NAME,
        f::RENDER_SUBCHART_NOTES_TEMPLATE,
        f::REPLACE,
        f::REPO,
        f::ROLLBACK_ON_FAILURE,
        f::SERVER_SIDE,
        f::SET,
        f::SET_FILE,
        f::SET_JSON,
        f::SET_LITERAL,
        f::SET_STRING,
        f::SHOW_ONLY,
        f::SKIP_CRDS,
        f::SKIP_SCHEMA_VALIDATION,
        f::SKIP_TESTS,
        f::TAKE_OWNERSHIP,
        f::TIMEOUT,
        f::USERNAME,
        f::VALIDATE,
        f::VALUES,
        f::VERIFY,
        f::VERSION,
        f::WAIT,
        f::WAIT_FOR_JOBS,
    ],
    exclusive: &[
        &["force", "force-conflicts"],
        &["force-replace", "force-conflicts"],
        &["validate", "dry-run"],
    ],
    ..COMMAND
};

pub(super) const VERIFY: Command = Command {
    name: "verify",
    operands: "PATH",
    short: "check the signature of a chart",
    arguments: ArgumentRule::Exactly(1),
    flags: &[f::KEYRING],
    ..COMMAND
};
