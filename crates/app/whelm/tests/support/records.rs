//! Release records as programs store them.

use std::io::Read;

use serde_json::Value;

/// Whether an object holds a release.
pub fn is_record(object: &Value) -> bool {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    name.starts_with("sh.helm.release.v1.") && object["data"]["release"].is_string()
}

/// Puts the release itself in the place of its encoding, without its times.
pub fn open(object: &mut Value) {
    let mut packed = base64(object["data"]["release"].as_str().unwrap().as_bytes());
    if object["kind"] == "Secret" {
        packed = base64(&packed);
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .unwrap();
    let mut release: Value = serde_json::from_str(&text).unwrap();
    without_moments(&mut release);
    object["data"]["release"] = release;
    for label in ["createdAt", "modifiedAt"] {
        if let Some(moment) = object["metadata"]["labels"].get_mut(label) {
            *moment = label.into();
        }
    }
}

/// Puts a word in the place of moments that are there.
fn without_moments(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let moments = [
                    "first_deployed",
                    "last_deployed",
                    "deleted",
                    "started_at",
                    "completed_at",
                    "modtime",
                ];
                let none = ["", "0001-01-01T00:00:00Z"];
                if moments.contains(&name.as_str()) && value.as_str().is_some_and(|moment| !none.contains(&moment)) {
                    *value = name.as_str().into();
                }
                without_moments(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_moments),
        _ => {}
    }
}

fn base64(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text
        .iter()
        .filter(|byte| **byte != b'=')
        .map(|byte| digit(*byte))
        .collect();
    let bytes = digits.chunks(4).flat_map(|digits| {
        let bits = digits.iter().fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - digits.len()));
        let [_, bytes @ ..] = bits.to_be_bytes();
        bytes.into_iter().take(digits.len() * 6 / 8)
    });
    bytes.collect()
}
