//! DSA keys with a 2048-bit prime and a 256-bit subgroup.
//!
//! Source: Go 1.26, `crypto/dsa`, `GenerateParameters` and `GenerateKey`.

use go_sprig::host::DsaKey;
use num_bigint::BigUint;
use num_integer::Integer;

use crate::rsa;

/// How many multiples of one order are tried.
const TRIES: usize = 4 * 2048;

/// Makes parameters and a key of its own.
pub(crate) fn key() -> DsaKey {
    let (p, q) = loop {
        if let Some(parameters) = parameters() {
            break parameters;
        }
    };
    let one = BigUint::from(1_u32);
    let cofactor = (&p - &one) / &q;
    let g = (2_u32..)
        .map(|base| BigUint::from(base).modpow(&cofactor, &p))
        .find(|power| *power != one)
        .unwrap_or_else(|| one.clone());
    let x = below(&q);
    let y = g.modpow(&x, &p);
    let bytes = |number: BigUint| number.to_bytes_be();
    DsaKey {
        p: bytes(p),
        q: bytes(q),
        g: bytes(g),
        y: bytes(y),
        x: bytes(x),
    }
}

/// A prime `p` with a prime `q` that divides `p - 1`.
fn parameters() -> Option<(BigUint, BigUint)> {
    let q = loop {
        let mut words: [u64; 4] = random();
        words[0] |= 1;
        words[3] |= 1 << 63;
        if rsa::are_prime(&words, &words) {
            break big(&words);
        }
    };
    let double = &q << 1_u32;
    for _ in 0..TRIES {
        let mut words: [u64; 32] = random();
        words[31] |= 1 << 63;
        let start = big(&words);
        let rest = start.mod_floor(&double);
        let candidate = start - rest + 1_u32;
        if candidate.bits() == 2048 && !has_small_factor(&candidate) && is_prime(&words_of(&candidate)) {
            return Some((candidate, q));
        }
    }
    None
}

fn is_prime(words: &[u64; 32]) -> bool {
    rsa::are_prime(words, words)
}

fn has_small_factor(number: &BigUint) -> bool {
    (3_u32..2_000)
        .step_by(2)
        .any(|divisor| (number % divisor) == BigUint::ZERO)
}

/// A random number from 1 up to `limit - 1`.
fn below(limit: &BigUint) -> BigUint {
    loop {
        let number = big(&random::<4>());
        if number != BigUint::ZERO && number < *limit {
            return number;
        }
    }
}

fn random<const N: usize>() -> [u64; N] {
    let mut bytes = [[0; 8]; N];
    crate::random::fill(bytes.as_flattened_mut());
    bytes.map(u64::from_le_bytes)
}

fn big(words: &[u64]) -> BigUint {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    BigUint::from_bytes_le(&bytes)
}

fn words_of(number: &BigUint) -> [u64; 32] {
    let mut words = [0; 32];
    for (word, digit) in words.iter_mut().zip(number.iter_u64_digits()) {
        *word = digit;
    }
    words
}
