//! What the YAML library goes by before the JSON decoder runs: the type of the target.

use go_value::Value;
use go_value::strconv::{FloatForm, format_float};

use super::decoder::fold;

/// The type of a target, as far as it decides how YAML scalars are taken.
pub enum Shape {
    /// Something that takes scalars as they are.
    Any,
    /// A string.
    String,
    /// A struct: the names of its fields and what they hold.
    Struct(&'static [(&'static str, Shape)]),
    /// A struct that embeds another one by pointer. The library takes each of the embedded fields for the whole embedded struct.
    Embedding(&'static [(&'static str, Shape)], &'static Shape),
    /// A list.
    List(&'static Shape),
    /// A map with strings as keys.
    Map(&'static Shape),
}

pub(super) const STRINGS: Shape = Shape::List(&Shape::String);

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

/// The type of [`crate::Metadata`].
pub const METADATA: Shape = Shape::Struct(&[
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

pub(super) const LOCK: Shape = Shape::Struct(&[
    ("generated", Shape::Any),
    ("digest", Shape::String),
    ("dependencies", Shape::List(&DEPENDENCY)),
]);

pub(super) const CHART_BASE: Shape = Shape::Struct(&[("apiVersion", Shape::String)]);

impl Shape {
    /// Turns numbers and bools into strings where the target is a string.
    pub fn coerce(&self, value: &mut Value) {
        coerce(value, self);
    }

    /// Returns what the field of a struct holds, by its name in lower case.
    fn field(&self, name: &str) -> Option<&Shape> {
        match self {
            Shape::Struct(fields) => find(fields, name),
            Shape::Embedding(fields, base) => find(fields, name).or_else(|| base.field(name).map(|_| *base)),
            _ => None,
        }
    }
}

fn find<'a>(fields: &'a [(&'static str, Shape)], name: &str) -> Option<&'a Shape> {
    let is_name = |field: &str| field.bytes().map(|byte| byte.to_ascii_lowercase()).eq(name.bytes());
    let mut fields = fields.iter();
    fields.find(|(field, _)| is_name(field)).map(|(_, shape)| shape)
}

/// Turns numbers and bools into strings where the target is a string.
fn coerce(value: &mut Value, shape: &Shape) {
    match (value, shape) {
        (Value::Map(entries), Shape::Struct(_) | Shape::Embedding(..)) => {
            for (key, value) in entries.iter_mut() {
                coerce(value, shape.field(&fold(key)).unwrap_or(&Shape::Any));
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
