//! The order in which Go's `sort.Sort` leaves things, down to those that are equal.
//!
//! Go sorts with a pattern-defeating quicksort that is not stable. Versions that differ in their build metadata only are equal, and
//! which one of them comes first decides what gets installed: so the same steps have to be taken.

/// Returns the numbers below `length` in the order in which Go leaves things when `less` compares them.
pub(crate) fn order(length: usize, less: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut sorter = Sorter {
        items: (0..length).collect(),
        less,
    };
    let bad_pivots = usize::BITS - length.leading_zeros();
    sorter.sort(0, length, bad_pivots);
    sorter.items
}

/// At most so many things are sorted by insertion.
const SMALL: usize = 12;
/// From so many things on, the pivot is a median of medians and parts are repaired by insertion.
const LARGE: usize = 50;
/// So many pairs out of order may be repaired before that is given up.
const REPAIRS: usize = 5;
/// The exchanges while a median of medians is looked for when everything is in reverse.
const ALL_EXCHANGED: usize = 12;

/// What the search for a pivot saw of the order.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Rising,
    Falling,
    Mixed,
}

struct Sorter<F> {
    items: Vec<usize>,
    less: F,
}

impl<F: Fn(usize, usize) -> bool> Sorter<F> {
    fn less(&self, left: usize, right: usize) -> bool {
        (self.less)(self.items[left], self.items[right])
    }

    fn swap(&mut self, left: usize, right: usize) {
        self.items.swap(left, right);
    }

    /// Sorts from `start` to before `end`; after `bad_pivots` uneven partitions, by heap.
    fn sort(&mut self, mut start: usize, mut end: usize, mut bad_pivots: u32) {
        let (mut was_even, mut was_in_order) = (true, true);
        loop {
            let length = end - start;
            if length <= SMALL {
                return self.sort_by_insertion(start, end);
            }
            if bad_pivots == 0 {
                return self.sort_by_heap(start, end);
            }
            if !was_even {
                self.scatter(start, end);
                bad_pivots -= 1;
            }
            let (mut pivot, mut seen) = self.choose_pivot(start, end);
            if seen == Seen::Falling {
                self.items[start..end].reverse();
                pivot = (end - 1) - (pivot - start);
                seen = Seen::Rising;
            }
            if was_even && was_in_order && seen == Seen::Rising && self.repair(start, end) {
                return;
            }
            if start > 0 && !self.less(start - 1, pivot) {
                start = self.part_equals(start, end, pivot);
                continue;
            }
            let (middle, in_order) = self.part(start, end, pivot);
            was_in_order = in_order;
            was_even = (middle - start).min(end - middle) >= length / 8;
            if middle - start < end - middle {
                self.sort(start, middle, bad_pivots);
                start = middle + 1;
            } else {
                self.sort(middle + 1, end, bad_pivots);
                end = middle;
            }
        }
    }

    fn sort_by_insertion(&mut self, start: usize, end: usize) {
        for next in start + 1..end {
            self.sink(next, start);
        }
    }

    /// Moves an item towards `floor` while it is less than the one before it.
    fn sink(&mut self, mut at: usize, floor: usize) {
        while at > floor && self.less(at, at - 1) {
            self.swap(at, at - 1);
            at -= 1;
        }
    }

    fn sort_by_heap(&mut self, start: usize, end: usize) {
        let length = end - start;
        for root in (0..=(length - 1) / 2).rev() {
            self.sift(root, length, start);
        }
        for last in (0..length).rev() {
            self.swap(start, start + last);
            self.sift(0, last, start);
        }
    }

    /// Moves the root of a heap, whose first item stands at `first`, down to its place.
    fn sift(&mut self, mut root: usize, length: usize, first: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= length {
                return;
            }
            if child + 1 < length && self.less(first + child, first + child + 1) {
                child += 1;
            }
            if !self.less(first + root, first + child) {
                return;
            }
            self.swap(first + root, first + child);
            root = child;
        }
    }

    /// Moves what is less than the pivot before it. Returns where the pivot is then, and whether nothing but the pivot had to move.
    fn part(&mut self, start: usize, end: usize, pivot: usize) -> (usize, bool) {
        self.swap(start, pivot);
        let (mut low, mut high) = (start + 1, end - 1);
        let mut in_order = true;
        loop {
            while low <= high && self.less(low, start) {
                low += 1;
            }
            while low <= high && !self.less(high, start) {
                high -= 1;
            }
            if low > high {
                self.swap(high, start);
                return (high, in_order);
            }
            in_order = false;
            self.swap(low, high);
            low += 1;
            high -= 1;
        }
    }

    /// Moves what equals the pivot to the start, where nothing is less than it. Returns where the rest starts.
    fn part_equals(&mut self, start: usize, end: usize, pivot: usize) -> usize {
        self.swap(start, pivot);
        let (mut low, mut high) = (start + 1, end - 1);
        loop {
            while low <= high && !self.less(start, low) {
                low += 1;
            }
            while low <= high && self.less(start, high) {
                high -= 1;
            }
            if low > high {
                return low;
            }
            self.swap(low, high);
            low += 1;
            high -= 1;
        }
    }

    /// Moves a few items that stand out of order to their places; true when everything is in order then.
    fn repair(&mut self, start: usize, end: usize) -> bool {
        let mut at = start + 1;
        for _ in 0..REPAIRS {
            while at < end && !self.less(at, at - 1) {
                at += 1;
            }
            if at == end {
                return true;
            }
            if end - start < LARGE {
                return false;
            }
            self.swap(at, at - 1);
            if at - start >= 2 {
                // Go's floor is the first item of all, not that of the part.
                self.sink(at - 1, 0);
            }
            let mut greater = at + 1;
            while greater < end && self.less(greater, greater - 1) {
                self.swap(greater, greater - 1);
                greater += 1;
            }
        }
        false
    }

    /// Moves three items in the middle to places that look random, so that no pattern makes every partition uneven.
    fn scatter(&mut self, start: usize, end: usize) {
        let length = end - start;
        if length < 8 {
            return;
        }
        let mut random = length as u64;
        let mask = (1_u64 << (u64::BITS - random.leading_zeros())) - 1;
        let middle = start + (length / 4) * 2;
        for at in middle - 1..=middle + 1 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut other = (random & mask) as usize;
            if other >= length {
                other -= length;
            }
            self.swap(at, start + other);
        }
    }

    fn choose_pivot(&self, start: usize, end: usize) -> (usize, Seen) {
        let quarter = (end - start) / 4;
        let mut exchanges = 0;
        let mut candidates = [1, 2, 3].map(|quarters| start + quarter * quarters);
        if end - start >= LARGE {
            candidates = candidates.map(|at| self.median([at - 1, at, at + 1], &mut exchanges));
        }
        let pivot = self.median(candidates, &mut exchanges);
        let seen = match exchanges {
            0 => Seen::Rising,
            ALL_EXCHANGED => Seen::Falling,
            _ => Seen::Mixed,
        };
        (pivot, seen)
    }

    /// Returns the place of the middle one of three, and counts the exchanges that it took to find it.
    fn median(&self, [mut first, mut second, mut third]: [usize; 3], exchanges: &mut usize) -> usize {
        let mut arrange = |low: &mut usize, high: &mut usize| {
            if self.less(*high, *low) {
                *exchanges += 1;
                std::mem::swap(low, high);
            }
        };
        arrange(&mut first, &mut second);
        arrange(&mut second, &mut third);
        arrange(&mut first, &mut second);
        second
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn everything_comes_out_in_order() {
        let mut seed = 7_u64;
        for length in 0..400 {
            let numbers: Vec<u64> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 33) % 40
                })
                .collect();
            let order = order(length, |left, right| numbers[left] < numbers[right]);
            assert!(order.is_sorted_by_key(|at| numbers[*at]), "{numbers:?}");
        }
    }

    #[test]
    fn few_equal_things_keep_their_order() {
        assert_eq!(order(5, |_, _| false), [0, 1, 2, 3, 4]);
    }
}
