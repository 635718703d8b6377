//! `plugin.yaml`, as far as finding and running post-renderers needs it.

use go_semver::Version;
use go_value::strconv::quote;
use go_value::{Map, Value};
use go_yaml::typed::{self, Struct, Type, UnknownFields};

use crate::{Error, PlatformCommand, types};

/// What a plugin says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is, such as `postrenderer/v1`.
    pub plugin_type: String,
    /// How it runs.
    pub runtime: Runtime,
}

/// How a plugin runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// As a program.
    Subprocess(Vec<PlatformCommand>),
    /// As WebAssembly.
    Wasm,
}

impl Default for Runtime {
    fn default() -> Self {
        Runtime::Subprocess(Vec::new())
    }
}

impl Manifest {
    /// Reads a manifest of either format.
    ///
    /// # Errors
    /// Helm's text of what is wrong.
    ///
    /// Source: Helm 4.3.1, `internal/plugin/loader.go`, `metadata.go`, `metadata_v1.go` and `metadata_legacy.go`.
    pub fn parse(text: &[u8]) -> Result<Manifest, Error> {
        let version = decode(text, &types::VERSION, UnknownFields::Ignore)
            .map_err(|error| Error::new(format!("failed to peek plugin.yaml API version: {error}")))?;
        match field(&version, "apiVersion").as_str() {
            "" => legacy(&decode(text, &types::LEGACY, UnknownFields::Ignore)?),
            "v1" => v1(&decode(text, &types::METADATA, UnknownFields::Refuse)?),
            other => Err(Error::new(format!(
                "invalid plugin apiVersion: {}",
                quote(other.as_bytes())
            ))),
        }
    }
}

fn decode(text: &[u8], known: &'static Struct, unknown: UnknownFields) -> Result<Value, Error> {
    match typed::decode(text, &Type::Struct(known), unknown) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(Error::new("EOF")),
        Err(error) => Err(Error::new(error.to_string())),
    }
}

fn text(value: &Value) -> String {
    value
        .as_string()
        .map(|text| text.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Returns a field of a struct; an empty text when it was not set.
fn field(value: &Value, name: &str) -> String {
    value.get(name).map(text).unwrap_or_default()
}

/// Returns the items of a list in a struct.
fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_list).unwrap_or_default()
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    items(value, name).iter().map(text).collect()
}

fn commands(value: &Value) -> Vec<PlatformCommand> {
    let command = |command: &Value| PlatformCommand {
        os: field(command, "os"),
        arch: field(command, "arch"),
        command: field(command, "command"),
        args: texts(command, "args"),
    };
    items(value, "platformCommand").iter().map(command).collect()
}

fn v1(file: &Value) -> Result<Manifest, Error> {
    let manifest = Manifest {
        name: field(file, "name"),
        version: field(file, "version"),
        plugin_type: field(file, "type"),
        runtime: Runtime::default(),
    };
    let runtime = field(file, "runtime");
    let fail = |text: String| Err(Error::new(text));
    if !is_name(&manifest.name) {
        return fail("invalid plugin `name`".to_owned());
    }
    if manifest.version.is_empty() {
        return fail("plugin `version` is required".to_owned());
    }
    if Version::parse_strict(&manifest.version).is_err() {
        let version = quote(manifest.version.as_bytes());
        return fail(format!("invalid plugin `version` {version}: must be valid semver"));
    }
    if manifest.plugin_type.is_empty() {
        return fail("`type` missing".to_owned());
    }
    if runtime.is_empty() {
        return fail("`runtime` missing".to_owned());
    }
    let (config, runtime) = convert(&manifest, file, &runtime)
        .map_err(|error| Error::new(format!("failed to convert MetadataV1 to Metadata: {error}")))?;
    if manifest.plugin_type == "getter/v1" {
        check_protocols(&texts(&config, "protocols"))?;
    }
    Ok(Manifest { runtime, ..manifest })
}

/// Reads the parts whose types depend on the rest.
fn convert(manifest: &Manifest, file: &Value, runtime: &str) -> Result<(Value, Runtime), Error> {
    let name = manifest.plugin_type.as_str();
    let Some((_, known)) = types::CONFIGS.iter().find(|(known, _)| *known == name) else {
        return Err(Error::new(format!("unknown plugin type {}", quote(name.as_bytes()))));
    };
    let config = part(file, "config", known, UnknownFields::Refuse)?;
    let failed = |error: Error| {
        Error::new(format!(
            "failed to unmarshal runtimeConfig for {runtime} runtime: {error}"
        ))
    };
    let read = |known| part(file, "runtimeConfig", known, UnknownFields::Ignore).map_err(failed);
    let runtime = match runtime {
        "subprocess" => Runtime::Subprocess(commands(&read(&types::SUBPROCESS)?)),
        "extism/v1" => {
            read(&types::WASM)?;
            Runtime::Wasm
        }
        other => {
            let name = quote(other.as_bytes());
            return Err(Error::new(format!("unsupported plugin runtime type: {name}")));
        }
    };
    Ok((config, runtime))
}

/// Reads a part of a manifest again, now that its type is known.
fn part(file: &Value, name: &str, known: &'static Struct, unknown: UnknownFields) -> Result<Value, Error> {
    let part = match file.get(name) {
        Some(Value::Map(map)) => Value::Map(map.clone()),
        _ => Value::Map(Map::new()),
    };
    typed::remarshal(&part, &Type::Struct(known), unknown).map_err(|error| Error::new(error.to_string()))
}

fn check_protocols(protocols: &[String]) -> Result<(), Error> {
    let problem = match protocols.iter().position(String::is_empty) {
        _ if protocols.is_empty() => "getter has no protocols".to_owned(),
        Some(at) => format!("getter has empty protocol at index {at}"),
        None => return Ok(()),
    };
    Err(Error::new(format!("config validation failed: {problem}")))
}

/// Plugins of the older format are verbs or download something.
fn legacy(file: &Value) -> Result<Manifest, Error> {
    let downloaders = items(file, "downloaders");
    let manifest = Manifest {
        name: field(file, "name"),
        version: field(file, "version"),
        plugin_type: if downloaders.is_empty() { "cli/v1" } else { "getter/v1" }.to_owned(),
        runtime: Runtime::Subprocess(legacy_commands(file)),
    };
    if !is_name(&manifest.name) {
        let name = quote(manifest.name.as_bytes());
        let rule = "must contain only a-z, A-Z, 0-9, _ and -";
        return Err(Error::new(format!("invalid plugin name {name}: {rule}")));
    }
    if !manifest.version.is_empty() && Version::parse_strict(&manifest.version).is_err() {
        let version = quote(manifest.version.as_bytes());
        return Err(Error::new(format!(
            "invalid plugin version {version}: must be valid semver"
        )));
    }
    if !items(file, "platformCommand").is_empty() && !field(file, "command").is_empty() {
        return Err(Error::new("both platformCommand and command are set"));
    }
    let has_entries = |name| {
        file.get(name)
            .and_then(Value::as_map)
            .is_some_and(|map| !map.is_empty())
    };
    if has_entries("platformHooks") && has_entries("hooks") {
        return Err(Error::new("both platformHooks and hooks are set"));
    }
    for (at, downloader) in downloaders.iter().enumerate() {
        check_downloader(at, downloader)?;
    }
    Ok(manifest)
}

fn legacy_commands(file: &Value) -> Vec<PlatformCommand> {
    let commands = commands(file);
    let command = field(file, "command");
    if !commands.is_empty() || command.is_empty() {
        return commands;
    }
    vec![PlatformCommand {
        command,
        ..PlatformCommand::default()
    }]
}

fn check_downloader(at: usize, downloader: &Value) -> Result<(), Error> {
    let protocols = texts(downloader, "protocols");
    let problem = match protocols.iter().position(String::is_empty) {
        _ if field(downloader, "command").is_empty() => "has empty command".to_owned(),
        _ if protocols.is_empty() => "has no protocols".to_owned(),
        Some(index) => format!("has empty protocol at index {index}"),
        None => return Ok(()),
    };
    Err(Error::new(format!("downloader {at} {problem}")))
}

fn is_name(name: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !name.is_empty() && name.bytes().all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\nruntimeConfig:\n  \
                        platformCommand:\n  - command: cat\n    args: [-u, 1]\n";

    // P-001
    #[test]
    fn p_001_of_the_newer_format() {
        let manifest = Manifest::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(
            (manifest.name.as_str(), manifest.plugin_type.as_str()),
            ("x", "postrenderer/v1")
        );
        let Runtime::Subprocess(commands) = manifest.runtime else {
            panic!()
        };
        assert_eq!(
            (commands[0].command.as_str(), commands[0].args.as_slice()),
            ("cat", &["-u".to_owned(), "1".to_owned()][..])
        );
        for (from, to, text) in [
            ("v1", "v2", "invalid plugin apiVersion: \"v2\""),
            ("name: x", "name: x.y", "invalid plugin `name`"),
            ("1.0.0", "1.0", "invalid plugin `version` \"1.0\": must be valid semver"),
            ("version: 1.0.0\n", "", "plugin `version` is required"),
            ("type: postrenderer/v1\n", "", "`type` missing"),
            ("runtime: subprocess\n", "", "`runtime` missing"),
            (
                "type: postrenderer/v1",
                "type: x",
                "failed to convert MetadataV1 to Metadata: unknown plugin type \"x\"",
            ),
            (
                "runtime: subprocess",
                "runtime: x",
                "failed to convert MetadataV1 to Metadata: unsupported plugin runtime type: \"x\"",
            ),
            (
                "name: x\n",
                "name: x\nmore: 1\n",
                "yaml: unmarshal errors:\n  line 3: field more not found in type plugin.MetadataV1",
            ),
        ] {
            let error = Manifest::parse(GOOD.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), text);
        }
    }

    // P-002
    #[test]
    fn p_002_of_the_older_format() {
        let manifest = Manifest::parse(b"name: old\ncommand: x\nwhatever: 1\n").unwrap();
        assert_eq!(manifest.plugin_type, "cli/v1");
        let getter = Manifest::parse(b"name: old\ndownloaders: [{protocols: [x], command: y}]\n").unwrap();
        assert_eq!(getter.plugin_type, "getter/v1");
        let error = Manifest::parse(b"name: old\ncommand: x\nplatformCommand: [{command: y}]\n").unwrap_err();
        assert_eq!(error.to_string(), "both platformCommand and command are set");
    }
}
