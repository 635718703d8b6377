//! YAML into the structs of the chart, as `sigs.k8s.io/yaml` and `encoding/json` do it together.
//!
//! The library looks at the type of the target first: a number or bool that is going into a string becomes that
//! string. Then the JSON decoder matches keys without regard to case, goes on after a value of a wrong type, and
//! reports the first such value in the order of the keys. What was in the target before stays where nothing new is
//! said, down into the items of lists.
//!
//! The parts are public because other files of Helm hold charts' metadata: the index of a repository does.

mod chart;
mod decoder;
mod shape;
mod source;

use go_value::{Map, Value};

pub use decoder::Decoder;
pub use shape::{METADATA, Shape};
pub use source::{Source, View};

use crate::yaml;
use crate::{Lock, Metadata};
use shape::{CHART_BASE, LOCK};

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

/// Reads `Chart.yaml` or `requirements.yaml` into `metadata`, on top of what is there.
///
/// # Errors
/// The text of the YAML library. `metadata` then has what could be read.
pub fn decode_metadata(text: &[u8], metadata: &mut Metadata, generation: Generation) -> Result<(), String> {
    let value = prepare(text, &METADATA)?;
    let mut decoder = Decoder::new(generation);
    decoder.metadata(&value, metadata);
    finish(decoder)
}

/// Reads `Chart.yaml` and accepts neither fields that there are not nor keys that are there twice.
///
/// # Errors
/// The text of the YAML library: `error unmarshaling JSON: while decoding JSON: json: unknown field "engine"`.
pub fn decode_metadata_strict(text: &[u8]) -> Result<Metadata, String> {
    let value = read_strict(text, &METADATA)?;
    let mut metadata = Metadata::default();
    let mut decoder = Decoder::strict(Generation::V2);
    decoder.metadata(&value, &mut metadata);
    finish(decoder).map(|()| metadata)
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
    finish(decoder).map(|()| Some(lock))
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
        "loader.chartBase",
        &mut version,
        |decoder, name, value, version| match name {
            "apiversion" => decoder.field("apiVersion", |decoder| decoder.string(value, version)),
            _ => false,
        },
    );
    finish(decoder).map(|()| version)
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
            decoder.mismatch(other.view().kind(), "map[string]interface {}");
            finish(decoder).map(|()| Map::new())
        }
    }
}

fn prepare(text: &[u8], shape: &Shape) -> Result<Value, String> {
    let mut value = yaml::read(text)?;
    shape.coerce(&mut value);
    yaml::through_json(&mut value)?;
    Ok(value)
}

/// Reads the first YAML document for a target of this shape; a key that is there twice is an error.
///
/// # Errors
/// The text of the YAML library.
pub fn read_strict(text: &[u8], shape: &Shape) -> Result<Value, String> {
    let mut value = yaml::read_strict(text)?;
    shape.coerce(&mut value);
    yaml::through_json(&mut value)?;
    Ok(value)
}

/// Ends the run of a decoder with the error text that the YAML library makes of the JSON decoder's.
fn finish(decoder: Decoder) -> Result<(), String> {
    decoder
        .finish()
        .map_err(|error| format!("error unmarshaling JSON: while decoding JSON: {error}"))
}
