//! Primes for RSA keys, made on threads of their own ahead of need.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};

use go_sprig::host::RsaKey;

use crate::rsa::{self, Prime};
use crate::threads::start_beside;

/// The words of a prime of 1024 bits.
const WORDS: usize = 16;

const PRIMES_OF_A_KEY: usize = 2;

/// A store of primes, each of which goes into one key only.
///
/// Dropping it ends its threads, which takes less than a millisecond.
#[derive(Default)]
pub(crate) struct PrimePool {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
struct State {
    ready: Vec<Prime<WORDS>>,
    /// Primes that nobody has begun yet.
    wanted: usize,
    /// Primes that threads are making.
    begun: usize,
}

impl PrimePool {
    /// Begins to make the primes of so many keys, in addition to those that are under way.
    pub(crate) fn expect_keys(&self, keys: usize) {
        let mut state = self.shared.lock();
        state.wanted += PRIMES_OF_A_KEY * keys;
        self.start_threads(&state);
    }

    /// Sees to it that at least so many keys' primes are ready or under way.
    fn keep_ahead(&self, keys: usize) {
        let mut state = self.shared.lock();
        let coming = state.ready.len() + state.wanted + state.begun;
        state.wanted += (PRIMES_OF_A_KEY * keys).saturating_sub(coming);
        self.start_threads(&state);
    }

    fn start_threads(&self, state: &State) {
        self.shared.changed.notify_all();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        while threads.len() < state.wanted.min(helpers()) {
            let shared = self.shared.clone();
            match start_beside(move || shared.work(), |work| Builder::new().spawn(work)) {
                Ok(thread) => threads.push(thread),
                // The one that asks makes the primes itself.
                Err(_) => return,
            }
        }
    }

    /// Returns a new key of 2048 bits. What makes one key mostly makes another, so the next one is begun meanwhile.
    pub(crate) fn key(&self) -> Option<RsaKey> {
        self.keep_ahead(2);
        loop {
            let (p, q) = (self.shared.take()?, self.shared.take()?);
            if let Some(key) = rsa::key(&p, &q) {
                return Some(key);
            }
        }
    }
}

/// How many threads may help the one that asks, which takes part itself.
fn helpers() -> usize {
    static HELPERS: OnceLock<usize> = OnceLock::new();
    // The answer is read out of several files.
    *HELPERS.get_or_init(|| std::thread::available_parallelism().map_or(1, |cores| (cores.get() - 1).max(1)))
}

impl Drop for PrimePool {
    fn drop(&mut self) {
        {
            let _state = self.shared.lock();
            self.shared.stop.store(true, Ordering::Relaxed);
        }
        self.shared.changed.notify_all();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A thread that panicked has nothing left to end.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes primes whenever some are wanted, until the end.
    fn work(&self) {
        let mut state = self.lock();
        while !self.stop.load(Ordering::Relaxed) {
            if state.wanted == 0 {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.wanted -= 1;
            state.begun += 1;
            drop(state);
            let prime = rsa::prime(&self.stop);
            state = self.lock();
            state.begun -= 1;
            state.ready.extend(prime);
            self.changed.notify_all();
        }
    }

    /// Takes a prime that is ready, or makes one that nobody has begun, or waits for one that is being made.
    fn take(&self) -> Option<Prime<WORDS>> {
        let mut state = self.lock();
        loop {
            if let Some(prime) = state.ready.pop() {
                return Some(prime);
            }
            if state.wanted > 0 || state.begun == 0 {
                state.wanted = state.wanted.saturating_sub(1);
                drop(state);
                return rsa::prime(&self.stop);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
