//! Clock, randomness, DNS, key making and zone files for the pure crates.
//!
//! [`SystemHost`] answers with the machine's own clock, random bytes, resolver and zone files. Keys are made by aws-lc, RSA
//! primes by a search of its own that is several times faster (see [`SystemHost::expect_rsa_keys`]).
//!
//! ```
//! use go_sprig::Host;
//! use whelm_host::SystemHost;
//!
//! let host = SystemHost::default();
//! assert!(host.now().seconds > 1_700_000_000);
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod chart_folder;
mod dsa;
mod files;
mod heap;
mod io_error;
mod keys;
pub mod lint_files;
mod pool;
mod processors;
mod random;
mod reading;
mod rsa;
mod threads;
mod zone;

use std::net::ToSocketAddrs;
use std::sync::atomic::AtomicBool;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub use files::read_file;
use go_sprig::Host;
use go_sprig::host::{Curve, KeyAlgorithm, LocalZone, Moment, PrivateKey};
pub use io_error::io_error_text;
use pool::PrimePool;
pub use threads::on_two_threads;

/// The machine that the program runs on.
pub struct SystemHost {
    started: Instant,
    primes: PrimePool,
}

impl Default for SystemHost {
    fn default() -> Self {
        SystemHost {
            started: Instant::now(),
            primes: PrimePool::default(),
        }
    }
}

impl std::fmt::Debug for SystemHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SystemHost")
    }
}

impl Host for SystemHost {
    fn now(&self) -> Moment {
        let monotonic = i64::try_from(self.started.elapsed().as_nanos()).unwrap_or(i64::MAX);
        let (seconds, nanoseconds) = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let nanoseconds = before.subsec_nanos();
                let borrow = i64::from(nanoseconds > 0);
                (
                    -(before.as_secs() as i64) - borrow,
                    (1_000_000_000 - nanoseconds) % 1_000_000_000,
                )
            }
        };
        Moment {
            seconds,
            nanoseconds,
            monotonic,
        }
    }

    fn local_zone(&self) -> LocalZone {
        zone::local()
    }

    fn zone(&self, name: &str) -> Option<Vec<u8>> {
        zone::file(name)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        random::fill(buffer);
    }

    fn lookup_host(&self, name: &str) -> Result<Vec<String>, String> {
        let addresses = (name, 0)
            .to_socket_addrs()
            .map_err(|error| format!("lookup {name}: {error}"))?;
        let mut found: Vec<String> = Vec::new();
        for address in addresses {
            let address = address.ip().to_string();
            if !found.contains(&address) {
                found.push(address);
            }
        }
        Ok(found)
    }

    /// Begins to make the primes of so many RSA keys of 2048 bits on threads of their own.
    ///
    /// On an AMD EPYC with AVX-512 a key takes some 7 ms of one core, against 38 ms in Go and 58 ms in aws-lc.
    fn expect_rsa_keys(&self, keys: usize) {
        // More than a chart could use; the others are made when they are asked for.
        self.primes.expect_keys(keys.min(64));
    }

    fn generate_key(&self, algorithm: KeyAlgorithm) -> Result<PrivateKey, String> {
        let none = || "crypto/rsa: no key could be made".to_owned();
        match algorithm {
            KeyAlgorithm::Rsa(2048) => self.primes.key().map(PrivateKey::Rsa).ok_or_else(none),
            KeyAlgorithm::Rsa(4096) => large_rsa_key().ok_or_else(none),
            KeyAlgorithm::Rsa(bits) => Err(format!("crypto/rsa: keys of {bits} bits are not made here")),
            KeyAlgorithm::Dsa => Ok(PrivateKey::Dsa(dsa::key())),
            KeyAlgorithm::Ecdsa(curve) => keys::ecdsa(curve),
            KeyAlgorithm::Ed25519 => Ok(keys::ed25519()),
        }
    }

    fn ecdsa_public(&self, curve: Curve, private: &[u8]) -> Result<Vec<u8>, String> {
        keys::ecdsa_public(curve, private)
    }

    fn ed25519_public(&self, seed: &[u8; 32]) -> [u8; 32] {
        keys::ed25519_public(seed)
    }

    fn sign(&self, key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, String> {
        keys::sign(key, message)
    }
}

/// A key of 4096 bits, its two primes made side by side.
fn large_rsa_key() -> Option<PrivateKey> {
    let go = AtomicBool::new(false);
    loop {
        let (p, q) = std::thread::scope(|scope| {
            let other = scope.spawn(|| rsa::prime::<32>(&go));
            (rsa::prime::<32>(&go), other.join().ok().flatten())
        });
        if let Some(key) = rsa::key(&p?, &q?) {
            return Some(PrivateKey::Rsa(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T-034: every kind of key can be made, and signs.
    #[test]
    fn t_034_keys_sign() {
        let host = SystemHost::default();
        for algorithm in [
            KeyAlgorithm::Rsa(2048),
            KeyAlgorithm::Ecdsa(Curve::P256),
            KeyAlgorithm::Ecdsa(Curve::P384),
            KeyAlgorithm::Ecdsa(Curve::P521),
            KeyAlgorithm::Ed25519,
        ] {
            let key = host.generate_key(algorithm).unwrap();
            assert!(!host.sign(&key, b"message").unwrap().is_empty(), "{algorithm:?}");
            if let PrivateKey::Ecdsa(key) = key {
                assert_eq!(host.ecdsa_public(key.curve, &key.private), Ok(key.public));
            }
        }
    }

    #[test]
    fn zones_and_names() {
        let host = SystemHost::default();
        assert_eq!(host.zone("No/Such/Zone"), None);
        assert!(host.lookup_host("127.0.0.1").unwrap().contains(&"127.0.0.1".to_owned()));
    }
}
