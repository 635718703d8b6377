//! Helm's tables, and the record of which steps made them.
//!
//! The statements are Helm's: a database that either program made is open to the other.
//!
//! Source: Helm 4.3.1, `pkg/storage/driver/sql.go`; sql-migrate 1.8.1.

use std::collections::BTreeSet;

use tokio_postgres::{Client, Transaction, error::SqlState, types::Type};

use super::failure::text;

/// The steps, in order. The table of labels has narrower keys than that of releases: what Helm made cannot be told from what we made.
const STEPS: &[(&str, &str)] = &[
    (
        "init",
        "CREATE TABLE releases_v1 (
           key VARCHAR(90),
           type VARCHAR(64) NOT NULL,
           body TEXT NOT NULL,
           name VARCHAR(64) NOT NULL,
           namespace VARCHAR(64) NOT NULL,
           version INTEGER NOT NULL,
           status TEXT NOT NULL,
           owner TEXT NOT NULL,
           createdAt INTEGER NOT NULL,
           modifiedAt INTEGER NOT NULL DEFAULT 0,
           PRIMARY KEY(key, namespace)
         );
         CREATE INDEX ON releases_v1 (key, namespace);
         CREATE INDEX ON releases_v1 (version);
         CREATE INDEX ON releases_v1 (status);
         CREATE INDEX ON releases_v1 (owner);
         CREATE INDEX ON releases_v1 (createdAt);
         CREATE INDEX ON releases_v1 (modifiedAt);
         GRANT ALL ON releases_v1 TO PUBLIC;
         ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY",
    ),
    (
        "custom_labels",
        "CREATE TABLE custom_labels_v1 (
           releaseKey VARCHAR(64),
           releaseNamespace VARCHAR(67),
           key VARCHAR(317),
           value VARCHAR(63)
         );
         CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
         GRANT ALL ON custom_labels_v1 TO PUBLIC;
         ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY",
    ),
];

/// The lock under which tables are made, so that two programs do not make them at once: the letters `whelm`.
const LOCK: &str = "SELECT pg_advisory_xact_lock(512970353773)";

const RECORDS: &str = "CREATE TABLE IF NOT EXISTS gorp_migrations
    (id text NOT NULL PRIMARY KEY, applied_at timestamp with time zone)";

const APPLIED: &str = "SELECT id FROM gorp_migrations";

/// Makes what is missing. A database that has everything is only read.
///
/// # Errors
/// The database refuses, or a step was taken that Helm 4.3.1 does not know.
pub(super) async fn migrate(client: &mut Client) -> Result<(), String> {
    if is_complete(client).await? {
        return Ok(());
    }
    match make(client).await {
        // Helm may have been faster, and it takes no lock.
        Err(_) if is_complete(client).await.is_ok_and(|complete| complete) => Ok(()),
        result => result,
    }
}

async fn is_complete(client: &Client) -> Result<bool, String> {
    match client.query_typed(APPLIED, &[]).await {
        Ok(rows) => {
            let applied: BTreeSet<&str> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
            Ok(STEPS.iter().all(|(id, _)| applied.contains(id)))
        }
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(false),
        Err(error) => Err(text(&error)),
    }
}

async fn make(client: &mut Client) -> Result<(), String> {
    let transaction = client.transaction().await.map_err(|error| text(&error))?;
    for statement in [LOCK, RECORDS] {
        transaction
            .batch_execute(statement)
            .await
            .map_err(|error| text(&error))?;
    }
    let rows = transaction
        .query_typed(APPLIED, &[])
        .await
        .map_err(|error| text(&error))?;
    let applied: BTreeSet<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    if let Some(unknown) = applied.iter().find(|id| STEPS.iter().all(|(known, _)| known != id)) {
        return Err(format!(
            "Unable to create migration plan because of {unknown}: unknown migration in database"
        ));
    }
    for (id, statements) in STEPS.iter().filter(|(id, _)| !applied.contains(*id)) {
        let taken = take(&transaction, id, statements).await;
        taken.map_err(|error| format!("{} handling {id}", text(&error)))?;
    }
    transaction.commit().await.map_err(|error| text(&error))
}

async fn take(transaction: &Transaction<'_>, id: &str, statements: &str) -> Result<(), tokio_postgres::Error> {
    transaction.batch_execute(statements).await?;
    let record = "INSERT INTO gorp_migrations (id, applied_at) VALUES ($1, now())";
    transaction.execute_typed(record, &[(&id, Type::TEXT)]).await.map(drop)
}
