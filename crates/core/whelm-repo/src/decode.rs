//! Text to structs.

use std::collections::BTreeMap;

use go_value::json;
use whelm_chart::decode::{self, Decoder, Generation, METADATA, Shape, Source};

use crate::{ChartVersion, IndexFile};

/// An index before its entries are looked at.
#[derive(Default)]
pub(crate) struct RawIndex {
    /// All but the entries.
    pub(crate) index: IndexFile,
    /// The entries, with gaps where a version is `null`.
    pub(crate) entries: Option<BTreeMap<String, Option<Vec<Option<ChartVersion>>>>>,
}

const STRINGS: Shape = Shape::List(&Shape::String);

const CHART_VERSION: Shape = Shape::Embedding(
    &[
        ("urls", STRINGS),
        ("created", Shape::Any),
        ("removed", Shape::Any),
        ("digest", Shape::String),
        ("checksum", Shape::String),
        ("engine", Shape::String),
        ("tillerVersion", Shape::String),
        ("url", Shape::String),
    ],
    &METADATA,
);

const INDEX: Shape = Shape::Struct(&[
    ("serverInfo", Shape::Map(&Shape::Any)),
    ("apiVersion", Shape::String),
    ("generated", Shape::Any),
    ("entries", Shape::Map(&Shape::List(&CHART_VERSION))),
    ("publicKeys", STRINGS),
    ("annotations", Shape::Map(&Shape::String)),
]);

/// Reads JSON as it is, and anything else as YAML that may only have fields that there are.
///
/// # Errors
/// The text of the library that read it.
pub(crate) fn decode(text: &[u8]) -> Result<RawIndex, String> {
    let mut raw = RawIndex::default();
    if let Ok(node) = json::parse_node(text) {
        let mut decoder = Decoder::new(Generation::V2);
        index(&mut decoder, &node, &mut raw);
        return decoder.finish().map(|()| raw);
    }
    let value = decode::read_strict(text, &INDEX)?;
    let mut decoder = Decoder::strict(Generation::V2);
    index(&mut decoder, &value, &mut raw);
    let outcome = decoder.finish();
    outcome.map_err(|error| format!("error unmarshaling JSON: while decoding JSON: {error}"))?;
    Ok(raw)
}

fn index<S: Source>(decoder: &mut Decoder, value: &S, raw: &mut RawIndex) {
    decoder.object(value, "IndexFile", "repo.IndexFile", raw, |decoder, key, value, raw| {
        let index = &mut raw.index;
        match key {
            "serverinfo" => decoder.field("serverInfo", |decoder| decoder.any_map(value)),
            "apiversion" => decoder.field("apiVersion", |decoder| decoder.string(value, &mut index.api_version)),
            "generated" => decoder.field("generated", |decoder| decoder.time(value, &mut index.generated)),
            "entries" => decoder.field("entries", |decoder| {
                let go_type = "map[string]repo.ChartVersions";
                decoder.map(value, go_type, &mut raw.entries, |decoder, value, versions| {
                    decoder.pointers(value, "repo.ChartVersions", versions, chart_version);
                });
            }),
            "publickeys" => decoder.field("publicKeys", |decoder| decoder.strings(value, &mut index.public_keys)),
            "annotations" => decoder.field("annotations", |decoder| {
                decoder.string_map(value, &mut index.annotations);
            }),
            _ => false,
        }
    });
}

fn chart_version<S: Source>(decoder: &mut Decoder, value: &S, target: &mut ChartVersion) {
    let go_type = "repo.ChartVersion";
    decoder.object(value, "ChartVersion", go_type, target, |decoder, key, value, target| {
        match key {
            "urls" => decoder.field("urls", |decoder| decoder.strings(value, &mut target.urls)),
            "created" => decoder.field("created", |decoder| decoder.time(value, &mut target.created)),
            "removed" => decoder.field("removed", |decoder| decoder.bool(value, &mut target.removed)),
            "digest" => decoder.field("digest", |decoder| decoder.string(value, &mut target.digest)),
            // Helm 2's fields are accepted and forgotten.
            "checksum" => forgotten(decoder, "checksum", value),
            "engine" => forgotten(decoder, "engine", value),
            "tillerversion" => forgotten(decoder, "tillerVersion", value),
            "url" => forgotten(decoder, "url", value),
            _ => decoder.embedded("Metadata", |decoder| {
                decoder.metadata_field(key, value, &mut target.metadata)
            }),
        }
    });
}

fn forgotten<S: Source>(decoder: &mut Decoder, name: &'static str, value: &S) -> bool {
    decoder.field(name, |decoder| decoder.string(value, &mut String::new()))
}
