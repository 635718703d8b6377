//! Which revisions history leaves behind.

use whelm_release::Status;

use crate::{Error, ErrorKind, Head, Store};

impl Store {
    /// Removes the oldest revisions until `maximum` are left; the last deployed one stays.
    pub(crate) async fn remove_least_recent(&self, name: &str, maximum: usize) -> Result<(), Error> {
        let history = self.heads(name).await?;
        let mut errors = Vec::new();
        for version in doomed(&history, maximum) {
            match self.delete(name, version).await {
                Err(error) if error.kind() != ErrorKind::NotFound => errors.push(error),
                _ => {}
            }
        }
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            count => Err(Error::other(format!(
                "encountered {count} deletion errors. First is: {}",
                errors[0]
            ))),
        }
    }
}

/// Returns the revisions that have to go.
fn doomed(history: &[Head], maximum: usize) -> Vec<i64> {
    let excess = history.len().saturating_sub(maximum);
    let deployed = history.iter().rfind(|head| head.status == Status::Deployed);
    let deployed = deployed.map(|head| head.version);
    let versions = history.iter().map(|head| head.version);
    versions
        .filter(|version| Some(*version) != deployed)
        .take(excess)
        .collect()
}
