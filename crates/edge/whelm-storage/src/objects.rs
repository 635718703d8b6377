//! The Secrets and ConfigMaps that hold revisions.
//!
//! Source: Helm 4.3.1, `pkg/storage/driver/{secrets,cfgmaps}.go`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Value, json};
use whelm_kube_api::{DataKind, DataObject, Mapping, object};
use whelm_release::{Release, decode, decode_outline, encode};

use crate::{Error, ErrorKind};

/// How many bytes of data a Secret or a ConfigMap holds.
const LIMIT: usize = 1 << 20;

/// The key under which a revision is.
const KEY: &str = "release";

/// Which kind of object holds a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder(pub(crate) DataKind);

impl Holder {
    pub(crate) const SECRET: Holder = Holder(DataKind::Secret);
    pub(crate) const CONFIG_MAP: Holder = Holder(DataKind::ConfigMap);

    /// Returns where the objects live.
    pub(crate) fn mapping(self) -> Mapping {
        self.0.mapping()
    }

    /// Reads an item of a list; `None` for what the API server would not send.
    pub(crate) fn item(self, item: &Bytes) -> Option<DataObject> {
        DataObject::of_item(item, self.0)
    }

    /// Puts `prefix` before an error of the cluster; the driver for ConfigMaps hands errors on as they are.
    pub(crate) fn error(self, prefix: &str, error: &whelm_kube_client::Error) -> Error {
        match self.0 {
            DataKind::Secret => Error::other(format!("{prefix}: {error}")),
            DataKind::ConfigMap => Error::other(error.to_string()),
        }
    }

    /// The error of an update of an object that is not there.
    pub(crate) fn missing(self, key: &str) -> Error {
        let prefix = match self.0 {
            DataKind::Secret => "update: failed to update: ",
            DataKind::ConfigMap => "",
        };
        let text = format!("{prefix}{} {key:?} not found", self.mapping().group_resource());
        Error::other(text).of_kind(ErrorKind::NotFound)
    }

    /// The error of a cluster that refuses an object of ours, which may be too large.
    pub(crate) fn refused(self, prefix: &str, error: &whelm_kube_client::Error, object: &Value) -> Error {
        let refused = self.error(prefix, error);
        if self.size(object) > LIMIT {
            Error::too_large(refused.to_string())
        } else {
            refused
        }
    }

    /// How many bytes of an object count.
    fn size(self, object: &Value) -> usize {
        let text = object
            .pointer("/data/release")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match self.0 {
            DataKind::Secret => text.len() / 4 * 3 - text.bytes().rev().take_while(|byte| *byte == b'=').count(),
            DataKind::ConfigMap => text.len(),
        }
    }

    /// Refuses, in the words of the API server, what it would refuse because of its size.
    pub(crate) fn check_size(self, release: &Release) -> Result<(), Error> {
        self.check_size_of(&self.object(release, ("createdAt", 0))?)
    }

    /// As [`Holder::check_size`], of the finished object.
    pub(crate) fn check_size_of(self, object: &Value) -> Result<(), Error> {
        if self.size(object) <= LIMIT {
            return Ok(());
        }
        let key = object::name(object);
        let (prefix, kind, field) = match self.0 {
            DataKind::Secret => ("create: failed to create: ", "Secret", "data"),
            DataKind::ConfigMap => ("", "ConfigMap", "[]"),
        };
        Err(Error::too_large(format!(
            "{prefix}{kind} {key:?} is invalid: {field}: Too long: may not be more than {LIMIT} bytes"
        )))
    }

    /// Makes the object. `stamp` is the label of the moment, `createdAt` or `modifiedAt`, with its Unix seconds.
    pub(crate) fn object(self, release: &Release, stamp: (&str, u64)) -> Result<Value, Error> {
        let text = encode(release).map_err(|error| Error::other(error.to_string()))?;
        let mut labels: BTreeMap<String, String> = release.labels.clone();
        labels.insert(stamp.0.to_owned(), stamp.1.to_string());
        for (key, value) in [
            ("name", release.name.clone()),
            ("owner", "helm".to_owned()),
            ("status", release.info.status.as_str().to_owned()),
            ("version", release.version.to_string()),
        ] {
            labels.insert(key.to_owned(), value);
        }
        let metadata = json!({"name": Release::storage_key(&release.name, release.version), "labels": labels});
        Ok(match self.0 {
            DataKind::Secret => json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "helm.sh/release.v1",
                "data": {"release": STANDARD.encode(text)},
            }),
            DataKind::ConfigMap => {
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"release": text}})
            }
        })
    }
}

/// Returns how many bytes the packed revision in an object has.
pub(crate) fn length(object: &DataObject) -> usize {
    object.data.get(KEY).map_or(0, Bytes::len)
}

/// Reads the revision out of an object, or a part of it, with all labels of the object.
pub(crate) fn part(object: DataObject, part: Part) -> Result<Release, Error> {
    let text = object.data.get(KEY).cloned().unwrap_or_default();
    let version = object.labels.get("version").and_then(|version| version.parse().ok());
    let decoded = match version.filter(|_| part == Part::Outline) {
        Some(version) => decode_outline(&text, (version, &object.namespace)),
        None => decode(&text),
    };
    let mut release = decoded.map_err(|error| Error::other(error.to_string()))?;
    release.labels = object.labels;
    Ok(release)
}

/// How much of a revision is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// What lists show.
    Outline,
}
