//! The rules of a `.helmignore` file.
//!
//! Source: Helm 4.3.1, `pkg/ignore/rules.go`.

use crate::glob::match_path;
use crate::{Error, ErrorKind, Level, Log};

/// The name of the file.
pub const HELM_IGNORE: &str = ".helmignore";

/// How long a line may be, in bytes, for Go's line reader.
const MAX_LINE: usize = 64 * 1024;

/// Which paths of a folder do not belong to the chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// What is matched: without the `!` and slashes around it.
    glob: Vec<u8>,
    negated: bool,
    only_folders: bool,
    /// Without a slash the pattern looks at the last part of a path only.
    base_only: bool,
    shape: Shape,
}

/// The shapes of nearly all patterns, which take no matching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing in it has a meaning.
    Literal,
    /// A star and then something literal.
    Ending,
    Other,
}

impl Shape {
    fn of(glob: &[u8]) -> Shape {
        let literal = |glob: &[u8]| !glob.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'));
        match glob {
            glob if literal(glob) => Shape::Literal,
            [b'*', ending @ ..] if literal(ending) => Shape::Ending,
            _ => Shape::Other,
        }
    }
}

impl Rules {
    /// Reads the text of a `.helmignore`, and adds the rule that every chart has: no dot files in `templates/`.
    ///
    /// # Errors
    /// [`ErrorKind::Ignore`] for `**`, for a pattern that is not well-formed, and for a line of 64 KiB and more.
    pub fn parse(text: &[u8]) -> Result<Rules, Error> {
        let mut rules = Rules::default();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for line in text.split(|byte| *byte == b'\n') {
            if line.len() >= MAX_LINE {
                return Err(Error::new(ErrorKind::Ignore, "bufio.Scanner: token too long"));
            }
            rules.add(line)?;
        }
        rules.add(b"templates/.?*")?;
        Ok(rules)
    }

    fn add(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = trim_space(line);
        if line.is_empty() || line.starts_with(b"#") {
            return Ok(());
        }
        if line.windows(2).any(|pair| pair == b"**") {
            return Err(Error::new(
                ErrorKind::Ignore,
                "double-star (**) syntax is not supported",
            ));
        }
        // Helm tries a rule once with its marks on, and later errors are only logged.
        match_path(line, b"abc").map_err(|error| Error::new(ErrorKind::Ignore, error.to_string()))?;
        let (negated, rule) = match line.strip_prefix(b"!") {
            Some(rule) => (true, rule),
            None => (false, line),
        };
        let (only_folders, rule) = match rule.strip_suffix(b"/") {
            Some(rule) => (true, rule),
            None => (false, rule),
        };
        let (base_only, glob) = match rule.strip_prefix(b"/") {
            Some(glob) => (false, glob),
            None => (!rule.contains(&b'/'), rule),
        };
        self.patterns.push(Pattern {
            glob: glob.to_vec(),
            negated,
            only_folders,
            base_only,
            shape: Shape::of(glob),
        });
        Ok(())
    }

    /// Tells whether a path, relative to the chart, is left out. The first rule that says anything decides.
    ///
    /// A negated rule leaves out everything that it does not match. What an ignored folder has inside is not asked about.
    pub fn ignores(&self, path: &[u8], is_dir: bool, log: &mut Log) -> bool {
        if matches!(path, b"" | b"." | b"./") {
            return false;
        }
        for pattern in &self.patterns {
            if pattern.negated {
                if (pattern.only_folders && !is_dir) || !pattern.matches(path, log) {
                    return true;
                }
            } else if (is_dir || !pattern.only_folders) && pattern.matches(path, log) {
                return true;
            }
        }
        false
    }
}

impl Pattern {
    fn matches(&self, path: &[u8], log: &mut Log) -> bool {
        let path = if self.base_only { base(path) } else { path };
        match self.shape {
            Shape::Literal => return path == self.glob,
            Shape::Ending => {
                let start = path.strip_suffix(&self.glob[1..]);
                return start.is_some_and(|start| !start.contains(&b'/'));
            }
            Shape::Other => {}
        }
        match_path(&self.glob, path).unwrap_or_else(|error| {
            let rule = String::from_utf8_lossy(&self.glob).into_owned();
            log.push_with(
                Level::Error,
                "failed to compile",
                vec![("rule", rule), ("error", error.to_string())],
            );
            false
        })
    }
}

/// Returns the last part of a path.
fn base(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    path[..end].rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// Cuts white space off both ends, as Go's `strings.TrimSpace` does.
fn trim_space(mut line: &[u8]) -> &[u8] {
    while let Some((rune, width)) = go_value::utf8::decode(line)
        && rune.is_whitespace()
    {
        line = &line[width..];
    }
    while let Some((rune, width)) = go_value::utf8::decode_last(line)
        && rune.is_whitespace()
    {
        line = &line[..line.len() - width];
    }
    line
}

#[cfg(test)]
mod tests {
    use super::Rules;
    use crate::Log;

    fn ignored(text: &str, path: &str) -> bool {
        let (path, is_dir) = match path.strip_suffix('/') {
            Some(path) => (path, true),
            None => (path, false),
        };
        Rules::parse(text.as_bytes())
            .unwrap()
            .ignores(path.as_bytes(), is_dir, &mut Log::default())
    }

    // H-013
    #[test]
    fn h_013_forms_of_rules() {
        assert!(ignored("*.txt", "a/b.txt"));
        assert!(ignored("a/*.txt", "a/b.txt"));
        assert!(!ignored("a/*.txt", "x/a/b.txt"));
        assert!(ignored("/b.txt", "b.txt"));
        assert!(!ignored("/b.txt", "a/b.txt"));
        assert!(ignored("ci/", "a/ci/"));
        assert!(!ignored("ci/", "ci"));
        assert!(ignored("\u{feff}# x\n  b  \r\n", "b"));
        assert!(ignored("", "templates/.hidden"));
        assert!(!ignored("", ".hidden"));
        assert!(ignored("a*", "abc"));
        assert!(!ignored("*.t", "x"));
        assert!(ignored("*/b.txt", "a/b.txt"));
        assert!(!ignored("*b.txt", "a/b.txt.d"));
        // A negated rule leaves out all that it does not match.
        assert!(ignored("!keep", "other"));
        assert!(!ignored("!keep", "keep"));
    }

    // H-013
    #[test]
    fn h_013_rules_that_are_refused() {
        let error = |text: &str| Rules::parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("a/**"), "double-star (**) syntax is not supported");
        assert_eq!(error("a["), "syntax error in pattern");
    }
}
