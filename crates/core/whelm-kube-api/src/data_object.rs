//! The objects that hold data and nothing else.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::Value;

use crate::{
    Gvk, Mapping, object,
    protobuf::{self, Fields, MAGIC, Malformed},
};

/// A Secret or a ConfigMap: where it is, and what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataObject {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The data by their keys; none when only the metadata was asked for.
    pub data: BTreeMap<String, Bytes>,
}

/// Which of the two kinds an object is of: in JSON their data differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    /// `Secret`: in JSON its data are base64.
    Secret,
    /// `ConfigMap`
    ConfigMap,
}

impl DataKind {
    /// Returns where the objects live; both kinds are part of every cluster, so discovery need not be asked.
    pub fn mapping(self) -> Mapping {
        let (kind, resource) = match self {
            DataKind::Secret => ("Secret", "secrets"),
            DataKind::ConfigMap => ("ConfigMap", "configmaps"),
        };
        Mapping {
            gvk: Gvk::new("v1", kind),
            resource: resource.to_owned(),
            namespaced: true,
        }
    }
}

impl DataObject {
    /// Reads an item of a list, as [`ListItems`](crate::ListItems) cuts it out. What is neither JSON nor a protocol buffer, or has
    /// data that cannot be read, is `None`.
    pub fn of_item(item: &Bytes, kind: DataKind) -> Option<Self> {
        // No message begins with the byte of a brace.
        if item.starts_with(b"{") {
            Self::of_json(&serde_json::from_slice(item).ok()?, kind)
        } else {
            Self::of_message(item).ok()
        }
    }

    /// Reads an answer that is one object.
    pub fn of_answer(answer: &Bytes, kind: DataKind) -> Option<Self> {
        if answer.starts_with(MAGIC) {
            Self::of_message(&answer.slice_ref(protobuf::object(answer).ok()?)).ok()
        } else {
            Self::of_item(answer, kind)
        }
    }

    fn of_json(value: &Value, kind: DataKind) -> Option<Self> {
        let mut data = BTreeMap::new();
        for (key, text) in value.get("data").and_then(Value::as_object).into_iter().flatten() {
            let text = text.as_str()?;
            let held = match kind {
                DataKind::Secret => STANDARD.decode(text).ok()?.into(),
                DataKind::ConfigMap => Bytes::copy_from_slice(text.as_bytes()),
            };
            data.insert(key.clone(), held);
        }
        Some(DataObject {
            namespace: object::namespace(value).to_owned(),
            name: object::name(value).to_owned(),
            labels: object::labels(value),
            data,
        })
    }

    /// Source: `k8s.io/api/core/v1`, `generated.proto`: in Secrets and ConfigMaps the same fields have the same numbers, and those of
    /// `PartialObjectMetadata` are some of them.
    fn of_message(message: &Bytes) -> Result<Self, Malformed> {
        let mut read = DataObject::default();
        for field in Fields(message) {
            match field? {
                (field, metadata) if field.number == 1 => read.add_metadata(metadata)?,
                (field, entry) if field.number == 2 => {
                    let (key, held) = protobuf::entry(entry)?;
                    read.data.insert(key, message.slice_ref(held));
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn add_metadata(&mut self, metadata: &[u8]) -> Result<(), Malformed> {
        for field in Fields(metadata) {
            let (field, held) = field?;
            let text = || String::from_utf8_lossy(held).into_owned();
            match field.number {
                1 => self.name = text(),
                3 => self.namespace = text(),
                11 => {
                    let (key, value) = protobuf::entry(held)?;
                    self.labels.insert(key, String::from_utf8_lossy(value).into_owned());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::tests::{answer, put};

    /// An object as a message.
    fn message(namespace: &str, name: &str, label: &str, held: &[u8]) -> Vec<u8> {
        let entry = |key: &[u8], held: &[u8]| [put(1, key), put(2, held)].concat();
        let metadata = [
            put(1, name.as_bytes()),
            put(2, b""),
            put(3, namespace.as_bytes()),
            put(11, &entry(b"owner", label.as_bytes())),
        ];
        [
            put(1, &metadata.concat()),
            put(2, &entry(b"release", held)),
            put(3, b"helm.sh/release.v1"),
        ]
        .concat()
    }

    #[test]
    fn l_002_the_same_from_json_and_from_protocol_buffers() {
        let secret = r#"{"metadata": {"name": "n", "namespace": "ns", "labels": {"owner": "helm"}}, "data": {"release": "QUI="}}"#;
        let map = secret.replace("QUI=", "AB");
        let packed = Bytes::from(message("ns", "n", "helm", b"AB"));
        let secret = DataObject::of_item(&Bytes::from(secret), DataKind::Secret).unwrap();
        assert_eq!(secret.data["release"], &b"AB"[..]);
        assert_eq!(
            DataObject::of_item(&Bytes::from(map), DataKind::ConfigMap).as_ref(),
            Some(&secret)
        );
        assert_eq!(DataObject::of_item(&packed, DataKind::Secret).as_ref(), Some(&secret));
        let whole = Bytes::from(answer(&packed));
        assert_eq!(DataObject::of_answer(&whole, DataKind::ConfigMap), Some(secret));
    }

    #[test]
    fn what_cannot_be_read_is_none() {
        for broken in [
            &b"{"[..],
            br#"{"data": {"release": "*"}}"#,
            b"\x0a\x7f",
            b"k8s\0\x0a\x7f",
        ] {
            assert_eq!(
                DataObject::of_answer(&Bytes::from_static(broken), DataKind::Secret),
                None
            );
        }
    }
}
