//! RSA keys, made fast: charts make several in every render, and nothing else there costs as much.
//!
//! Primes come from an incremental search: a random odd start with its two top bits set, a sieve over the numbers that
//! follow, a base-2 Fermat test of what is left, and Miller–Rabin rounds with random bases for the two that make a key. Where the
//! processor has AVX-512 IFMA, eight numbers are tested at once ([`lanes`]); elsewhere one by one ([`scalar`]).
//!
//! Nothing here runs in constant time: the keys are made on the machine of whoever is to hold them.

#[cfg(target_arch = "x86_64")]
mod lanes;
mod prime;
mod scalar;
mod sieve;
mod sign;

use std::sync::atomic::{AtomicBool, Ordering};

use go_sprig::host::RsaKey;
use num_bigint::BigUint;
use num_integer::Integer;

pub(crate) use prime::{Prime, are_prime, search};
pub(crate) use sign::raise;

/// The public exponent, a prime.
const EXPONENT: u32 = 65_537;

/// Makes a likely prime of `N` 64-bit words that suits the public exponent, unless `stop` is set meanwhile.
pub(crate) fn prime<const N: usize>(stop: &AtomicBool) -> Option<Prime<N>> {
    while !stop.load(Ordering::Relaxed) {
        if let Some(prime) = search::<N>(stop)
            && !((to_big(&prime) - 1_u32) % EXPONENT).eq(&BigUint::ZERO)
        {
            return Some(prime);
        }
    }
    None
}

/// Makes a key of two likely primes, `None` in the rare case that they do not fit together or are none.
pub(crate) fn key<const N: usize>(p: &Prime<N>, q: &Prime<N>) -> Option<RsaKey> {
    if !are_prime(p, q) {
        return None;
    }
    let (p, q) = (to_big(p).max(to_big(q)), to_big(p).min(to_big(q)));
    // Primes that lie close together could be found from their product.
    if (&p - &q).bits() + 100 <= N as u64 * 64 {
        return None;
    }
    let modulus = &p * &q;
    let (p_1, q_1) = (&p - 1_u32, &q - 1_u32);
    let lambda = &p_1 / p_1.gcd(&q_1) * &q_1;
    let d = inverse_of_exponent(&lambda)?;
    let dp = inverse_of_exponent(&p_1)?;
    let dq = inverse_of_exponent(&q_1)?;
    let qinv = q.modinv(&p)?;
    let bytes = |number: &BigUint| number.to_bytes_be();
    Some(RsaKey {
        n: bytes(&modulus),
        e: EXPONENT.to_be_bytes()[1..].to_vec(),
        d: bytes(&d),
        p: bytes(&p),
        q: bytes(&q),
        dp: bytes(&dp),
        dq: bytes(&dq),
        qinv: bytes(&qinv),
    })
}

/// The inverse of the public exponent: `(1 + k·modulus) / e` for the one `k` below `e` that makes it whole.
fn inverse_of_exponent(modulus: &BigUint) -> Option<BigUint> {
    let exponent = u64::from(EXPONENT);
    let rest = u64::try_from(modulus % exponent).ok()?;
    // Fermat: the inverse of `rest` modulo a prime is its power `e - 2`.
    let inverse = (0..16).fold((1, rest), |(product, square), bit| {
        let product = match (exponent - 2) >> bit & 1 {
            1 => product * square % exponent,
            _ => product,
        };
        (product, square * square % exponent)
    });
    let k = (exponent - inverse.0) % exponent;
    let numerator = modulus * k + 1_u32;
    (&numerator % exponent == BigUint::ZERO).then(|| numerator / exponent)
}

fn to_big<const N: usize>(words: &[u64; N]) -> BigUint {
    let halves = words.iter().flat_map(|word| [*word as u32, (*word >> 32) as u32]);
    BigUint::new(halves.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_hold_together() {
        let go = AtomicBool::new(false);
        let (p, q) = (prime::<16>(&go).unwrap(), prime::<16>(&go).unwrap());
        let key = key(&p, &q).unwrap();
        let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
        let (p, q, n) = (number(&key.p), number(&key.q), number(&key.n));
        assert_eq!(n.bits(), 2048);
        assert_eq!(&p * &q, n);
        let message = BigUint::from(0x1234_5678_9abc_u64);
        let power = message.modpow(&number(&key.e), &n).modpow(&number(&key.d), &n);
        assert_eq!(power, message);
        assert_eq!(number(&key.d) % (&p - 1_u32), number(&key.dp));
        assert_eq!(number(&key.d) % (&q - 1_u32), number(&key.dq));
        assert_eq!(number(&key.qinv) * &q % &p, BigUint::from(1_u32));
    }
}
