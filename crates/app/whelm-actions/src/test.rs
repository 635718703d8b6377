//! `test`: the tests of a release run.
//!
//! Source: Helm 4.3.1, `pkg/action/release_testing.go`, `pkg/cmd/release_testing.go`.

use std::time::Duration;

use whelm_chart::Log;
use whelm_plan::{HookRun, TestFilter, test_runs};
use whelm_release::{Release, validate_release_name};

use crate::{
    ClusterAddress, Context, Error, WaitStrategy,
    cluster::{Cluster, Executor, Waiting, container_logs},
};

/// What `test` is asked for.
#[derive(Clone, Debug, Default)]
pub struct TestRequest {
    /// The release.
    pub name: String,
    /// `--filter name=…`: only these tests; empty means all.
    pub only: Vec<String>,
    /// `--filter '!name=…'`: all but these tests.
    pub without: Vec<String>,
    /// `--logs`: what the Pods of the tests have written.
    pub logs: bool,
    /// `--timeout`, for each test.
    pub timeout: Duration,
}

/// What is told while tests run.
#[derive(Clone, Copy, Debug)]
pub enum TestReport<'a> {
    /// All have ended; the release has their results.
    Ended(&'a Release),
    /// A piece of what [`TestRequest::logs`] asks for.
    Logs(&'a [u8]),
}

/// Takes what is told while tests run.
pub type OnTestReport<'a> = dyn FnMut(TestReport<'_>) + Send + 'a;

/// Runs the tests of the last revision, one after the other, and saves their results in its record. What the policies of
/// hooks delete is deleted after the logs were read.
///
/// # Errors
/// Helm's texts: there is no such release, a test failed, or logs could not be read. `report` has heard of the end of the
/// tests before, if they began.
pub async fn test(
    cx: &Context,
    address: &ClusterAddress,
    namespace: &str,
    request: &TestRequest,
    report: &mut OnTestReport<'_>,
    log: &mut Log,
) -> Result<(), Error> {
    let cluster = address.open(namespace).await?;
    cluster.check_reachable().await?;
    let name = &request.name;
    if validate_release_name(name).is_err() {
        return Err(Error::new(format!("releaseTest: Release name is invalid: {name}")));
    }
    let mut release = cluster.store.last(name).await?;
    let filter = TestFilter {
        only: request.only.clone(),
        without: request.without.clone(),
    };
    let runs = test_runs(&mut release, &filter);
    let waiting = Waiting {
        strategy: WaitStrategy::Watcher,
        timeout: request.timeout,
    };
    let mut executor = Executor::new(cx, &cluster, log, release, waiting);
    let ended = executor.run_tests(&runs).await;
    let stored = cluster.store.update(&executor.release).await;
    let mut result = match &ended.result {
        Ok(()) => stored.map_err(Error::from),
        Err(error) => Err(error.clone()),
    };
    report(TestReport::Ended(&executor.release));
    if request.logs {
        let read = logs(&cluster, &executor.release, &runs, report).await;
        result = join(result, read);
    }
    let settled = executor.settle_tests(&ended, &runs).await;
    result.and(settled)
}

/// Reads the logs of the tests that are Pods; one that is missing ends it.
async fn logs(
    cluster: &Cluster,
    release: &Release,
    runs: &[HookRun],
    report: &mut OnTestReport<'_>,
) -> Result<(), Error> {
    report(TestReport::Logs(b"\n"));
    let tests = runs.iter().filter_map(|run| release.hooks.get(run.index));
    for test in tests.filter(|test| test.kind == "Pod") {
        let mut write = |piece: &[u8]| report(TestReport::Logs(piece));
        let namespace = match cluster.build(&test.manifest).await?.first() {
            Some(pod) => pod.namespace.clone(),
            None => cluster.namespace.clone(),
        };
        container_logs(&cluster.client, &namespace, &test.name, &mut write).await?;
    }
    Ok(())
}

/// Puts two failures together, one line after the other.
fn join(first: Result<(), Error>, second: Result<(), Error>) -> Result<(), Error> {
    match (first, second) {
        (Err(first), Err(second)) => Err(first.reworded(|text| format!("{text}\n{second}"))),
        (first, second) => first.and(second),
    }
}
