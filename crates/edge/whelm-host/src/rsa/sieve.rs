//! The small primes, and a sieve over the odd numbers from a large one on.

use std::sync::OnceLock;

/// Odd primes below this are sieved out. Doubling it saves one test in twenty and costs twice the remainders.
const LIMIT: usize = 1 << 17;

/// How many odd numbers a window holds; a window of 1024-bit numbers has no prime once in 300 times.
pub(super) const WINDOW: usize = 2048;

/// How many remainders are taken side by side.
const GROUP: usize = 16;

/// Odd primes side by side, with what their remainders need.
struct Group {
    prime: [u32; GROUP],
    /// `-1/prime` modulo 2³²
    negative_inverse: [u32; GROUP],
    /// What undoes the divisions by 2³² for numbers of 32 half words, and of 64.
    scale: [[u32; GROUP]; 2],
}

fn groups() -> &'static [Group] {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let odd = odd_primes();
        let groups = odd.chunks(GROUP).map(|chunk| {
            // The last group is filled up with repetitions, which sieve the same numbers again.
            let prime = std::array::from_fn(|index| *chunk.get(index).unwrap_or(&chunk[0]));
            let scales = prime.map(scales);
            Group {
                prime,
                negative_inverse: prime.map(negative_inverse),
                scale: [0, 1].map(|length| scales.map(|scale| scale[length])),
            }
        });
        groups.collect()
    })
}

/// `2^(32·33)` and `2^(32·65)` modulo a prime: one half word more than the numbers have, for one more division.
fn scales(prime: u32) -> [u32; 2] {
    let inverse = negative_inverse(prime);
    let first = (1_u64 << 32) % u64::from(prime);
    // 2^(32·2); squaring with a division by 2³² leads from 2^(32·k) to 2^(32·(2k-1)).
    let mut power = (first * first % u64::from(prime)) as u32;
    for _ in 0..5 {
        power = reduce(u64::from(power) * u64::from(power), prime, inverse);
    }
    [power, reduce(u64::from(power) * u64::from(power), prime, inverse)]
}

/// Montgomery's reduction: `number / 2³²` modulo the prime, at most the prime itself.
#[inline(always)]
fn reduce(number: u64, prime: u32, negative_inverse: u32) -> u32 {
    let factor = (number as u32).wrapping_mul(negative_inverse);
    ((number + u64::from(factor) * u64::from(prime)) >> 32) as u32
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
    let mut rests = Vec::new();
    remainders(Remainders {
        groups: groups(),
        halves: &halves,
        out: &mut rests,
    });
    let mut composite = [false; WINDOW];
    for (group, rests) in groups().iter().zip(rests) {
        for (prime, rest) in group.prime.into_iter().zip(rests) {
            // start + 2·offset is a multiple: offset = -rest/2 modulo the prime.
            // Montgomery's reduction leaves a rest that may be the prime itself or a little more.
            let to_multiple = prime - rest % prime;
            let first = if to_multiple % 2 == 0 {
                to_multiple
            } else {
                to_multiple + prime
            } / 2;
            let first = if first >= prime { first - prime } else { first };
            for multiple in (first as usize..WINDOW).step_by(prime as usize) {
                composite[multiple] = true;
            }
        }
    }
    (0..WINDOW as u64).filter(move |offset| !composite[*offset as usize])
}

/// The remainders of one number by all primes, each at most the prime itself.
struct Remainders<'a> {
    groups: &'a [Group],
    halves: &'a [u32],
    out: &'a mut Vec<[u32; GROUP]>,
}

impl Remainders<'_> {
    #[inline(always)]
    fn compute(self) {
        let length = usize::from(self.halves.len() > 32);
        for group in self.groups {
            let mut rest = [0_u32; GROUP];
            // From the lowest half word on, divided by 2³² after each.
            for half in self.halves {
                for (lane, rest) in rest.iter_mut().enumerate() {
                    let sum = u64::from(*rest) + u64::from(*half);
                    *rest = reduce(sum, group.prime[lane], group.negative_inverse[lane]);
                }
            }
            for (lane, rest) in rest.iter_mut().enumerate() {
                let scaled = u64::from(*rest) * u64::from(group.scale[length][lane]);
                *rest = reduce(scaled, group.prime[lane], group.negative_inverse[lane]);
            }
            self.out.push(rest);
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Remainders<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.compute();
    }
}

/// Computes with the widest registers that the processor is known to have.
fn remainders(job: Remainders<'_>) {
    #[cfg(target_arch = "x86_64")]
    if let Some(token) = super::lanes::Ifma::try_new() {
        token.vectorize(job);
        return;
    }
    job.compute();
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
