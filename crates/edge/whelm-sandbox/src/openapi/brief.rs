//! The second version of the document in protobuf, which Go clients ask for.
//!
//! They use it to find out whether requests for a kind that they do not know from elsewhere can check fields. So it has
//! only what that takes: for each kind, that patches know the parameters of writes.
//!
//! Source: `openapiv2/OpenAPIv2.proto` of gnostic.

use crate::core::Core;
use crate::kinds::{Kind, api_version};

/// The media type of the form.
pub(super) const MEDIA_TYPE: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/// Returns the document.
pub(super) fn document(core: &Core) -> Vec<u8> {
    let mut paths = Vec::new();
    for kind in core.kinds.all().filter(|kind| kind.has_verb("patch")) {
        field(&mut paths, 2, &path(kind));
    }
    let mut info = Vec::new();
    field(&mut info, 1, b"Kubernetes");
    field(&mut info, 2, b"v1.36.3");
    let mut document = Vec::new();
    field(&mut document, 1, b"2.0");
    field(&mut document, 2, &info);
    field(&mut document, 8, &paths);
    document
}

fn path(kind: &Kind) -> Vec<u8> {
    let prefix = if kind.group.is_empty() { "/api/" } else { "/apis/" };
    let namespace = if kind.namespaced { "/namespaces/{namespace}" } else { "" };
    let version = api_version(&kind.group, &kind.version);
    let name = format!("{prefix}{version}{namespace}/{}/{{name}}", kind.plural);
    let mut item = Vec::new();
    field(&mut item, 8, &operation(kind));
    let mut path = Vec::new();
    field(&mut path, 1, name.as_bytes());
    field(&mut path, 2, &item);
    path
}

fn operation(kind: &Kind) -> Vec<u8> {
    let mut operation = Vec::new();
    for name in ["dryRun", "fieldManager", "fieldValidation"] {
        let mut parameter = Vec::new();
        field(&mut parameter, 2, b"query");
        field(&mut parameter, 4, name.as_bytes());
        field(&mut parameter, 6, b"string");
        // A parameter that is a query parameter, which is one that is not the body, which is one given in place.
        for number in [3, 2, 1] {
            parameter = nested(number, &parameter);
        }
        field(&mut operation, 8, &parameter);
    }
    let text = format!(
        "group: {:?}\nkind: {:?}\nversion: {:?}\n",
        kind.group, kind.kind, kind.version
    );
    let mut extension = Vec::new();
    field(&mut extension, 1, b"x-kubernetes-group-version-kind");
    field(&mut extension, 2, &nested(2, text.as_bytes()));
    field(&mut operation, 13, &extension);
    operation
}

fn nested(number: u8, content: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    field(&mut message, number, content);
    message
}

/// Adds a field of bytes.
fn field(message: &mut Vec<u8>, number: u8, content: &[u8]) {
    message.push(number << 3 | 2);
    let mut length = content.len();
    while length >= 0x80 {
        message.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
        length >>= 7;
    }
    message.push(u8::try_from(length).unwrap_or(0));
    message.extend_from_slice(content);
}
