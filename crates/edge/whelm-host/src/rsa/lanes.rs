//! Eight modular powers at once: one number in each 64-bit lane of AVX-512 registers, in limbs of 52 bits.
//!
//! The multiplications are IFMA's: the low or high half of a product of 52-bit numbers is added to a 64-bit sum. Carries are
//! left in the sums until the end of a multiplication. Montgomery's factor is `2^(52·L)`, at least 16 bits above the
//! modulus, so nothing needs reducing on the way: what is below `4n` squares to what is below `2n`.

use core::arch::x86_64::__m512i as Lanes;

use bytemuck::cast;

use super::scalar::{hex_digits, less, odd_part, shift_left, subtract};

pulp::simd_type! {
    /// Proof that the processor has AVX-512 with IFMA.
    pub(super) struct Ifma {
        pub(super) base: "avx512f",
        pub(super) ifma: "avx512ifma",
        pub(super) vector_length: "avx512vl",
    }
}

const MASK: u64 = (1 << 52) - 1;

fn splat(word: u64) -> Lanes {
    cast([word; 8])
}

/// Eight moduli of `N` words as `L` limbs.
struct Moduli<const L: usize> {
    limbs: [Lanes; L],
    /// `-1/modulus` modulo 2⁵²
    negative_inverse: Lanes,
}

impl<const L: usize> Moduli<L> {
    fn new<const N: usize>(moduli: &[[u64; N]; 8]) -> Self {
        let inverses: [u64; 8] = std::array::from_fn(|lane| {
            let odd = moduli[lane][0];
            let mut inverse = odd;
            for _ in 0..5 {
                inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
            }
            inverse.wrapping_neg() & MASK
        });
        Moduli {
            limbs: to_lanes(moduli),
            negative_inverse: cast(inverses),
        }
    }
}

/// `a·b / 2^(52·L)`, then shifted left by `doublings` (0 or 1) in each lane.
#[inline(always)]
fn multiply<const L: usize>(
    token: Ifma,
    a: &[Lanes; L],
    b: &[Lanes; L],
    moduli: &Moduli<L>,
    doublings: Lanes,
) -> [Lanes; L] {
    let (base, ifma) = (token.base, token.ifma);
    let n = &moduli.limbs;
    let zero = splat(0);
    let mut sums = [zero; L];
    for factor in *a {
        let first = ifma._mm512_madd52lo_epu64(sums[0], factor, b[0]);
        let quotient = ifma._mm512_madd52lo_epu64(zero, first, moduli.negative_inverse);
        let first = ifma._mm512_madd52lo_epu64(first, quotient, n[0]);
        let carry = base._mm512_srli_epi64::<52>(first);
        for index in 1..L {
            let sum = ifma._mm512_madd52lo_epu64(sums[index], factor, b[index]);
            let sum = ifma._mm512_madd52lo_epu64(sum, quotient, n[index]);
            let sum = ifma._mm512_madd52hi_epu64(sum, factor, b[index - 1]);
            sums[index - 1] = ifma._mm512_madd52hi_epu64(sum, quotient, n[index - 1]);
        }
        sums[0] = base._mm512_add_epi64(sums[0], carry);
        let last = ifma._mm512_madd52hi_epu64(zero, factor, b[L - 1]);
        sums[L - 1] = ifma._mm512_madd52hi_epu64(last, quotient, n[L - 1]);
    }
    let mask = splat(MASK);
    let mut carry = zero;
    for sum in &mut sums {
        let shifted = base._mm512_sllv_epi64(*sum, doublings);
        let carried = base._mm512_add_epi64(shifted, carry);
        carry = base._mm512_srli_epi64::<52>(carried);
        *sum = base._mm512_and_si512(carried, mask);
    }
    sums
}

/// Squares once for every entry of `doublings`, and doubles as it says.
struct SquareAndDouble<'a, const L: usize> {
    token: Ifma,
    value: &'a mut [Lanes; L],
    moduli: &'a Moduli<L>,
    doublings: &'a [Lanes],
}

impl<const L: usize> pulp::NullaryFnOnce for SquareAndDouble<'_, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let mut value = *self.value;
        for doublings in self.doublings {
            value = multiply(self.token, &value, &value, self.moduli, *doublings);
        }
        *self.value = value;
    }
}

struct Multiply<'a, const L: usize> {
    token: Ifma,
    a: &'a [Lanes; L],
    b: &'a [Lanes; L],
    moduli: &'a Moduli<L>,
}

impl<const L: usize> pulp::NullaryFnOnce for Multiply<'_, L> {
    type Output = [Lanes; L];

    #[inline(always)]
    fn call(self) -> [Lanes; L] {
        multiply(self.token, self.a, self.b, self.moduli, splat(0))
    }
}

/// Fermat's test with the base 2, of eight odd numbers with their top bits set.
pub(super) fn fermat<const N: usize, const L: usize>(token: Ifma, numbers: &[[u64; N]; 8]) -> [bool; 8] {
    let moduli = Moduli::<L>::new(numbers);
    let mut value: [Lanes; L] = to_lanes(&std::array::from_fn::<_, 8, _>(|lane| one::<N, L>(&numbers[lane])));
    // The exponent n - 1 is n without its lowest bit.
    let doublings: Vec<Lanes> = (0..64 * N)
        .rev()
        .map(|bit| match bit {
            0 => splat(0),
            _ => cast(std::array::from_fn::<u64, 8, _>(|lane| {
                numbers[lane][bit / 64] >> (bit % 64) & 1
            })),
        })
        .collect();
    token.vectorize(SquareAndDouble {
        token,
        value: &mut value,
        moduli: &moduli,
        doublings: &doublings,
    });
    let results = from_montgomery(token, &value, &moduli, numbers);
    results.map(|result| result == unit())
}

/// Miller's test of eight odd numbers with their top bits set, each with its base.
pub(super) fn miller_rabin<const N: usize, const L: usize>(
    token: Ifma,
    numbers: &[[u64; N]; 8],
    bases: &[[u64; N]; 8],
) -> [bool; 8] {
    let moduli = Moduli::<L>::new(numbers);
    let parts = numbers.map(|number| odd_part(&number));
    let odd = parts.map(|(odd, _)| odd);
    let mut value = power(token, numbers, &moduli, bases, &odd);
    let mut passed = [false; 8];
    let rounds = parts.iter().map(|(_, twos)| *twos).max().unwrap_or(0);
    for round in 0..rounds {
        let results = from_montgomery(token, &value, &moduli, numbers);
        for (lane, result) in results.iter().enumerate() {
            let mut minus_one = numbers[lane];
            minus_one[0] -= 1;
            passed[lane] |= round < parts[lane].1 && *result == minus_one;
            passed[lane] |= round == 0 && *result == unit();
        }
        token.vectorize(SquareAndDouble {
            token,
            value: &mut value,
            moduli: &moduli,
            doublings: &[splat(0)],
        });
    }
    passed
}

/// `bases^exponents`, in Montgomery's form.
fn power<const N: usize, const L: usize>(
    token: Ifma,
    numbers: &[[u64; N]; 8],
    moduli: &Moduli<L>,
    bases: &[[u64; N]; 8],
    exponents: &[[u64; N]; 8],
) -> [Lanes; L] {
    let multiply = |a: &[Lanes; L], b: &[Lanes; L]| token.vectorize(Multiply { token, a, b, moduli });
    let one: [Lanes; L] = to_lanes(&std::array::from_fn::<_, 8, _>(|lane| one::<N, L>(&numbers[lane])));
    let base = multiply(&to_lanes(bases), &square_of_scale::<N, L>(numbers));
    let mut table = vec![one];
    for index in 1..16 {
        table.push(multiply(&table[index - 1], &base));
    }
    let mut digits = exponents.map(|exponent| hex_digits(&exponent).collect::<Vec<_>>().into_iter());
    let mut value = one;
    for _ in 0..16 * N {
        token.vectorize(SquareAndDouble {
            token,
            value: &mut value,
            moduli,
            doublings: &[splat(0); 4],
        });
        let digits: [usize; 8] = std::array::from_fn(|lane| digits[lane].next().unwrap_or(0));
        let factor = std::array::from_fn(|limb| {
            let chosen: [u64; 8] = std::array::from_fn(|lane| cast::<Lanes, [u64; 8]>(table[digits[lane]][limb])[lane]);
            cast(chosen)
        });
        value = multiply(&value, &factor);
    }
    value
}

/// The numbers themselves, below their moduli.
fn from_montgomery<const N: usize, const L: usize>(
    token: Ifma,
    value: &[Lanes; L],
    moduli: &Moduli<L>,
    numbers: &[[u64; N]; 8],
) -> [[u64; N]; 8] {
    let mut one = [splat(0); L];
    one[0] = splat(1);
    let plain = token.vectorize(Multiply {
        token,
        a: value,
        b: &one,
        moduli,
    });
    let limbs = plain.map(cast::<Lanes, [u64; 8]>);
    std::array::from_fn(|lane| {
        let number = join(&limbs.map(|limb| limb[lane]));
        if less(&number, &numbers[lane]) {
            return number;
        }
        subtract(&number, &numbers[lane])
    })
}

fn unit<const N: usize>() -> [u64; N] {
    std::array::from_fn(|index| u64::from(index == 0))
}

/// One in Montgomery's form, `2^(52·L)`.
fn one<const N: usize, const L: usize>(modulus: &[u64; N]) -> [u64; N] {
    // 2^(64·N) is the modulus' complement, since its top bit is set.
    doubled(subtract(&[0; N], modulus), 52 * L - 64 * N, modulus)
}

/// `2^(2·52·L)`, which brings a number into Montgomery's form.
fn square_of_scale<const N: usize, const L: usize>(numbers: &[[u64; N]; 8]) -> [Lanes; L] {
    let squares: [[u64; N]; 8] = std::array::from_fn(|lane| {
        let modulus = &numbers[lane];
        doubled(one::<N, L>(modulus), 52 * L, modulus)
    });
    to_lanes(&squares)
}

fn doubled<const N: usize>(mut value: [u64; N], times: usize, modulus: &[u64; N]) -> [u64; N] {
    for _ in 0..times {
        let (twice, over) = shift_left(&value);
        value = if over || !less(&twice, modulus) {
            subtract(&twice, modulus)
        } else {
            twice
        };
    }
    value
}

/// Eight numbers of 64-bit words side by side in 52-bit limbs.
fn to_lanes<const N: usize, const L: usize>(numbers: &[[u64; N]; 8]) -> [Lanes; L] {
    std::array::from_fn(|limb| {
        let (word, shift) = (limb * 52 / 64, limb * 52 % 64);
        cast(std::array::from_fn::<u64, 8, _>(|lane| {
            let at = |word: usize| u128::from(numbers[lane].get(word).copied().unwrap_or(0));
            ((at(word) | at(word + 1) << 64) >> shift) as u64 & MASK
        }))
    })
}

/// The 64-bit words of a number in 52-bit limbs.
fn join<const N: usize, const L: usize>(limbs: &[u64; L]) -> [u64; N] {
    std::array::from_fn(|word| {
        let (limb, shift) = (word * 64 / 52, word * 64 % 52);
        let at = |limb: usize| u128::from(limbs.get(limb).copied().unwrap_or(0));
        ((at(limb) | at(limb + 1) << 52 | at(limb + 2) << 104) >> shift) as u64
    })
}

#[cfg(test)]
mod tests {
    use super::super::scalar::Modulus;
    use super::*;

    #[test]
    fn agrees_with_one_at_a_time() {
        let Some(token) = Ifma::try_new() else {
            eprintln!("skipped: no AVX-512 IFMA");
            return;
        };
        let mut seed = 7_u64;
        let mut word = || {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            seed ^ seed >> 29
        };
        let mut numbers: [[u64; 16]; 8] = std::array::from_fn(|_| std::array::from_fn(|_| word()));
        for number in &mut numbers {
            number[0] |= 1;
            number[15] |= 1 << 63;
        }
        // 2¹⁰²⁴ - 105 is a prime.
        numbers[3] = [u64::MAX; 16];
        numbers[3][0] = u64::MAX - 104;
        let bases: [[u64; 16]; 8] =
            std::array::from_fn(|_| std::array::from_fn(|word_index| if word_index < 15 { word() } else { 1 }));
        let expected = numbers.map(|number| Modulus::new(&number).divides_fermat());
        assert_eq!(fermat::<16, 20>(token, &numbers), expected);
        assert!(expected[3]);
        let expected: [bool; 8] =
            std::array::from_fn(|lane| Modulus::new(&numbers[lane]).passes_miller_rabin(&bases[lane]));
        assert_eq!(miller_rabin::<16, 20>(token, &numbers, &bases), expected);
        assert!(expected[3]);
    }
}
