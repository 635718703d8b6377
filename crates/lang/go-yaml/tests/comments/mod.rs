//! Random documents with comments in likely and in odd places.
#![allow(dead_code)]

use super::generate::{Random, damage};

/// Makes a document.
pub fn document(random: &mut Random) -> Vec<u8> {
    let mut page = Page {
        random,
        out: String::new(),
        noise: 0,
    };
    page.noise = page.random.below(6);
    page.start();
    page.block(0, 4);
    page.end();
    let mut text = page.out.into_bytes();
    match random.below(12) {
        0 => damage(random, &mut text),
        1 => text = String::from_utf8_lossy(&text).replace('\n', "\r\n").into_bytes(),
        2 => {
            text.pop();
        }
        3 => {
            let at = random.below(text.len() + 1);
            let piece = random.pick(&[
                "#", " # x", "\n# x\n", "\n\n", "\n  #y\n", "[", "- ", "\t# t", "é", "\u{85}",
            ]);
            text.splice(at..at, piece.bytes());
        }
        _ => {}
    }
    text
}

struct Page<'r> {
    random: &'r mut Random,
    out: String,
    /// How many comments there are: one place in so many has some.
    noise: usize,
}

impl Page<'_> {
    fn one_in(&mut self, count: usize) -> bool {
        self.random.below(count) == 0
    }

    fn indent(&mut self, depth: usize) {
        self.out.push_str(&" ".repeat(depth));
    }

    fn text(&mut self) -> &'static str {
        self.random.pick(&[
            "#",
            "# c",
            "#x",
            "# two words",
            "## é",
            "#- a",
            "# a: b",
            "#\ttab",
            "# # ",
            "# 'q",
        ])
    }

    fn start(&mut self) {
        for _ in 0..self.random.below(3) {
            let line = self.random.pick(&[
                "# head\n",
                "\n",
                "# head 2\n",
                "---\n",
                "--- # c\n",
                "%YAML 1.1\n---\n",
                "# a\n\n# b\n",
                "\n\n",
            ]);
            self.out.push_str(line);
        }
    }

    fn end(&mut self) {
        for _ in 0..self.random.below(3) {
            let line = self.random.pick(&[
                "# foot\n",
                "\n",
                "# foot 2\n",
                "...\n",
                "---\n",
                "  # far\n",
                "\n# foot 3\n",
                "  ",
            ]);
            self.out.push_str(line);
        }
    }

    /// Lines of comments and empty lines around the column `depth`.
    fn between(&mut self, depth: usize) {
        if !self.one_in(self.noise + 1) {
            return;
        }
        for _ in 0..1 + self.random.below(3) {
            match self.random.below(5) {
                0 => self.out.push('\n'),
                1 => {
                    let blank = self.random_blank();
                    self.out.push_str(blank);
                }
                _ => {
                    let depth = match self.random.below(6) {
                        0 => depth + 2,
                        1 => depth.saturating_sub(2),
                        2 => self.random.below(8),
                        _ => depth,
                    };
                    self.indent(depth);
                    let text = self.text();
                    self.out.push_str(text);
                    self.out.push('\n');
                }
            }
        }
    }

    fn random_blank(&mut self) -> &'static str {
        self.random.pick(&["  \n", "\t\n", "\n\n", "    \n"])
    }

    /// Ends the line, perhaps with a comment.
    fn line_end(&mut self) {
        if self.one_in(self.noise + 2) {
            let gap = self.random.pick(&[" ", "  ", "\t", "    "]);
            self.out.push_str(gap);
            let text = self.text();
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    fn properties(&mut self) {
        if self.one_in(14) {
            let text = self.random.pick(&[
                " &x",
                " !!str",
                " !t",
                " &y !!map",
                " !!seq",
                " !<tag:yaml.org,2002:int>",
                " &x\n ",
            ]);
            self.out.push_str(text);
        }
    }

    fn block(&mut self, depth: usize, left: usize) {
        let mapping = !self.one_in(3);
        for _ in 0..1 + self.random.below(4) {
            self.between(depth);
            self.indent(depth);
            self.entry(depth, left, mapping);
        }
        self.between(depth);
    }

    fn entry(&mut self, depth: usize, left: usize, mapping: bool) {
        if mapping && self.one_in(30) {
            self.out.push_str("? ");
        }
        if mapping {
            self.key();
            self.out.push(':');
        } else {
            self.out.push('-');
            if left > 0 && self.one_in(3) {
                // A collection that begins on the line of its entry.
                let gap = 1 + self.random.below(3) / 2 * 2;
                self.indent(gap);
                let mapping = !self.one_in(3);
                self.entry(depth + 1 + gap, left - 1, mapping);
                for _ in 0..self.random.below(3) {
                    self.between(depth + 1 + gap);
                    self.indent(depth + 1 + gap);
                    self.entry(depth + 1 + gap, left - 1, mapping);
                }
                return;
            }
        }
        self.properties();
        self.node(depth, left, mapping);
    }

    fn key(&mut self) {
        let key = self.random.pick(&[
            "a",
            "b",
            "name",
            "metadata",
            "x y",
            "'q'",
            "\"d\"",
            "1",
            "true",
            "é",
            "[a]",
            "{b: c}",
            "<<",
            "*x ",
            "~",
            "spec",
            "data",
            "&k k",
            "!!str s",
            "...",
            "annotations",
        ]);
        self.out.push_str(key);
    }

    fn node(&mut self, depth: usize, left: usize, in_mapping: bool) {
        match self.random.below(12) {
            0..=3 if left > 0 => {
                self.line_end();
                let deeper = match in_mapping && self.one_in(3) {
                    true => depth,
                    false => depth + 1 + self.random.below(3),
                };
                self.block(deeper, left - 1);
            }
            4 if left > 0 => {
                self.out.push(' ');
                self.flow(depth + 2, left - 1);
                self.line_end();
            }
            5 => self.block_scalar(depth),
            6 => self.line_end(),
            7 if self.one_in(3) => {
                self.out.push_str(" *x");
                self.line_end();
            }
            _ => {
                self.out.push(' ');
                self.scalar(depth);
                self.line_end();
            }
        }
    }

    fn scalar(&mut self, depth: usize) {
        let text = self.random.pick(&[
            "x",
            "1",
            "true",
            "null",
            "~",
            "two words",
            "'single'",
            "\"double\"",
            "\"a\\nb\"",
            "''",
            "\"\"",
            "1.5",
            "no",
            "2001-01-01",
            "a#b",
            "http://x",
            "é",
            "\"\\u2028\"",
            "0o7",
            "!!int 3",
            "'it''s'",
            "\"tab\\t\"",
            ".inf",
            "-",
            "<<",
            "\"1\"",
            "'true'",
            "! x",
            "!!binary YQ==",
            "!!float 1",
        ]);
        self.out.push_str(text);
        if self.one_in(12) {
            self.out.push('\n');
            let extra = self.random.below(3);
            self.indent(depth + extra);
            self.out.push_str("more");
        }
        if self.one_in(25) {
            let depth = depth + 2;
            self.out.push_str(" \"quoted\n\n");
            self.indent(depth);
            self.out.push_str("text\"");
        }
    }

    fn block_scalar(&mut self, depth: usize) {
        let head = self
            .random
            .pick(&[" |", " >", " |-", " >-", " |+", " >+", " |2", " >1", " |-2", " >2+"]);
        self.out.push_str(head);
        self.line_end();
        let deeper = depth + 1 + self.random.below(3);
        for _ in 0..self.random.below(5) {
            if !self.one_in(4) {
                let extra = self.random.below(6) / 4;
                self.indent(deeper + extra);
                let text = self.random.pick(&[
                    "text",
                    "more text ",
                    "# no comment",
                    "- x",
                    "a: b",
                    "é",
                    " spaced",
                    "\ttab",
                    "'",
                ]);
                self.out.push_str(text);
            }
            self.out.push('\n');
        }
    }

    /// Perhaps a line break inside brackets, with comments around it.
    fn flow_break(&mut self, depth: usize) {
        match self.random.below(8) {
            0 => {
                self.line_end();
                self.indent(depth);
            }
            1 => {
                self.line_end();
                self.between(depth);
                self.indent(depth);
            }
            _ => {}
        }
    }

    fn flow(&mut self, depth: usize, left: usize) {
        let mapping = self.one_in(2);
        self.out.push(if mapping { '{' } else { '[' });
        self.flow_break(depth);
        let count = self.random.below(4);
        for at in 0..count {
            if mapping || self.one_in(8) {
                self.key();
                self.flow_break(depth);
                let colon = self.random.pick(&[": ", ": ", ":", " : ", ""]);
                self.out.push_str(colon);
                self.flow_break(depth);
            }
            if left > 0 && self.one_in(4) {
                self.flow(depth + 2, left - 1);
            } else if !self.one_in(8) {
                let text = self.random.pick(&[
                    "x",
                    "1",
                    "'s'",
                    "\"d\"",
                    "a b",
                    "null",
                    "*x",
                    "true",
                    "\"a\\nb\"",
                    "''",
                    "!t v",
                ]);
                self.out.push_str(text);
            }
            self.flow_break(depth);
            if at + 1 < count || self.one_in(4) {
                let comma = self.random.pick(&[", ", ",", " ,"]);
                self.out.push_str(comma);
                self.flow_break(depth);
            }
        }
        self.out.push(if mapping { '}' } else { ']' });
    }
}
