//! The small primes, and a sieve over the odd numbers from a large one on.

use std::sync::OnceLock;

/// Odd primes below this are sieved out. Doubling it saves one test in twenty and costs twice the remainders.
const LIMIT: usize = 1 << 17;

/// How many odd numbers a window holds; a window of 1024-bit numbers has no prime once in 300 times.
pub(super) const WINDOW: usize = 2048;

/// How many remainders are taken side by side.
const GROUP: usize = 16;

/// Odd primes in groups, with what their remainders need.
struct Primes {
    groups: Vec<Group>,
}

#[derive(Clone, Copy)]
struct Group {
    prime: [u32; GROUP],
    /// `-1/prime` modulo 2³²
    negative_inverse: [u32; GROUP],
}

fn primes() -> &'static Primes {
    static PRIMES: OnceLock<Primes> = OnceLock::new();
    PRIMES.get_or_init(|| {
        let odd: Vec<u32> = odd_primes();
        let groups = odd.chunks(GROUP).map(|chunk| {
            // The last group is filled up with repetitions, which sieve the same numbers again.
            let prime = std::array::from_fn(|index| *chunk.get(index).unwrap_or(&chunk[0]));
            Group {
                prime,
                negative_inverse: prime.map(negative_inverse),
            }
        });
        Primes {
            groups: groups.collect(),
        }
    })
}

fn odd_primes() -> Vec<u32> {
    let mut composite = vec![false; LIMIT / 2];
    let mut primes = Vec::with_capacity(LIMIT / 10);
    for index in 1..LIMIT / 2 {
        if composite[index] {
            continue;
        }
        let prime = 2 * index + 1;
        primes.push(prime as u32);
        for multiple in (prime * prime / 2..LIMIT / 2).step_by(prime) {
            composite[multiple] = true;
        }
    }
    primes
}

fn negative_inverse(odd: u32) -> u32 {
    // Newton: every step doubles the number of right bits.
    let mut inverse = odd;
    for _ in 0..4 {
        inverse = inverse.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(inverse)));
    }
    inverse.wrapping_neg()
}

/// The offsets, in steps of two from the odd number `start`, of the numbers without a small factor, smallest first.
pub(super) fn survivors(start: &[u64]) -> impl Iterator<Item = u64> {
    let halves: Vec<u32> = start
        .iter()
        .flat_map(|word| [*word as u32, (*word >> 32) as u32])
        .collect();
    let mut composite = [false; WINDOW];
    for group in &primes().groups {
        let scaled = scaled_remainders(group, &halves);
        for (prime, scaled) in group.prime.into_iter().zip(scaled) {
            let rest = unscale(scaled, prime, halves.len());
            // start + 2·offset is a multiple: offset = -rest/2 modulo the prime.
            let to_even = if rest == 0 { 0 } else { prime - rest };
            let first = if to_even % 2 == 0 { to_even } else { to_even + prime } / 2;
            for multiple in (first as usize..WINDOW).step_by(prime as usize) {
                composite[multiple] = true;
            }
        }
    }
    (0..WINDOW as u64).filter(move |offset| !composite[*offset as usize])
}

/// The remainders of a number by a group of primes, divided by 2³² once for every half word.
#[inline]
fn scaled_remainders(group: &Group, halves: &[u32]) -> [u32; GROUP] {
    let mut rest = [0_u32; GROUP];
    // Montgomery's reduction from the lowest half word on: (rest + half) / 2³² modulo the prime.
    for half in halves {
        for lane in 0..GROUP {
            let sum = u64::from(rest[lane]) + u64::from(*half);
            let factor = (sum as u32).wrapping_mul(group.negative_inverse[lane]);
            rest[lane] = ((sum + u64::from(factor) * u64::from(group.prime[lane])) >> 32) as u32;
        }
    }
    rest
}

/// Undoes the divisions by 2³².
fn unscale(scaled: u32, prime: u32, halves: usize) -> u32 {
    let prime = u64::from(prime);
    let mut power = (1_u64 << 32) % prime;
    // The number of half words is a power of two.
    for _ in 0..halves.trailing_zeros() {
        power = power * power % prime;
    }
    (u64::from(scaled) % prime * power % prime) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    #[test]
    fn what_survives_has_no_small_factor() {
        let start: [u64; 16] =
            std::array::from_fn(|index| 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(index as u64 + 1) | 1);
        let number = super::super::to_big(&start);
        let survivors: Vec<u64> = survivors(&start).collect();
        let small = odd_primes();
        let free = |offset: u64| {
            small
                .iter()
                .all(|prime| (&number + 2 * offset) % *prime != BigUint::ZERO)
        };
        for offset in 0..300 {
            assert_eq!(survivors.contains(&offset), free(offset), "{offset}");
        }
    }
}
