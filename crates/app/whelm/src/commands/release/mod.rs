//! Commands about releases, which live in a cluster.

pub mod get;
pub mod history;
pub mod install;
pub mod list;
pub mod rollback;
pub mod status;
pub mod test;
pub mod uninstall;
pub mod upgrade;

pub mod request;
mod server_table;

use whelm_cli::Invocation;
use whelm_sdk::RevisionRequest;

use crate::world;

/// The revision that arguments and flags name.
fn revision(invocation: &Invocation<'_>) -> RevisionRequest {
    RevisionRequest {
        namespace: world::namespace(invocation),
        name: invocation.args.first().cloned().unwrap_or_default(),
        revision: invocation.int("revision"),
    }
}
