//! Random templates with random data.
//!
//! More functions are tested by adding calls to [`CALLS`]: each `$` in one is replaced by a random operand.

use super::driver::Case;
use super::random::Random;

/// Calls of functions; `$` stands for any operand, `#` for a number, `%` for a string or list operand.
pub const CALLS: &[&str] = &[
    "print $ $",
    "print $ $ $",
    "println $ $",
    "printf FORMAT $ $",
    "printf FORMAT $",
    "printf FORMAT",
    "html $",
    "js $",
    "urlquery $",
    "len $",
    "index $ $",
    "index $ # #",
    "index %",
    "index . \"m\" \"k\"",
    "slice % # #",
    "slice % #",
    "slice % # # #",
    "eq $ $",
    "eq $ $ $",
    "ne $ $",
    "lt $ $",
    "le # #",
    "gt $ $",
    "ge # $",
    "lt $ #",
    "not $",
    "and $ $",
    "or $ $ $",
    "and $",
    "call $",
    "call $ $",
    "int $",
    "int8 #",
    "int64 $",
    "uint #",
    "uint8 #",
    "uint64 $",
    "span #",
    "list $ $ $",
    "list",
    "words \"a\" \"b\"",
    "words $",
    "texts \"a\" \"b\"",
    "dict \"a\" $ \"b\" $",
    "named $",
    "named .m",
    "set .m \"k\" $",
    "set (dict) \"k\" $",
    "bytes \"abc\"",
    "bytes $",
    "nothing",
    "nilmap",
    "nillist",
    "fail $",
    "boom (list $)",
    "repeat # $",
    "flag $",
    "flag true",
    "scale # #",
    "scale .f (int .f)",
    "upper $",
    "thing",
    "thing.Name",
    "thing.Words.a",
    "thing.Words.zz",
    "thing.Any",
    "thing.Hello $",
    "thing.Sum # #",
    "thing.Sum $",
    "thing.Nothing",
    "thing.inner",
    "badge #",
    "(badge #).Level",
    "(badge 2).String",
    "(named .m).Size",
    "include \"x\" $",
    "include $ .",
    "include \"nosuch\" .",
];

/// Calls that seldom fail.
pub const TAME_CALLS: &[&str] = &[
    "print $ $",
    "println $ $ $",
    "printf FORMAT $ $",
    "printf FORMAT $",
    "html $",
    "js $",
    "urlquery $",
    "len %",
    "not $",
    "and $ $",
    "or $ $",
    "list $ $",
    "dict \"a\" $ \"b\" $",
    "words \"a\" \"b\"",
    "texts \"a\" \"b\"",
    "print",
    "eq .f 1.5",
    "eq \"a\" \"k\"",
    "lt .f 100.0",
    "ge 2 1",
    "named .m",
    "thing.Name",
    "thing.Words",
    "badge 3",
    "span 1500000000",
    "index .m \"k\"",
    "index .ll 0",
    "slice \"hello\" 1 3",
    "upper \"k\"",
    "thing.Hello \"you\"",
    "bytes \"abc\"",
    "uint8 7",
    "flag true",
    "printf \"%v %d %s\" $ # $",
    "printf \"%q|%x|%T\" $ $ $",
    "printf \"%6.2f|%-8s|%+d\" $ $ #",
    "set .m \"k\" $",
];

const TAME_PATHS: &[&str] = &[
    ".", ".a", ".b", ".f", ".i", ".m", ".m.k", ".m.n", ".m.n.o", ".l", ".s", ".z", ".t", ".ll", ".e", ".em", "$",
    "$.m", "$x", "$y",
];

const DECLARATIONS: &str = "{{$x := .m}}{{$y := 1}}{{$i := .l}}";

const STRINGS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"k\"",
    "\"hello world\"",
    "`raw\\n`",
    "\"tab\\t\\u00e9\\x41\"",
    "\"<&'\\\">\"",
    "\"%d\"",
    "\"日本\"",
    "\"\\xff\"",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "10",
    "1.5",
    "-0.25",
    "1e3",
    "1e21",
    "1e-7",
    "0x1F",
    "0b101",
    "0o17",
    "017",
    "1_000",
    "'a'",
    "'\\n'",
    "0x1p4",
    "9223372036854775807",
    "18446744073709551615",
    "1i",
    "2+3i",
    "0i",
    "+5",
    "-0",
    "1.",
    ".5",
    "100000",
    "123456789",
    "1234567.5",
    "3.0",
    "1e6",
];

/// What else a `range` may run over; nothing that could be a large number, for that would take forever.
const ODD_OVER: &[&str] = &[
    "(list .f .s)",
    "dict \"a\" 1",
    "named .m",
    ".f",
    ".s",
    "true",
    "nothing",
    "nilmap",
    "nillist",
    "thing",
    "badge 1",
    "texts \"a\" \"b\"",
    "bytes \"ab\"",
    "uint 2",
    "int8 2",
    "-1",
    "0",
    "index .ll 0",
    ".missing",
    ".m.k",
    ".z",
    "1.5",
    "1i",
    "span 2",
    "\"text\"",
    "thing.Words",
    "index .l",
    ".m.k.o",
];

const PATHS: &[&str] = &[
    ".",
    ".a",
    ".b",
    ".f",
    ".i",
    ".m",
    ".m.k",
    ".m.n",
    ".m.n.o",
    ".m.n.o.p",
    ".l",
    ".l.x",
    ".s",
    ".s.x",
    ".z",
    ".z.y",
    ".t",
    ".missing",
    ".missing.x",
    ".missing.x.y",
    ".ll",
    ".e",
    ".em",
    "$",
    "$.m",
    "$.m.k",
    "$.a.b.c",
    "$x",
    "$y",
    "$x.k",
    "$i",
    ".é",
    ".u",
    ".h",
    ".n0",
    ".ml",
];

const TEXTS: &[&str] = &[
    " ", "\n", "text ", "  \n\t", "a", "-", "{ ", "}", "é", "\n\n  ", "", "x: ",
];

const VERBS: &[&str] = &[
    "v", "v", "v", "d", "s", "q", "T", "t", "x", "X", "o", "O", "b", "c", "U", "e", "E", "f", "F", "g", "G", "%", "w",
    "z", "é", "",
];

/// Makes cases.
pub struct Generator<'c> {
    random: Random,
    calls: Vec<&'c str>,
    depth: usize,
    /// Whether this is inside a definition, which had better not call itself.
    in_define: bool,
    /// How many ranges this is inside of.
    in_range: usize,
    /// Whether this case had better not fail.
    tame: bool,
}

impl<'c> Generator<'c> {
    /// Starts from a seed; `calls` are forms like those of [`CALLS`].
    pub fn new(seed: u64, calls: &[&'c str]) -> Generator<'c> {
        Generator {
            random: Random::new(seed),
            calls: calls.to_vec(),
            depth: 0,
            in_define: false,
            in_range: 0,
            tame: false,
        }
    }

    /// Makes a case.
    pub fn case(&mut self) -> Case {
        self.depth = 0;
        self.in_range = 0;
        self.tame = self.random.chance(60);
        let mut template = String::new();
        if self.random.chance(60) {
            template.push_str("{{define \"x\"}}<");
            self.in_define = true;
            template.push_str(DECLARATIONS);
            self.nodes(&mut template, 1);
            self.in_define = false;
            template.push_str(">{{end}}");
        }
        if self.random.chance(90) {
            template.push_str(DECLARATIONS);
        }
        let count = 1 + self.random.below(4);
        self.nodes(&mut template, count);
        let mut template = template.into_bytes();
        if self.random.chance(12) {
            self.mutate(&mut template);
        }
        Case {
            mode: self.random.below(3) as u8,
            template,
            data: self.data().into_bytes(),
        }
    }

    /// Makes a case of nothing but `printf` with values of every kind.
    pub fn printf_case(&mut self) -> Case {
        const VALUES: &[&str] = &[
            ".f",
            ".i",
            ".s",
            ".a",
            "1",
            "-1",
            "65",
            "8364",
            "-42",
            "1e21",
            "1.5",
            "-0.001",
            "1234567.891",
            "true",
            "nil",
            "\"héy\"",
            "\"a\\\"b\\n\"",
            "\"\\xff\"",
            "`a b`",
            "(list 1 \"a\" nil 2.5)",
            "(dict \"k\" 1 \"a\" \"b\")",
            "(words \"a\" \"b\")",
            "(texts \"a\" \"b\")",
            "(bytes \"abc\")",
            "(bytes \"\")",
            "(uint8 200)",
            "(int8 -3)",
            "(uint 7)",
            "(uint64 1e19)",
            "(span 90061001001001)",
            "(span -5)",
            "(badge 4)",
            "(list (badge 1) (bytes \"x\") (span 1))",
            "nilmap",
            "nillist",
            "(named .m)",
            "1+2i",
            "(list)",
            "(dict)",
            "\"\"",
            "(int64 12.5)",
            "(uint64 1e18)",
            "(list (list 1.0) (dict \"z\" (list \"q\")))",
        ];
        let mut template = String::new();
        for _ in 0..5 {
            let format = self.format();
            template.push_str(&format!("{{{{printf {format}"));
            for _ in 0..self.random.below(4) {
                template.push(' ');
                template.push_str(self.random.pick(VALUES));
            }
            template.push_str("}}\n");
        }
        Case {
            mode: 0,
            template: template.into_bytes(),
            data: self.data().into_bytes(),
        }
    }

    fn mutate(&mut self, template: &mut Vec<u8>) {
        const PIECES: &[&str] = &[
            "{{",
            "}}",
            "{{end}}",
            "{{else}}",
            "(",
            ")",
            "|",
            ":=",
            "=",
            "\"",
            "'",
            "`",
            "$",
            ".",
            ",",
            "\n",
            "{{- ",
            " -}}",
            "{{/* c */}}",
            "{{break}}",
            "{{continue}}",
            "\\",
            "\u{e9}",
            "\0",
            "#",
            "nil",
            "{{define \"y\"}}",
            "{{template \"y\"}}",
            "{{block \"b\" .}}",
            "1x",
            "{{if",
            " ",
            "{{else if .a}}",
            "{{else with .a}}",
        ];
        for _ in 0..1 + self.random.below(2) {
            let at = self.random.below(template.len() + 1);
            if self.random.chance(40) && at < template.len() {
                let end = (at + 1 + self.random.below(6)).min(template.len());
                template.drain(at..end);
            } else {
                let piece = self.random.pick(PIECES);
                template.splice(at..at, piece.bytes());
            }
        }
    }

    fn nodes(&mut self, out: &mut String, count: usize) {
        for _ in 0..count {
            if self.random.chance(50) {
                out.push_str(self.random.pick(TEXTS));
            }
            self.node(out);
        }
    }

    fn open(&mut self, out: &mut String) {
        out.push_str(if self.random.chance(15) { "{{- " } else { "{{" });
    }

    fn close(&mut self, out: &mut String) {
        out.push_str(if self.random.chance(15) { " -}}" } else { "}}" });
    }

    fn action(&mut self, out: &mut String, content: &str) {
        self.open(out);
        out.push_str(content);
        self.close(out);
    }

    fn node(&mut self, out: &mut String) {
        self.depth += 1;
        let choice = if self.depth > 4 { 0 } else { self.random.below(100) };
        match choice {
            0..48 => {
                let pipeline = self.pipeline(3);
                self.action(out, &pipeline);
            }
            48..60 => self.control(out, "if"),
            60..68 => self.control(out, "with"),
            68..82 => self.range(out),
            82..86 => {
                let pipeline = self.pipeline(2);
                let name = self.random.pick(&["$x", "$y", "$i", "$"]);
                let sign = self.random.pick(&[":=", ":=", "="]);
                self.action(out, &format!("{name} {sign} {pipeline}"));
            }
            86..92 => {
                let pipeline = if self.random.chance(80) {
                    self.pipeline(2)
                } else {
                    String::new()
                };
                let name = if self.in_define {
                    "nosuch"
                } else {
                    self.random.pick(&["x", "x", "x", "nosuch"])
                };
                self.action(out, &format!("template \"{name}\" {pipeline}"));
            }
            92..95 => self.action(out, "/* comment */"),
            95..98 => {
                let pipeline = self.pipeline(2);
                self.action(out, &format!("block \"b\" {pipeline}"));
                self.nodes(out, 1);
                self.action(out, "end");
            }
            98 if self.in_range > 0 || self.random.chance(5) => {
                let word = self.random.pick(&["break", "continue"]);
                self.action(out, word);
            }
            _ if self.random.chance(30) => {
                let word = self.random.pick(&[
                    "$nowhere",
                    "nofunction .",
                    "end",
                    "1x",
                    "08",
                    "1e400",
                    "print \"a\" | 1",
                ]);
                self.action(out, word);
            }
            _ => out.push_str("text"),
        }
        self.depth -= 1;
    }

    fn control(&mut self, out: &mut String, word: &str) {
        let mut pipeline = self.pipeline(2);
        if self.random.chance(20) {
            pipeline = format!("$x := {pipeline}");
        }
        self.action(out, &format!("{word} {pipeline}"));
        let count = 1 + self.random.below(2);
        self.nodes(out, count);
        if self.random.chance(25) {
            let pipeline = self.pipeline(2);
            self.action(out, &format!("else {word} {pipeline}"));
            self.nodes(out, 1);
        }
        if self.random.chance(35) {
            self.action(out, "else");
            self.nodes(out, 1);
        }
        self.action(out, "end");
    }

    fn range(&mut self, out: &mut String) {
        const OVER: &[&str] = &[
            ".l",
            ".m",
            ".ll",
            ".e",
            ".em",
            "3",
            "(int 2.5)",
            ".",
            "$.l",
            "list 1 2 3",
            "words \"a\" \"b\"",
            ".ml",
            "uint8 3",
        ];
        let over = if self.random.chance(75) {
            self.random.pick(OVER).to_owned()
        } else {
            self.random.pick(ODD_OVER).to_owned()
        };
        let header = match self.random.below(6) {
            0 => format!("range $x := {over}"),
            1 | 2 => format!("range $i, $x := {over}"),
            3 => format!("range $i, $x = {over}"),
            _ => format!("range {over}"),
        };
        self.action(out, &header);
        self.in_range += 1;
        let count = 1 + self.random.below(2);
        self.nodes(out, count);
        if self.random.chance(20) {
            let word = self.random.pick(&["break", "continue"]);
            let condition = self.operand(2);
            out.push_str(&format!("{{{{if {condition}}}}}{{{{{word}}}}}{{{{end}}}}"));
        }
        self.in_range -= 1;
        if self.random.chance(30) {
            self.action(out, "else");
            self.nodes(out, 1);
        }
        self.action(out, "end");
    }

    fn pipeline(&mut self, depth: usize) -> String {
        let mut pipeline = self.command(depth);
        while self.random.chance(if self.tame { 5 } else { 18 }) {
            pipeline.push_str(" | ");
            let command = match self.random.chance(95) {
                true => self.call(depth.max(1)),
                false => self.command(depth),
            };
            pipeline.push_str(&command);
        }
        pipeline
    }

    fn command(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(35) {
            let operand = self.operand(depth);
            return match self.random.chance(4) && !self.tame {
                true => format!("{operand} {}", self.operand(0)),
                false => operand,
            };
        }
        self.call(depth)
    }

    fn call(&mut self, depth: usize) -> String {
        let form = match self.tame {
            true => self.random.pick(TAME_CALLS),
            false => self.calls[self.random.below(self.calls.len())],
        };
        let mut command = String::new();
        let mut rest = form;
        while let Some(at) = rest.find(['$', '#', '%', 'F']) {
            command.push_str(&rest[..at]);
            if let Some(after) = rest[at..].strip_prefix("FORMAT") {
                command.push_str(&self.format());
                rest = after;
                continue;
            }
            let piece = match rest.as_bytes()[at] {
                b'$' if !self.tame && self.random.chance(6) => String::new(),
                b'$' => self.operand(depth - 1),
                b'#' if self.tame || self.random.chance(80) => self.random.pick(NUMBERS).to_owned(),
                b'#' => self.operand(depth - 1),
                b'%' => self
                    .random
                    .pick(&[".l", ".s", "\"hello\"", ".ll", ".m", ".e", "(words \"a\" \"b\")"])
                    .to_owned(),
                other => (other as char).to_string(),
            };
            command.push_str(&piece);
            rest = &rest[at + 1..];
        }
        command.push_str(rest);
        command
    }

    fn operand(&mut self, depth: usize) -> String {
        match self.random.below(100) {
            0..50 if self.tame => self.random.pick(TAME_PATHS).to_owned(),
            0..50 => self.random.pick(PATHS).to_owned(),
            50..62 => self.random.pick(STRINGS).to_owned(),
            62..76 => self.random.pick(NUMBERS).to_owned(),
            76..80 if self.tame => self.random.pick(&["true", "false"]).to_owned(),
            76..80 => self
                .random
                .pick(&["true", "false", "nil", "nothing", "nilmap"])
                .to_owned(),
            80..84 if depth > 0 && !self.tame => format!("({}).k", self.pipeline(depth - 1)),
            _ if depth > 0 => format!("({})", self.pipeline(depth - 1)),
            _ => ".m.k".to_owned(),
        }
    }

    fn format(&mut self) -> String {
        let mut format = "\"".to_owned();
        for _ in 0..1 + self.random.below(3) {
            format.push_str(self.random.pick(&["", " ", "a", "=", "é"]));
            format.push('%');
            for _ in 0..self.random.below(3) {
                format.push_str(self.random.pick(&["", "-", "+", "#", "0", " "]));
            }
            format.push_str(self.random.pick(&["", "", "", "[1]", "[2]", "[9]", "[x]", "["]));
            format.push_str(self.random.pick(&["", "", "", "5", "12", "*", "3", "10000001"]));
            format.push_str(
                self.random
                    .pick(&["", "", "", ".2", ".0", ".", ".*", ".10", ".[1]*", ".20"]),
            );
            format.push_str(self.random.pick(&["", "", "", "", "[1]"]));
            format.push_str(self.random.pick(VERBS));
        }
        format.push('"');
        format
    }

    fn data(&mut self) -> String {
        let mut out = String::from("{");
        const KEYS: &[&str] = &["a", "b", "f", "i", "s", "z", "t", "é", "u", "h", "n0"];
        for key in KEYS {
            if self.random.chance(85) {
                let value = match *key {
                    "f" | "i" => self.number_value(),
                    "s" => self.string_value(),
                    "z" => "null".to_owned(),
                    _ => self.value(2),
                };
                out.push_str(&format!("\"{key}\":{value},"));
            }
        }
        let (k, o, l) = (self.value(1), self.value(1), self.list_value(2));
        out.push_str(&format!(
            "\"m\":{{\"k\":{k},\"n\":{{\"o\":{o}}}}},\"l\":{l},\"ll\":[[1,2],[\"x\"],[]],\"e\":[],\"em\":{{}},\
             \"ml\":[{{\"k\":1}},{{\"k\":\"v\"}},null]}}"
        ));
        out
    }

    fn value(&mut self, depth: usize) -> String {
        match self.random.below(10) {
            0..3 => self.number_value(),
            3..6 => self.string_value(),
            6 => self.random.pick(&["true", "false"]).to_owned(),
            7 => "null".to_owned(),
            8 if depth > 0 => self.list_value(depth - 1),
            _ if depth > 0 => {
                let value = self.value(depth - 1);
                format!("{{\"k\":{value},\"x\":1}}")
            }
            _ => "\"leaf\"".to_owned(),
        }
    }

    fn list_value(&mut self, depth: usize) -> String {
        let items: Vec<String> = (0..self.random.below(4)).map(|_| self.value(depth)).collect();
        format!("[{}]", items.join(","))
    }

    fn number_value(&mut self) -> String {
        const VALUES: &[&str] = &[
            "0",
            "1",
            "-1",
            "2",
            "2.5",
            "1e21",
            "1e20",
            "1e-7",
            "0.0001",
            "0.00001",
            "123456789",
            "1e6",
            "1000000",
            "9007199254740993",
            "3.14159",
            "-0",
            "1e100",
            "5e-324",
            "100",
            "0.1",
            "65",
            "8364",
        ];
        self.random.pick(VALUES).to_owned()
    }

    fn string_value(&mut self) -> String {
        const VALUES: &[&str] = &[
            "\"\"",
            "\"w\"",
            "\"k\"",
            "\"hello\"",
            "\"<b>&amp;\\\"'\"",
            "\"日本語\"",
            "\"%v %d\"",
            "\"line\\nbreak\\t\"",
            "\"\\u0001\\u007f\\u200b\"",
            "\"a=b&c=d e\"",
            "\"0\"",
            "\"\\u2028\"",
            "\"\\ud83d\\ude00\"",
        ];
        self.random.pick(VALUES).to_owned()
    }
}
