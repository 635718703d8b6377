//! The search for a prime.

use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(target_arch = "x86_64")]
use super::lanes::{self, Ifma};
use super::scalar::{Modulus, less};
use super::sieve;

/// A prime of `N` 64-bit words, lowest first.
pub(crate) type Prime<const N: usize> = [u64; N];

/// Rounds of Miller–Rabin with random bases, after the test with the base 2. For random numbers of 1024 bits four leave less
/// than one composite in 2¹⁰⁶ (Damgård, Landrock and Pomerance 1993); eight lanes make eight as cheap.
const ROUNDS: usize = 8;

/// Numbers that are tested at once.
const BATCH: usize = 8;

/// Looks for a prime with its two top bits set from a random place on; `None` when there is none near, or `stop` is set.
pub(crate) fn search<const N: usize>(stop: &AtomicBool) -> Option<Prime<N>> {
    let mut start: [u64; N] = random_words();
    start[0] |= 1;
    start[N - 1] |= 3 << 62;
    let mut candidates = sieve::survivors(&start).filter_map(|offset| add(&start, 2 * offset));
    while !stop.load(Ordering::Relaxed) {
        let first = candidates.next()?;
        let mut batch = [first; BATCH];
        for slot in &mut batch[1..] {
            *slot = candidates.next().unwrap_or(first);
        }
        let passed = fermat(&batch);
        let likely = batch.iter().zip(passed).find(|(_, passed)| *passed);
        if let Some((number, _)) = likely
            && passes_random_bases(number)
        {
            return Some(*number);
        }
    }
    None
}

/// Tells whether an odd number with its top bit set is a prime, up to an error far below one in 2¹⁰⁰.
pub(crate) fn is_probable_prime<const N: usize>(number: &[u64; N]) -> bool {
    number[0] & 1 == 1 && number[N - 1] >> 63 == 1 && passes_random_bases(number)
}

fn add<const N: usize>(start: &[u64; N], offset: u64) -> Option<[u64; N]> {
    let mut sum = *start;
    let mut carry = offset;
    for word in &mut sum {
        let (low, over) = word.overflowing_add(carry);
        (*word, carry) = (low, u64::from(over));
    }
    (carry == 0).then_some(sum)
}

fn random_words<const N: usize>() -> [u64; N] {
    let mut bytes = [[0; 8]; N];
    crate::random::fill(bytes.as_flattened_mut());
    bytes.map(u64::from_le_bytes)
}

/// Random numbers from 2 up to `number - 2`.
fn random_bases<const N: usize>(number: &[u64; N]) -> [[u64; N]; ROUNDS] {
    let mut limit = *number;
    limit[0] -= 1;
    std::array::from_fn(|_| {
        loop {
            let base = random_words();
            let small = base[1..].iter().all(|word| *word == 0) && base[0] < 2;
            if !small && less(&base, &limit) {
                return base;
            }
        }
    })
}

#[cfg(target_arch = "x86_64")]
fn fermat<const N: usize>(numbers: &[[u64; N]; BATCH]) -> [bool; BATCH] {
    match (Ifma::try_new(), N) {
        (Some(token), 16) => lanes::fermat::<N, 20>(token, numbers),
        (Some(token), 32) => lanes::fermat::<N, 40>(token, numbers),
        _ => fermat_one_by_one(numbers),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn fermat<const N: usize>(numbers: &[[u64; N]; BATCH]) -> [bool; BATCH] {
    fermat_one_by_one(numbers)
}

/// Stops at the first that passes; the others count as failed.
fn fermat_one_by_one<const N: usize>(numbers: &[[u64; N]; BATCH]) -> [bool; BATCH] {
    let mut passed = [false; BATCH];
    if let Some(index) = numbers.iter().position(|number| Modulus::new(number).divides_fermat()) {
        passed[index] = true;
    }
    passed
}

#[cfg(target_arch = "x86_64")]
fn passes_random_bases<const N: usize>(number: &[u64; N]) -> bool {
    let bases = random_bases(number);
    let numbers = [*number; ROUNDS];
    let passed = match (Ifma::try_new(), N) {
        (Some(token), 16) => lanes::miller_rabin::<N, 20>(token, &numbers, &bases),
        (Some(token), 32) => lanes::miller_rabin::<N, 40>(token, &numbers, &bases),
        _ => return passes_one_by_one(number, &bases),
    };
    passed.iter().all(|passed| *passed)
}

#[cfg(not(target_arch = "x86_64"))]
fn passes_random_bases<const N: usize>(number: &[u64; N]) -> bool {
    passes_one_by_one(number, &random_bases(number))
}

fn passes_one_by_one<const N: usize>(number: &[u64; N], bases: &[[u64; N]]) -> bool {
    let modulus = Modulus::new(number);
    // Without lanes every round costs; five are what Go does.
    bases.iter().take(5).all(|base| modulus.passes_miller_rabin(base))
}
