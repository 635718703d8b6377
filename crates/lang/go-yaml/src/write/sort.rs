//! The order of keys: letters after other characters, runs of digits by their number.

use go_value::utf8;

use super::letters::{is_digit, is_letter};
use crate::Dialect;

/// Up to this many, Go sorts by insertion.
const FEW: usize = 12;

/// Sorts `keys` as go-yaml sorts the keys of a map.
///
/// go-yaml's comparison is no total order. Of a few keys the order is one that Go can come to as well, whose maps have no order to
/// begin with; for more of them this is a merge sort that does not mind.
pub(crate) fn sort<T: Copy>(items: &mut Vec<T>, key: impl Fn(&T) -> &[u8], dialect: Dialect) {
    let less = |a: &T, b: &T| less(key(a), key(b), dialect);
    if items.windows(2).all(|pair| !less(&pair[1], &pair[0])) {
        return;
    }
    if items.len() <= FEW {
        return insert(items, &less);
    }
    let mut sorted = Vec::with_capacity(items.len());
    let mut width = 1;
    while width < items.len() {
        for pair in items.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(left, right, &less, &mut sorted);
        }
        std::mem::swap(items, &mut sorted);
        sorted.clear();
        width *= 2;
    }
}

fn insert<T>(items: &mut [T], less: &impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && less(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

fn merge<T: Copy>(mut left: &[T], mut right: &[T], less: &impl Fn(&T, &T) -> bool, out: &mut Vec<T>) {
    while let (Some(a), Some(b)) = (left.first(), right.first()) {
        if less(b, a) {
            out.push(*b);
            right = &right[1..];
        } else {
            out.push(*a);
            left = &left[1..];
        }
    }
    out.extend_from_slice(left);
    out.extend_from_slice(right);
}

/// Tells whether `a` comes before `b`. Source: `keyList.Less` in go-yaml's `sorter.go`.
fn less(a: &[u8], b: &[u8], dialect: Dialect) -> bool {
    let equal = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    if equal == a.len() || equal == b.len() {
        return a.len() < b.len();
    }
    if a.is_ascii() && b.is_ascii() {
        return less_at(
            |at| a.get(at).map(|&byte| byte as char),
            |at| b.get(at).map(|&byte| byte as char),
            equal,
            dialect,
        );
    }
    let runes = |text| utf8::runes(text).map(|(_, rune)| rune).collect::<Vec<char>>();
    let (a, b) = (runes(a), runes(b));
    let equal = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    if equal == a.len() || equal == b.len() {
        return a.len() < b.len();
    }
    less_at(|at| a.get(at).copied(), |at| b.get(at).copied(), equal, dialect)
}

/// Compares two texts that differ first at `at`, where both have a rune.
fn less_at(a: impl Fn(usize) -> Option<char>, b: impl Fn(usize) -> Option<char>, at: usize, dialect: Dialect) -> bool {
    let (Some(first), Some(second)) = (a(at), b(at)) else {
        return false;
    };
    let (letter, other_letter) = (is_letter(first), is_letter(second));
    if letter && other_letter {
        return first < second;
    }
    if letter || other_letter {
        let after_digit = dialect == Dialect::V3 && at > 0 && a(at - 1).is_some_and(is_digit);
        return if after_digit { letter } else { other_letter };
    }
    // A zero counts when a number has begun before it.
    let mut number = 0;
    if first == '0' || second == '0' {
        let begun = (0..at)
            .rev()
            .map_while(|at| a(at).filter(|&rune| is_digit(rune)))
            .any(|rune| rune != '0');
        number = i64::from(begun);
    }
    let (number_a, end_a) = read_number(&a, at, number);
    let (number_b, end_b) = read_number(&b, at, number);
    if number_a != number_b {
        return number_a < number_b;
    }
    if end_a != end_b {
        return end_a < end_b;
    }
    first < second
}

fn read_number(text: impl Fn(usize) -> Option<char>, mut at: usize, mut number: i64) -> (i64, usize) {
    while let Some(rune) = text(at).filter(|&rune| is_digit(rune)) {
        number = number
            .wrapping_mul(10)
            .wrapping_add(i64::from(rune as u32) - i64::from(b'0'));
        at += 1;
    }
    (number, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_go_round_in_a_circle_have_an_order_of_gos() {
        let mut keys = vec!["01", "10.0.0.1", "1e3- : 1", "<", "a: b"];
        sort(&mut keys, |key| key.as_bytes(), Dialect::V2);
        assert_eq!(keys, ["<", "01", "10.0.0.1", "1e3- : 1", "a: b"]);
    }
}
