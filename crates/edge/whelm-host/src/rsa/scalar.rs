//! Powers modulo an odd number, one number at a time, with Montgomery's multiplication.

/// An odd modulus of `N` words, its top bit set.
pub(super) struct Modulus<'a, const N: usize> {
    words: &'a [u64; N],
    /// `-1/words` modulo 2⁶⁴
    negative_inverse: u64,
}

impl<'a, const N: usize> Modulus<'a, N> {
    pub(super) fn new(words: &'a [u64; N]) -> Self {
        let odd = words[0];
        let mut inverse = odd;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        Modulus {
            words,
            negative_inverse: inverse.wrapping_neg(),
        }
    }

    /// `a·b / 2^(64·N)`
    fn multiply(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let mut low = [0_u64; N];
        let (mut top, mut over) = (0_u64, 0_u64);
        for factor in a {
            let mut carry = 0_u64;
            for (word, other) in low.iter_mut().zip(b) {
                let sum = u128::from(*factor) * u128::from(*other) + u128::from(*word) + u128::from(carry);
                *word = sum as u64;
                carry = (sum >> 64) as u64;
            }
            let (sum, carried) = top.overflowing_add(carry);
            (top, over) = (sum, over + u64::from(carried));
            let quotient = low[0].wrapping_mul(self.negative_inverse);
            let first = u128::from(quotient) * u128::from(self.words[0]) + u128::from(low[0]);
            let mut carry = (first >> 64) as u64;
            for index in 1..N {
                let sum =
                    u128::from(quotient) * u128::from(self.words[index]) + u128::from(low[index]) + u128::from(carry);
                low[index - 1] = sum as u64;
                carry = (sum >> 64) as u64;
            }
            let (sum, carried) = top.overflowing_add(carry);
            low[N - 1] = sum;
            (top, over) = (over + u64::from(carried), 0);
        }
        if top != 0 || !less(&low, self.words) {
            low = subtract(&low, self.words);
        }
        low
    }

    fn double(&self, a: &[u64; N]) -> [u64; N] {
        let (doubled, over) = shift_left(a);
        if over || !less(&doubled, self.words) {
            return subtract(&doubled, self.words);
        }
        doubled
    }

    /// One, in Montgomery's form: `2^(64·N)`, the modulus itself having that many bits.
    fn one(&self) -> [u64; N] {
        subtract(&[0; N], self.words)
    }

    /// `base^exponent`, the result in Montgomery's form.
    fn power(&self, base: &[u64; N], exponent: &[u64; N]) -> [u64; N] {
        let mut square_of_scale = self.one();
        for _ in 0..64 * N {
            square_of_scale = self.double(&square_of_scale);
        }
        let base = self.multiply(base, &square_of_scale);
        let mut table = [[0; N]; 16];
        table[0] = self.one();
        for index in 1..16 {
            table[index] = self.multiply(&table[index - 1], &base);
        }
        let mut result = self.one();
        for digit in hex_digits(exponent) {
            for _ in 0..4 {
                result = self.multiply(&result, &result);
            }
            if digit != 0 {
                result = self.multiply(&result, &table[digit]);
            }
        }
        result
    }

    /// `base^exponent` as the plain number below the modulus.
    pub(super) fn plain_power(&self, base: &[u64; N], exponent: &[u64; N]) -> [u64; N] {
        let one = std::array::from_fn(|index| u64::from(index == 0));
        self.multiply(&self.power(base, exponent), &one)
    }

    /// Fermat's test with the base 2.
    pub(super) fn divides_fermat(&self) -> bool {
        let mut exponent = *self.words;
        exponent[0] -= 1;
        let mut result = self.one();
        for bit in (0..64 * N).rev() {
            result = self.multiply(&result, &result);
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                result = self.double(&result);
            }
        }
        result == self.one()
    }

    /// Miller's test with one base.
    pub(super) fn passes_miller_rabin(&self, base: &[u64; N]) -> bool {
        let (odd, twos) = odd_part(self.words);
        let one = self.one();
        let minus_one = subtract(self.words, &one);
        let mut power = self.power(base, &odd);
        if power == one || power == minus_one {
            return true;
        }
        for _ in 1..twos {
            power = self.multiply(&power, &power);
            if power == minus_one {
                return true;
            }
        }
        false
    }
}

/// `n - 1` as an odd number and the power of two it is multiplied with.
pub(super) fn odd_part<const N: usize>(number: &[u64; N]) -> ([u64; N], u32) {
    let mut odd = *number;
    odd[0] -= 1;
    let mut twos = 0;
    while odd[0] & 1 == 0 && twos < 64 * N as u32 {
        for index in 0..N {
            let above = odd.get(index + 1).map_or(0, |word| word << 63);
            odd[index] = odd[index] >> 1 | above;
        }
        twos += 1;
    }
    (odd, twos)
}

/// The digits of base 16, highest first.
pub(super) fn hex_digits<const N: usize>(number: &[u64; N]) -> impl Iterator<Item = usize> {
    (0..16 * N)
        .rev()
        .map(move |index| (number[index / 16] >> (index % 16 * 4) & 15) as usize)
}

pub(super) fn less<const N: usize>(a: &[u64; N], b: &[u64; N]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `a - b`, wrapping around.
pub(super) fn subtract<const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut borrow = false;
    std::array::from_fn(|index| {
        let (difference, one) = a[index].overflowing_sub(b[index]);
        let (difference, two) = difference.overflowing_sub(u64::from(borrow));
        borrow = one || two;
        difference
    })
}

/// `2·a` and whether it grew too long.
pub(super) fn shift_left<const N: usize>(a: &[u64; N]) -> ([u64; N], bool) {
    let shifted = std::array::from_fn(|index| {
        let below = if index == 0 { 0 } else { a[index - 1] >> 63 };
        a[index] << 1 | below
    });
    (shifted, a[N - 1] >> 63 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_primes_from_others() {
        // 2¹²⁸ - 159 is a prime, 2¹²⁸ - 161 is none.
        let prime = [u64::MAX - 158, u64::MAX];
        let other = [u64::MAX - 160, u64::MAX];
        let modulus = Modulus::new(&prime);
        assert!(modulus.divides_fermat());
        assert!(modulus.passes_miller_rabin(&[12345, 678]));
        assert!(!Modulus::new(&other).divides_fermat());
        assert!(!Modulus::new(&other).passes_miller_rabin(&[12345, 678]));
    }
}
