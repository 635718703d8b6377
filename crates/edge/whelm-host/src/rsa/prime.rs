//! The search for a prime.

use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(target_arch = "x86_64")]
use super::lanes::{self, Ifma};
use super::scalar::{Modulus, less};
use super::sieve;

/// A prime of `N` 64-bit words, lowest first.
pub(crate) type Prime<const N: usize> = [u64; N];

/// Rounds of Miller–Rabin with random bases, after the test with the base 2. For random numbers of 1024 bits they leave less
/// than one composite in 2¹⁰⁶ (Damgård, Landrock and Pomerance 1993).
const ROUNDS: usize = 4;

/// Numbers that are tested at once.
const BATCH: usize = 8;

/// Looks for a number with its two top bits set that passes the test with the base 2, from a random place on; `None` when
/// there is none near, or `stop` is set. [`are_prime`] is still to be asked.
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
        if let Some((number, _)) = likely {
            return Some(*number);
        }
    }
    None
}

/// Tells whether both of two odd numbers with their top bits set are primes.
pub(crate) fn are_prime<const N: usize>(one: &[u64; N], two: &[u64; N]) -> bool {
    let odd = one[0] & two[0] & 1 == 1;
    let full = (one[N - 1] & two[N - 1]) >> 63 == 1;
    odd && full && pass_random_bases(one, two)
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

/// Four rounds for each number: with lanes both at once.
fn pass_random_bases<const N: usize>(one: &[u64; N], two: &[u64; N]) -> bool {
    let (first, second) = (random_bases(one), random_bases(two));
    #[cfg(target_arch = "x86_64")]
    {
        let numbers = std::array::from_fn(|lane| if lane < ROUNDS { *one } else { *two });
        let bases = std::array::from_fn(|lane| *first.iter().chain(&second).nth(lane).unwrap_or(&first[0]));
        let passed: Option<[bool; BATCH]> = match (Ifma::try_new(), N) {
            (Some(token), 16) => Some(lanes::miller_rabin::<N, 20>(token, &numbers, &bases)),
            (Some(token), 32) => Some(lanes::miller_rabin::<N, 40>(token, &numbers, &bases)),
            _ => None,
        };
        if let Some(passed) = passed {
            return passed.iter().all(|passed| *passed);
        }
    }
    let pass = |number: &[u64; N], bases: &[[u64; N]]| {
        let modulus = Modulus::new(number);
        bases.iter().all(|base| modulus.passes_miller_rabin(base))
    };
    pass(one, &first) && pass(two, &second)
}
