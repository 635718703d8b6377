//! The store that lasts as long as the process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use whelm_release::Release;

use crate::{Error, choice::Head};

type Records = BTreeMap<(String, String, i64), Release>;

/// Releases in memory, by namespace, name and revision. Clones share the releases.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Records>>);

impl Memory {
    fn records<T>(&self, with: impl FnOnce(&mut Records) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a release that exists already, such as one out of a file.
    ///
    /// # Errors
    /// There is such a revision already.
    pub fn insert(&self, release: &Release) -> Result<(), Error> {
        self.put(&release.namespace, release, true)
    }

    pub(crate) fn put(&self, namespace: &str, release: &Release, new: bool) -> Result<(), Error> {
        let key = (namespace.to_owned(), release.name.clone(), release.version);
        self.records(|records| match (new, records.contains_key(&key)) {
            (true, true) => Err(Error::already_exists()),
            (false, false) => Err(Error::not_found()),
            _ => {
                records.insert(key, release.clone());
                Ok(())
            }
        })
    }

    pub(crate) fn get(&self, namespace: &str, name: &str, version: i64) -> Result<Release, Error> {
        let key = (namespace.to_owned(), name.to_owned(), version);
        self.records(|records| records.get(&key).cloned())
            .ok_or_else(Error::not_found)
    }

    pub(crate) fn delete(&self, namespace: &str, name: &str, version: i64) -> Result<(), Error> {
        let key = (namespace.to_owned(), name.to_owned(), version);
        self.records(|records| records.remove(&key))
            .map(drop)
            .ok_or_else(Error::not_found)
    }

    /// Returns which revisions there are, of one release or of all.
    pub(crate) fn heads(&self, namespace: &str, name: Option<&str>) -> Vec<Head> {
        self.records(|records| {
            let wanted = |(place, at, _): &&(String, String, i64)| {
                (namespace.is_empty() || place == namespace) && name.is_none_or(|name| at == name)
            };
            let head = |key: &(String, String, i64)| {
                let release = records.get(key)?;
                Some(Head {
                    namespace: key.0.clone(),
                    ..Head::of(release)
                })
            };
            records.keys().filter(wanted).filter_map(head).collect()
        })
    }

    /// Returns the releases of a namespace, or of all when it is empty.
    pub(crate) fn all(&self, namespace: &str) -> Vec<Release> {
        self.records(|records| {
            let wanted = |key: &(String, String, i64)| namespace.is_empty() || key.0 == namespace;
            records
                .iter()
                .filter(|(key, _)| wanted(key))
                .map(|(_, release)| release.clone())
                .collect()
        })
    }
}
