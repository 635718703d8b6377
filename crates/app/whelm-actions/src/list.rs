//! `list` and `history`: which releases and revisions there are.
//!
//! Source: Helm 4.3.1, `pkg/action/{list,history}.go`.

use std::cmp::Ordering;

use go_regexp::Regexp;
use whelm_kube_api::selector::Selector;
use whelm_release::{Release, Status, validate_release_name};
use whelm_storage::Head;

use crate::{ClusterAddress, Error};

/// What `list` is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// The namespace; empty for all of them.
    pub namespace: String,
    /// The states to show; none means all.
    pub states: Vec<StateFilter>,
    /// A regular expression that names have to match; empty means any.
    pub filter: String,
    /// A label selector; empty means any.
    pub selector: String,
    /// By date instead of by name.
    pub by_date: bool,
    /// The other way round.
    pub reverse: bool,
    /// How many at most; 0 means all.
    pub limit: usize,
    /// How many are skipped first.
    pub offset: usize,
}

/// A group of states, as the flags name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateFilter {
    /// `--deployed`
    Deployed,
    /// `--uninstalled`
    Uninstalled,
    /// `--uninstalling`
    Uninstalling,
    /// `--pending`
    Pending,
    /// `--failed`
    Failed,
    /// `--superseded`
    Superseded,
}

impl StateFilter {
    fn admits(self, status: &Status) -> bool {
        match self {
            StateFilter::Deployed => *status == Status::Deployed,
            StateFilter::Uninstalled => *status == Status::Uninstalled,
            StateFilter::Uninstalling => *status == Status::Uninstalling,
            StateFilter::Pending => status.is_pending(),
            StateFilter::Failed => *status == Status::Failed,
            StateFilter::Superseded => *status == Status::Superseded,
        }
    }
}

/// Lists releases: of each the newest revision, unless only superseded ones are asked for.
///
/// # Errors
/// Helm's texts: no cluster, a bad expression, a bad selector.
pub async fn list(address: &ClusterAddress, request: &ListRequest) -> Result<Vec<Release>, Error> {
    let cluster = address.open(&request.namespace).await?;
    cluster.check_reachable().await?;
    let filter = if request.filter.is_empty() {
        None
    } else {
        Some(Regexp::compile(&request.filter).map_err(|error| Error::new(error.to_string()))?)
    };
    let selector = Selector::parse(&request.selector).map_err(|error| Error::new(error.to_string()))?;
    let all_revisions = request.states == [StateFilter::Superseded];
    let wanted = |name: &str| filter.as_ref().is_none_or(|filter| filter.is_match(name.as_bytes()));
    let mut releases = Vec::new();
    if all_revisions {
        let keep = |release: Release| releases.extend(wanted(&release.name).then(|| slim(release)));
        cluster.store.for_each(keep).await?;
    } else {
        cluster
            .store
            .for_each_newest(wanted, |release| releases.push(slim(release)))
            .await?;
    }
    releases.retain(|release| {
        let status = &release.info.status;
        let known = !matches!(status, Status::Unknown | Status::Other(_));
        let wanted = if request.states.is_empty() {
            known
        } else {
            request.states.iter().any(|state| state.admits(status))
        };
        wanted && selector.matches(&release.labels)
    });
    sort(&mut releases, request);
    let rest = releases.into_iter().skip(request.offset);
    Ok(if request.limit == 0 {
        rest.collect()
    } else {
        rest.take(request.limit).collect()
    })
}

/// Keeps of a release what a list shows, so that memory does not grow with the size of charts.
fn slim(mut release: Release) -> Release {
    if let Some(chart) = release.chart.take() {
        let mut slim = whelm_chart::Chart::default();
        slim.metadata = chart.metadata.clone();
        release.chart = Some(std::sync::Arc::new(slim));
    }
    release.manifest = Default::default();
    release.hooks = Vec::new();
    release.config = None;
    release.info.notes = Default::default();
    release
}

fn sort(releases: &mut [Release], request: &ListRequest) {
    let by_place =
        |a: &Release, b: &Release| (&a.name, &a.namespace, a.version).cmp(&(&b.name, &b.namespace, b.version));
    let by_date = |a: &Release, b: &Release| {
        let dates = a
            .info
            .last_deployed
            .partial_cmp(&b.info.last_deployed)
            .unwrap_or(Ordering::Equal);
        dates.then_with(|| by_place(a, b))
    };
    if request.by_date {
        releases.sort_by(by_date)
    } else {
        releases.sort_by(by_place)
    }
    if request.reverse {
        releases.reverse();
    }
}

/// Returns the revisions of a release, oldest first; `max` keeps the newest ones, 0 all. Of their charts only the metadata is there.
///
/// # Errors
/// Helm's texts.
pub async fn history(address: &ClusterAddress, namespace: &str, name: &str, max: usize) -> Result<Vec<Release>, Error> {
    let cluster = address.open(namespace).await?;
    cluster.check_reachable().await?;
    if validate_release_name(name).is_err() {
        return Err(Error::new(format!("release name is invalid: {name}")));
    }
    let newest = |heads: &[Head]| {
        let mut places: Vec<usize> = (0..heads.len()).collect();
        places.sort_by_key(|place| heads[*place].version);
        let excess = if max == 0 { 0 } else { places.len().saturating_sub(max) };
        places.split_off(excess)
    };
    Ok(cluster.store.choose_outlines(name, newest).await?)
}

#[cfg(test)]
mod tests {
    use whelm_release::Time;

    use super::*;

    fn release(name: &str, version: i64, seconds: i64) -> Release {
        let mut release = Release {
            name: name.into(),
            version,
            ..Release::default()
        };
        release.info.last_deployed = Some(Time::utc(seconds, 0));
        release
    }

    #[test]
    fn o_004_orders() {
        let order = |by_date, reverse| {
            let mut all = vec![release("b", 1, 1), release("a", 1, 3), release("c", 1, 2)];
            sort(
                &mut all,
                &ListRequest {
                    by_date,
                    reverse,
                    ..ListRequest::default()
                },
            );
            all.iter().map(|release| release.name.clone()).collect::<String>()
        };
        assert_eq!(
            [
                order(false, false),
                order(false, true),
                order(true, false),
                order(true, true)
            ],
            ["abc", "cba", "bca", "acb"]
        );
    }

    #[test]
    fn o_006_states() {
        assert!(StateFilter::Pending.admits(&Status::PendingUpgrade));
        assert!(!StateFilter::Failed.admits(&Status::Deployed));
    }
}
