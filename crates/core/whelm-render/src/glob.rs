//! The globs of `.Files.Glob`: `*`, `?`, `[…]`, `{a,b}` within one part of a path, `**` across parts, `\` escapes.
//!
//! A pattern becomes a small automaton, so that no pattern makes matching slow.
//!
//! Source: Helm 4.3.1, `pkg/engine/files.go`; syntax of gobwas/glob 0.2.3 with the separator `/`.

use go_value::utf8;

/// A compiled glob.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    program: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Rune(char),
    /// `?`: any rune but the separator.
    Single,
    /// `*` (`across` is false) and `**` (true), as a loop.
    Any {
        across: bool,
    },
    Range {
        low: char,
        high: char,
        not: bool,
    },
    Set {
        runes: Vec<char>,
        not: bool,
    },
    /// Goes on at all these places.
    Fork(Vec<usize>),
    Jump(usize),
}

impl Glob {
    /// Compiles a pattern; `None` when it is invalid.
    pub(crate) fn compile(pattern: &[u8]) -> Option<Glob> {
        let runes: Vec<char> = std::str::from_utf8(pattern).ok()?.chars().collect();
        let mut parser = Parser {
            runes: &runes,
            at: 0,
            program: Vec::new(),
            open: Vec::new(),
        };
        parser.parse()?;
        Some(Glob {
            program: parser.program,
        })
    }

    /// Tells whether the whole of `text` matches.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let mut states = States::new(self.program.len() + 1);
        states.add(&self.program, 0);
        for (_, rune) in utf8::runes(text) {
            let mut next = States::new(self.program.len() + 1);
            for state in &states.list {
                self.step(*state, rune, &mut next);
            }
            states = next;
            if states.list.is_empty() {
                return false;
            }
        }
        states.seen[self.program.len()]
    }

    fn step(&self, state: usize, rune: char, next: &mut States) {
        let Some(step) = self.program.get(state) else { return };
        match step {
            Step::Any { across } if *across || rune != '/' => next.add(&self.program, state),
            step if step.takes(rune) => next.add(&self.program, state + 1),
            _ => {}
        }
    }
}

impl Step {
    fn takes(&self, rune: char) -> bool {
        match self {
            Step::Rune(wanted) => *wanted == rune,
            Step::Single => rune != '/',
            Step::Range { low, high, not } => (*low..=*high).contains(&rune) != *not,
            Step::Set { runes, not } => runes.contains(&rune) != *not,
            Step::Any { .. } | Step::Fork(_) | Step::Jump(_) => false,
        }
    }
}

/// The places in the program that are reached, each once.
struct States {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl States {
    fn new(size: usize) -> States {
        States {
            list: Vec::new(),
            seen: vec![false; size],
        }
    }

    /// Adds a place and all that is reached from there without a rune.
    fn add(&mut self, program: &[Step], place: usize) {
        let mut todo = vec![place];
        while let Some(place) = todo.pop() {
            if std::mem::replace(&mut self.seen[place], true) {
                continue;
            }
            match program.get(place) {
                Some(Step::Fork(places)) => todo.extend(places),
                Some(Step::Jump(place)) => todo.push(*place),
                Some(Step::Any { .. }) => {
                    self.list.push(place);
                    todo.push(place + 1);
                }
                _ => self.list.push(place),
            }
        }
    }
}

/// A `{` that is not closed yet.
struct Open {
    fork: usize,
    starts: Vec<usize>,
    ends: Vec<usize>,
}

struct Parser<'a> {
    runes: &'a [char],
    at: usize,
    program: Vec<Step>,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn parse(&mut self) -> Option<()> {
        while let Some(rune) = self.next() {
            match rune {
                '{' => self.open_terms(),
                ',' if !self.open.is_empty() => self.next_term(),
                '}' if !self.open.is_empty() => self.close_terms(),
                '[' => self.range()?,
                '?' => self.program.push(Step::Single),
                '*' => {
                    let across = self.runes.get(self.at) == Some(&'*');
                    self.at += usize::from(across);
                    self.program.push(Step::Any { across });
                }
                // A backslash at the very end escapes nothing and is dropped.
                '\\' => {
                    if let Some(rune) = self.next() {
                        self.program.push(Step::Rune(rune));
                    }
                }
                rune => self.program.push(Step::Rune(rune)),
            }
        }
        while !self.open.is_empty() {
            self.close_terms();
        }
        Some(())
    }

    fn next(&mut self) -> Option<char> {
        let rune = self.runes.get(self.at).copied();
        self.at += usize::from(rune.is_some());
        rune
    }

    fn open_terms(&mut self) {
        let fork = self.program.len();
        self.program.push(Step::Fork(Vec::new()));
        self.open.push(Open {
            fork,
            starts: vec![fork + 1],
            ends: Vec::new(),
        });
    }

    fn next_term(&mut self) {
        let end = self.program.len();
        self.program.push(Step::Jump(0));
        if let Some(open) = self.open.last_mut() {
            open.ends.push(end);
            open.starts.push(end + 1);
        }
    }

    fn close_terms(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let end = self.program.len();
        self.program[open.fork] = Step::Fork(open.starts);
        for jump in open.ends {
            self.program[jump] = Step::Jump(end);
        }
    }

    /// Reads what follows `[`: `a-z]` or a list of runes, either after `!`.
    fn range(&mut self) -> Option<()> {
        let mut not = false;
        if self.runes.get(self.at) == Some(&'!') {
            not = true;
            self.at += 1;
        }
        let first = self.next()?;
        if self.runes.get(self.at) == Some(&'-') {
            self.at += 1;
            let high = self.next()?;
            let closed = self.next()? == ']';
            (closed && high >= first).then(|| self.program.push(Step::Range { low: first, high, not }))
        } else {
            self.at -= 1;
            let runes = self.set()?;
            self.program.push(Step::Set { runes, not });
            Some(())
        }
    }

    fn set(&mut self) -> Option<Vec<char>> {
        let mut runes = Vec::new();
        loop {
            match self.next()? {
                ']' if runes.is_empty() => return None,
                ']' => return Some(runes),
                '\\' => runes.push(self.next()?),
                rune => runes.push(rune),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::compile(pattern.as_bytes()).is_some_and(|glob| glob.matches(text.as_bytes()))
    }

    // T-041
    #[test]
    fn t_041_globs_match_as_gobwas() {
        assert!(matches("files/*.conf", "files/a.conf"));
        assert!(!matches("files/*.conf", "files/sub/a.conf"));
        assert!(matches("files/**.conf", "files/sub/a.conf"));
        assert!(matches("**", "a/b/c"));
        assert!(matches("*.{yaml,json}", "a.json"));
        assert!(matches("{a,b{c,d}}", "bd"));
        assert!(matches("[a-c]?", "bx"));
        assert!(!matches("[!a-c]x", "bx"));
        assert!(matches("[!abc]x", "dx"));
        assert!(matches("a\\*b", "a*b"));
        assert!(!matches("a?b", "a/b"));
        assert!(matches("a}b", "a}b"));
        assert!(matches("{a", "a"));
        assert!(Glob::compile(b"[]").is_none());
        assert!(Glob::compile(b"[c-a]").is_none());
        assert!(Glob::compile(b"[ab").is_none());
    }

    #[test]
    fn hostile_patterns_stay_fast() {
        assert!(!matches(&"*a".repeat(500), &"a".repeat(400)));
        assert!(!matches(&"{a,".repeat(2000), "b"));
    }
}
