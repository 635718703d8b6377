//! What becomes of a release when something goes wrong at any of the requests of an operation.
//!
//! Each operation is run again and again, and each time another request goes wrong. Afterwards one more command, the one
//! that the error names, has to reach a state in which records and objects agree; nothing foreign may be touched; and the release
//! can be upgraded and removed as if nothing had happened.
//!
//! `WHELM_FAULTS=all` takes every request, otherwise a sample is taken. `WHELM_TEST_CLUSTER=DIR` uses the real cluster in that
//! folder (`cluster start DIR`) beside the one inside the process.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]

mod clients;
mod fault;
mod mending;
mod place;
mod rights;
mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use fault::{Fault, Faulty};
use futures_util::{StreamExt, stream};
use place::Place;
use whelm_net::SharedTransport;
use whelm_release::Status;
use world::{Verb, World};

/// How an operation ended.
enum Ended {
    Well,
    Badly(String),
    Killed,
}

/// Runs something in which time passes only when everybody waits.
pub(crate) fn in_paused_time<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(work)
}

/// Runs something in the time of the machine.
pub(crate) fn in_real_time<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

/// Runs a test on the real cluster whose folder is named, with a large stack: without optimisation, many runs at once need it.
pub(crate) fn on_a_real_cluster(test: fn(&Path)) {
    let Some(dir) = std::env::var_os("WHELM_TEST_CLUSTER").map(PathBuf::from) else {
        eprintln!("skipped: WHELM_TEST_CLUSTER names no cluster");
        return;
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let ended = thread.spawn(move || test(&dir)).unwrap().join();
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

/// Tells whether every request is to go wrong once.
pub(crate) fn takes_all() -> bool {
    std::env::var("WHELM_FAULTS").is_ok_and(|value| value == "all")
}

/// Brings the release where the operation begins.
async fn prepare(world: &World, verb: Verb) {
    let steps: &[Verb] = match verb {
        Verb::Install => &[],
        Verb::Upgrade => &[Verb::Install],
        Verb::Rollback | Verb::Uninstall => &[Verb::Install, Verb::Upgrade],
    };
    for step in steps {
        world.act(*step, world.place.transport.clone()).await.unwrap();
    }
}

/// Runs an operation with a fault, and drops it where it is when the client is killed.
async fn suffer(world: &World, verb: Verb, faulty: &Arc<Faulty>) -> Ended {
    let transport: SharedTransport = faulty.clone();
    tokio::select! {
        biased;
        () = faulty.dead.notified() => Ended::Killed,
        result = world.act(verb, transport) => match result {
            Ok(()) => Ended::Well,
            Err(error) => Ended::Badly(error.to_string()),
        },
    }
}

/// One command that is right after a failure: what the hints say; where the way is free the same again, another version, or the
/// end of the release, in turns.
async fn recover(world: &World, verb: Verb, turn: usize) -> Result<(), String> {
    let transport = world.place.transport.clone();
    let last = world.history().await.pop();
    let done = match (verb, last) {
        (Verb::Uninstall, None) => Ok(()),
        (_, None) => world.install(transport).await,
        (_, Some(last)) => match last.info.status {
            Status::PendingInstall | Status::Uninstalling => world.uninstall(transport).await,
            Status::PendingUpgrade => world.roll_back(1, transport).await,
            Status::PendingRollback => world.roll_back(last.info.rollback_revision, transport).await,
            _ => match turn % 3 {
                0 => world.act(again(verb), transport).await,
                1 => world.upgrade(3, transport).await,
                _ => world.uninstall(transport).await,
            },
        },
    };
    done.map_err(|error| format!("one more command does not help: {error}"))
}

/// An installation that failed is mended by an upgrade.
fn again(verb: Verb) -> Verb {
    if verb == Verb::Install { Verb::Upgrade } else { verb }
}

/// One run of an operation with a fault. Returns whether the fault happened.
async fn one(world: &World, verb: Verb, at: usize, fault: Fault) -> Result<bool, String> {
    prepare(world, verb).await;
    let before: Vec<i64> = world.history().await.iter().map(|release| release.version).collect();
    let faulty = Arc::new(Faulty::new(world.place.transport.clone(), Some((at, fault))));
    let ended = suffer(world, verb, &faulty).await;
    let tripped = faulty.tripped.load(Ordering::SeqCst);
    let context = |text: String| {
        let seen = faulty.seen.lock().unwrap();
        let from = seen.iter().position(|line| line.contains("<-")).unwrap_or_default();
        let near: Vec<&String> = seen.iter().skip(from.saturating_sub(2)).take(8).collect();
        format!("{verb:?} with {fault:?} at {at}: {text}\n  {near:#?}")
    };
    let after = world.history().await;
    if verb != Verb::Uninstall
        && before
            .iter()
            .any(|version| after.iter().all(|release| release.version != *version))
    {
        return Err(context(format!("a record of {before:?} is lost")));
    }
    match ended {
        // What is not noticed at once is mended by the next command.
        Ended::Well if !fault.is_harmless(at) && world.check().await.is_err() => {
            recover(world, verb, at).await.map_err(context)?
        }
        Ended::Well => {}
        Ended::Badly(text) if fault.is_harmless(at) => return Err(context(format!("failed: {text}"))),
        Ended::Badly(_) | Ended::Killed => recover(world, verb, at).await.map_err(context)?,
    }
    world.check().await.map_err(context)?;
    // Whatever it was, the release lives on.
    let transport = || world.place.transport.clone();
    let upgraded = world.upgrade(2, transport()).await;
    upgraded.map_err(|error| context(format!("a later upgrade: {error}")))?;
    if world.check().await.map_err(context)? != Some(2) {
        return Err(context("a later upgrade has no effect".to_owned()));
    }
    let removed = world.uninstall(transport()).await;
    removed.map_err(|error| context(format!("a later uninstall: {error}")))?;
    if world.check().await.map_err(context)?.is_some() {
        return Err(context("a later uninstall has no effect".to_owned()));
    }
    Ok(tripped)
}

/// How many requests and watches an operation has.
async fn count(world: &World, verb: Verb) -> (usize, usize) {
    prepare(world, verb).await;
    let faulty = Arc::new(Faulty::new(world.place.transport.clone(), None));
    let transport: SharedTransport = faulty.clone();
    world.act(verb, transport).await.unwrap();
    faulty.counts()
}

/// The faults of an operation: every `step`th request of each kind.
fn faults_of(requests: usize, watches: usize, step: usize) -> Vec<(usize, Fault)> {
    let mut all = Vec::new();
    for (number, fault) in Fault::ALL.iter().enumerate() {
        let (places, step) = if fault.is_about_watches() {
            (watches, 1)
        } else {
            (requests, step)
        };
        all.extend((number % step..places).step_by(step).map(|at| (at, *fault)));
    }
    all
}

fn embedded(verb: Verb) {
    let step = if takes_all() { 1 } else { 9 };
    let (requests, watches) = in_paused_time(async { count(&World::new(Place::embedded()).await, verb).await });
    let (mut happened, mut failures) = (0, Vec::new());
    for (at, fault) in faults_of(requests, watches, step) {
        let outcome = in_paused_time(async { one(&World::new(Place::embedded()).await, verb, at, fault).await });
        match outcome {
            Ok(tripped) => happened += usize::from(tripped),
            Err(text) => failures.push(text),
        }
    }
    println!(
        "{verb:?}: {requests} requests, {happened} faults injected, {} without a way out",
        failures.len()
    );
    assert!(happened > 0, "no fault happened");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn install_survives_faults() {
    embedded(Verb::Install);
}

#[test]
fn upgrade_survives_faults() {
    embedded(Verb::Upgrade);
}

#[test]
fn rollback_survives_faults() {
    embedded(Verb::Rollback);
}

#[test]
fn uninstall_survives_faults() {
    embedded(Verb::Uninstall);
}

/// How many runs are under way at once on the real cluster, each in a namespace of its own.
pub(crate) const AT_ONCE: usize = 12;

#[test]
fn a_real_cluster_survives_faults() {
    on_a_real_cluster(real);
}

fn real(dir: &Path) {
    let step = if takes_all() { 9 } else { 61 };
    let place = |name: String| Place::real(dir, &name);
    let (mut happened, mut failures) = (0, Vec::new());
    for verb in Verb::ALL {
        let word = format!("{verb:?}").to_lowercase();
        let outcomes = in_real_time(async {
            let (requests, watches) = count(&World::new(place(format!("faults-{word}"))).await, verb).await;
            let faults = faults_of(requests, watches, step).into_iter().enumerate();
            let runs = stream::iter(faults).map(|(number, (at, fault))| {
                let place = place(format!("faults-{word}-{number}"));
                async move { one(&World::new(place).await, verb, at, fault).await }
            });
            runs.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await
        });
        for outcome in outcomes {
            match outcome {
                Ok(tripped) => happened += usize::from(tripped),
                Err(text) => failures.push(text),
            }
        }
    }
    println!(
        "real cluster: {happened} faults injected, {} without a way out",
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
