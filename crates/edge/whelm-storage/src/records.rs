//! The records of a cluster: which there are, and what some of them hold.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::Method;
use tokio::task::JoinSet;
use whelm_kube_api::{
    DataObject,
    request::{Form, ListOptions},
};
use whelm_kube_client::{Client, Error as ClientError};
use whelm_release::{Release, Status};

use crate::{
    Error,
    choice::{Head, Place},
    objects::{Holder, Part, length, part},
};

/// How many records are read at first when one release is asked about, and when all of them are. Where there are no more, that was all.
const FEW: u32 = 4;
const SOME: u32 = 20;

/// How many records of metadata a page has, and how many whole ones at most.
const PAGE: u32 = 500;

/// How many bytes of records a page has, about; and how many are read one by one at once.
const PAGE_BYTES: usize = 4 << 20;

/// How many records are read at once, if they are small.
const AT_ONCE: usize = 16;

/// How many records of a list are unpacked at once.
const BATCH: usize = 100;

/// How many bytes a packed record has that is small: of such ones reading too many costs less than asking twice.
const SMALL: usize = 48 << 10;

/// The records of a namespace, or of one release in it.
pub(crate) struct Records<'a> {
    reader: Reader,
    name: Option<&'a str>,
    /// Records that have been read already, by namespace and name of the object.
    at_hand: BTreeMap<Place, DataObject>,
    /// Records that have been unpacked, too.
    unpacked: BTreeMap<Place, Release>,
    /// How many others there are, and where their list begins.
    others: usize,
    rest: String,
    /// How many bytes the largest has of those that were read first.
    largest: usize,
}

/// A list of records: what labels they have, and where it begins.
struct List {
    labels: String,
    from: String,
}

impl<'a> Records<'a> {
    /// `part` is how much of each record is wanted.
    pub(crate) fn new(client: &Client, holder: Holder, (namespace, name): (&str, Option<&'a str>), part: Part) -> Self {
        let reader = Reader::new(client, holder, namespace, part);
        Records {
            reader,
            name,
            at_hand: BTreeMap::new(),
            unpacked: BTreeMap::new(),
            others: 0,
            rest: String::new(),
            largest: 0,
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
        let labels = self.labels();
        let (items, rest) = self.reader.page(&labels, limit, String::new(), Form::Data).await?;
        let mut heads = Vec::new();
        for item in items {
            heads.extend(head(&item));
            self.largest = self.largest.max(length(&item));
            self.at_hand.insert(key(&item), item);
        }
        if rest.is_empty() {
            return Ok(heads);
        }
        if self.name.is_none() && self.largest <= SMALL {
            return self.survey_of_small().await;
        }
        let others = self.reader.clone().metadata(labels, rest.clone()).await?;
        self.others = others.len();
        self.rest = rest;
        heads.extend(others);
        Ok(heads)
    }

    /// Reads all records that are not superseded, which most likely are those that are wanted, and of the others the metadata, both
    /// at once. The server answers whole lists quicker than pages: those it does not have in memory.
    async fn survey_of_small(&mut self) -> Result<Vec<Head>, ClientError> {
        let (current, superseded) = (self.labels_of("!="), self.labels_of("="));
        let mut reading = JoinSet::new();
        reading.spawn(self.reader.clone().stream(current, Form::Data));
        reading.spawn(self.reader.clone().stream(superseded, Form::DataMetadata));
        let mut heads = Vec::new();
        while let Some(seen) = next(&mut reading).await {
            let seen = seen?;
            heads.extend(seen.heads);
            self.unpacked.extend(seen.unpacked);
        }
        self.at_hand.clear();
        Ok(heads)
    }

    /// Reads the metadata of all records, and nothing else.
    ///
    /// # Errors
    /// As a query.
    pub(crate) async fn heads(&self) -> Result<Vec<Head>, Error> {
        let read = self.reader.clone().metadata(self.labels(), String::new());
        read.await.map_err(|error| self.error(&error))
    }

    /// Passes on some of the records; those that are gone or cannot be read are left out.
    ///
    /// # Errors
    /// As a list or as a query, whichever it is.
    pub(crate) async fn read(&mut self, wanted: &[&Head], keep: &mut impl FnMut(Place, Release)) -> Result<(), Error> {
        let mut missing = BTreeSet::new();
        for head in wanted {
            let place = head.place();
            let read = match self.at_hand.remove(&place) {
                Some(record) => self.reader.part(record),
                None => self.unpacked.remove(&place),
            };
            match read {
                Some(release) => keep(place, release),
                None => drop(missing.insert(place)),
            }
        }
        let read = self.read_missing(&mut missing, keep).await;
        read.map_err(|error| self.error(&error))
    }

    async fn read_missing(
        &self,
        missing: &mut BTreeSet<Place>,
        keep: &mut impl FnMut(Place, Release),
    ) -> Result<(), ClientError> {
        let list = List {
            labels: self.labels(),
            from: self.rest.clone(),
        };
        // Many small ones are quicker found in a list than one by one.
        let many = missing.len() * 2 > self.others && missing.len() > AT_ONCE;
        if many && self.at_once(PAGE) > AT_ONCE {
            return self.read_list(&list, |item| missing.remove(&key(item)), keep).await;
        }
        match self.read_each(missing, keep).await {
            // Whoever may list may not always read single ones.
            Err(error) if error.is_forbidden() => self.read_list(&list, |item| missing.remove(&key(item)), keep).await,
            result => result,
        }
    }

    /// Returns how many records are read at once, at most `most`.
    fn at_once(&self, most: u32) -> usize {
        (PAGE_BYTES / self.largest.max(1)).clamp(2, most as usize)
    }

    async fn read_each(
        &self,
        missing: &mut BTreeSet<Place>,
        keep: &mut impl FnMut(Place, Release),
    ) -> Result<(), ClientError> {
        let places = Vec::from_iter(missing.iter().cloned());
        let mut places = places.into_iter();
        let mut reading = JoinSet::new();
        for place in places.by_ref().take(self.at_once(AT_ONCE as u32)) {
            reading.spawn(self.reader.clone().read(place));
        }
        while let Some(read) = next(&mut reading).await {
            let (place, release) = read?;
            missing.remove(&place);
            release.into_iter().for_each(|release| keep(place.clone(), release));
            if let Some(place) = places.next() {
                reading.spawn(self.reader.clone().read(place));
            }
        }
        Ok(())
    }

    /// Passes on those records of a list that `is_wanted` wants.
    async fn read_list(
        &self,
        list: &List,
        mut is_wanted: impl FnMut(&DataObject) -> bool,
        keep: &mut impl FnMut(Place, Release),
    ) -> Result<(), ClientError> {
        let limit = u32::try_from(self.at_once(PAGE)).unwrap_or(PAGE);
        let mut from = list.from.clone();
        // While a page is on its way the one before is unpacked.
        let mut reading = JoinSet::new();
        loop {
            let (mut items, rest) = self.reader.page(&list.labels, limit, from, Form::Data).await?;
            items.retain(&mut is_wanted);
            pass_on(&mut reading, keep).await;
            reading.spawn(self.reader.clone().parts(items));
            if rest.is_empty() {
                pass_on(&mut reading, keep).await;
                return Ok(());
            }
            from = rest;
        }
    }

    /// Returns the labels by which the records are found.
    fn labels(&self) -> String {
        match self.name {
            Some(name) => format!("name={name},owner=helm"),
            None => "owner=helm".to_owned(),
        }
    }

    /// Returns the labels by which superseded records, with `=`, or all others, with `!=`, are found.
    fn labels_of(&self, operator: &str) -> String {
        format!("{},status{operator}{}", self.labels(), Status::Superseded)
    }

    fn error(&self, error: &ClientError) -> Error {
        let prefix = match self.name {
            Some(_) => "query: failed to query with labels",
            None => "list: failed to list",
        };
        self.reader.holder.error(prefix, error)
    }
}

fn key(record: &DataObject) -> Place {
    (record.namespace.clone(), record.name.clone())
}

/// Returns what is known of a record. If somebody took the labels away, the record itself says it.
fn head(record: &DataObject) -> Option<Head> {
    Head::of_object(record).or_else(|| part(record.clone(), Part::Whole).ok().as_ref().map(Head::of))
}

/// What is known of some records, and what they hold.
#[derive(Default)]
struct Seen {
    heads: Vec<Head>,
    unpacked: Vec<(Place, Release)>,
}

impl Seen {
    fn add(&mut self, more: Seen) {
        self.heads.extend(more.heads);
        self.unpacked.extend(more.unpacked);
    }
}

/// Reads records. Clones go to tasks of their own, so that unpacking keeps all processors busy.
#[derive(Clone)]
pub(crate) struct Reader {
    client: Client,
    holder: Holder,
    namespace: String,
    part: Part,
}

impl Reader {
    pub(crate) fn new(client: &Client, holder: Holder, namespace: &str, part: Part) -> Self {
        Reader {
            client: client.clone(),
            holder,
            namespace: namespace.to_owned(),
            part,
        }
    }

    async fn get(&self, (namespace, name): &Place) -> Result<Option<DataObject>, ClientError> {
        match self.client.data_object(self.holder.0, namespace, name).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a page, and says where the next one begins, if there is one.
    pub(crate) async fn page(
        &self,
        labels: &str,
        limit: u32,
        from: String,
        form: Form,
    ) -> Result<(Vec<DataObject>, String), ClientError> {
        let options = ListOptions {
            labels: labels.to_owned(),
            limit,
            continue_token: from,
            ..ListOptions::default()
        };
        let mapping = self.holder.mapping();
        let once = || async {
            let items = self.client.items(&mapping, &self.namespace, &options, form).await?;
            items.page().await
        };
        let (items, rest) = self.client.patiently(&Method::GET, once).await?;
        let items = items.iter().filter_map(|item| self.holder.item(item));
        Ok((items.collect(), rest))
    }

    /// Reads a whole list, and of its records only the metadata or all that is wanted.
    async fn stream(self, labels: String, form: Form) -> Result<Seen, ClientError> {
        let options = ListOptions {
            labels,
            ..ListOptions::default()
        };
        let once = || self.stream_once(&options, form);
        self.client.patiently(&Method::GET, once).await
    }

    async fn stream_once(&self, options: &ListOptions, form: Form) -> Result<Seen, ClientError> {
        let mapping = self.holder.mapping();
        let mut items = self.client.items(&mapping, &self.namespace, options, form).await?;
        let mut seen = Seen::default();
        let mut reading = JoinSet::new();
        loop {
            let batch = items.next(BATCH).await?;
            let is_last = batch.is_empty();
            // One batch is unpacked while the next one arrives.
            while reading.len() > usize::from(!is_last) {
                seen.add(next(&mut reading).await.transpose()?.unwrap_or_default());
            }
            if is_last {
                return Ok(seen);
            }
            reading.spawn(self.clone().see(batch, form));
        }
    }

    async fn see(self, batch: Vec<Bytes>, form: Form) -> Result<Seen, ClientError> {
        let mut seen = Seen::default();
        for item in batch.iter().filter_map(|item| self.holder.item(item)) {
            if form == Form::DataMetadata {
                seen.heads.extend(self.head_of(item).await?);
            } else {
                seen.heads.extend(head(&item));
                let place = key(&item);
                seen.unpacked.extend(self.part(item).map(|release| (place, release)));
            }
        }
        Ok(seen)
    }

    /// As [`head`], of a record whose metadata is there.
    async fn head_of(&self, metadata: DataObject) -> Result<Option<Head>, ClientError> {
        match Head::of_object(&metadata) {
            Some(head) => Ok(Some(head)),
            None => Ok(self.get(&key(&metadata)).await?.as_ref().and_then(head)),
        }
    }

    /// Reads the metadata of a list, from a place in it on.
    async fn metadata(self, labels: String, mut from: String) -> Result<Vec<Head>, ClientError> {
        let mut heads = Vec::new();
        loop {
            let (items, rest) = self.page(&labels, PAGE, from, Form::DataMetadata).await?;
            for item in items {
                heads.extend(self.head_of(item).await?);
            }
            if rest.is_empty() {
                return Ok(heads);
            }
            from = rest;
        }
    }

    /// Reads and unpacks a record; one that is gone or cannot be read is none.
    async fn read(self, place: Place) -> Result<(Place, Option<Release>), ClientError> {
        let record = self.get(&place).await?;
        let release = record.and_then(|record| self.part(record));
        Ok((place, release))
    }

    /// Unpacks records, and leaves out those that cannot be read.
    async fn parts(self, records: Vec<DataObject>) -> Vec<(Place, Release)> {
        let part = |record: DataObject| Some((key(&record), self.part(record)?));
        records.into_iter().filter_map(part).collect()
    }

    fn part(&self, record: DataObject) -> Option<Release> {
        part(record, self.part).ok()
    }
}

async fn pass_on(reading: &mut JoinSet<Vec<(Place, Release)>>, keep: &mut impl FnMut(Place, Release)) {
    while let Some(read) = next(reading).await {
        read.into_iter().for_each(|(place, release)| keep(place, release));
    }
}

/// Returns what the task gives that ends first. A panic goes on.
async fn next<T: 'static>(tasks: &mut JoinSet<T>) -> Option<T> {
    let error = match tasks.join_next().await? {
        Ok(result) => return Some(result),
        Err(error) => error,
    };
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => None,
    }
}
