//! Revisions as rows. Each change is one statement, so a record and its labels are written together or not at all.
//!
//! Source: Helm 4.3.1, `pkg/storage/driver/sql.go`.

use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use tokio_postgres::{
    Row,
    error::SqlState,
    types::{ToSql, Type},
};
use whelm_release::{Release, Status, decode, encode, without_system_labels};

use super::{Sql, failure};
use crate::{
    Error,
    choice::{Head, Place},
};

/// A revision with the labels that users gave it, as JSON.
const READ: &str = "SELECT r.body, (SELECT json_object_agg(l.key, l.value)::text FROM custom_labels_v1 l
       WHERE l.releaseKey = r.key AND l.releaseNamespace = r.namespace AND l.key IS NOT NULL), r.namespace, r.key
     FROM releases_v1 r WHERE";

const CREATE: &str = "WITH record AS (
       INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt)
       VALUES ($1, 'helm.sh/release.v1', $2, $3, $4, $5, $6, 'helm', $7)
       RETURNING key, namespace)
     INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value)
     SELECT record.key, record.namespace, label.key, label.value
     FROM record, unnest($8, $9) AS label (key, value)";

const UPDATE: &str = "UPDATE releases_v1
     SET body = $1, name = $2, version = $3, status = $4, owner = 'helm', modifiedAt = $5
     WHERE key = $6 AND namespace = $7";

const DELETE: &str = "WITH labels AS (
       DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2)
     DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2";

/// How long a key may be for labels to hang on it.
const LONGEST_LABELLED_KEY: usize = 64;

type Parameters<'a> = [(&'a (dyn ToSql + Sync), Type)];

impl Sql {
    pub(crate) async fn get(&self, namespace: &str, name: &str, version: i64) -> Result<Release, Error> {
        let key = Release::storage_key(name, version);
        let query = format!("{READ} r.key = $1 AND r.namespace = $2");
        let parameters: &Parameters<'_> = &[(&key, Type::TEXT), (&namespace, Type::TEXT)];
        let link = self.link().await?;
        let rows = link
            .client
            .query_typed(&query, parameters)
            .await
            .map_err(|error| other(&error))?;
        release(rows.first().ok_or_else(Error::not_found)?)
    }

    pub(crate) async fn create(&self, release: &Release, now: u64) -> Result<(), Error> {
        let row = Columns::new(release, now)?;
        let (labels, values): (Vec<_>, Vec<_>) = without_system_labels(&release.labels).into_iter().unzip();
        let parameters: &Parameters<'_> = &[
            (&row.key, Type::TEXT),
            (&row.body, Type::TEXT),
            (&release.name, Type::TEXT),
            (&row.namespace, Type::TEXT),
            (&row.version, Type::INT4),
            (&row.status, Type::TEXT),
            (&row.now, Type::INT4),
            (&labels, Type::TEXT_ARRAY),
            (&values, Type::TEXT_ARRAY),
        ];
        let link = self.link().await?;
        let written = link.client.execute_typed(CREATE, parameters).await;
        written.map(drop).map_err(|error| match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Error::already_exists(),
            Some(code)
                if *code == SqlState::STRING_DATA_RIGHT_TRUNCATION
                    && row.key.len() > LONGEST_LABELLED_KEY
                    && !labels.is_empty() =>
            {
                Error::other(format!(
                    "{}; Helm's table has no room for labels of releases with names as long as {:?}",
                    failure::text(&error),
                    release.name
                ))
            }
            _ => other(&error),
        })
    }

    /// Writes everything but the labels, which stay as they are.
    pub(crate) async fn update(&self, release: &Release, now: u64) -> Result<(), Error> {
        let row = Columns::new(release, now)?;
        let parameters: &Parameters<'_> = &[
            (&row.body, Type::TEXT),
            (&release.name, Type::TEXT),
            (&row.version, Type::INT4),
            (&row.status, Type::TEXT),
            (&row.now, Type::INT4),
            (&row.key, Type::TEXT),
            (&row.namespace, Type::TEXT),
        ];
        self.change(UPDATE, parameters).await
    }

    pub(crate) async fn delete(&self, namespace: &str, name: &str, version: i64) -> Result<(), Error> {
        let key = Release::storage_key(name, version);
        self.change(DELETE, &[(&key, Type::TEXT), (&namespace, Type::TEXT)])
            .await
    }

    /// Changes one row, which has to be there.
    async fn change(&self, statement: &str, parameters: &Parameters<'_>) -> Result<(), Error> {
        let link = self.link().await?;
        match link.client.execute_typed(statement, parameters).await {
            Ok(0) => Err(Error::not_found()),
            Ok(_) => Ok(()),
            Err(error) => Err(other(&error)),
        }
    }

    /// Passes on the revisions of a namespace, or of all when it is empty, with the labels that the other drivers keep.
    pub(crate) async fn for_each(&self, namespace: &str, keep: &mut impl FnMut(Release)) -> Result<(), Error> {
        let query = format!("{READ} r.owner = 'helm' AND ($1 = '' OR r.namespace = $1) ORDER BY r.key, r.namespace");
        self.stream(&query, &[(&namespace, Type::TEXT)], |_, release| {
            keep(labelled(release))
        })
        .await
    }

    /// Returns the revisions of a release, oldest first; none is not an error.
    pub(crate) async fn revisions(
        &self,
        namespace: &str,
        name: &str,
        status: Option<Status>,
    ) -> Result<Vec<Release>, Error> {
        let query = format!(
            "{READ} r.owner = 'helm' AND r.name = $1 AND ($2 = '' OR r.namespace = $2) AND ($3 = '' OR r.status = $3)
             ORDER BY r.version"
        );
        let status = status.map(|status| status.as_str().to_owned()).unwrap_or_default();
        let parameters: &Parameters<'_> = &[(&name, Type::TEXT), (&namespace, Type::TEXT), (&status, Type::TEXT)];
        let mut found = Vec::new();
        self.stream(&query, parameters, |_, release| found.push(release))
            .await?;
        Ok(found)
    }

    /// Returns which revisions there are, of one release or of all; an empty namespace means all of them.
    pub(crate) async fn heads(&self, namespace: &str, name: Option<&str>) -> Result<Vec<Head>, Error> {
        let query = "SELECT namespace, name, version, status FROM releases_v1
             WHERE owner = 'helm' AND ($1 = '' OR namespace = $1) AND ($2 = '' OR name = $2) ORDER BY key, namespace";
        let name = name.unwrap_or_default();
        let link = self.link().await?;
        let parameters: &Parameters<'_> = &[(&namespace, Type::TEXT), (&name, Type::TEXT)];
        let rows = link
            .client
            .query_typed(query, parameters)
            .await
            .map_err(|error| other(&error))?;
        rows.iter().map(head).collect()
    }

    /// Passes on some revisions; those that are gone or cannot be read are left out.
    pub(crate) async fn read(&self, wanted: &[&Head], keep: &mut impl FnMut(Place, Release)) -> Result<(), Error> {
        let query =
            format!("{READ} (r.key, r.namespace) IN (SELECT * FROM unnest($1, $2)) ORDER BY r.key, r.namespace");
        let (namespaces, keys): (Vec<_>, Vec<_>) = wanted.iter().map(|head| head.place()).unzip();
        let parameters: &Parameters<'_> = &[(&keys, Type::TEXT_ARRAY), (&namespaces, Type::TEXT_ARRAY)];
        self.stream(&query, parameters, |place, release| keep(place, labelled(release)))
            .await
    }

    /// Passes on what a query finds, row by row. Records that cannot be read are skipped, as Helm does.
    async fn stream(
        &self,
        query: &str,
        parameters: &Parameters<'_>,
        mut keep: impl FnMut(Place, Release),
    ) -> Result<(), Error> {
        let link = self.link().await?;
        let parameters = parameters.iter().map(|(value, kind)| (*value, kind.clone()));
        let rows = link
            .client
            .query_typed_raw(query, parameters)
            .await
            .map_err(|error| other(&error))?;
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(|error| other(&error))? {
            if let Ok(release) = release(&row) {
                keep((text(&row, 2)?.to_owned(), text(&row, 3)?.to_owned()), release);
            }
        }
        Ok(())
    }
}

/// What both ways of writing put into a row.
struct Columns {
    key: String,
    body: String,
    namespace: String,
    version: i32,
    status: String,
    now: i32,
}

impl Columns {
    fn new(release: &Release, now: u64) -> Result<Self, Error> {
        let namespace = match release.namespace.as_str() {
            "" => "default",
            named => named,
        };
        let narrow = |error: std::num::TryFromIntError| Error::other(error.to_string());
        Ok(Columns {
            key: Release::storage_key(&release.name, release.version),
            body: encode(release).map_err(|error| Error::other(error.to_string()))?,
            namespace: namespace.to_owned(),
            version: i32::try_from(release.version).map_err(narrow)?,
            status: release.info.status.as_str().to_owned(),
            now: i32::try_from(now).unwrap_or(i32::MAX),
        })
    }
}

/// Gives a release the labels that the other drivers keep with it.
fn labelled(mut release: Release) -> Release {
    release.labels.extend([
        ("name".to_owned(), release.name.clone()),
        ("owner".to_owned(), "helm".to_owned()),
        ("status".to_owned(), release.info.status.as_str().to_owned()),
        ("version".to_owned(), release.version.to_string()),
    ]);
    release
}

fn head(row: &Row) -> Result<Head, Error> {
    let version: i32 = row.try_get(2).map_err(|error| other(&error))?;
    Ok(Head {
        namespace: text(row, 0)?.to_owned(),
        name: text(row, 1)?.to_owned(),
        version: version.into(),
        status: Status::from_word(text(row, 3)?),
    })
}

fn release(row: &Row) -> Result<Release, Error> {
    let body = text(row, 0)?;
    let labels: Option<&str> = row.try_get(1).map_err(|error| other(&error))?;
    let mut release = decode(body.as_bytes()).map_err(|error| Error::other(error.to_string()))?;
    let labels: BTreeMap<String, Option<String>> =
        serde_json::from_str(labels.unwrap_or("{}")).map_err(|error| Error::other(error.to_string()))?;
    let labels = labels
        .into_iter()
        .map(|(key, value)| (key, value.unwrap_or_default()))
        .collect();
    release.labels = without_system_labels(&labels);
    Ok(release)
}

fn text(row: &Row, column: usize) -> Result<&str, Error> {
    row.try_get(column).map_err(|error| other(&error))
}

fn other(error: &tokio_postgres::Error) -> Error {
    Error::other(failure::text(error))
}
