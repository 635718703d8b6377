//! How two texts differ, line by line, as the real server shows it.
//!
//! Which lines count as the same is decided as by Python's `difflib`, whose Go version the server uses.

use std::collections::HashMap;
use std::fmt::Write;

/// How many lines are shown before and after what differs.
const CONTEXT: usize = 3;

/// A part of both texts: lines from and to in the one, and in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    same: bool,
    left: (usize, usize),
    right: (usize, usize),
}

/// Returns the differences of two texts in the unified form, empty when there are none.
pub(crate) fn unified(left: &str, right: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.split('\n').collect(), right.split('\n').collect());
    let mut text = String::new();
    for group in groups(parts(&left, &right)) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let (own, other) = (range(first.left.0, last.left.1), range(first.right.0, last.right.1));
        let _ = writeln!(text, "@@ -{own} +{other} @@");
        for part in group {
            let mut lines = |mark: char, lines: &[&str]| {
                for line in lines {
                    let _ = writeln!(text, "{mark}{line}");
                }
            };
            let own = left.get(part.left.0..part.left.1).unwrap_or_default();
            if part.same {
                lines(' ', own);
            } else {
                lines('-', own);
                lines('+', right.get(part.right.0..part.right.1).unwrap_or_default());
            }
        }
    }
    text
}

fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => (start + 1).to_string(),
        length => format!("{},{length}", start + 1),
    }
}

/// Cuts the parts where they are the same for long.
fn groups(mut parts: Vec<Part>) -> Vec<Vec<Part>> {
    if let Some(first) = parts.first_mut().filter(|part| part.same) {
        first.left.0 = first.left.0.max(first.left.1.saturating_sub(CONTEXT));
        first.right.0 = first.right.0.max(first.right.1.saturating_sub(CONTEXT));
    }
    if let Some(last) = parts.last_mut().filter(|part| part.same) {
        last.left.1 = last.left.1.min(last.left.0 + CONTEXT);
        last.right.1 = last.right.1.min(last.right.0 + CONTEXT);
    }
    let mut groups = Vec::new();
    let mut group = Vec::new();
    for part in parts {
        let mut part = part;
        if part.same && part.left.1 - part.left.0 > 2 * CONTEXT {
            let mut end = part;
            end.left.1 = part.left.0 + CONTEXT;
            end.right.1 = part.right.0 + CONTEXT;
            group.push(end);
            groups.push(std::mem::take(&mut group));
            part.left.0 = part.left.1 - CONTEXT;
            part.right.0 = part.right.1 - CONTEXT;
        }
        group.push(part);
    }
    groups.push(group);
    groups.retain(|group| group.iter().any(|part| !part.same));
    groups
}

/// Returns all parts, those that are the same and those that differ.
fn parts(left: &[&str], right: &[&str]) -> Vec<Part> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, line) in right.iter().enumerate() {
        places.entry(line).or_default().push(index);
    }
    // In long texts, lines that are often there say nothing.
    let most = right.len() / 100 + 1;
    if right.len() >= 200 {
        places.retain(|_, own| own.len() <= most);
    }
    let finder = Finder { left, right, places };
    let mut blocks = Vec::new();
    finder.blocks((0, left.len()), (0, right.len()), &mut blocks);
    blocks.push((left.len(), right.len(), 0));
    let mut parts: Vec<Part> = Vec::new();
    let (mut own, mut other) = (0, 0);
    for (start, beside, size) in blocks {
        if own < start || other < beside {
            parts.push(Part {
                same: false,
                left: (own, start),
                right: (other, beside),
            });
        }
        (own, other) = (start + size, beside + size);
        match parts.last_mut().filter(|part| part.same) {
            Some(last) => (last.left.1, last.right.1) = (own, other),
            None if size > 0 => parts.push(Part {
                same: true,
                left: (start, own),
                right: (beside, other),
            }),
            None => {}
        }
    }
    parts
}

struct Finder<'a> {
    left: &'a [&'a str],
    right: &'a [&'a str],
    /// Where the lines of the right text are, but for those that are too common.
    places: HashMap<&'a str, Vec<usize>>,
}

impl Finder<'_> {
    /// Finds the blocks of lines that are the same, in order: the longest, and those before and after it.
    fn blocks(&self, left: (usize, usize), right: (usize, usize), found: &mut Vec<(usize, usize, usize)>) {
        let (own, other, size) = self.longest(left, right);
        if size == 0 {
            return;
        }
        if left.0 < own && right.0 < other {
            self.blocks((left.0, own), (right.0, other), found);
        }
        found.push((own, other, size));
        if own + size < left.1 && other + size < right.1 {
            self.blocks((own + size, left.1), (other + size, right.1), found);
        }
    }

    fn longest(&self, left: (usize, usize), right: (usize, usize)) -> (usize, usize, usize) {
        let (mut own, mut other, mut size) = (left.0, right.0, 0);
        let mut lengths: HashMap<usize, usize> = HashMap::new();
        for (index, line) in self.left.iter().enumerate().take(left.1).skip(left.0) {
            let mut next = HashMap::new();
            for &place in self.places.get(line).map_or(&[][..], Vec::as_slice) {
                if place < right.0 || place >= right.1 {
                    continue;
                }
                let before = place.checked_sub(1).and_then(|place| lengths.get(&place));
                let length = before.copied().unwrap_or(0) + 1;
                next.insert(place, length);
                if length > size {
                    (own, other, size) = (index + 1 - length, place + 1 - length, length);
                }
            }
            lengths = next;
        }
        let same = |own: usize, other: usize| self.left.get(own) == self.right.get(other);
        while own > left.0 && other > right.0 && same(own - 1, other - 1) {
            (own, other, size) = (own - 1, other - 1, size + 1);
        }
        while own + size < left.1 && other + size < right.1 && same(own + size, other + size) {
            size += 1;
        }
        (own, other, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_differs_with_lines_around_it() {
        let left = "a\nb\nc\nd\ne\nf";
        assert_eq!(
            unified(left, "a\nb\nc\nx\ne\nf"),
            "@@ -1,6 +1,6 @@\n a\n b\n c\n-d\n+x\n e\n f\n"
        );
        assert_eq!(unified(left, left), "");
        assert_eq!(unified("a", "a\nb"), "@@ -1 +1,2 @@\n a\n+b\n");
    }

    #[test]
    fn leaves_out_what_is_the_same_for_long() {
        let long: Vec<String> = (0..30).map(|line| line.to_string()).collect();
        let mut other = long.clone();
        other[2] = "x".into();
        other[27] = "y".into();
        let text = unified(&long.join("\n"), &other.join("\n"));
        assert_eq!(text.matches("@@ -").count(), 2);
        assert!(
            text.starts_with("@@ -1,6 +1,6 @@\n 0\n 1\n-2\n+x\n 3\n 4\n 5\n@@ -25,6"),
            "{text}"
        );
    }
}
