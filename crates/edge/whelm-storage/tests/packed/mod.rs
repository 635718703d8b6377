//! Answers as protocol buffers, as a real API server gives them to those who want them. The cluster inside the process has only JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header::ACCEPT;
use serde_json::Value;
use whelm_net::{Body, Error, Request, Response};

/// Tells whether somebody would rather have protocol buffers.
pub fn is_wanted(request: &Request) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("application/vnd.kubernetes.protobuf"))
}

/// Packs an answer that is a Secret, a list of them or of their metadata, or a failure.
pub async fn packed(response: Response) -> Result<Response, Error> {
    let (parts, body) = response.into_parts();
    let value: Value = serde_json::from_slice(&body.bytes().await?).unwrap();
    let object = match (value["kind"].as_str().unwrap(), value["items"].as_array()) {
        ("Status", _) => status(&value),
        (_, Some(items)) => {
            let metadata = [
                text(2, &value["metadata"]["resourceVersion"]),
                text(3, &value["metadata"]["continue"]),
            ];
            let items = items.iter().map(|item| put(2, &secret(item)));
            [put(1, &metadata.concat()), items.collect::<Vec<_>>().concat()].concat()
        }
        _ => secret(&value),
    };
    let kind = [text(1, &value["apiVersion"]), text(2, &value["kind"])].concat();
    let answer = [
        b"k8s\0".to_vec(),
        put(1, &kind),
        put(2, &object),
        put(3, b""),
        put(4, b""),
    ]
    .concat();
    Ok(http::Response::from_parts(parts, Body::full(answer)))
}

fn secret(value: &Value) -> Vec<u8> {
    let metadata = &value["metadata"];
    let labels = metadata["labels"].as_object().into_iter().flatten();
    let labels = labels.map(|(key, value)| put(11, &[put(1, key.as_bytes()), text(2, value)].concat()));
    let place = [
        text(1, &metadata["name"]),
        text(3, &metadata["namespace"]),
        text(5, &metadata["uid"]),
    ];
    let data = value["data"].as_object().into_iter().flatten().map(|(key, value)| {
        let held = STANDARD.decode(value.as_str().unwrap()).unwrap();
        put(2, &[put(1, key.as_bytes()), put(2, &held)].concat())
    });
    let metadata = [place.concat(), labels.collect::<Vec<_>>().concat()].concat();
    [
        put(1, &metadata),
        data.collect::<Vec<_>>().concat(),
        text(3, &value["type"]),
    ]
    .concat()
}

fn status(value: &Value) -> Vec<u8> {
    let mut all = [
        text(2, &value["status"]),
        text(3, &value["message"]),
        text(4, &value["reason"]),
    ]
    .concat();
    all.extend(number(6 << 3, value["code"].as_u64().unwrap()));
    all
}

fn text(number: u64, value: &Value) -> Vec<u8> {
    value
        .as_str()
        .map_or_else(Vec::new, |text| put(number, text.as_bytes()))
}

fn put(field: u64, held: &[u8]) -> Vec<u8> {
    [number(field << 3 | 2, held.len() as u64), held.to_vec()].concat()
}

/// Two numbers of varying length.
fn number(first: u64, second: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for mut rest in [first, second] {
        while rest > 0x7f {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }
    out
}
