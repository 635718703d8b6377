//! Where tokens stand in yaml.v3's queue, for the sake of one mistake in it.
//!
//! The place of an empty value in `[a: , b]` is read from the slot of the `:` after more tokens were fetched. When the queue was full
//! by then, its tokens were moved to the front, and another token may be in that slot. The queue is a Go slice, so it
//! is full when its capacity is used up, which grows as Go's `append` makes it grow.

/// The size of a token in Go.
const TOKEN_SIZE: usize = 144;
/// What Go's allocator adds to objects with pointers that are larger than [`NO_HEADER`].
const HEADER: usize = 8;
const NO_HEADER: usize = 512;
/// Larger objects are whole pages.
const MAX_SMALL: usize = 32_768;
const PAGE: usize = 8192;
/// The sizes in which Go allocates smaller objects, as far as a queue has them.
const SIZES: [usize; 8] = [144, 288, 640, 1280, 2688, 5376, 10_880, 21_760];

/// The numbers of a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    head: usize,
    len: usize,
    capacity: usize,
    /// How often the tokens were moved to the front.
    moves: usize,
}

impl Slots {
    pub(super) fn new() -> Self {
        Slots {
            head: 0,
            len: 0,
            capacity: 0,
            moves: 0,
        }
    }

    /// Notes that a token was put in.
    pub(super) fn insert(&mut self) {
        if self.head > 0 && self.len == self.capacity {
            self.len -= self.head;
            self.head = 0;
            self.moves += 1;
        }
        if self.len == self.capacity {
            self.capacity = grown(self.capacity);
        }
        self.len += 1;
    }

    /// Notes that the first token was taken.
    pub(super) fn take(&mut self) {
        self.head += 1;
    }

    /// Returns which of the waiting tokens is now in the slot that was the first one at `earlier`; `None` when the one
    /// that was there still is.
    pub(super) fn now_at_head_of(&self, earlier: Slots) -> Option<usize> {
        let moved = self.moves > earlier.moves && earlier.head < self.len;
        moved.then_some(earlier.head)
    }
}

/// Returns the capacity after one of `capacity` was too small.
fn grown(capacity: usize) -> usize {
    let wanted = match capacity {
        0 => 1,
        1..256 => 2 * capacity,
        _ => capacity + (capacity + 3 * 256) / 4,
    };
    let bytes = wanted * TOKEN_SIZE;
    let header = if bytes > NO_HEADER { HEADER } else { 0 };
    let size = match SIZES.into_iter().find(|&size| size >= bytes + header) {
        Some(size) if bytes + header <= MAX_SMALL => size - header,
        _ => bytes.next_multiple_of(PAGE),
    };
    size / TOKEN_SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_as_append_makes_them() {
        let mut capacity = 0;
        let capacities = std::array::from_fn(|_| {
            capacity = grown(capacity);
            capacity
        });
        assert_eq!(capacities, [1, 2, 4, 8, 18, 37, 75, 151, 341, 625]);
    }
}
