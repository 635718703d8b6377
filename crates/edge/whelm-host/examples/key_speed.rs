//! Measures how long RSA keys take: `cargo run --release -p whelm-host --example key_speed`; with a number, it only makes so
//! many.

#![allow(clippy::print_stdout, reason = "it reports to whoever runs it")]

use std::time::Instant;

use go_sprig::Host;
use go_sprig::host::KeyAlgorithm;
use whelm_host::SystemHost;

fn main() -> Result<(), String> {
    let host = SystemHost::default();
    if let Some(keys) = std::env::args().nth(1) {
        // For measuring from outside, with `time`.
        for _ in 0..keys.parse().unwrap_or(100) {
            host.generate_key(KeyAlgorithm::Rsa(2048))?;
        }
        return Ok(());
    }
    let mut times = Vec::new();
    for _ in 0..100 {
        let start = Instant::now();
        host.generate_key(KeyAlgorithm::Rsa(2048))?;
        times.push(start.elapsed());
    }
    times.sort();
    println!("one key of 2048 bits: median {:?}, best {:?}", times[50], times[0]);
    for keys in [3, 4, 20] {
        let host = SystemHost::default();
        let start = Instant::now();
        host.expect_rsa_keys(keys);
        for _ in 0..keys {
            host.generate_key(KeyAlgorithm::Rsa(2048))?;
        }
        println!("{keys} expected keys: {:?}", start.elapsed());
    }
    let key = host.generate_key(KeyAlgorithm::Rsa(2048))?;
    let start = Instant::now();
    for _ in 0..20 {
        host.sign(&key, b"message")?;
    }
    println!("signature: {:?}", start.elapsed() / 20);
    for algorithm in [KeyAlgorithm::Rsa(4096), KeyAlgorithm::Dsa, KeyAlgorithm::Ed25519] {
        let start = Instant::now();
        host.generate_key(algorithm)?;
        println!("{algorithm:?}: {:?}", start.elapsed());
    }
    Ok(())
}
