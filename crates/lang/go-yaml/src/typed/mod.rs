//! Decoding into Go types, as yaml.v3 does it, with its complaints.
//!
//! ```
//! use go_yaml::typed::{self, Struct, Type, UnknownFields};
//!
//! static METADATA: Struct = Struct {
//!     name: "plugin.Metadata",
//!     fields: &[("name", Type::String), ("ignoreFlags", Type::Bool)],
//! };
//! let read = |text: &str| typed::decode(text.as_bytes(), &Type::Struct(&METADATA), UnknownFields::Refuse);
//!
//! let value = read("name: 1.0\nignoreFlags: yes\n")?.expect("a document");
//! assert_eq!(value.get("name").and_then(|name| name.as_str()), Some("1.0"));
//! assert_eq!(
//!     read("name: [a]\nversion: 1\n").unwrap_err().to_string(),
//!     "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string\n  \
//!      line 2: field version not found in type plugin.Metadata",
//! );
//! # Ok::<(), go_yaml::Error>(())
//! ```

mod data;
mod decode;
mod scalar;
mod time;

use std::borrow::Cow;

use go_value::Value;

use crate::Error;
use crate::node::{NodeId, Tree};
use crate::nodes::{Encoder, Layout};

/// A Go type, as far as Helm's YAML needs it.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `bool`
    Bool,
    /// `string`
    String,
    /// A signed integer type: its name and its bits.
    Int(&'static str, u32),
    /// An unsigned integer type: its name and its bits.
    Uint(&'static str, u32),
    /// `float64`
    Float,
    /// `interface {}`
    Any,
    /// A slice.
    List(&'static Type),
    /// A map with strings as keys.
    Map(&'static Type),
    /// A struct.
    Struct(&'static Struct),
    /// A type with a name of its own, such as `plugin.Hooks`.
    Named(&'static str, &'static Type),
}

/// A struct type.
#[derive(Debug)]
pub struct Struct {
    /// Its name as Go prints it: `plugin.MetadataV1`.
    pub name: &'static str,
    /// The names of the fields in YAML, and their types.
    pub fields: &'static [(&'static str, Type)],
}

/// What to do with keys that are no fields of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFields {
    /// They are left out.
    Ignore,
    /// They are an error (`KnownFields(true)`).
    Refuse,
}

impl Type {
    /// Returns the type as Go prints it.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Type::Bool => "bool".into(),
            Type::String => "string".into(),
            Type::Int(name, _) | Type::Uint(name, _) | Type::Named(name, _) => (*name).into(),
            Type::Float => "float64".into(),
            Type::Any => "interface {}".into(),
            Type::List(item) => format!("[]{}", item.name()).into(),
            Type::Map(value) => format!("map[string]{}", value.name()).into(),
            Type::Struct(known) => known.name.into(),
        }
    }

    /// Returns what stands behind the name of a named type.
    fn underlying(&self) -> &Type {
        match self {
            Type::Named(_, inner) => inner.underlying(),
            _ => self,
        }
    }
}

/// Reads the first document of `text` into a value of the type; `None` when there is none (Go's `EOF`).
///
/// A struct becomes a map that has the fields which were set, nil ones included where nil is possible. Keys of other
/// types than string become text. Dates in an [`Type::Any`] become text in the form of RFC 3339.
///
/// # Errors
/// Those of [`crate::nodes::read`], `yaml: unmarshal errors:\n  line 3: …` with all that does not fit, alias bombs, and
/// nesting over [`crate::MAX_DEPTH`].
pub fn decode(text: &[u8], known: &Type, unknown: UnknownFields) -> Result<Option<Value>, Error> {
    match crate::nodes::read(text)? {
        Some(tree) => decode_node(&tree, tree.root, known, unknown).map(Some),
        None => Ok(None),
    }
}

/// Decodes a node, as [`decode`] does.
///
/// # Errors
/// As for [`decode`].
pub fn decode_node(tree: &Tree, id: NodeId, known: &Type, unknown: UnknownFields) -> Result<Value, Error> {
    decode::decode(tree, id, known, unknown).map(data::Data::into_value)
}

/// Writes a value with `yaml.Marshal` and decodes the text, as Helm does with the parts of plugin.yaml whose type it learns late.
/// The lines of errors are those of that text.
///
/// # Errors
/// As for [`decode`].
pub fn remarshal(value: &Value, known: &Type, unknown: UnknownFields) -> Result<Value, Error> {
    let text = marshal(value)?;
    Ok(decode(&text, known, unknown)?.unwrap_or_default())
}

/// Writes a value as `yaml.Marshal` of yaml.v3 does: four columns for each level.
///
/// # Errors
/// Nesting over [`crate::MAX_DEPTH`].
pub fn marshal(value: &Value) -> Result<Vec<u8>, Error> {
    let tree = crate::nodes::of_value(value)?;
    let mut encoder = Encoder::new(Layout::MARSHAL);
    encoder.encode(&tree, tree.root)?;
    Ok(encoder.finish())
}

/// Decodes a node into a `map[string]interface {}`, and writes that as `json.Marshal` does.
///
/// # Errors
/// As for [`decode`], and encoding/json's: `json: unsupported type: map[interface {}]interface {}` for keys that are no
/// strings, `json: unsupported value: NaN`.
pub fn node_to_json(tree: &Tree, id: NodeId) -> Result<String, Error> {
    let data = decode::decode(tree, id, &Type::Map(&Type::Any), UnknownFields::Ignore)?;
    data::to_json(&data)
}

#[cfg(test)]
mod tests {
    use super::*;

    static COMMAND: Struct = Struct {
        name: "plugin.PlatformCommand",
        fields: &[("os", Type::String), ("args", Type::List(&Type::String))],
    };
    static PLUGIN: Struct = Struct {
        name: "plugin.MetadataV1",
        fields: &[
            ("name", Type::String),
            ("flag", Type::Bool),
            ("size", Type::Uint("uint32", 32)),
            (
                "hooks",
                Type::Named("plugin.Hooks", &Type::Map(&Type::List(&Type::Struct(&COMMAND)))),
            ),
            ("config", Type::Map(&Type::Any)),
        ],
    };

    fn refuse(text: &str) -> String {
        let error = decode(text.as_bytes(), &Type::Struct(&PLUGIN), UnknownFields::Refuse).unwrap_err();
        error.to_string()
    }

    #[test]
    fn all_that_does_not_fit_is_told() {
        assert_eq!(
            refuse("name: {a: b}\nflag: maybe\nsize: -1\nhooks: a rather long text\nx: 1\nconfig: [a]\n"),
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!map into string\n  \
             line 2: cannot unmarshal !!str `maybe` into bool\n  \
             line 3: cannot unmarshal !!int `-1` into uint32\n  \
             line 4: cannot unmarshal !!str `a rathe...` into plugin.Hooks\n  \
             line 5: field x not found in type plugin.MetadataV1\n  \
             line 6: cannot unmarshal !!seq into map[string]interface {}"
        );
        assert_eq!(
            refuse("hooks:\n  install:\n  - os: [a]\n    arch: b\n"),
            "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!seq into string\n  \
             line 4: field arch not found in type plugin.PlatformCommand"
        );
        assert_eq!(
            refuse("name: a\nname: b\n"),
            "yaml: unmarshal errors:\n  line 2: mapping key \"name\" already defined at line 1"
        );
        assert_eq!(refuse("name: *a\n"), "yaml: unknown anchor 'a' referenced");
    }

    #[test]
    fn late_types_complain_about_the_lines_of_the_text_between() {
        let config = crate::to_json_value(b"z: 1\nb: {c: d}\n").unwrap();
        let known = Type::Struct(&COMMAND);
        assert_eq!(
            remarshal(&config, &known, UnknownFields::Refuse)
                .unwrap_err()
                .to_string(),
            "yaml: unmarshal errors:\n  line 1: field b not found in type plugin.PlatformCommand\n  \
             line 3: field z not found in type plugin.PlatformCommand"
        );
    }

    #[test]
    fn equal_keys_are_told_within_reason() {
        let text = "a: 1\n".repeat(5000);
        let told = refuse(&text);
        let mut lines = told.lines().skip(1);
        for second in 2..=1001 {
            let line = format!("  line {second}: mapping key \"a\" already defined at line 1");
            assert_eq!(lines.next(), Some(line.as_str()));
        }
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn bombs_are_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..20 {
            let list = vec![format!("*a{}", level - 1); 9].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        let read = |text: &str| decode(text.as_bytes(), &Type::Any, UnknownFields::Ignore).unwrap_err();
        assert_eq!(read(&text).to_string(), "yaml: document contains excessive aliasing");
        assert_eq!(read("&a [*a]").to_string(), "yaml: anchor 'a' value contains itself");
        assert_eq!(
            read(&"[".repeat(1100).replace('[', "- ")).to_string(),
            "exceeded max depth"
        );
    }
}
