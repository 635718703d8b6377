//! The embedded cluster. Helm has none, so that lists of commands leave these out.

use super::flags as f;
use super::text;
use crate::command::{ArgumentRule, COMMAND, Command};
use crate::flag::{Flag, Kind};

pub(super) const SANDBOX: Command = Command {
    name: "sandbox",
    short: "serve and look after the embedded cluster",
    long: text::SANDBOX,
    hidden: true,
    runnable: false,
    commands: &[
        SANDBOX_ADVANCE,
        SANDBOX_DUMP,
        SANDBOX_RESET,
        SANDBOX_SERVE,
        SANDBOX_STATUS,
    ],
    ..COMMAND
};

const SANDBOX_ADVANCE: Command = Command {
    name: "advance",
    operands: "TIME",
    short: "put the cluster's clock forward, such as by 1h30m",
    arguments: ArgumentRule::Exactly(1),
    ..COMMAND
};

const SANDBOX_DUMP: Command = Command {
    name: "dump",
    short: "write all objects of the cluster",
    arguments: ArgumentRule::AtMost(0),
    flags: &[Flag::of(Kind::Format, "output", "yaml", "output format: json or yaml").short(b'o')],
    ..COMMAND
};

const SANDBOX_RESET: Command = Command {
    name: "reset",
    short: "delete the cluster; the next command starts a new one",
    arguments: ArgumentRule::AtMost(0),
    ..COMMAND
};

const SANDBOX_SERVE: Command = Command {
    name: "serve",
    operands: "[-- COMMAND...]",
    short: "serve the cluster on a loopback port, for kubectl and others",
    long: text::SANDBOX_SERVE,
    flags: &[
        Flag::string("authorization", "who may do what: none (everybody everything) or rbac").default_text("none"),
        Flag::string(
            "kubeconfig-out",
            "write the kubeconfig to this file instead of standard output",
        ),
        Flag::string("listen", "address and port to serve on; port 0 is any free one").default_text("127.0.0.1:0"),
        Flag::string("scenario", "file that says what Pods do and which requests go wrong"),
        Flag::of(
            Kind::StringArray,
            "token",
            "[]",
            "a user, as TOKEN=USER[,GROUP...]; needs --authorization=rbac (repeatable)",
        ),
    ],
    ..COMMAND
};

const SANDBOX_STATUS: Command = Command {
    name: "status",
    short: "show where the cluster's state is and what is in it",
    arguments: ArgumentRule::AtMost(0),
    flags: &[f::OUTPUT],
    ..COMMAND
};
