//! Reading only those revisions that are wanted.
//!
//! A record may be a mebibyte, and most questions are about one or two of many. Records are told apart by their labels, so when
//! there are more than a few of them only the metadata of the others is read, and then the records that are wanted.

use std::collections::{BTreeMap, BTreeSet};

use whelm_kube_api::DataObject;
use whelm_release::{Release, Status};

use crate::{Error, Memory, Sql, Store, objects::Part, records::Records, store::Driver};

/// The namespace and the key of a record.
pub(crate) type Place = (String, String);

/// What is known of a revision without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The namespace of the release.
    pub namespace: String,
    /// The name of the release.
    pub name: String,
    /// The revision.
    pub version: i64,
    /// The status.
    pub status: Status,
}

impl Head {
    /// Returns where the newest of those revisions is that are wanted.
    pub fn newest(heads: &[Head], wanted: impl Fn(&Head) -> bool) -> Option<usize> {
        let places = Head::places(heads, wanted).into_iter();
        places.max_by_key(|place| heads[*place].version)
    }

    /// Returns where the revisions are that are wanted.
    pub fn places(heads: &[Head], wanted: impl Fn(&Head) -> bool) -> Vec<usize> {
        let wanted = heads.iter().enumerate().filter(|(_, head)| wanted(head));
        wanted.map(|(place, _)| place).collect()
    }

    pub(crate) fn of(release: &Release) -> Self {
        Head {
            namespace: release.namespace.clone(),
            name: release.name.clone(),
            version: release.version,
            status: release.info.status.clone(),
        }
    }

    /// Reads the labels of a record; without them the record itself has to be read.
    pub(crate) fn of_object(found: &DataObject) -> Option<Self> {
        let label = |key| found.labels.get(key);
        Some(Head {
            namespace: found.namespace.clone(),
            name: label("name")?.clone(),
            version: label("version")?.parse().ok()?,
            status: Status::from_word(label("status")?),
        })
    }

    /// Returns where the record is: the namespace, and the name of the object.
    pub(crate) fn place(&self) -> Place {
        let key = Release::storage_key(&self.name, self.version);
        (self.namespace.clone(), key)
    }
}

/// The revisions of a release, and some of them whole. Both are in the order of their numbers.
#[derive(Clone, Debug)]
pub struct Survey {
    /// All of them.
    pub heads: Vec<Head>,
    /// Those that were chosen, with all labels of their objects.
    pub chosen: Vec<Release>,
}

/// Where records are, once it is known which there are.
enum Source<'a> {
    Memory(&'a Memory),
    Sql(&'a Sql),
    Cluster(Records<'a>),
}

impl Source<'_> {
    /// Reads some of the records, and returns which of them could not be read, or are gone.
    async fn read(
        &mut self,
        heads: &[Head],
        wanted: &[usize],
        keep: &mut impl FnMut(Release),
    ) -> Result<Vec<usize>, Error> {
        let mut found = BTreeSet::new();
        let mut note = |place: Place, release: Release| {
            found.insert(place);
            keep(release);
        };
        let named: Vec<&Head> = wanted.iter().filter_map(|index| heads.get(*index)).collect();
        match self {
            Source::Memory(memory) => {
                for head in &named {
                    let release = memory.get(&head.namespace, &head.name, head.version);
                    release.into_iter().for_each(|release| note(head.place(), release));
                }
            }
            Source::Sql(sql) => sql.read(&named, &mut note).await?,
            Source::Cluster(records) => records.read(&named, &mut note).await?,
        }
        let is_missing = |index: &usize| heads.get(*index).is_some_and(|head| !found.contains(&head.place()));
        Ok(wanted.iter().copied().filter(is_missing).collect())
    }
}

impl Store {
    /// Returns the revisions of a release that `choose` points at, oldest first, with all labels of their objects.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub async fn choose(&self, name: &str, choose: impl Fn(&[Head]) -> Vec<usize>) -> Result<Vec<Release>, Error> {
        self.survey(name, choose).await.map(|survey| survey.chosen)
    }

    /// As [`Store::choose`], but of what lists do not show something may be left out: the chart but for its metadata, values,
    /// manifest, hooks and notes. That is quicker and takes less memory.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub async fn choose_outlines(
        &self,
        name: &str,
        choose: impl Fn(&[Head]) -> Vec<usize>,
    ) -> Result<Vec<Release>, Error> {
        let survey = self.survey_part(name, choose, Part::Outline);
        survey.await.map(|survey| survey.chosen)
    }

    /// As [`Store::choose`], and says which revisions there are.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub async fn survey(&self, name: &str, choose: impl Fn(&[Head]) -> Vec<usize>) -> Result<Survey, Error> {
        self.survey_part(name, choose, Part::Whole).await
    }

    async fn survey_part(
        &self,
        name: &str,
        choose: impl Fn(&[Head]) -> Vec<usize>,
        part: Part,
    ) -> Result<Survey, Error> {
        let mut chosen = Vec::new();
        let seen = self.choose_among((Some(name), part), &choose, |release| chosen.push(release));
        let mut heads = seen.await?;
        if heads.is_empty() {
            return Err(Error::not_found());
        }
        chosen.sort_by_key(|release| release.version);
        heads.sort_by_key(|head| head.version);
        Ok(Survey { heads, chosen })
    }

    /// Passes on the newest revision of each release whose name is wanted, as [`Store::choose_outlines`] has them.
    ///
    /// # Errors
    /// `list: failed to list: …`.
    pub async fn for_each_newest(&self, wanted: impl Fn(&str) -> bool, keep: impl FnMut(Release)) -> Result<(), Error> {
        let newest = |heads: &[Head]| newest(heads, &wanted);
        self.choose_among((None, Part::Outline), &newest, keep).await.map(drop)
    }

    /// Returns what is known of the revisions of a release without reading them, oldest first; none is not an error.
    pub(crate) async fn heads(&self, name: &str) -> Result<Vec<Head>, Error> {
        let mut heads = match &self.driver {
            Driver::Memory(memory) => memory.heads(&self.namespace, Some(name)),
            Driver::Sql(sql) => sql.heads(&self.namespace, Some(name)).await?,
            Driver::Cluster(client, holder) => {
                let records = Records::new(client, *holder, (&self.namespace, Some(name)), Part::Outline);
                records.heads().await?
            }
        };
        heads.sort_by_key(|head| head.version);
        Ok(heads)
    }

    /// Passes on the records that `choose` points at, and returns what there was to choose from. What cannot be read
    /// counts as if it were not there, as Helm has it.
    async fn choose_among(
        &self,
        (name, part): (Option<&str>, Part),
        choose: &impl Fn(&[Head]) -> Vec<usize>,
        mut keep: impl FnMut(Release),
    ) -> Result<Vec<Head>, Error> {
        let (heads, mut source) = match &self.driver {
            Driver::Memory(memory) => (memory.heads(&self.namespace, name), Source::Memory(memory)),
            Driver::Sql(sql) => (sql.heads(&self.namespace, name).await?, Source::Sql(sql)),
            Driver::Cluster(client, holder) => {
                let mut records = Records::new(client, *holder, (&self.namespace, name), part);
                (records.survey().await?, Source::Cluster(records))
            }
        };
        let mut left: Vec<usize> = (0..heads.len()).collect();
        let mut read = BTreeSet::new();
        loop {
            let known: Vec<Head> = left.iter().filter_map(|index| heads.get(*index)).cloned().collect();
            let places = choose(&known).into_iter();
            let wanted = places.filter_map(|place| left.get(place).copied());
            let wanted: Vec<usize> = wanted.filter(|index| read.insert(*index)).collect();
            let lost = source.read(&heads, &wanted, &mut keep).await?;
            if lost.is_empty() {
                return Ok(heads);
            }
            left.retain(|index| !lost.contains(index));
        }
    }
}

/// Returns where the newest revision of each wanted release is.
fn newest(heads: &[Head], wanted: &impl Fn(&str) -> bool) -> Vec<usize> {
    let mut newest: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (index, head) in heads.iter().enumerate().filter(|(_, head)| wanted(&head.name)) {
        let place = newest.entry((&head.namespace, &head.name)).or_insert(index);
        if heads[*place].version <= head.version {
            *place = index;
        }
    }
    newest.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(namespace: &str, name: &str, version: i64) -> Head {
        Head {
            namespace: namespace.into(),
            name: name.into(),
            version,
            status: Status::Deployed,
        }
    }

    /// L-012
    #[test]
    fn l_012_the_newest_of_each() {
        let heads = [
            head("a", "x", 2),
            head("a", "x", 10),
            head("b", "x", 1),
            head("a", "y", 1),
            head("a", "x", 9),
        ];
        assert_eq!(newest(&heads, &|_| true), [1, 3, 2]);
        assert_eq!(newest(&heads, &|name| name == "y"), [3]);
    }
}
