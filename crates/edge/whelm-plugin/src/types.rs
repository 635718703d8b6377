//! The Go types that Helm reads `plugin.yaml` into: their names are in the texts of errors.

use go_yaml::typed::{Struct, Type};

const TEXTS: Type = Type::List(&Type::String);
const COMMANDS: Type = Type::List(&Type::Struct(&PLATFORM_COMMAND));
const PLATFORM_HOOKS: Type = Type::Named("plugin.PlatformHooks", &Type::Map(&COMMANDS));

/// What tells the format.
pub(crate) static VERSION: Struct = Struct {
    name: "plugin.apiVersion",
    fields: &[("apiVersion", Type::String)],
};

/// The newer format.
pub(crate) static METADATA: Struct = Struct {
    name: "plugin.MetadataV1",
    fields: &[
        ("apiVersion", Type::String),
        ("name", Type::String),
        ("type", Type::String),
        ("runtime", Type::String),
        ("version", Type::String),
        ("sourceURL", Type::String),
        ("config", Type::Map(&Type::Any)),
        ("runtimeConfig", Type::Map(&Type::Any)),
    ],
};

/// The older format.
pub(crate) static LEGACY: Struct = Struct {
    name: "plugin.MetadataLegacy",
    fields: &[
        ("name", Type::String),
        ("version", Type::String),
        ("usage", Type::String),
        ("description", Type::String),
        ("platformCommand", COMMANDS),
        ("command", Type::String),
        ("ignoreFlags", Type::Bool),
        ("platformHooks", PLATFORM_HOOKS),
        ("hooks", Type::Named("plugin.Hooks", &Type::Map(&Type::String))),
        ("downloaders", Type::List(&Type::Struct(&DOWNLOADER))),
    ],
};

static DOWNLOADER: Struct = Struct {
    name: "plugin.Downloaders",
    fields: &[("protocols", TEXTS), ("command", Type::String)],
};

static PLATFORM_COMMAND: Struct = Struct {
    name: "plugin.PlatformCommand",
    fields: &[
        ("os", Type::String),
        ("arch", Type::String),
        ("command", Type::String),
        ("args", TEXTS),
    ],
};

/// The `config` of each type of plugin.
pub(crate) static CONFIGS: [(&str, Struct); 4] = [
    (
        "test/v1",
        Struct {
            name: "schema.ConfigTestV1",
            fields: &[],
        },
    ),
    (
        "cli/v1",
        Struct {
            name: "schema.ConfigCLIV1",
            fields: &[
                ("usage", Type::String),
                ("shortHelp", Type::String),
                ("longHelp", Type::String),
                ("ignoreFlags", Type::Bool),
            ],
        },
    ),
    (
        "getter/v1",
        Struct {
            name: "schema.ConfigGetterV1",
            fields: &[("protocols", TEXTS)],
        },
    ),
    (
        "postrenderer/v1",
        Struct {
            name: "schema.ConfigPostRendererV1",
            fields: &[],
        },
    ),
];

/// The `runtimeConfig` of programs.
pub(crate) static SUBPROCESS: Struct = Struct {
    name: "plugin.RuntimeConfigSubprocess",
    fields: &[
        ("platformCommand", COMMANDS),
        ("platformHooks", PLATFORM_HOOKS),
        ("protocolCommands", Type::List(&Type::Struct(&PROTOCOL_COMMAND))),
    ],
};

static PROTOCOL_COMMAND: Struct = Struct {
    name: "plugin.SubprocessProtocolCommand",
    fields: &[("protocols", TEXTS), ("platformCommand", COMMANDS)],
};

/// The `runtimeConfig` of WebAssembly.
pub(crate) static WASM: Struct = Struct {
    name: "plugin.RuntimeConfigExtismV1",
    fields: &[
        ("memory", Type::Struct(&WASM_MEMORY)),
        ("config", Type::Map(&Type::String)),
        ("allowedHosts", TEXTS),
        ("fileSystem", Type::Struct(&WASM_FILE_SYSTEM)),
        ("timeout", Type::Uint("uint64", 64)),
        ("hostFunctions", TEXTS),
        ("entryFuncName", Type::String),
    ],
};

static WASM_MEMORY: Struct = Struct {
    name: "plugin.RuntimeConfigExtismV1Memory",
    fields: &[
        ("maxPages", Type::Uint("uint32", 32)),
        ("maxHttpResponseBytes", Type::Int("int64", 64)),
        ("maxVarBytes", Type::Int("int64", 64)),
    ],
};

static WASM_FILE_SYSTEM: Struct = Struct {
    name: "plugin.RuntimeConfigExtismV1FileSystem",
    fields: &[("createTempDir", Type::Bool)],
};
