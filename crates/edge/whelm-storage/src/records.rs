//! The records of a cluster: which there are, and what some of them hold.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use whelm_kube_api::{
    object,
    request::{Form, ListOptions},
};
use whelm_kube_client::{Client, Error as ClientError};
use whelm_release::Release;

use crate::{
    Error,
    choice::{Head, Place},
    objects::Holder,
};

/// How many records are read at first when one release is asked about, and when all of them are. Where there are no more, that was all.
const FEW: u32 = 4;
const SOME: u32 = 20;

/// How many records a page has after that.
const MANY: u32 = 64;

/// How many records of metadata a page has.
const METADATA_PAGE: u32 = 500;

/// How many records are read at once.
const AT_ONCE: usize = 16;

/// The records of a namespace, or of one release in it.
pub(crate) struct Records<'a> {
    client: &'a Client,
    holder: Holder,
    namespace: &'a str,
    name: Option<&'a str>,
    /// Records that have been read already, by namespace and name of the object.
    at_hand: BTreeMap<Place, Value>,
    /// How many others there are, and where their list begins.
    others: usize,
    rest: String,
}

impl<'a> Records<'a> {
    pub(crate) fn new(client: &'a Client, holder: Holder, namespace: &'a str, name: Option<&'a str>) -> Self {
        Records {
            client,
            holder,
            namespace,
            name,
            at_hand: BTreeMap::new(),
            others: 0,
            rest: String::new(),
        }
    }

    /// Reads a few records and of the others only the metadata.
    ///
    /// # Errors
    /// As a list or as a query, whichever it is.
    pub(crate) async fn survey(&mut self) -> Result<Vec<Head>, Error> {
        let limit = if self.name.is_some() { FEW } else { SOME };
        let heads = match self.try_survey(limit).await {
            // The list changed too much to be read in parts.
            Err(error) if error.is_expired() => self.try_survey(0).await,
            result => result,
        };
        heads.map_err(|error| self.error(&error))
    }

    async fn try_survey(&mut self, limit: u32) -> Result<Vec<Head>, ClientError> {
        self.at_hand.clear();
        let (items, rest) = self.page(limit, String::new(), Form::Object).await?;
        let mut heads = Vec::new();
        for item in items {
            heads.extend(self.head(&item));
            self.at_hand.insert(key(&item), item);
        }
        if !rest.is_empty() {
            let others = self.metadata(rest.clone()).await?;
            self.others = others.len();
            heads.extend(others);
        }
        self.rest = rest;
        Ok(heads)
    }

    /// Reads the metadata of all records, and nothing else.
    ///
    /// # Errors
    /// As a query.
    pub(crate) async fn heads(&self) -> Result<Vec<Head>, Error> {
        self.metadata(String::new()).await.map_err(|error| self.error(&error))
    }

    async fn metadata(&self, mut from: String) -> Result<Vec<Head>, ClientError> {
        let mut heads = Vec::new();
        loop {
            let (items, rest) = self.page(METADATA_PAGE, from, Form::Metadata).await?;
            for item in items {
                heads.extend(match Head::of_object(&item) {
                    Some(head) => Some(head),
                    // Somebody took the labels away: the record itself says what it is.
                    None => self.get(&key(&item)).await?.and_then(|record| self.head(&record)),
                });
            }
            if rest.is_empty() {
                return Ok(heads);
            }
            from = rest;
        }
    }

    fn head(&self, record: &Value) -> Option<Head> {
        let labelled = Head::of_object(record);
        labelled.or_else(|| self.holder.release(record).ok().as_ref().map(Head::of))
    }

    /// Passes on some of the records; those that are gone or cannot be read are left out.
    ///
    /// # Errors
    /// As a list or as a query, whichever it is.
    pub(crate) async fn read(&mut self, wanted: &[&Head], keep: &mut impl FnMut(Place, Release)) -> Result<(), Error> {
        let mut missing = BTreeSet::new();
        for head in wanted {
            let place = head.place();
            match self.at_hand.remove(&place) {
                Some(record) => self.pass(&record, keep),
                None => drop(missing.insert(place)),
            }
        }
        // Many are quicker found in a list than one by one.
        let listed = missing.len() * 2 > self.others && missing.len() > AT_ONCE;
        let read = match listed {
            true => self.read_list(&missing, keep).await,
            false => match self.read_each(&missing, keep).await {
                // Whoever may list may not always read single ones.
                Err(error) if error.is_forbidden() => self.read_list(&missing, keep).await,
                result => result,
            },
        };
        read.map_err(|error| self.error(&error))
    }

    async fn read_each(
        &self,
        missing: &BTreeSet<Place>,
        keep: &mut impl FnMut(Place, Release),
    ) -> Result<(), ClientError> {
        let reading = stream::iter(missing).map(|key| self.get(key)).buffered(AT_ONCE);
        let mut reading = std::pin::pin!(reading);
        while let Some(record) = reading.try_next().await? {
            record.iter().for_each(|record| self.pass(record, keep));
        }
        Ok(())
    }

    async fn read_list(
        &self,
        missing: &BTreeSet<Place>,
        keep: &mut impl FnMut(Place, Release),
    ) -> Result<(), ClientError> {
        let mut from = self.rest.clone();
        loop {
            let (items, rest) = self.page(MANY, from, Form::Object).await?;
            for item in items.iter().filter(|item| missing.contains(&key(item))) {
                self.pass(item, keep);
            }
            if rest.is_empty() {
                return Ok(());
            }
            from = rest;
        }
    }

    fn pass(&self, record: &Value, keep: &mut impl FnMut(Place, Release)) {
        if let Ok(release) = self.holder.release(record) {
            keep(key(record), release);
        }
    }

    async fn get(&self, (namespace, name): &Place) -> Result<Option<Value>, ClientError> {
        self.client.find(&self.holder.mapping(), namespace, name).await
    }

    /// Reads a page, and says where the next one begins, if there is one.
    async fn page(&self, limit: u32, from: String, form: Form) -> Result<(Vec<Value>, String), ClientError> {
        let labels = match self.name {
            Some(name) => format!("name={name},owner=helm"),
            None => "owner=helm".to_owned(),
        };
        let options = ListOptions {
            labels,
            limit,
            continue_token: from,
            ..ListOptions::default()
        };
        let mapping = self.holder.mapping();
        let mut page = self.client.list_page(&mapping, self.namespace, &options, form).await?;
        let rest = page.pointer("/metadata/continue").and_then(Value::as_str);
        let rest = rest.unwrap_or_default().to_owned();
        let items = match page.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        Ok((items, rest))
    }

    fn error(&self, error: &ClientError) -> Error {
        let prefix = match self.name {
            Some(_) => "query: failed to query with labels",
            None => "list: failed to list",
        };
        self.holder.error(prefix, error)
    }
}

fn key(record: &Value) -> Place {
    (object::namespace(record).to_owned(), object::name(record).to_owned())
}
