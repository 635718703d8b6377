//! Who merges objects, and how that is asked for.

use serde_json::Value;
use whelm_kube_api::object;
use whelm_release::Release;

use crate::{Live, Managers, Object, PatchBase, Write};

/// Who merges objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merging {
    /// The server; the client otherwise.
    pub server_side: bool,
    /// Whether fields of others are taken over, on the server's side.
    pub force_conflicts: bool,
    /// Whether objects are replaced as a whole, by the client.
    pub replace: bool,
    /// Whether what this client owned by updates becomes what it owns by applying.
    pub moves_managers: bool,
    /// Whether what others did to custom objects is looked at, too; otherwise only what this client changes.
    pub three_way_for_custom: bool,
}

impl Default for Merging {
    fn default() -> Self {
        Merging {
            server_side: true,
            force_conflicts: false,
            replace: false,
            moves_managers: false,
            three_way_for_custom: false,
        }
    }
}

impl Merging {
    /// Says why objects that exist cannot be changed so.
    pub(crate) fn refused(self) -> Option<&'static str> {
        match self {
            Merging {
                server_side: false,
                force_conflicts: true,
                ..
            } => Some("invalid client update option(s): forceConflicts enabled when serverSideApply disabled"),
            Merging {
                force_conflicts: true,
                replace: true,
                ..
            } => Some("invalid operation: cannot use force conflicts and force replace together"),
            Merging {
                server_side: true,
                replace: true,
                ..
            } => Some("invalid operation: cannot use server-side apply and force replace together"),
            _ => None,
        }
    }
}

/// Returns how an object is brought to the cluster, and the owners that it gets first.
///
/// `original` is the object as it was applied last.
pub(crate) fn write_of(
    merging: Merging,
    wanted: &Object,
    live: &Live,
    original: Option<&Value>,
) -> (Write, Option<Managers>) {
    let force = merging.force_conflicts;
    let existing = match live {
        Live::Present(existing) => Some(existing.as_ref()),
        _ => None,
    };
    let is_new = wanted.name.is_empty() || *live == Live::Absent;
    let write = match merging {
        Merging { server_side: true, .. } => Write::Apply { force },
        _ if is_new => Write::Create,
        Merging { replace: true, .. } => Write::Replace {
            resource_version: existing.map_or("", object::resource_version).to_owned(),
        },
        _ => Write::Patch(Box::new(PatchBase {
            original: original.cloned(),
            live: existing.cloned().unwrap_or_default(),
            three_way_for_custom: merging.three_way_for_custom,
        })),
    };
    let moves = merging.server_side && merging.moves_managers;
    let managers = existing.filter(|_| moves).and_then(Managers::of);
    (write, managers)
}

/// What a record says of the way in which a revision was applied.
pub fn apply_method(server_side: bool) -> &'static str {
    if server_side { "ssa" } else { "csa" }
}

/// Says whether a revision was applied by the client. Old records do not say so.
pub fn was_client_side(release: &Release) -> bool {
    matches!(release.apply_method.as_str(), "" | "csa")
}
