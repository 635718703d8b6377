//! `plugin.yaml`, as far as finding and running post-renderers needs it.

use go_semver::Version;
use go_value::strconv::quote;
use go_yaml::nodes::{self, Kind, Node, NodeId, Tree};

use crate::{Error, PlatformCommand};

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

const FIELDS: [&str; 8] = [
    "apiVersion",
    "name",
    "type",
    "runtime",
    "version",
    "sourceURL",
    "config",
    "runtimeConfig",
];

const TYPES: [&str; 4] = ["test/v1", "cli/v1", "getter/v1", "postrenderer/v1"];

impl Manifest {
    /// Reads a manifest of either format.
    ///
    /// # Errors
    /// Helm's text of what is wrong.
    pub fn parse(text: &[u8]) -> Result<Manifest, Error> {
        let failed = |why: String| Error::new(format!("failed to peek plugin.yaml API version: {why}"));
        let tree = nodes::read(text).map_err(|error| failed(error.to_string()))?;
        let tree = tree.ok_or_else(|| failed("EOF".to_owned()))?;
        let file = Fields {
            tree: &tree,
            node: tree.top(),
        };
        match file.text("apiVersion").as_str() {
            "" => legacy(&file),
            "v1" => v1(&file),
            other => Err(Error::new(format!(
                "invalid plugin apiVersion: {}",
                quote(other.as_bytes())
            ))),
        }
    }
}

/// A map in a file.
struct Fields<'a> {
    tree: &'a Tree,
    node: NodeId,
}

impl Fields<'_> {
    /// The node, or the one that it refers to.
    fn node(&self) -> &Node {
        let node = &self.tree[self.tree.inner(self.node)];
        node.alias.map_or(node, |target| &self.tree[target])
    }

    fn field(&self, name: &str) -> Option<Fields<'_>> {
        let node = self.tree.field(self.node, name.as_bytes())?;
        let fields = Fields { tree: self.tree, node };
        (!self.tree[node].is_null()).then_some(fields)
    }

    /// A scalar as it is written; empty for anything else.
    fn own_text(&self) -> String {
        let node = self.node();
        match node.kind {
            Kind::Scalar if !node.is_null() => String::from_utf8_lossy(&node.value).into_owned(),
            _ => String::new(),
        }
    }

    fn text(&self, name: &str) -> String {
        self.field(name).map(|field| field.own_text()).unwrap_or_default()
    }

    /// The items of a list; none of anything else.
    fn items(&self) -> Vec<Fields<'_>> {
        let node = self.node();
        if node.kind != Kind::Sequence {
            return Vec::new();
        }
        let tree = self.tree;
        node.content.iter().map(|node| Fields { tree, node: *node }).collect()
    }

    /// The keys of a map with their lines.
    fn keys(&self) -> Vec<(usize, String)> {
        let node = self.node();
        if node.kind != Kind::Mapping {
            return Vec::new();
        }
        let keys = node.content.iter().step_by(2).map(|key| &self.tree[*key]);
        keys.map(|key| (key.line, String::from_utf8_lossy(&key.value).into_owned()))
            .collect()
    }
}

fn v1(file: &Fields<'_>) -> Result<Manifest, Error> {
    refuse_unknown(file)?;
    let manifest = Manifest {
        name: file.text("name"),
        version: file.text("version"),
        plugin_type: file.text("type"),
        runtime: Runtime::default(),
    };
    let runtime = file.text("runtime");
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
    convert(manifest, file, &runtime)
        .map_err(|error| Error::new(format!("failed to convert MetadataV1 to Metadata: {error}")))
}

fn convert(manifest: Manifest, file: &Fields<'_>, runtime: &str) -> Result<Manifest, Error> {
    if !TYPES.contains(&manifest.plugin_type.as_str()) {
        let name = quote(manifest.plugin_type.as_bytes());
        return Err(Error::new(format!("unknown plugin type {name}")));
    }
    let runtime = match runtime {
        "subprocess" => Runtime::Subprocess(commands(file)),
        "extism/v1" => Runtime::Wasm,
        other => {
            let name = quote(other.as_bytes());
            return Err(Error::new(format!("unsupported plugin runtime type: {name}")));
        }
    };
    Ok(Manifest { runtime, ..manifest })
}

/// Plugins of the older format are verbs or download something.
fn legacy(file: &Fields<'_>) -> Result<Manifest, Error> {
    let downloads = file.field("downloaders").is_some_and(|list| !list.items().is_empty());
    let manifest = Manifest {
        name: file.text("name"),
        version: file.text("version"),
        plugin_type: if downloads { "getter/v1" } else { "cli/v1" }.to_owned(),
        runtime: Runtime::default(),
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
    for (new, old) in [("platformCommand", "command"), ("platformHooks", "hooks")] {
        if file.field(new).is_some() && file.field(old).is_some() {
            return Err(Error::new(format!("both {new} and {old} are set")));
        }
    }
    Ok(manifest)
}

fn is_name(name: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !name.is_empty() && name.bytes().all(part)
}

/// Helm takes the newer format by the letter.
fn refuse_unknown(file: &Fields<'_>) -> Result<(), Error> {
    let unknown = file
        .keys()
        .into_iter()
        .filter(|(_, key)| !FIELDS.contains(&key.as_str()));
    let problems: String = unknown
        .map(|(line, key)| format!("\n  line {line}: field {key} not found in type plugin.MetadataV1"))
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::new(format!("yaml: unmarshal errors:{problems}")))
}

fn commands(file: &Fields<'_>) -> Vec<PlatformCommand> {
    let Some(config) = file.field("runtimeConfig") else {
        return Vec::new();
    };
    let Some(list) = config.field("platformCommand") else {
        return Vec::new();
    };
    let commands = list.items().into_iter().map(|command| PlatformCommand {
        os: command.text("os"),
        arch: command.text("arch"),
        command: command.text("command"),
        args: command
            .field("args")
            .map(|args| args.items().iter().map(Fields::own_text).collect())
            .unwrap_or_default(),
    });
    commands.collect()
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
