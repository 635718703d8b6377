//! The index as data.

use std::collections::BTreeMap;

use go_semver::Version;
use whelm_chart::{Log, Metadata};

use crate::{Error, ErrorKind, decode, sort};

/// What a repository has.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexFile {
    /// The format of the index; `v1` so far. Never empty in an index that was read.
    pub api_version: String,
    /// When the index was written, in RFC 3339.
    pub generated: String,
    /// The versions of each chart, newest first.
    pub entries: BTreeMap<String, Vec<ChartVersion>>,
    /// Keys, for other programs.
    pub public_keys: Option<Vec<String>>,
    /// Further facts, for other programs.
    pub annotations: Option<BTreeMap<String, String>>,
}

/// One version of a chart in an index.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartVersion {
    /// What the chart says of itself.
    pub metadata: Metadata,
    /// Where its archive is; relative ones are below the repository.
    pub urls: Option<Vec<String>>,
    /// When the archive was made, in RFC 3339.
    pub created: String,
    /// Whether the archive is gone.
    pub removed: bool,
    /// The SHA-256 of the archive; empty when the index does not say.
    pub digest: String,
}

/// Go's zero time.
const NEVER: &str = "0001-01-01T00:00:00Z";

impl Default for IndexFile {
    fn default() -> Self {
        IndexFile {
            api_version: String::new(),
            generated: NEVER.to_owned(),
            entries: BTreeMap::new(),
            public_keys: None,
            annotations: None,
        }
    }
}

impl Default for ChartVersion {
    fn default() -> Self {
        ChartVersion {
            metadata: Metadata::default(),
            urls: None,
            created: NEVER.to_owned(),
            removed: false,
            digest: String::new(),
        }
    }
}

impl IndexFile {
    /// Reads an index from JSON or YAML, drops the entries that are no charts, with a warning each, and sorts the rest.
    ///
    /// `source` is where the text came from, for the warnings. The names of charts are walked in their order, where Helm walks
    /// a hash map.
    ///
    /// # Errors
    /// The text is empty, is not an index, or has no `apiVersion`.
    pub fn read(text: &[u8], source: &str, log: &mut Log) -> Result<IndexFile, Error> {
        if text.is_empty() {
            return Err(Error::new(ErrorKind::Empty, "empty index.yaml file"));
        }
        let raw = decode::decode(text).map_err(|message| Error::new(ErrorKind::Format, message))?;
        let mut index = raw.index;
        for (name, versions) in raw.entries.unwrap_or_default() {
            let mut versions = valid(&name, versions.unwrap_or_default(), source, log);
            newest_first(&mut versions);
            index.entries.insert(name, versions);
        }
        if index.api_version.is_empty() {
            return Err(Error::new(ErrorKind::NoApiVersion, "no API version specified"));
        }
        Ok(index)
    }
}

/// Keeps what is valid. Helm looks at the last one first, and that is the order of the warnings.
fn valid(name: &str, versions: Vec<Option<ChartVersion>>, source: &str, log: &mut Log) -> Vec<ChartVersion> {
    let mut kept = Vec::with_capacity(versions.len());
    for version in versions.into_iter().rev() {
        match version {
            None => log.warn(
                "skipping loading invalid entry for chart: empty entry",
                vec![("name", name.to_owned()), ("source", source.to_owned())],
            ),
            Some(mut version) => match check(&mut version.metadata) {
                Ok(()) => kept.push(version),
                Err(error) => log.warn(
                    "skipping loading invalid entry for chart",
                    vec![
                        ("name", name.to_owned()),
                        ("version", version.metadata.version),
                        ("source", source.to_owned()),
                        ("error", error),
                    ],
                ),
            },
        }
    }
    kept.reverse();
    kept
}

/// Checks the rules for metadata, without those that indexes written by other programs break.
fn check(metadata: &mut Metadata) -> Result<(), String> {
    if metadata.api_version.is_empty() {
        "v1".clone_into(&mut metadata.api_version);
    }
    match metadata.validate().map_err(|error| error.to_string()) {
        // Helm: some repositories strip the alias of a dependency.
        Err(error) if error.starts_with("validation: more than one dependency with name or alias") => Ok(()),
        other => other,
    }
}

/// Sorts as Helm does, down to the order of versions that are equal.
fn newest_first(versions: &mut Vec<ChartVersion>) {
    let numbers: Vec<Option<Version>> = versions
        .iter()
        .map(|version| Version::parse(&version.metadata.version).ok())
        .collect();
    let is_older = |left: usize, right: usize| match (&numbers[left], &numbers[right]) {
        (None, _) => true,
        (_, None) => false,
        (Some(left), Some(right)) => left < right,
    };
    let order = sort::order(versions.len(), |left, right| is_older(right, left));
    let mut slots: Vec<Option<ChartVersion>> = std::mem::take(versions).into_iter().map(Some).collect();
    versions.extend(order.into_iter().filter_map(|at| slots[at].take()));
}
