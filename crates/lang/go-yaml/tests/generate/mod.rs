//! Random documents.
#![allow(dead_code)]

use go_value::{Map, Value};

/// A small random number generator (splitmix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "key",
    "value",
    ": ",
    ":",
    "- ",
    "-",
    "\n",
    "\n",
    "\n",
    "  ",
    " ",
    "    ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    " #c",
    "#",
    "&x ",
    "*x",
    "&y ",
    "*y ",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!binary ",
    "!t ",
    "! ",
    "!<x> ",
    "'",
    "\"",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "---",
    "\n---\n",
    "...",
    "\n...\n",
    "é",
    "\t",
    "1",
    "0x1F",
    "0o7",
    "012",
    "1_000",
    "1.5",
    "1e3",
    ".5",
    ".inf",
    "-.inf",
    ".nan",
    "true",
    "no",
    "y",
    "~",
    "null",
    "<<: ",
    "<<",
    "? ",
    "?",
    "%",
    "%YAML 1.1\n",
    "%TAG ! x:\n",
    "@",
    "`",
    "\\",
    "\\n",
    "\\x41",
    "\\u00e9",
    "''",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "😀",
    "\u{7f}",
    "2001-01-01",
    "2001-01-01T10:00:00Z",
    "12:30",
    "a: b\n",
    "a: 1\n",
    "- x\n",
    "  c: d\n",
    "x y",
    "=",
    "\n\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "a:\n",
];

/// Makes a document out of pieces, of a well-formed tree, or of a damaged tree.
pub fn document(random: &mut Random) -> Vec<u8> {
    match random.below(40) {
        0 => utf16(random),
        1..=4 => long(random),
        5..=14 => soup(random),
        15..=24 => tree(random),
        _ => {
            let mut text = tree(random);
            for _ in 0..1 + random.below(3) {
                damage(random, &mut text);
            }
            text
        }
    }
}

/// Makes a document longer than the pieces in which go-yaml reads, with a bad byte in it.
fn long(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    let length = 450 + random.below(1300);
    while text.len() < length {
        match random.below(12) {
            0 => text.extend(soup(random)),
            1 => text.extend(tree(random)),
            2 => {
                let words = vec!["é wörd"; 1 + random.below(30)].join(" ");
                text.extend(format!("key{}: {words}\n", text.len()).bytes());
            }
            3 => text.extend(format!("k{}: |\n  lines\n   of ü text\n\n", text.len()).bytes()),
            4 => text.extend(format!("k{}: \"quoted\\n ü  text\n  goes  on\"\n", text.len()).bytes()),
            5 => text.extend(format!("k{}: [a, 'b c', {{d: é}}] # comment ü\n", text.len()).bytes()),
            6 => text.extend(b"# a comment\n\n"),
            _ => text.extend(format!("name{}: value ü\n", text.len()).bytes()),
        }
    }
    if random.below(4) > 0 {
        let at = random.below(text.len());
        let bad: &[u8] = random.pick(&[
            &b"\x01"[..],
            b"\x7f",
            b"\xff",
            b"\xc3",
            b"\xe2\x82",
            b"\xc2\x80",
            b"\xed\xa0\x80",
            b"\x00",
            b"\xf0\x9f",
        ]);
        text.splice(at..at, bad.iter().copied());
    }
    if random.below(6) == 0 {
        text.splice(0..0, "\u{feff}".bytes());
    }
    text
}

/// Makes a document in UTF-16.
fn utf16(random: &mut Random) -> Vec<u8> {
    let text = if random.below(2) == 0 {
        tree(random)
    } else {
        long(random)
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let little = random.below(2) == 0;
    let mut out = if little { vec![0xFF, 0xFE] } else { vec![0xFE, 0xFF] };
    for unit in text.encode_utf16() {
        out.extend(if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
    }
    if random.below(3) == 0 {
        let at = 2 + random.below(out.len() - 1);
        out.insert(at, random.pick(&[0xD8, 0xDC, 0x00, 0x41]));
    }
    out
}

fn soup(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..1 + random.below(14) {
        text.extend(random.pick(PIECES).as_bytes());
    }
    text
}

pub fn damage(random: &mut Random, text: &mut Vec<u8>) {
    let at = random.below(text.len() + 1);
    match random.below(4) {
        0 if at < text.len() => {
            text.remove(at);
        }
        1 if at < text.len() => text[at] = (random.next() & 0xFF) as u8,
        2 => {
            let end = (at + random.below(10)).min(text.len());
            text.drain(at..end);
        }
        _ => {
            let piece = random.pick(PIECES).bytes().collect::<Vec<_>>();
            text.splice(at..at, piece);
        }
    }
}

fn tree(random: &mut Random) -> Vec<u8> {
    let mut out = String::new();
    if random.below(8) == 0 {
        out.push_str("---\n");
    }
    block(random, &mut out, 0, 4);
    out.into_bytes()
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push(' ');
    }
}

fn block(random: &mut Random, out: &mut String, depth: usize, left: usize) {
    let mapping = random.below(3) > 0;
    for _ in 0..1 + random.below(4) {
        if random.below(12) == 0 {
            out.push_str(random.pick(&["# comment\n", "\n", "  \n", "   # far\n"]));
        }
        indent(out, depth);
        if mapping {
            key(random, out);
            out.push(':');
        } else {
            out.push('-');
        }
        node(random, out, depth, left, mapping);
    }
}

fn node(random: &mut Random, out: &mut String, depth: usize, left: usize, in_mapping: bool) {
    if random.below(10) == 0 {
        out.push_str(random.pick(&[" &x", " &y", " !!str", " !!map", " !x", " !!seq", " &x !!int"]));
    }
    match random.below(10) {
        0 | 1 if left > 0 => {
            out.push('\n');
            let deeper = depth
                + if in_mapping && random.below(4) == 0 {
                    0
                } else {
                    1 + random.below(4)
                };
            block(random, out, deeper, left - 1);
        }
        2 if left > 0 => {
            out.push(' ');
            flow(random, out, left - 1);
            out.push('\n');
        }
        3 => {
            out.push_str(random.pick(&[" |", " >", " |-", " >-", " |+", " >+", " |2", " >1-"]));
            out.push('\n');
            let deeper = depth + 1 + random.below(3);
            for _ in 0..random.below(5) {
                if random.below(4) > 0 {
                    indent(out, deeper + random.below(6) / 4);
                    out.push_str(random.pick(&[
                        "text",
                        "more text",
                        " spaced",
                        "\ttab",
                        "é",
                        "# no comment",
                        "- x",
                        "a: b",
                    ]));
                }
                out.push('\n');
            }
        }
        4 if random.below(3) == 0 => out.push('\n'),
        5 if random.below(3) == 0 => {
            out.push_str(random.pick(&[" *x\n", " *y\n"]));
        }
        _ => {
            out.push(' ');
            scalar(random, out, depth);
            out.push_str(random.pick(&["\n", "\n", "\n", " # c\n", "\r\n", "  \n"]));
        }
    }
}

fn key(random: &mut Random, out: &mut String) {
    match random.below(16) {
        0 => out.push_str(random.pick(&[
            "1",
            "1.5",
            "true",
            "no",
            "~",
            "null",
            "0x10",
            "2001-01-01",
            "1_0",
            "y",
            "é",
        ])),
        1 => out.push_str("<<"),
        2 => out.push_str(random.pick(&[
            "'q'", "\"d q\"", "\"\\n\"", "''", "? a\n", "!!str k", "&x k", "*x ", "[a]", "{a: b}",
        ])),
        _ => out.push_str(random.pick(&[
            "a",
            "b",
            "c",
            "key one",
            "name",
            "x-y",
            "d.e",
            "f/g",
            "kind",
            "Kind",
            "metadata",
            "apiVersion",
            "annotations",
        ])),
    }
}

fn scalar(random: &mut Random, out: &mut String, depth: usize) {
    const PLAIN: &[&str] = &[
        "x",
        "1",
        "-1",
        "+1",
        "0",
        "00",
        "08",
        "0777",
        "0o777",
        "0xff",
        "0b11",
        "-0b11",
        "1_000",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "1e400",
        "-0",
        "-0.0",
        "12345678901234567890",
        "123456789012345678901",
        "-9223372036854775809",
        ".inf",
        "true",
        "False",
        "yes",
        "off",
        "N",
        "~",
        "null",
        "Null",
        "2001-02-30",
        "2001-02-03",
        "2001-2-3 4:5:6",
        "1:30",
        "a b c",
        "a#b",
        "a: b",
        "http://x/y?z",
        "-x",
        "?x",
        ":x",
        "1.2.3",
        "10Gi",
        "v1",
        "=",
        "<<",
        "%x",
        "@x",
        "`x",
        "1__0",
        "_1",
        "0x",
        "0b",
        "0.1e-7",
        "1e21",
        "123456.7",
        "é ü",
        "…",
        "a,b",
        "[a]b",
        "{{ x }}",
        "a\\n",
        "'",
        "9007199254740993",
        "1e-400",
        "0x8000000000000000",
        "!!float 1",
        "!!int 1.5",
        "!!binary YQ==",
        "!!binary Y",
        "!!binary /w==",
        "!!bool yes",
        "!!null x",
        "!!null ~",
        "!!timestamp 2001-01-01",
        "!!str 1",
        "! 1",
        "!x 1",
    ];
    match random.below(6) {
        0 => {
            out.push('"');
            for _ in 0..random.below(5) {
                out.push_str(random.pick(&[
                    "a", " ", "\\n", "\\x41", "\\u263a", "\\\"", "\\/", "\\e", "é", "\t", "#", ": ", "\\\n ",
                ]));
                if random.below(12) == 0 {
                    out.push('\n');
                    indent(out, depth + 1);
                }
            }
            out.push('"');
        }
        1 => {
            out.push('\'');
            for _ in 0..random.below(5) {
                out.push_str(random.pick(&["a", " ", "''", "\\n", "é", "#", ": ", "\"", "\t"]));
                if random.below(12) == 0 {
                    out.push('\n');
                    indent(out, depth + 1);
                }
            }
            out.push('\'');
        }
        _ => {
            out.push_str(random.pick(PLAIN));
            while random.below(8) == 0 {
                out.push('\n');
                indent(out, depth + random.below(3));
                out.push_str(random.pick(PLAIN));
            }
        }
    }
}

fn flow(random: &mut Random, out: &mut String, left: usize) {
    let mapping = random.below(2) == 0;
    out.push(if mapping { '{' } else { '[' });
    for at in 0..random.below(4) {
        if at > 0 {
            out.push_str(random.pick(&[", ", ",", ",\n      "]));
        }
        if mapping || random.below(8) == 0 {
            key(random, out);
            out.push_str(random.pick(&[": ", ": ", ": ", ":", " : ", ""]));
        }
        if left > 0 && random.below(4) == 0 {
            flow(random, out, left - 1);
        } else if random.below(8) > 0 {
            scalar(random, out, 4);
        }
    }
    out.push(if mapping { '}' } else { ']' });
}

/// Makes a random value.
pub fn value(random: &mut Random, left: usize) -> Value {
    match random.below(if left == 0 { 8 } else { 12 }) {
        0 => Value::Nil,
        1 => Value::Bool(random.below(2) == 0),
        2 => Value::Int(integer(random)),
        3 => Value::Float(float(random)),
        4 if random.below(6) == 0 => Value::Uint(random.next() | 1 << 63),
        4..=7 => Value::Str(string(random).into()),
        8 | 9 => Value::List((0..random.below(4)).map(|_| value(random, left - 1)).collect()),
        _ => {
            let mut map = Map::new();
            for _ in 0..random.below(6) {
                let key = if random.below(3) == 0 {
                    string(random)
                } else {
                    random.pick(KEYS).as_bytes().to_vec()
                };
                map.insert(key.into(), value(random, left - 1));
            }
            Value::Map(map)
        }
    }
}

const KEYS: &[&str] = &[
    "a", "b", "A", "B", "a1", "a2", "a10", "a01", "a-b", "a.b", "_x", "1", "2", "10", "01", "x1y", "x10y", "x2y", "é",
    "z", "ä1", "", "-", "a b", "name", "true", "null", "y", "1.5", "a/b", "٣", "٤", "ab", "a0", "a00", "10.0.0.1",
    "v1.2", "v1.10",
];

fn integer(random: &mut Random) -> i64 {
    match random.below(4) {
        0 => random.below(10) as i64,
        1 => random.next() as i64,
        2 => (random.next() >> random.below(64)) as i64,
        _ => -(random.below(100_000) as i64),
    }
}

fn float(random: &mut Random) -> f64 {
    match random.below(7) {
        0 => random.below(1000) as f64,
        1 => random.below(1_000_000) as f64 / 100.0,
        2 => f64::from_bits(random.next()),
        3 => (random.next() as f64) * 10f64.powi(random.below(40) as i32 - 20),
        4 => random.pick(&[
            0.0,
            -0.0,
            1e21,
            1e20,
            1e-7,
            1e-4,
            1e-5,
            123456.7,
            1e6,
            1e5,
            12345678.5,
            9007199254740993.0,
            1.8446744073709552e19,
            9.223_372_036_854_776e18,
            -9.223_372_036_854_776e18,
            5e-324,
        ]),
        5 => -(random.below(1_000_000) as f64),
        _ => random.next() as f64,
    }
}

const WORDS: &[&str] = &[
    "a",
    "word",
    "longer-word",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\n",
    "\t",
    ":",
    ": ",
    "#",
    " #",
    "-",
    "- ",
    "'",
    "\"",
    "\\",
    "é",
    "😀",
    "…",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{7f}",
    "\u{a0}",
    "\r",
    "\0",
    "\u{1b}",
    "{",
    "}",
    "[",
    "]",
    ",",
    "?",
    "!",
    "&",
    "*",
    "|",
    ">",
    "%",
    "@",
    "`",
    "1",
    "0x1",
    "true",
    "yes",
    "null",
    "~",
    "1.5",
    "1e3",
    "2001-01-01",
    "1:30",
    "---",
    "...",
    "=",
    "<<",
    "<",
    "日本語",
    "\u{ffff}",
    "\u{fffd}",
];

fn string(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    match random.below(8) {
        0 => {}
        1 => text.extend(
            random
                .pick(&[
                    "true",
                    "no",
                    "null",
                    "~",
                    "1",
                    "-1",
                    "0x1F",
                    "1e3",
                    ".5",
                    ".inf",
                    "2001-01-01",
                    "1:30",
                    "+1:30.5",
                    "0o7",
                    "y",
                    "on",
                    "<<",
                    "=",
                    "-",
                    "--- a",
                    "...",
                    "08",
                    "1_0",
                    "_",
                    "a: b",
                    "- a",
                    "{a",
                    "a#",
                    "a #",
                    "key:",
                    "*",
                    "0b1",
                    "2001-1-1 1:1:1",
                    "1__0",
                    "190:20:30.15",
                    "\u{85}...",
                    "\u{85}---",
                ])
                .as_bytes(),
        ),
        2 => {
            for _ in 0..random.below(40) {
                text.extend(
                    random
                        .pick(&["word", "another", "a", "long-ish-thing", "é", "'q'", "\"q\"", "x:y"])
                        .as_bytes(),
                );
                text.extend(random.pick(&[" ", " ", " ", " ", "  ", "-"]).as_bytes());
            }
        }
        3 => {
            for _ in 0..random.below(6) {
                text.extend(
                    random
                        .pick(&["line", "  indented", "", "\ttab", "trailing ", "é", "😀", "# c"])
                        .as_bytes(),
                );
                text.push(b'\n');
            }
        }
        _ => {
            for _ in 0..random.below(6) {
                text.extend(random.pick(WORDS).as_bytes());
            }
        }
    }
    if random.below(60) == 0 {
        let at = random.below(text.len() + 1);
        text.insert(at, 0xFF);
    }
    if random.below(200) == 0 {
        text.resize(1000 + random.below(60), b'k');
    }
    text
}

/// Encodes a value for the driver.
pub fn encode(value: &Value, out: &mut Vec<u8>) {
    let text = |text: &[u8], out: &mut Vec<u8>| {
        out.extend((text.len() as u32).to_be_bytes());
        out.extend(text);
    };
    match value {
        Value::Nil => out.push(b'n'),
        Value::Bool(value) => out.push(if *value { b't' } else { b'f' }),
        Value::Int(value) => {
            out.push(b'i');
            out.extend(value.to_be_bytes());
        }
        Value::Uint(value) => {
            out.push(b'u');
            out.extend(value.to_be_bytes());
        }
        Value::Float(value) => {
            out.push(b'd');
            out.extend(value.to_be_bytes());
        }
        Value::Str(value) => {
            out.push(b's');
            text(value, out);
        }
        Value::List(list) => {
            out.push(b'l');
            out.extend((list.len() as u32).to_be_bytes());
            list.iter().for_each(|item| encode(item, out));
        }
        Value::Map(map) => {
            out.push(b'm');
            out.extend((map.len() as u32).to_be_bytes());
            for (key, value) in map {
                text(key, out);
                encode(value, out);
            }
        }
    }
}
