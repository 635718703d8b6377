//! YAML into the structs of the chart, as `sigs.k8s.io/yaml` and `encoding/json` do it together.
//!
//! The library looks at the type of the target first: a number or bool that is going into a string becomes that
//! string. Then the JSON decoder matches keys without regard to case, goes on after a value of a wrong type, and
//! reports the first such value in the order of the keys. What was in the target before stays where nothing new is
//! said, down into the items of lists.

use std::collections::BTreeMap;

use go_value::strconv::{FloatForm, format_float, quote};
use go_value::{Map, Value};

use crate::rfc3339;
use crate::yaml;
use crate::{Dependency, Lock, Maintainer, Metadata};

/// Which of Helm's two families of chart types is being read; it shows in the texts of errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// `apiVersion: v1` and `v2`.
    #[default]
    V2,
    /// `apiVersion: v3`.
    V3,
}

impl Generation {
    fn package(self) -> &'static str {
        match self {
            Generation::V2 => "v2",
            Generation::V3 => "v3",
        }
    }
}

/// The type of a target, as far as it decides how YAML scalars are taken.
enum Shape {
    Any,
    String,
    Struct(&'static [(&'static str, Shape)]),
    List(&'static Shape),
    Map(&'static Shape),
}

const STRINGS: Shape = Shape::List(&Shape::String);

const MAINTAINER: Shape = Shape::Struct(&[
    ("name", Shape::String),
    ("email", Shape::String),
    ("url", Shape::String),
]);

const DEPENDENCY: Shape = Shape::Struct(&[
    ("name", Shape::String),
    ("version", Shape::String),
    ("repository", Shape::String),
    ("condition", Shape::String),
    ("tags", STRINGS),
    ("enabled", Shape::Any),
    ("import-values", Shape::Any),
    ("alias", Shape::String),
]);

const METADATA: Shape = Shape::Struct(&[
    ("name", Shape::String),
    ("home", Shape::String),
    ("sources", STRINGS),
    ("version", Shape::String),
    ("description", Shape::String),
    ("keywords", STRINGS),
    ("maintainers", Shape::List(&MAINTAINER)),
    ("icon", Shape::String),
    ("apiVersion", Shape::String),
    ("condition", Shape::String),
    ("tags", Shape::String),
    ("appVersion", Shape::String),
    ("deprecated", Shape::Any),
    ("annotations", Shape::Map(&Shape::String)),
    ("kubeVersion", Shape::String),
    ("dependencies", Shape::List(&DEPENDENCY)),
    ("type", Shape::String),
]);

const LOCK: Shape = Shape::Struct(&[
    ("generated", Shape::Any),
    ("digest", Shape::String),
    ("dependencies", Shape::List(&DEPENDENCY)),
]);

const CHART_BASE: Shape = Shape::Struct(&[("apiVersion", Shape::String)]);

/// Reads `Chart.yaml` or `requirements.yaml` into `metadata`, on top of what is there.
///
/// # Errors
/// The text of the YAML library. `metadata` then has what could be read.
pub fn decode_metadata(text: &[u8], metadata: &mut Metadata, generation: Generation) -> Result<(), String> {
    let value = prepare(text, &METADATA)?;
    let mut decoder = Decoder::new(generation);
    decoder.metadata(&value, metadata);
    decoder.finish()
}

/// Reads `Chart.yaml` and accepts neither fields that there are not nor keys that are there twice.
///
/// # Errors
/// The text of the YAML library: `error unmarshaling JSON: while decoding JSON: json: unknown field "engine"`.
pub fn decode_metadata_strict(text: &[u8]) -> Result<Metadata, String> {
    let mut value = yaml::read_strict(text)?;
    coerce(&mut value, &METADATA);
    yaml::through_json(&mut value)?;
    let mut metadata = Metadata::default();
    let mut decoder = Decoder {
        strict: true,
        ..Decoder::new(Generation::V2)
    };
    decoder.metadata(&value, &mut metadata);
    decoder.finish().map(|()| metadata)
}

/// Reads `Chart.lock` or `requirements.lock`; `None` when the file says nothing.
///
/// # Errors
/// The text of the YAML library.
pub fn decode_lock(text: &[u8], generation: Generation) -> Result<Option<Lock>, String> {
    let value = prepare(text, &LOCK)?;
    if value.is_nil() {
        return Ok(None);
    }
    let mut lock = Lock::default();
    let mut decoder = Decoder::new(generation);
    decoder.lock(&value, &mut lock);
    decoder.finish().map(|()| Some(lock))
}

/// Reads only the `apiVersion` out of `Chart.yaml`, empty when it is missing.
///
/// # Errors
/// The text of the YAML library.
pub fn decode_api_version(text: &[u8]) -> Result<String, String> {
    let value = prepare(text, &CHART_BASE)?;
    let mut version = String::new();
    let mut decoder = Decoder::new(Generation::V2);
    decoder.object(
        &value,
        "chartBase",
        "loader.chartBase".into(),
        &mut version,
        |decoder, name, value, version| match name {
            "apiversion" => decoder.field("apiVersion", |decoder| decoder.string(value, version)),
            _ => false,
        },
    );
    decoder.finish().map(|()| version)
}

fn prepare(text: &[u8], shape: &Shape) -> Result<Value, String> {
    let mut value = yaml::read(text)?;
    coerce(&mut value, shape);
    yaml::through_json(&mut value)?;
    Ok(value)
}

/// Turns numbers and bools into strings where the target is a string.
fn coerce(value: &mut Value, shape: &Shape) {
    match (value, shape) {
        (Value::Map(entries), Shape::Struct(fields)) => {
            for (key, value) in entries.iter_mut() {
                let folded = fold(key);
                let field = fields.iter().find(|(name, _)| folded == name.to_ascii_lowercase());
                coerce(value, field.map_or(&Shape::Any, |(_, shape)| shape));
            }
        }
        (Value::Map(entries), Shape::Map(shape)) => entries.values_mut().for_each(|value| coerce(value, shape)),
        (Value::List(items), Shape::List(shape)) => items.iter_mut().for_each(|value| coerce(value, shape)),
        (value, Shape::String) => {
            let text = match value {
                Value::Bool(value) => value.to_string(),
                Value::Int(number) => number.to_string(),
                Value::Uint(number) => number.to_string(),
                Value::Float(number) => short_float(*number),
                _ => return,
            };
            *value = Value::Str(text.into());
        }
        _ => {}
    }
}

/// Writes a float as `strconv.FormatFloat(number, 'g', -1, 32)`: by way of a float32.
fn short_float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let narrow = number as f32;
    if narrow.is_infinite() {
        return if narrow > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    // The shortest digits that read back as this float32 are the digits of a float64 that prints the same way.
    let digits: f64 = format!("{narrow:e}").parse().unwrap_or(number);
    format_float(digits, FloatForm::General, None)
}

/// Folds the case of a key as `encoding/json` does; the two letters outside ASCII that fold into it are `ſ` and the
/// Kelvin sign.
fn fold(key: &[u8]) -> String {
    let folded = |rune: char| match rune {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        rune => rune.to_ascii_lowercase(),
    };
    go_value::utf8::runes(key).map(|(_, rune)| folded(rune)).collect()
}

/// A run of the JSON decoder: where it is and what went wrong first.
struct Decoder {
    generation: Generation,
    /// Fields that there are not are an error.
    strict: bool,
    structure: &'static str,
    path: Vec<&'static str>,
    mismatch: Option<String>,
    fatal: Option<String>,
}

impl Decoder {
    fn new(generation: Generation) -> Self {
        Decoder {
            generation,
            strict: false,
            structure: "",
            path: Vec::new(),
            mismatch: None,
            fatal: None,
        }
    }

    fn finish(self) -> Result<(), String> {
        match self.fatal.or(self.mismatch) {
            Some(error) => Err(format!("error unmarshaling JSON: while decoding JSON: {error}")),
            None => Ok(()),
        }
    }

    /// Notes that `value` does not fit, unless something before it did not.
    fn mismatch(&mut self, value: &Value, go_type: &str) {
        if self.mismatch.is_some() {
            return;
        }
        let kind = match value {
            Value::Nil => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => "number",
            Value::Str(_) => "string",
            Value::List(_) => "array",
            Value::Map(_) => "object",
        };
        self.mismatch = Some(if self.structure.is_empty() {
            format!("json: cannot unmarshal {kind} into Go value of type {go_type}")
        } else {
            let (structure, path) = (self.structure, self.path.join("."));
            format!("json: cannot unmarshal {kind} into Go struct field {structure}.{path} of type {go_type}")
        });
    }

    fn type_name(&self, name: &str) -> String {
        format!("{}.{name}", self.generation.package())
    }

    /// Walks over the keys of a struct's object; `assign` gets the key in lower case.
    fn object<T>(
        &mut self,
        value: &Value,
        structure: &'static str,
        go_type: String,
        target: &mut T,
        assign: impl Fn(&mut Self, &str, &Value, &mut T) -> bool,
    ) {
        match value {
            Value::Nil => {}
            Value::Map(entries) => {
                let outer = std::mem::replace(&mut self.structure, structure);
                for (key, value) in entries {
                    if self.fatal.is_some() {
                        break;
                    }
                    let is_known = assign(self, &fold(key), value, target);
                    if !is_known && self.strict && self.mismatch.is_none() {
                        self.mismatch = Some(format!("json: unknown field {}", quote(key)));
                    }
                }
                self.structure = outer;
            }
            other => self.mismatch(other, &go_type),
        }
    }

    /// Reads a field; true, for a field that there is.
    fn field(&mut self, name: &'static str, decode: impl FnOnce(&mut Self)) -> bool {
        self.path.push(name);
        decode(self);
        self.path.pop();
        true
    }

    fn metadata(&mut self, value: &Value, target: &mut Metadata) {
        let go_type = self.type_name("Metadata");
        self.object(
            value,
            "Metadata",
            go_type,
            target,
            |this, key, value, target| match key {
                "name" => this.field("name", |this| this.string(value, &mut target.name)),
                "home" => this.field("home", |this| this.string(value, &mut target.home)),
                "sources" => this.field("sources", |this| this.strings(value, &mut target.sources)),
                "version" => this.field("version", |this| this.string(value, &mut target.version)),
                "description" => this.field("description", |this| this.string(value, &mut target.description)),
                "keywords" => this.field("keywords", |this| this.strings(value, &mut target.keywords)),
                "maintainers" => this.field("maintainers", |this| {
                    this.pointers(value, "Maintainer", &mut target.maintainers, Self::maintainer);
                }),
                "icon" => this.field("icon", |this| this.string(value, &mut target.icon)),
                "apiversion" => this.field("apiVersion", |this| this.string(value, &mut target.api_version)),
                "condition" => this.field("condition", |this| this.string(value, &mut target.condition)),
                "tags" => this.field("tags", |this| this.string(value, &mut target.tags)),
                "appversion" => this.field("appVersion", |this| this.string(value, &mut target.app_version)),
                "deprecated" => this.field("deprecated", |this| this.bool(value, &mut target.deprecated)),
                "annotations" => this.field("annotations", |this| this.annotations(value, &mut target.annotations)),
                "kubeversion" => this.field("kubeVersion", |this| this.string(value, &mut target.kube_version)),
                "dependencies" => this.field("dependencies", |this| {
                    this.pointers(value, "Dependency", &mut target.dependencies, Self::dependency);
                }),
                "type" => this.field("type", |this| this.string(value, &mut target.chart_type)),
                _ => false,
            },
        );
    }

    fn maintainer(&mut self, value: &Value, target: &mut Maintainer) {
        let go_type = self.type_name("Maintainer");
        self.object(
            value,
            "Maintainer",
            go_type,
            target,
            |this, key, value, target| match key {
                "name" => this.field("name", |this| this.string(value, &mut target.name)),
                "email" => this.field("email", |this| this.string(value, &mut target.email)),
                "url" => this.field("url", |this| this.string(value, &mut target.url)),
                _ => false,
            },
        );
    }

    fn dependency(&mut self, value: &Value, target: &mut Dependency) {
        let go_type = self.type_name("Dependency");
        self.object(
            value,
            "Dependency",
            go_type,
            target,
            |this, key, value, target| match key {
                "name" => this.field("name", |this| this.string(value, &mut target.name)),
                "version" => this.field("version", |this| this.string(value, &mut target.version)),
                "repository" => this.field("repository", |this| this.string(value, &mut target.repository)),
                "condition" => this.field("condition", |this| this.string(value, &mut target.condition)),
                "tags" => this.field("tags", |this| this.strings(value, &mut target.tags)),
                "enabled" => this.field("enabled", |this| this.bool(value, &mut target.enabled)),
                "import-values" => this.field("import-values", |this| this.any_list(value, &mut target.import_values)),
                "alias" => this.field("alias", |this| this.string(value, &mut target.alias)),
                _ => false,
            },
        );
    }

    fn lock(&mut self, value: &Value, target: &mut Lock) {
        let go_type = self.type_name("Lock");
        self.object(value, "Lock", go_type, target, |this, key, value, target| match key {
            "generated" => this.time(value, &mut target.generated),
            "digest" => this.field("digest", |this| this.string(value, &mut target.digest)),
            "dependencies" => this.field("dependencies", |this| {
                this.pointers(value, "Dependency", &mut target.dependencies, Self::dependency);
            }),
            _ => false,
        });
    }

    fn string(&mut self, value: &Value, target: &mut String) {
        match value {
            Value::Nil => {}
            Value::Str(text) => *target = text.to_string_lossy().into_owned(),
            other => self.mismatch(other, "string"),
        }
    }

    fn bool(&mut self, value: &Value, target: &mut bool) {
        match value {
            Value::Nil => {}
            Value::Bool(value) => *target = *value,
            other => self.mismatch(other, "bool"),
        }
    }

    /// A Go time reads itself; what it does not like ends the whole run.
    fn time(&mut self, value: &Value, target: &mut String) -> bool {
        match value {
            Value::Nil => {}
            Value::Str(text) => match rfc3339::normalise(&text.to_string_lossy()) {
                Ok(time) => *target = time,
                Err(error) => self.fatal = Some(error),
            },
            _ => self.fatal = Some("Time.UnmarshalJSON: input is not a JSON string".to_owned()),
        }
        true
    }

    fn annotations(&mut self, value: &Value, target: &mut Option<BTreeMap<String, String>>) {
        match value {
            Value::Nil => *target = None,
            Value::Map(entries) => {
                let target = target.get_or_insert_default();
                for (key, value) in entries {
                    let mut text = String::new();
                    self.string(value, &mut text);
                    target.insert(key.to_string_lossy().into_owned(), text);
                }
            }
            other => self.mismatch(other, "map[string]string"),
        }
    }

    fn any_list(&mut self, value: &Value, target: &mut Option<Vec<Value>>) {
        match value {
            Value::Nil => *target = None,
            Value::List(items) => *target = Some(items.clone()),
            other => self.mismatch(other, "[]interface {}"),
        }
    }

    fn strings(&mut self, value: &Value, target: &mut Option<Vec<String>>) {
        self.list(value, "[]string", target, |this, value, target| {
            this.string(value, target)
        });
    }

    /// A list of pointers: `null` empties an item, anything else is read into what is there.
    fn pointers<T: Default>(
        &mut self,
        value: &Value,
        name: &str,
        target: &mut Option<Vec<Option<T>>>,
        decode: impl Fn(&mut Self, &Value, &mut T),
    ) {
        let go_type = format!("[]*{}", self.type_name(name));
        self.list(value, &go_type, target, |this, value, item| match value {
            Value::Nil => *item = None,
            value => decode(this, value, item.get_or_insert_default()),
        });
    }

    fn list<T: Default>(
        &mut self,
        value: &Value,
        go_type: &str,
        target: &mut Option<Vec<T>>,
        decode: impl Fn(&mut Self, &Value, &mut T),
    ) {
        match value {
            Value::Nil => *target = None,
            Value::List(items) => {
                let target = target.get_or_insert_default();
                target.resize_with(items.len(), T::default);
                for (value, item) in items.iter().zip(target) {
                    decode(self, value, item);
                }
            }
            other => self.mismatch(other, go_type),
        }
    }
}

/// Reads YAML into a map of plain data, as Helm reads one document of a values file.
///
/// An empty document is an empty map.
///
/// # Errors
/// The text of the YAML library, also when the document is not a map.
pub fn decode_map(text: &[u8]) -> Result<Map, String> {
    let mut value = yaml::read(text)?;
    yaml::through_json(&mut value)?;
    match value {
        Value::Nil => Ok(Map::new()),
        Value::Map(map) => Ok(map),
        other => {
            let mut decoder = Decoder::new(Generation::V2);
            decoder.mismatch(&other, "map[string]interface {}");
            decoder.finish().map(|()| Map::new())
        }
    }
}
