//! A manifest's text to its documents, as kubectl's reader splits it.

/// Splits at lines that hold `---` and white space only. Parts without any text are dropped.
///
/// Source: apimachinery, `pkg/util/yaml/decoder.go`, `YAMLReader`.
pub fn documents(text: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let separates = line
            .strip_prefix(b"---")
            .is_some_and(|rest| rest.trim_ascii().is_empty());
        if separates {
            parts.push(&text[start..at]);
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim_ascii().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators() {
        let text = b"---\n# Source: x\na: 1\n--- \nb: |\n  ---\n---\n\n---";
        assert_eq!(documents(text), [&b"# Source: x\na: 1\n"[..], b"b: |\n  ---\n"]);
    }
}
