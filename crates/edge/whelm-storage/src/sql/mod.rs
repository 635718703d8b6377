//! The store in a PostgreSQL database, with Helm's tables.
//!
//! Nothing happens before the first request; the connection is then kept for the rest of the process, and made anew when it broke.

mod connect;
mod connection_string;
mod failure;
mod files;
mod migrate;
mod records;
mod settings;
mod sheet;
mod source;
mod tls;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::Error;
use connect::Link;
pub use source::SqlSource;

/// A database of releases. Clones share the connection.
#[derive(Clone, Default)]
pub struct Sql(Arc<Shared>);

#[derive(Default)]
struct Shared {
    source: SqlSource,
    link: Mutex<Option<Arc<Link>>>,
}

impl Sql {
    /// Names a database, without asking it anything.
    pub fn new(source: SqlSource) -> Self {
        Sql(Arc::new(Shared {
            source,
            link: Mutex::default(),
        }))
    }

    /// Connects, if that has not happened yet, and makes the tables if they are missing.
    ///
    /// # Errors
    /// `unable to instantiate SQL driver: …`
    pub async fn connect(&self) -> Result<(), Error> {
        self.link().await.map(drop)
    }

    async fn link(&self) -> Result<Arc<Link>, Error> {
        // Whoever comes second waits for the connection that the first one makes.
        let mut kept = self.0.link.lock().await;
        if let Some(link) = kept.as_ref().filter(|link| !link.client.is_closed()) {
            return Ok(Arc::clone(link));
        }
        let failed = |reason: String| Error::other(format!("unable to instantiate SQL driver: {reason}"));
        let mut link = connect::connect(&self.0.source).await.map_err(failed)?;
        migrate::migrate(&mut link.client).await.map_err(failed)?;
        let link = Arc::new(link);
        *kept = Some(Arc::clone(&link));
        Ok(link)
    }
}

impl fmt::Debug for Sql {
    /// Says nothing, because of passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sql").finish_non_exhaustive()
    }
}
