//! Which revisions may have objects in the cluster.
//!
//! Helm compares a new revision with one earlier one. What a revision made that failed, or whose client was killed, is then known
//! to nobody once the next one has gone well. So all revisions count from the last one on that was good.

use serde_json::Value;
use whelm_kube_api::Discovery;
use whelm_plan::{LiveObjects, Merging, Object};
use whelm_release::{Release, Status};
use whelm_storage::Head;

use crate::{
    Error,
    cluster::{Cluster, Wanted, look_up},
};

/// Points at the last revision that was deployed, or without one at the last that was superseded, and at all that came after it.
pub(crate) fn standing(heads: &[Head]) -> Vec<usize> {
    let newest = |status: Status| Head::newest(heads, |head| head.status == status);
    let good = newest(Status::Deployed).or_else(|| newest(Status::Superseded));
    let first = good.and_then(|place| heads.get(place)).map_or(0, |head| head.version);
    Head::places(heads, |head| head.version >= first)
}

/// Reads the objects of revisions. What cannot be read, or is no longer served, counts as gone.
fn objects_of(releases: &[Release], discovery: &Discovery, namespace: &str) -> Vec<Object> {
    let built = releases
        .iter()
        .filter_map(|release| whelm_plan::build_served(&release.manifest, discovery, namespace).ok());
    built.flat_map(|(objects, _)| objects).collect()
}

/// Returns the objects of revisions that are neither in the one that runs nor in the new one.
pub(crate) async fn left_over(
    cluster: &Cluster,
    others: &[Release],
    current: &[Object],
    target: &[Object],
) -> Result<Vec<Object>, Error> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let discovery = cluster.client.discovery().await;
    let discovery = discovery.map_err(|error| Error::new(error.to_string()))?;
    let others = objects_of(others, &discovery, &cluster.namespace);
    Ok(whelm_plan::left_over(others, current, target))
}

/// Looks up what an operation may change, and adds to the objects of the revision that runs what others have left over. Of those
/// objects only the places are left when the server merges.
pub(crate) async fn look_up_change(
    cluster: &Cluster,
    release: &Release,
    mut current: Vec<Object>,
    others: &[Release],
    target: &[Object],
    merging: Merging,
) -> Result<(Vec<Object>, LiveObjects), Error> {
    if merging.server_side {
        // Only who merges itself needs what was applied last; the others need to know where it is.
        current.iter_mut().for_each(|object| object.value = Value::Null);
    }
    let left_over = left_over(cluster, others, &current, target).await?;
    let wanted = whelm_plan::looked_up(&current, target).into_iter().chain(&left_over);
    // The server knows best what an object is like, unless its owners have to change first.
    let how = if merging.server_side && !merging.moves_managers {
        Wanted::Marks
    } else {
        Wanted::Whole
    };
    let live = look_up(&cluster.client, wanted, how).await;
    current.extend(whelm_plan::owned(left_over, &live, release));
    Ok((current, live))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(statuses: &[Status]) -> Vec<Head> {
        let head = |(version, status): (i64, &Status)| Head {
            namespace: "ns".into(),
            name: "web".into(),
            version,
            status: status.clone(),
        };
        (1..).zip(statuses).map(head).collect()
    }

    #[test]
    fn revisions_count_from_the_last_good_one_on() {
        use Status::{Deployed, Failed, PendingUpgrade, Superseded};
        assert_eq!(standing(&heads(&[Superseded, Deployed])), [1]);
        assert_eq!(
            standing(&heads(&[Superseded, Deployed, Failed, PendingUpgrade])),
            [1, 2, 3]
        );
        assert_eq!(standing(&heads(&[Superseded, Superseded, PendingUpgrade])), [1, 2]);
        assert_eq!(standing(&heads(&[Failed, Failed])), [0, 1]);
    }
}
