//! The Secrets and ConfigMaps that hold revisions.
//!
//! Source: Helm 4.3.1, `pkg/storage/driver/{secrets,cfgmaps}.go`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use whelm_kube_api::{Gvk, Mapping, object};
use whelm_release::{Release, decode, decode_outline, encode};

use crate::Error;

/// How many bytes of data a Secret or a ConfigMap holds.
const LIMIT: usize = 1 << 20;

/// Which kind of object holds a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Secret,
    ConfigMap,
}

impl Holder {
    /// Returns where the objects live; both kinds are part of every cluster, so discovery is not asked.
    pub(crate) fn mapping(self) -> Mapping {
        let (kind, resource) = match self {
            Holder::Secret => ("Secret", "secrets"),
            Holder::ConfigMap => ("ConfigMap", "configmaps"),
        };
        Mapping {
            gvk: Gvk::new("v1", kind),
            resource: resource.to_owned(),
            namespaced: true,
        }
    }

    /// Returns how many bytes the packed revision in an object has.
    pub(crate) fn length(self, object: &Value) -> usize {
        let text = object.pointer("/data/release").and_then(Value::as_str);
        text.unwrap_or_default().len()
    }

    /// Puts `prefix` before an error of the cluster; the driver for ConfigMaps hands errors on as they are.
    pub(crate) fn error(self, prefix: &str, error: &whelm_kube_client::Error) -> Error {
        match self {
            Holder::Secret => Error::other(format!("{prefix}: {error}")),
            Holder::ConfigMap => Error::other(error.to_string()),
        }
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
        match self {
            Holder::Secret => text.len() / 4 * 3 - text.bytes().rev().take_while(|byte| *byte == b'=').count(),
            Holder::ConfigMap => text.len(),
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
        let (prefix, kind, field) = match self {
            Holder::Secret => ("create: failed to create: ", "Secret", "data"),
            Holder::ConfigMap => ("", "ConfigMap", "[]"),
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
        Ok(match self {
            Holder::Secret => json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "helm.sh/release.v1",
                "data": {"release": STANDARD.encode(text)},
            }),
            Holder::ConfigMap => {
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"release": text}})
            }
        })
    }

    /// Reads the revision out of an object, with all labels of the object.
    pub(crate) fn release(self, object: &Value) -> Result<Release, Error> {
        self.part(object, Part::Whole)
    }

    /// As [`Holder::release`], but perhaps not all of it.
    pub(crate) fn part(self, object: &Value, part: Part) -> Result<Release, Error> {
        let text = object
            .pointer("/data/release")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let version = object::label(object, "version").and_then(|version| version.parse().ok());
        let outline = version.filter(|_| part == Part::Outline);
        let decode = |text: &[u8]| match outline {
            Some(version) => decode_outline(text, (version, object::namespace(object))),
            None => decode(text),
        };
        let mut release = match self {
            Holder::Secret => {
                let inner = STANDARD.decode(text).map_err(|error| Error::other(error.to_string()))?;
                decode(&inner)
            }
            Holder::ConfigMap => decode(text.as_bytes()),
        }
        .map_err(|error| Error::other(error.to_string()))?;
        release.labels = object::labels(object);
        Ok(release)
    }
}

/// How much of a revision is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// What lists show.
    Outline,
}
