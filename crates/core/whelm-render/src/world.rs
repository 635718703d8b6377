//! What a render may ask of the world.

use std::sync::Arc;

use go_sprig::Host;
use go_value::Value;

/// The world of a render. A clone shares everything.
#[derive(Clone)]
pub struct World {
    /// Clock, randomness, names and keys.
    pub host: Arc<dyn Host>,
    /// The cluster, for `lookup`; without one `lookup` finds nothing.
    pub lookup: Option<Arc<dyn Lookup>>,
    /// Whether `getHostByName` may ask; otherwise it gives the empty text.
    pub dns: bool,
    /// Whether the process ends soon after the render. What the render built is then left to the operating system, which takes
    /// it back faster than piece by piece.
    pub one_shot: bool,
}

impl World {
    /// Returns a world without a cluster and without DNS.
    pub fn new(host: Arc<dyn Host>) -> World {
        World {
            host,
            lookup: None,
            dns: false,
            one_shot: false,
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("lookup", &self.lookup.is_some())
            .field("dns", &self.dns)
            .finish_non_exhaustive()
    }
}

/// What a template wants to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupRequest {
    /// For example `apps/v1`.
    pub api_version: String,
    /// For example `Deployment`.
    pub kind: String,
    /// Empty for all namespaces, and for what has none.
    pub namespace: String,
    /// Empty for a list.
    pub name: String,
}

/// Reads the cluster for the template function `lookup`.
pub trait Lookup: Send + Sync {
    /// Returns the object, or the list when the request has no name; an empty map when there is no such object.
    ///
    /// # Errors
    /// The text that Helm has for it; the render fails with it.
    fn lookup(&self, request: &LookupRequest) -> Result<Value, String>;
}
