//! Signatures by the Chinese remainder theorem.
//!
//! The library checks a key for four milliseconds before it signs once with it, which charts make it do for every certificate.
//! Here the signature itself is checked, with the public key, which takes a tenth of one.

use num_bigint::BigUint;

use go_sprig::host::RsaKey;

use super::scalar::Modulus;
use super::to_big;

/// The words of a prime of 1024 bits.
const WORDS: usize = 16;

/// Raises `block`, a number below the modulus, to the private exponent of a key of 2048 bits.
///
/// `None` for other keys, and for parts that do not belong together.
pub(crate) fn raise(key: &RsaKey, block: &[u8]) -> Option<Vec<u8>> {
    let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
    let (n, block) = (number(&key.n), number(block));
    let by_p = power(&block, &key.p, &key.dp)?;
    let by_q = power(&block, &key.q, &key.dq)?;
    let (p, q) = (number(&key.p), number(&key.q));
    let difference = &by_p + &p - &by_q % &p;
    let signature = by_q + (number(&key.qinv) * difference) % &p * q;
    let holds = n.bits() == 2048 && signature < n && signature.modpow(&number(&key.e), &n) == block;
    let bytes = signature.to_bytes_be();
    holds.then(|| [vec![0; key.n.len() - bytes.len()], bytes].concat())
}

/// `block^exponent` modulo a prime of exactly 1024 bits.
fn power(block: &BigUint, prime: &[u8], exponent: &[u8]) -> Option<BigUint> {
    let modulus = words(prime).filter(|words| words[0] & 1 == 1 && words[WORDS - 1] >> 63 == 1)?;
    let base = words(&(block % to_big(&modulus)).to_bytes_be())?;
    Some(to_big(&Modulus::new(&modulus).plain_power(&base, &words(exponent)?)))
}

/// The words of a number, lowest first; `None` for one that is too long.
fn words(bytes: &[u8]) -> Option<[u64; WORDS]> {
    let digits = BigUint::from_bytes_be(bytes).to_u64_digits();
    let mut words = [0; WORDS];
    words.get_mut(..digits.len())?.copy_from_slice(&digits);
    Some(words)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn the_public_key_undoes_it() {
        let go = AtomicBool::new(false);
        let (p, q) = (
            super::super::prime::<16>(&go).unwrap(),
            super::super::prime::<16>(&go).unwrap(),
        );
        let key = super::super::key(&p, &q).unwrap();
        let block = [&[0, 1][..], &[0x5a; 254]].concat();
        let raised = raise(&key, &block).unwrap();
        assert_eq!(raised.len(), 256);
        let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
        assert_eq!(number(&raised).modpow(&number(&key.e), &number(&key.n)), number(&block));
        let wrong = RsaKey {
            dp: key.dq.clone(),
            ..key
        };
        assert_eq!(raise(&wrong, &block), None);
    }
}
