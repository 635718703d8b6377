//! Suggestions for a verb that does not exist.

use crate::Command;

/// Commands may differ by this many letters from what was typed.
const DISTANCE: usize = 2;

/// Returns the names of commands below `parent` that `typed` may have meant, in the order of the table.
pub(crate) fn suggestions(parent: &Command, typed: &str) -> Vec<&'static str> {
    let lower = typed.to_lowercase();
    let mut found = Vec::new();
    for command in parent
        .commands
        .iter()
        .filter(|command| !command.hidden && command.name != "help")
    {
        if command.name.starts_with(&lower) || distance(lower.as_bytes(), command.name.as_bytes()) <= DISTANCE {
            found.push(command.name);
        }
        found.extend(
            command
                .suggest_for
                .iter()
                .filter(|word| word.to_lowercase() == lower)
                .map(|_| command.name),
        );
    }
    found
}

/// The Levenshtein distance of two texts in bytes.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if a == b {
                diagonal
            } else {
                1 + diagonal.min(above).min(row[j])
            };
            diagonal = above;
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn counts_edits() {
        assert_eq!(distance(b"tempalte", b"template"), 2);
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"kitten", b"sitting"), 3);
    }
}
