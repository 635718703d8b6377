//! Many clients at once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use whelm_net::{BoxFuture, Error, Request, Response, SharedTransport, Transport};

use crate::place::Place;
use crate::world::{Verb, World};
use crate::{in_paused_time, in_real_time, on_a_real_cluster, prepare, takes_all};

/// How many rounds each crowd gets in the cluster inside the process; every round has another order of requests.
fn rounds() -> u64 {
    if takes_all() { 20 } else { 3 }
}

/// Lets requests take different times, so that those of several clients mix.
struct Jitter {
    inner: SharedTransport,
    state: AtomicU64,
}

impl Jitter {
    fn over(inner: SharedTransport, seed: u64) -> SharedTransport {
        let state = AtomicU64::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        Arc::new(Jitter { inner, state })
    }

    /// A time below a fiftieth of a second.
    fn pause(&self) -> Duration {
        let step = |state: u64| {
            let state = state ^ (state << 13);
            let state = state ^ (state >> 7);
            state ^ (state << 17)
        };
        let before = self
            .state
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| Some(step(state)));
        Duration::from_millis(before.unwrap_or_default() % 20)
    }
}

impl Transport for Jitter {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            tokio::time::sleep(self.pause()).await;
            let response = self.inner.send(request).await;
            tokio::time::sleep(self.pause()).await;
            response
        })
    }
}

/// Lets clients do things at the same time, and returns how they ended.
async fn crowd(world: &World, verbs: &[Verb], seed: u64) -> Vec<Result<(), String>> {
    let acts = verbs.iter().zip(seed * 100..).map(|(verb, seed)| async move {
        let transport = Jitter::over(world.place.transport.clone(), seed);
        world.act(*verb, transport).await.map_err(|error| error.to_string())
    });
    join_all(acts).await
}

/// Lets a crowd loose on a release. Whatever they did to each other, one command brings the release to where it is wanted.
async fn one(world: &World, begin: Verb, verbs: &[Verb], seed: u64) -> Vec<Result<(), String>> {
    prepare(world, begin).await;
    let ended = crowd(world, verbs, seed).await;
    let context = |text: String| format!("{verbs:?} at once, round {seed}: {text}; they ended so: {ended:#?}");
    if let Some(last) = world.history().await.pop() {
        assert!(
            !last.info.status.is_pending(),
            "{}",
            context(format!("revision {} hangs", last.version))
        );
    }
    let upgraded = world.upgrade(2, world.place.transport.clone()).await;
    assert!(
        upgraded.is_ok(),
        "{}",
        context(format!("a later upgrade: {upgraded:?}"))
    );
    let state = world.check().await;
    assert_eq!(state, Ok(Some(2)), "{}", context("a later upgrade".to_owned()));
    let removed = world.uninstall(world.place.transport.clone()).await;
    assert!(
        removed.is_ok(),
        "{}",
        context(format!("a later uninstall: {removed:?}"))
    );
    let state = world.check().await;
    assert_eq!(state, Ok(None), "{}", context("a later uninstall".to_owned()));
    ended
}

fn well(ended: &[Result<(), String>]) -> usize {
    ended.iter().filter(|end| end.is_ok()).count()
}

/// The crowds: where the release begins, and what 2 or 20 clients do to it.
fn crowds(count: usize) -> Vec<(Verb, Vec<Verb>)> {
    let mixed = [Verb::Upgrade, Verb::Uninstall, Verb::Rollback, Verb::Install];
    let mut crowds: Vec<(Verb, Vec<Verb>)> = Verb::ALL.iter().map(|verb| (*verb, vec![*verb; count])).collect();
    crowds.push((Verb::Uninstall, mixed.iter().copied().cycle().take(count).collect()));
    crowds.push((Verb::Upgrade, mixed.iter().rev().copied().cycle().take(count).collect()));
    crowds
}

fn embedded(count: usize) {
    let mut runs = 0;
    for (begin, verbs) in crowds(count) {
        for seed in 0..rounds() {
            let ended = in_paused_time(async { one(&World::new(Place::embedded()).await, begin, &verbs, seed).await });
            runs += verbs.len();
            if verbs.iter().all(|verb| *verb == Verb::Install) {
                assert_eq!(well(&ended), 1, "{ended:#?}");
            }
            let same = verbs.iter().all(|verb| *verb == verbs[0]);
            assert!(!same || well(&ended) > 0, "{verbs:?}: nobody was served: {ended:#?}");
        }
    }
    println!("{count} clients at once: {runs} operations");
}

#[test]
fn two_clients_at_once() {
    embedded(2);
}

#[test]
fn twenty_clients_at_once() {
    embedded(20);
}

#[test]
fn twenty_clients_of_a_real_cluster() {
    on_a_real_cluster(real);
}

fn real(dir: &Path) {
    // Of large crowds only every other one, where no time is to be had: controllers are slow.
    let every = |count| if takes_all() || count == 2 { 1 } else { 2 };
    let all = [2, 20]
        .into_iter()
        .flat_map(|count| crowds(count).into_iter().step_by(every(count)));
    let lives = all.enumerate().map(|(number, (begin, verbs))| async move {
        let world = World::new(Place::real(dir, &format!("crowd-{number}"))).await;
        // Who waits for what another client has just removed waits to the end.
        world.patience.set(Duration::from_secs(45));
        one(&world, begin, &verbs, 1).await.len()
    });
    let ended: Vec<usize> = in_real_time(join_all(lives));
    println!(
        "real cluster: 2 and 20 clients at once: {} operations",
        ended.iter().sum::<usize>()
    );
}
