//! The store.

use std::time::{SystemTime, UNIX_EPOCH};

use whelm_kube_api::request::{FieldValidation, Form, Manager, Propagation, WriteOptions};
use whelm_kube_client::{Client, Error as ClientError, insistently};
use whelm_release::{Release, Status, without_system_labels};

use crate::{
    Error, ErrorKind, Head, Memory, Sql,
    objects::{Holder, Part, part},
    records::Reader,
};

/// How many records a page of a list has: each may be a mebibyte.
const PAGE: u32 = 64;

/// Which driver `HELM_DRIVER` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DriverKind {
    /// `secret`, `secrets` or nothing.
    #[default]
    Secret,
    /// `configmap` or `configmaps`.
    ConfigMap,
    /// `memory`.
    Memory,
    /// `sql`.
    Sql,
}

impl DriverKind {
    /// Reads the value of `HELM_DRIVER`.
    ///
    /// # Errors
    /// `unknown driver "x"`.
    pub fn from_name(name: &str) -> Result<Self, String> {
        match name {
            "" | "secret" | "secrets" => Ok(DriverKind::Secret),
            "configmap" | "configmaps" => Ok(DriverKind::ConfigMap),
            "memory" => Ok(DriverKind::Memory),
            "sql" => Ok(DriverKind::Sql),
            other => Err(format!("unknown driver {other:?}")),
        }
    }
}

/// Keeps the revisions of the releases of a namespace.
#[derive(Clone)]
pub struct Store {
    pub(crate) driver: Driver,
    pub(crate) namespace: String,
    max_history: usize,
}

#[derive(Clone)]
pub(crate) enum Driver {
    Cluster(Client, Holder),
    Memory(Memory),
    Sql(Sql),
}

impl Store {
    /// Makes a store in Secrets. An empty namespace means all of them, for lists.
    pub fn secrets(client: Client, namespace: &str) -> Self {
        Store {
            driver: Driver::Cluster(client, Holder::SECRET),
            namespace: namespace.to_owned(),
            max_history: 0,
        }
    }

    /// Makes a store in ConfigMaps.
    pub fn config_maps(client: Client, namespace: &str) -> Self {
        Store {
            driver: Driver::Cluster(client, Holder::CONFIG_MAP),
            namespace: namespace.to_owned(),
            max_history: 0,
        }
    }

    /// Makes a store in memory.
    pub fn memory(memory: Memory, namespace: &str) -> Self {
        Store {
            driver: Driver::Memory(memory),
            namespace: namespace.to_owned(),
            max_history: 0,
        }
    }

    /// Makes a store in a database.
    pub fn sql(sql: Sql, namespace: &str) -> Self {
        Store {
            driver: Driver::Sql(sql),
            namespace: namespace.to_owned(),
            max_history: 0,
        }
    }

    /// Limits how many revisions [`Store::create`] leaves; 0 means all.
    pub fn set_max_history(&mut self, max_history: usize) {
        self.max_history = max_history;
    }

    /// Reads one revision, with the labels that users gave.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], or what the cluster says: `get: failed to get "key": …`.
    pub async fn get(&self, name: &str, version: i64) -> Result<Release, Error> {
        match &self.driver {
            Driver::Memory(memory) => memory.get(&self.namespace, name, version),
            Driver::Sql(sql) => sql.get(&self.namespace, name, version).await,
            Driver::Cluster(client, holder) => {
                let key = Release::storage_key(name, version);
                let object = client
                    .data_object(holder.0, &self.namespace, &key)
                    .await
                    .map_err(|error| {
                        if error.is_not_found() {
                            Error::not_found()
                        } else {
                            holder.error(&format!("get: failed to get {key:?}"), &error)
                        }
                    })?;
                let mut release = part(object, Part::Whole)
                    .map_err(|error| Error::other(format!("get: failed to decode data {key:?}: {error}")))?;
                release.labels = without_system_labels(&release.labels);
                Ok(release)
            }
        }
    }

    /// Stores a new revision, and removes the oldest ones if there would be too many. One that is too large removes none.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when somebody else stored this revision first; [`ErrorKind::TooLarge`];
    /// `create: failed to create: …`.
    pub async fn create(&self, release: &Release) -> Result<(), Error> {
        match &self.driver {
            Driver::Memory(memory) => {
                self.make_room(&release.name).await?;
                memory.put(&self.namespace, release, true)
            }
            Driver::Sql(sql) => {
                self.make_room(&release.name).await?;
                sql.create(release, now()).await
            }
            Driver::Cluster(client, holder) => {
                let object = holder.object(release, ("createdAt", now())).map_err(|error| {
                    Error::other(format!("create: failed to encode release {:?}: {error}", release.name))
                })?;
                holder.check_size_of(&object)?;
                self.make_room(&release.name).await?;
                let mapping = holder.mapping();
                let created = client.create(&mapping, &self.namespace, &object, write_options());
                match created.await {
                    Ok(_) => Ok(()),
                    Err(error) if error.is_already_exists() => Err(Error::already_exists()),
                    Err(error) => Err(holder.refused("create: failed to create", &error, &object)),
                }
            }
        }
    }

    /// Removes the oldest revisions so that one more is not too many.
    async fn make_room(&self, name: &str) -> Result<(), Error> {
        match self.max_history {
            0 => Ok(()),
            most => self.remove_least_recent(name, most - 1).await,
        }
    }

    /// Finds out early whether the cluster would refuse the record because of its size.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`], in the words of the API server.
    pub fn check_size(&self, release: &Release) -> Result<(), Error> {
        match &self.driver {
            Driver::Cluster(_, holder) => holder.check_size(release),
            Driver::Memory(_) | Driver::Sql(_) => Ok(()),
        }
    }

    /// Stores a revision over the one that is there.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when somebody removed it; `update: failed to update: …`.
    pub async fn update(&self, release: &Release) -> Result<(), Error> {
        match &self.driver {
            Driver::Memory(memory) => memory.put(&self.namespace, release, false),
            Driver::Sql(sql) => sql.update(release, now()).await,
            Driver::Cluster(client, holder) => {
                let object = holder.object(release, ("modifiedAt", now())).map_err(|error| {
                    Error::other(format!("update: failed to encode release {:?}: {error}", release.name))
                })?;
                let (mapping, key) = (holder.mapping(), Release::storage_key(&release.name, release.version));
                let update = || client.update(&mapping, &self.namespace, &key, &object, write_options());
                let updated = insistently(update, ClientError::is_crossing).await;
                updated.map(drop).map_err(|error| {
                    let text = holder.error("update: failed to update", &error);
                    if error.is_not_found() {
                        text.of_kind(ErrorKind::NotFound)
                    } else {
                        text
                    }
                })
            }
        }
    }

    /// The error of an update of a revision that is not there.
    pub fn missing(&self, name: &str, version: i64) -> Error {
        match &self.driver {
            Driver::Memory(_) | Driver::Sql(_) => Error::not_found(),
            Driver::Cluster(_, holder) => holder.missing(&Release::storage_key(name, version)),
        }
    }

    /// Removes one revision.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], or what the cluster says.
    pub async fn delete(&self, name: &str, version: i64) -> Result<(), Error> {
        match &self.driver {
            Driver::Memory(memory) => memory.delete(&self.namespace, name, version),
            Driver::Sql(sql) => sql.delete(&self.namespace, name, version).await,
            Driver::Cluster(client, holder) => {
                let (mapping, key) = (holder.mapping(), Release::storage_key(name, version));
                let delete = || client.delete(&mapping, &self.namespace, &key, Propagation::Background, None);
                match insistently(delete, ClientError::is_crossing).await {
                    Ok(()) => Ok(()),
                    Err(error) if error.is_not_found() => Err(Error::not_found()),
                    Err(error) => Err(Error::other(error.to_string())),
                }
            }
        }
    }

    /// Passes every revision to `keep`, page by page. Records that cannot be read are skipped, as Helm does.
    ///
    /// # Errors
    /// `list: failed to list: …`.
    pub async fn for_each(&self, mut keep: impl FnMut(Release)) -> Result<(), Error> {
        match &self.driver {
            Driver::Memory(memory) => {
                memory.all(&self.namespace).into_iter().for_each(keep);
                Ok(())
            }
            Driver::Sql(sql) => sql.for_each(&self.namespace, &mut keep).await,
            Driver::Cluster(_, holder) => {
                let seen = self.pages("owner=helm", &mut keep).await;
                seen.map(drop)
                    .map_err(|error| holder.error("list: failed to list", &error))
            }
        }
    }

    /// Passes on what a list has, and returns how many records that were.
    async fn pages(&self, labels: &str, keep: &mut impl FnMut(Release)) -> Result<usize, ClientError> {
        let Driver::Cluster(client, holder) = &self.driver else {
            return Ok(0);
        };
        let reader = Reader::new(client, *holder, &self.namespace, Part::Whole);
        let mut from = String::new();
        let mut seen = 0;
        loop {
            let (items, rest) = reader.page(labels, PAGE, from, Form::Data).await?;
            seen += items.len();
            items
                .into_iter()
                .filter_map(|item| part(item, Part::Whole).ok())
                .for_each(&mut *keep);
            if rest.is_empty() {
                return Ok(seen);
            }
            from = rest;
        }
    }

    async fn query(&self, name: &str, status: Option<Status>) -> Result<Vec<Release>, Error> {
        let mut found = Vec::new();
        match &self.driver {
            Driver::Memory(memory) => {
                let wanted = |release: &Release| {
                    release.name == name && status.as_ref().is_none_or(|status| release.info.status == *status)
                };
                found.extend(memory.all(&self.namespace).into_iter().filter(wanted));
            }
            Driver::Sql(sql) => found = sql.revisions(&self.namespace, name, status).await?,
            Driver::Cluster(_, holder) => {
                let mut labels = format!("name={name},owner=helm");
                if let Some(status) = status {
                    labels.push_str(&format!(",status={status}"));
                }
                let seen = self.pages(&labels, &mut |release| found.push(release)).await;
                let seen = seen.map_err(|error| holder.error("query: failed to query with labels", &error))?;
                if seen > 0 {
                    found.sort_by_key(|release| release.version);
                    return Ok(found);
                }
            }
        }
        if found.is_empty() {
            Err(Error::not_found())
        } else {
            Ok(found)
        }
    }

    /// Returns all revisions of a release, oldest first, with all labels of their objects.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; `query: failed to query with labels: …`.
    pub async fn history(&self, name: &str) -> Result<Vec<Release>, Error> {
        self.query(name, None).await
    }

    /// Returns the newest revision, with all labels of its object.
    ///
    /// # Errors
    /// As [`Store::history`].
    pub async fn last(&self, name: &str) -> Result<Release, Error> {
        let newest = |heads: &[Head]| Vec::from_iter(Head::newest(heads, |_| true));
        let last = self.choose(name, newest).await?.pop();
        last.ok_or_else(|| Error::other(format!("no revision for release {name:?}")))
    }

    /// Returns all deployed revisions, oldest first.
    ///
    /// # Errors
    /// [`ErrorKind::NoDeployed`]; otherwise as [`Store::history`].
    pub async fn deployed_all(&self, name: &str) -> Result<Vec<Release>, Error> {
        self.query(name, Some(Status::Deployed))
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::no_deployed(name),
                _ => error,
            })
    }

    /// Returns the newest deployed revision.
    ///
    /// # Errors
    /// As [`Store::deployed_all`].
    pub async fn deployed(&self, name: &str) -> Result<Release, Error> {
        self.deployed_all(name)
            .await?
            .pop()
            .ok_or_else(|| Error::no_deployed(name))
    }
}

/// Records are written without a field manager's say on validation, as Helm does it.
fn write_options() -> WriteOptions {
    WriteOptions {
        validation: FieldValidation::Ignore,
        manager: Manager::Program,
        ..WriteOptions::default()
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: i64, status: Status) -> Release {
        let mut release = Release {
            name: "web".into(),
            namespace: "ns".into(),
            version,
            ..Release::default()
        };
        release.info.status = status;
        release
    }

    #[tokio::test]
    async fn l_005_memory() {
        let store = Store::memory(Memory::default(), "ns");
        assert_eq!(store.last("web").await.unwrap_err().kind(), ErrorKind::NotFound);
        store.create(&release(1, Status::Deployed)).await.unwrap();
        assert_eq!(
            store.create(&release(1, Status::Failed)).await.unwrap_err().to_string(),
            "release: already exists"
        );
        store.create(&release(2, Status::Failed)).await.unwrap();
        assert_eq!(store.last("web").await.unwrap().version, 2);
        assert_eq!(store.deployed("web").await.unwrap().version, 1);
        store.delete("web", 1).await.unwrap();
        assert_eq!(
            store.deployed("web").await.unwrap_err().to_string(),
            "\"web\" has no deployed releases"
        );
    }

    #[tokio::test]
    async fn l_007_the_deployed_revision_stays() {
        let mut store = Store::memory(Memory::default(), "ns");
        store.create(&release(1, Status::Deployed)).await.unwrap();
        for version in 2..=4 {
            store.create(&release(version, Status::Failed)).await.unwrap();
        }
        store.set_max_history(3);
        store.create(&release(5, Status::Failed)).await.unwrap();
        let left: Vec<_> = store
            .history("web")
            .await
            .unwrap()
            .iter()
            .map(|release| release.version)
            .collect();
        assert_eq!(left, [1, 4, 5]);
    }

    #[test]
    fn l_002_the_secret() {
        let mut one = release(3, Status::Deployed);
        one.labels.insert("team".into(), "a".into());
        let object = Holder::SECRET.object(&one, ("createdAt", 7)).unwrap();
        assert_eq!(object["metadata"]["name"], "sh.helm.release.v1.web.v3");
        assert_eq!(object["type"], "helm.sh/release.v1");
        let labels = r#"{"createdAt":"7","name":"web","owner":"helm","status":"deployed","team":"a","version":"3"}"#;
        assert_eq!(object["metadata"]["labels"].to_string(), labels);
        let read = |holder: Holder, object: &serde_json::Value| {
            let item = holder.item(&object.to_string().into()).unwrap();
            part(item, Part::Whole).unwrap()
        };
        let back = read(Holder::SECRET, &object);
        assert_eq!((back.version, back.labels.len()), (3, 6));
        let map = Holder::CONFIG_MAP.object(&one, ("createdAt", 7)).unwrap();
        assert_eq!(read(Holder::CONFIG_MAP, &map).name, "web");
    }
}
