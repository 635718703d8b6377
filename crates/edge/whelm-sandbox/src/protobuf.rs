//! Protobuf bodies, as Go clients send them for the kinds that they know: Secrets, ConfigMaps, Namespaces, ServiceAccounts
//! and delete options. Answers are JSON, which those clients accept as well.
//!
//! Source: `k8s.io/api` and `k8s.io/apimachinery`, `generated.proto`.

use serde_json::{Map, Value, json};

/// What stands before every message.
const MAGIC: &[u8] = b"k8s\0";

/// How a field is read.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Bytes,
    Int,
    Bool,
    Time,
    Texts,
    TextMap,
    BytesMap,
    /// The JSON text inside a message with one field.
    RawJson,
    Message(Fields),
    Messages(Fields),
}

/// Number, name and form of the fields of a message.
type Fields = &'static [(u64, &'static str, Form)];

const OWNER_REFERENCE: Fields = &[
    (1, "kind", Form::Text),
    (3, "name", Form::Text),
    (4, "uid", Form::Text),
    (5, "apiVersion", Form::Text),
    (6, "controller", Form::Bool),
    (7, "blockOwnerDeletion", Form::Bool),
];
const MANAGED_FIELDS: Fields = &[
    (1, "manager", Form::Text),
    (2, "operation", Form::Text),
    (3, "apiVersion", Form::Text),
    (4, "time", Form::Time),
    (6, "fieldsType", Form::Text),
    (7, "fieldsV1", Form::RawJson),
    (8, "subresource", Form::Text),
];
const METADATA: Fields = &[
    (1, "name", Form::Text),
    (2, "generateName", Form::Text),
    (3, "namespace", Form::Text),
    (5, "uid", Form::Text),
    (6, "resourceVersion", Form::Text),
    (7, "generation", Form::Int),
    (8, "creationTimestamp", Form::Time),
    (9, "deletionTimestamp", Form::Time),
    (10, "deletionGracePeriodSeconds", Form::Int),
    (11, "labels", Form::TextMap),
    (12, "annotations", Form::TextMap),
    (13, "ownerReferences", Form::Messages(OWNER_REFERENCE)),
    (14, "finalizers", Form::Texts),
    (17, "managedFields", Form::Messages(MANAGED_FIELDS)),
];
const SECRET: Fields = &[
    (1, "metadata", Form::Message(METADATA)),
    (2, "data", Form::BytesMap),
    (3, "type", Form::Text),
    (4, "stringData", Form::TextMap),
    (5, "immutable", Form::Bool),
];
const CONFIG_MAP: Fields = &[
    (1, "metadata", Form::Message(METADATA)),
    (2, "data", Form::TextMap),
    (3, "binaryData", Form::BytesMap),
    (4, "immutable", Form::Bool),
];
const NAMESPACE: Fields = &[
    (1, "metadata", Form::Message(METADATA)),
    (2, "spec", Form::Message(&[(1, "finalizers", Form::Texts)])),
    (3, "status", Form::Message(&[(1, "phase", Form::Text)])),
];
const SERVICE_ACCOUNT: Fields = &[
    (1, "metadata", Form::Message(METADATA)),
    (4, "automountServiceAccountToken", Form::Bool),
];
const DELETE_OPTIONS: Fields = &[
    (1, "gracePeriodSeconds", Form::Int),
    (
        2,
        "preconditions",
        Form::Message(&[(1, "uid", Form::Text), (2, "resourceVersion", Form::Text)]),
    ),
    (3, "orphanDependents", Form::Bool),
    (4, "propagationPolicy", Form::Text),
    (5, "dryRun", Form::Texts),
];

/// Reads a message as JSON; nothing when it is malformed or of another kind.
pub(crate) fn to_json(body: &[u8]) -> Option<Value> {
    let envelope = read(
        body.strip_prefix(MAGIC)?,
        &[
            (
                1,
                "type",
                Form::Message(&[(1, "apiVersion", Form::Text), (2, "kind", Form::Text)]),
            ),
            (2, "raw", Form::Bytes),
        ],
    )?;
    let kind = crate::object::text(&envelope, &["type", "kind"]);
    let fields = match kind {
        "Secret" => SECRET,
        "ConfigMap" => CONFIG_MAP,
        "Namespace" => NAMESPACE,
        "ServiceAccount" => SERVICE_ACCOUNT,
        "DeleteOptions" => DELETE_OPTIONS,
        _ => return None,
    };
    let raw = raw_message(body.strip_prefix(MAGIC)?)?;
    let mut object = read(raw, fields)?;
    crate::object::set(&mut object, &["kind"], kind);
    crate::object::set(
        &mut object,
        &["apiVersion"],
        crate::object::text(&envelope, &["type", "apiVersion"]),
    );
    Some(object)
}

fn raw_message(mut bytes: &[u8]) -> Option<&[u8]> {
    while !bytes.is_empty() {
        match field(&mut bytes)? {
            (2, Wire::Bytes(raw)) => return Some(raw),
            _ => continue,
        }
    }
    Some(&[])
}

enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first < 0x80 {
            return Some(number);
        }
    }
    None
}

fn take<'a>(bytes: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(count).ok()?)?;
    *bytes = rest;
    Some(taken)
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Wire<'a>)> {
    let tag = varint(bytes)?;
    let wire = match tag & 7 {
        0 => Wire::Number(varint(bytes)?),
        1 => Wire::Bytes(take(bytes, 8)?),
        2 => {
            let length = varint(bytes)?;
            Wire::Bytes(take(bytes, length)?)
        }
        5 => Wire::Bytes(take(bytes, 4)?),
        _ => return None,
    };
    Some((tag >> 3, wire))
}

/// Reads a message. The tables nest four deep at most, and so does this.
fn read(mut bytes: &[u8], fields: Fields) -> Option<Value> {
    let mut object = Map::new();
    while !bytes.is_empty() {
        let (number, wire) = field(&mut bytes)?;
        let Some((_, name, form)) = fields.iter().find(|(own, _, _)| *own == number) else {
            continue;
        };
        match (*form, wire) {
            (Form::Int, Wire::Number(number)) => {
                object.insert((*name).into(), json!(number.cast_signed()));
            }
            (Form::Bool, Wire::Number(number)) => {
                object.insert((*name).into(), json!(number != 0));
            }
            (form, Wire::Bytes(bytes)) => read_bytes(&mut object, name, form, bytes)?,
            _ => return None,
        }
    }
    // Typed clients always send texts, empty ones too, where JSON would leave them out.
    object.retain(|_, value| value != "");
    Some(Value::Object(object))
}

fn read_bytes(object: &mut Map<String, Value>, name: &str, form: Form, bytes: &[u8]) -> Option<()> {
    let text = |bytes: &[u8]| Some(Value::from(std::str::from_utf8(bytes).ok()?));
    let value = match form {
        Form::Text => text(bytes)?,
        Form::Bytes => Value::Null,
        Form::Time => {
            let time = read(bytes, &[(1, "seconds", Form::Int)])?;
            let seconds = crate::object::int(&time, &["seconds"]).unwrap_or(0);
            json!(crate::time::rfc3339(seconds.checked_mul(1000)?))
        }
        Form::RawJson => serde_json::from_slice(raw_field(bytes)?).ok()?,
        Form::Message(fields) => read(bytes, fields)?,
        Form::Texts | Form::Messages(_) => {
            let item = if let Form::Messages(fields) = form {
                read(bytes, fields)?
            } else {
                text(bytes)?
            };
            let list = object.entry(name).or_insert_with(|| json!([]));
            list.as_array_mut()?.push(item);
            return Some(());
        }
        Form::TextMap | Form::BytesMap => {
            let (key, value) = map_entry(bytes)?;
            let value = match form {
                Form::TextMap => text(value)?,
                _ => json!(crate::base64::encode(value)),
            };
            let map = object.entry(name).or_insert_with(|| json!({}));
            map.as_object_mut()?.insert(key, value);
            return Some(());
        }
        Form::Int | Form::Bool => return None,
    };
    object.insert(name.into(), value);
    Some(())
}

fn raw_field(mut bytes: &[u8]) -> Option<&[u8]> {
    match field(&mut bytes)? {
        (1, Wire::Bytes(raw)) => Some(raw),
        _ => None,
    }
}

fn map_entry(mut bytes: &[u8]) -> Option<(String, &[u8])> {
    let (mut key, mut value): (&[u8], &[u8]) = (&[], &[]);
    while !bytes.is_empty() {
        match field(&mut bytes)? {
            (1, Wire::Bytes(own)) => key = own,
            (2, Wire::Bytes(own)) => value = own,
            _ => {}
        }
    }
    Some((std::str::from_utf8(key).ok()?.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        bytes.extend(content);
        bytes
    }

    #[test]
    fn reads_a_secret() {
        let metadata = [
            message(1, b"s"),
            message(2, b""),
            message(11, &[message(1, b"k"), message(2, b"v")].concat()),
        ]
        .concat();
        let data = [message(1, b"key"), message(2, b"foo")].concat();
        let secret = [message(1, &metadata), message(2, &data), message(3, b"Opaque")].concat();
        let kind = [message(1, b"v1"), message(2, b"Secret")].concat();
        let body = [MAGIC.to_vec(), message(1, &kind), message(2, &secret)].concat();
        assert_eq!(
            to_json(&body),
            Some(json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "labels": {"k": "v"}},
                "data": {"key": "Zm9v"}, "type": "Opaque",
            })),
        );
        for end in 0..body.len() {
            let _ = to_json(&body[..end]);
        }
    }
}
