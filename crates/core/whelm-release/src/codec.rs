//! The text that stores keep.

use std::{
    fmt,
    io::{Read, Write},
};

use base64::{Engine as _, engine::general_purpose::STANDARD, read::DecoderReader};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use go_value::{
    Value,
    json::{Error as JsonError, Numbers, parse, parse_part},
};

use crate::{Release, from_json, outline, to_json};

/// How many bytes a record may have when unpacked. A cluster's objects hold about 1 MiB packed, so this is far more than
/// honest records need; it stops archives made to fill memory.
pub const MAX_DECODED_BYTES: u64 = 512 << 20;

/// Why a record cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError(String);

impl fmt::Display for CodecError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for CodecError {}

fn codec(error: impl fmt::Display) -> CodecError {
    CodecError(error.to_string())
}

/// Packs a release: JSON, gzip with the best compression, base64.
///
/// # Errors
/// The values hold a number that JSON cannot express.
pub fn encode(release: &Release) -> Result<String, CodecError> {
    let json = to_json(release).map_err(codec)?;
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::best());
    encoder.write_all(json.as_bytes()).map_err(codec)?;
    Ok(STANDARD.encode(encoder.finish().map_err(codec)?))
}

/// Unpacks a release. Records from before compression are read too.
///
/// # Errors
/// The text is no base64, no gzip or no JSON, or unpacks to more than [`MAX_DECODED_BYTES`].
///
/// Source: Helm 4.3.1, `pkg/storage/driver/util.go`.
pub fn decode(text: &[u8]) -> Result<Release, CodecError> {
    read(parse(&unpack(text)?, Numbers::Float))
}

/// Unpacks of a release what lists show: not what was rendered, not the values, and of the chart only its metadata. That takes
/// a fraction of the time and memory.
///
/// Records that Helm has written have all of that at their beginning, but for the number and the namespace, which are given: only
/// that is unpacked then. What follows may be damaged.
///
/// # Errors
/// As [`decode`].
pub fn decode_outline(text: &[u8], (version, namespace): (i64, &str)) -> Result<Release, CodecError> {
    let unpacking = GzDecoder::new(DecoderReader::new(text, &STANDARD)).take(MAX_DECODED_BYTES);
    if let Some(json) = outline::beginning(unpacking)
        && let Ok(mut release) = read(parse_part(&json, Numbers::Float, is_bulk))
    {
        release.version = version;
        namespace.clone_into(&mut release.namespace);
        return Ok(release);
    }
    read(parse_part(&unpack(text)?, Numbers::Float, is_bulk))
}

/// Tells which members of a record are large and shown by no list.
fn is_bulk(depth: usize, key: &[u8]) -> bool {
    match depth {
        1 => matches!(key, b"config" | b"hooks" | b"manifest"),
        2 => matches!(
            key,
            b"files" | b"lock" | b"notes" | b"schema" | b"templates" | b"values"
        ),
        _ => false,
    }
}

fn read(value: Result<Value, JsonError>) -> Result<Release, CodecError> {
    let value = value.map_err(codec)?;
    if value.as_map().is_none() && !value.is_nil() {
        return Err(CodecError("release record is not a JSON object".to_owned()));
    }
    Ok(from_json(&value))
}

/// Returns the JSON of a record.
fn unpack(text: &[u8]) -> Result<Vec<u8>, CodecError> {
    let clean: Vec<u8>;
    let text = if text.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        clean = text
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\n' | b'\r'))
            .collect();
        &clean
    } else {
        text
    };
    let packed = STANDARD.decode(text).map_err(codec)?;
    if packed.len() <= 3 || !packed.starts_with(&[0x1f, 0x8b, 0x08]) {
        return Ok(packed);
    }
    let mut json = Vec::new();
    let mut reader = GzDecoder::new(packed.as_slice()).take(MAX_DECODED_BYTES + 1);
    reader.read_to_end(&mut json).map_err(codec)?;
    if json.len() as u64 > MAX_DECODED_BYTES {
        return Err(CodecError(format!(
            "release record unpacks to more than {MAX_DECODED_BYTES} bytes"
        )));
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use go_value::Map;
    use whelm_chart::{Chart, File};

    use super::*;
    use crate::{Hook, HookEvent, Status, Time};

    fn example() -> Release {
        let mut chart = Chart::default();
        chart.metadata.name = "web".into();
        chart.metadata.version = "1.0.0".into();
        chart.templates.push(File::new("templates/a.yaml", "a: <1>"));
        chart.values = Some(Arc::new(Map::from([("n".into(), go_value::Value::Float(3.0))])));
        let mut release = Release {
            name: "web".into(),
            namespace: "ns".into(),
            version: 2,
            manifest: "---\na: 1\n".into(),
            chart: Some(Arc::new(chart)),
            hooks: vec![Hook {
                name: "h".into(),
                events: vec![HookEvent::Test],
                ..Hook::default()
            }],
            apply_method: "ssa".into(),
            ..Release::default()
        };
        release.info.first_deployed = Some(Time::utc(1_700_000_000, 5));
        release.set_status(Status::Deployed, "Install complete");
        release
    }

    #[test]
    fn l_001_keys_and_their_order() {
        assert_eq!(
            to_json(&example()).unwrap(),
            concat!(
                r#"{"name":"web","info":{"first_deployed":"2023-11-14T22:13:20.000000005Z","description":"Install "#,
                r#"complete","status":"deployed"},"chart":{"metadata":{"name":"web","version":"1.0.0"},"lock":null,"#,
                r#""templates":[{"name":"templates/a.yaml","data":"YTogPDE+"}],"values":{"n":3},"schema":null,"#,
                r#""schemamodtime":"0001-01-01T00:00:00Z","files":null},"manifest":"---\na: 1\n","#,
                r#""hooks":[{"name":"h","events":["test"],"last_run":{"phase":""}}],"version":2,"namespace":"ns","#,
                r#""apply_method":"ssa"}"#
            )
        );
    }

    #[test]
    fn l_001_there_and_back() {
        let release = example();
        assert_eq!(decode(encode(&release).unwrap().as_bytes()).unwrap(), release);
    }

    #[test]
    fn outlines_are_what_lists_show() {
        let mut release = example();
        release.info.notes = "notes".into();
        let outline = decode_outline(encode(&release).unwrap().as_bytes(), (2, "ns")).unwrap();
        let mut chart = Chart::default();
        chart.metadata = release.chart.unwrap().metadata.clone();
        release.chart = Some(Arc::new(chart));
        (release.manifest, release.hooks) = Default::default();
        release.info.notes = Default::default();
        // How it was applied stands at the end.
        release.apply_method = String::new();
        assert_eq!(outline, release);
    }

    #[test]
    fn l_008_records_without_gzip_are_read() {
        let plain = STANDARD.encode(to_json(&example()).unwrap());
        assert_eq!(decode(plain.as_bytes()).unwrap(), example());
    }

    #[test]
    fn damaged_records_are_errors() {
        for text in ["", "%", "H4sIAAAA", &STANDARD.encode("[1]"), &STANDARD.encode("{")] {
            assert!(decode(text.as_bytes()).is_err(), "{text}");
            assert!(decode_outline(text.as_bytes(), (1, "ns")).is_err(), "{text}");
        }
    }

    #[test]
    fn l_013_rollback_revision_is_left_out_when_zero() {
        let mut release = example();
        assert!(!to_json(&release).unwrap().contains("rollback_revision"));
        release.info.rollback_revision = 3;
        let text = encode(&release).unwrap();
        assert_eq!(decode(text.as_bytes()).unwrap().info.rollback_revision, 3);
    }
}
