//! YAML reader and writer, byte for byte those of the Go libraries that Helm uses.
//!
//! Charts depend on what go-yaml makes of a text: that `y` is a key named `true`, that `0777` is 511, where a long line is folded,
//! how `line 3: could not find expected ':'` reads. So this crate follows `sigs.k8s.io/yaml` 1.6, which wraps
//! `go.yaml.in/yaml/v2` in a round through JSON, and `go.yaml.in/yaml/v3` 3.0.5.
//!
//! ```
//! let value = go_yaml::to_json_value(b"on: 0x10\nlist: [a, ~]\n")?;
//! assert_eq!(value.get("true"), Some(&go_value::Value::Float(16.0)));
//! assert_eq!(go_yaml::to_yaml(&value)?, b"list:\n- a\n- null\n\"true\": 16\n");
//!
//! let error = go_yaml::to_json_value(b"a: b: c").unwrap_err();
//! assert_eq!(error.to_string(), "yaml: mapping values are not allowed in this context");
//! # Ok::<(), go_yaml::Error>(())
//! ```
//!
//! | Go | here |
//! |---|---|
//! | `yaml.Unmarshal` into an `interface{}` | [`to_json_value`] |
//! | `yaml.Unmarshal`, `yaml.UnmarshalStrict` into a struct | [`read()`] with [`Numbers::Keep`], then [`string_field`] for the texts |
//! | `yaml.Unmarshal` into a small struct, such as the head of a manifest | [`read_head`] |
//! | `yaml.Marshal`, `toYaml` | [`to_yaml`] |
//! | the v3 encoder with an indentation of 2, `toYamlPretty` | [`to_yaml_pretty`] |
//! | `utilyaml.NewYAMLReader` | [`documents()`] |
//! | the v3 decoder into a `Node`, the v3 encoder of one | [`nodes`] |
//! | the v3 decoder into structs, `yaml.Marshal` of v3 | [`typed`] |
//!
//! How it works: a scanner gives tokens that borrow from the text, a parser makes events of them, and a builder makes a value of the
//! events at once. Documents whose structure shows in the indentation of their lines, which are most, go without tokens and parser. Anchors, tags, merge keys and mistakes make the builder give up; then the document is read again into nodes
//! and decoded step by step as go-yaml does it. The value of a scalar that is not its own text is made only when it is wanted. Reading
//! [`nodes`] uses the same scanner for the tokens, but has a parser of its own that collects comments.
//!
//! What it does not do: only the first document of a text is read. Differences on purpose: data nested deeper than
//! [`MAX_DEPTH`] is an error; where Go's answer depends on the order of a hash map (two keys that become one string), the last
//! one wins.

mod base64;
mod documents;
mod error;
mod node;
mod read;
pub mod typed;
mod write;

use go_value::{Str, Value};

pub use documents::{Documents, documents};
pub use error::{Error, ErrorKind};

/// The nodes of yaml.v3: documents with their comments, styles and places, to be changed and written again.
///
/// ```
/// use go_yaml::nodes::{self, Encoder, Layout, Node};
///
/// let mut tree = nodes::read(b"# who\nname: x  # short\n")?.expect("a document");
/// let name = tree.field(tree.top(), b"name").expect("a name");
/// tree[name].value = b"y".to_vec();
/// let mut encoder = Encoder::new(Layout::KYAML);
/// encoder.encode(&tree, tree.root)?;
/// assert_eq!(encoder.finish(), b"# who\nname: y # short\n");
/// # Ok::<(), go_yaml::Error>(())
/// ```
pub mod nodes {
    use crate::Error;
    pub use crate::node::{Comments, Kind, Node, NodeId, Quoting, Style, Tree};
    pub use crate::write::{Encoder, Layout};

    /// Reads the first document of `text`, as yaml.v3's `Decoder` decodes it into a `Node`; `None` when there is none.
    ///
    /// # Errors
    /// Those of the reader and the parser, and aliases that refer to nothing. Duplicate keys are none.
    pub fn read(text: &[u8]) -> Result<Option<Tree>, Error> {
        crate::read::read_nodes(text)
    }

    /// Makes nodes of a value that are written as yaml.v3 writes the value; the keys of maps come in natural order.
    ///
    /// # Errors
    /// Nesting over [`crate::MAX_DEPTH`].
    pub fn of_value(value: &go_value::Value) -> Result<Tree, Error> {
        crate::write::tree_of(value)
    }
}

/// How deeply data may be nested. Go's JSON reader stops at 10000; this is less so that no thread's stack is too
/// small for walking over the data.
pub const MAX_DEPTH: usize = 1000;

/// Which go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `go.yaml.in/yaml/v2`, which `sigs.k8s.io/yaml` wraps.
    V2,
    /// `go.yaml.in/yaml/v3`.
    V3,
}

/// What to do with a key that a map has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The last value wins (`yaml.Unmarshal`).
    LastWins,
    /// They are an error (`yaml.UnmarshalStrict`).
    Refuse,
}

/// What integers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// `float64`, as encoding/json reads numbers into an `interface{}`.
    Float,
    /// They stay [`Value::Int`] or [`Value::Uint`], for filling typed fields.
    Keep,
    /// They stay, and so do NaN and the infinities: a string field takes them for text before JSON sees them.
    KeepAll,
}

/// Reads the first document of `text` as `yaml.Unmarshal` of `sigs.k8s.io/yaml` reads it into an `interface{}`: all numbers
/// are floats, all keys strings, the last of equal keys wins. No document is nil.
///
/// # Errors
/// go-yaml's errors (see [`Error`]), and `json: unsupported value: +Inf` for what JSON cannot hold.
pub fn to_json_value(text: &[u8]) -> Result<Value, Error> {
    read::read(text, Duplicates::LastWins, Numbers::Float)
}

/// Reads like [`to_json_value`] with a choice of what to do with duplicate keys and integers.
///
/// # Errors
/// As for [`to_json_value`]; with [`Duplicates::Refuse`] also
/// `yaml: unmarshal errors:\n  line 3: key "a" already set in map`.
pub fn read(text: &[u8], duplicates: Duplicates, numbers: Numbers) -> Result<Value, Error> {
    read::read(text, duplicates, numbers)
}

/// Checks the whole first document as [`read`] does, with the same errors, but keeps only a few entries of a mapping at
/// the top: those that a Go struct with the JSON fields `wanted` would take, whatever their case. Integers are kept.
///
/// This is for the heads of manifests; it takes a fraction of the time and nearly no memory.
///
/// ```
/// let head = go_yaml::read_head(b"kind: Pod\nspec: {a: [1, 2]}\n", &["kind", "metadata"])?;
/// assert_eq!(head.get("kind").and_then(|kind| kind.as_str()), Some("Pod"));
/// assert!(head.get("spec").is_none());
/// # Ok::<(), go_yaml::Error>(())
/// ```
///
/// # Errors
/// As for [`to_json_value`].
pub fn read_head(text: &[u8], wanted: &[&str]) -> Result<Value, Error> {
    read::read_head(text, wanted)
}

/// Returns the text that `sigs.k8s.io/yaml` stores in a string field of a struct (or in a map with string values) for a
/// scalar read with [`Numbers::Keep`]: numbers and truth values become text there, floats with the digits of a `float32`.
/// `None` for nil, lists and maps.
pub fn string_field(value: &Value) -> Option<Str> {
    read::field_text(value)
}

/// Writes `value` as `yaml.Marshal` of `sigs.k8s.io/yaml` does (Helm's `toYaml` before it cuts the last newline): keys in
/// natural order, lists not indented, lines folded after column 80.
///
/// # Errors
/// NaN and the infinities, control characters U+007F to U+009F, keys over 1024 characters, nesting over [`MAX_DEPTH`].
pub fn to_yaml(value: &Value) -> Result<Vec<u8>, Error> {
    write::to_yaml(value)
}

/// Writes `value` as the encoder of `go.yaml.in/yaml/v3` with an indentation of 2 does (Helm's `toYamlPretty` before it cuts
/// the last newline): lists indented, nothing folded.
///
/// # Errors
/// Nesting over [`MAX_DEPTH`].
pub fn to_yaml_pretty(value: &Value) -> Result<Vec<u8>, Error> {
    write::to_yaml_pretty(value)
}
