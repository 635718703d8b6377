//! Files, archives, metadata and rules against Helm's own packages: H-001 to H-004, H-009, H-011, H-013, H-017, V-003, V-023.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

#[path = "../../whelm-values/tests/support/mod.rs"]
mod support;

use std::io::Write;

use go_value::strconv::quote;
use serde_json::{Value as Json, json};
use support::{Answer, Random, base64, compare, count, dump_map, unbase64};
use whelm_chart::archive::{detect_content_type, read_archive};
use whelm_chart::{
    Generation, Log, Metadata, Rules, decode_lock, decode_metadata, decode_metadata_strict, load_values, match_path,
};

fn ours(question: &Json) -> Answer {
    let data = unbase64(question["data"].as_str().unwrap_or_default());
    let mut log = Log::default();
    let outcome = match question["op"].as_str().unwrap() {
        "metadata" => metadata(&data),
        "strict" => decode_metadata_strict(&data).map(|metadata| metadata.to_yaml()),
        "lock" => {
            decode_lock(&data, Generation::V2).map(|lock| lock.map_or("null\n".to_owned(), |lock| lock.to_yaml()))
        }
        "values" => load_values(&data)
            .map(|map| dump_map(&map))
            .map_err(|error| error.to_string()),
        "match" => match_path(question["line"].as_str().unwrap().as_bytes(), &data)
            .map(|found| found.to_string())
            .map_err(|error| error.to_string()),
        "ignore" => ignore(&data, question, &mut log),
        "content-type" => Ok(detect_content_type(&data).to_owned()),
        _ => archive(&data),
    };
    Answer {
        outcome,
        log: support::log_lines(&log),
    }
}

fn metadata(data: &[u8]) -> Result<String, String> {
    let mut metadata = Metadata::default();
    decode_metadata(data, &mut metadata, Generation::V2)?;
    metadata.validate().map_err(|error| error.to_string())?;
    Ok(metadata.to_yaml())
}

fn ignore(data: &[u8], question: &Json, log: &mut Log) -> Result<String, String> {
    let rules = Rules::parse(data).map_err(|error| error.to_string())?;
    let paths = question["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap());
    let answers = paths.map(|path| {
        let (path, is_dir) = path.strip_suffix('/').map_or((path, false), |path| (path, true));
        format!("{} ", rules.ignores(path.as_bytes(), is_dir, log))
    });
    Ok(answers.collect())
}

fn archive(data: &[u8]) -> Result<String, String> {
    let files = read_archive(data).map_err(|error| error.to_string())?;
    let lines = files.iter().map(|file| {
        let time = file.mod_time.unwrap();
        format!(
            "{} {}.{} {}\n",
            quote(&file.name),
            time.seconds,
            time.nanoseconds,
            quote(&file.data)
        )
    });
    Ok(lines.collect())
}

const KEYS: &[&str] = &[
    "name",
    "Name",
    "version",
    "apiVersion",
    "APIVERSION",
    "home",
    "sources",
    "ſources",
    "keywords",
    "maintainers",
    "icon",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
    "unknown",
    "description",
];
const SCALARS: &[&str] = &[
    "x",
    "1",
    "1.0",
    "1.20",
    "v1.2.3",
    "\"1.2.3\"",
    "true",
    "yes",
    "null",
    "~",
    "1e3",
    "0x1F",
    "0777",
    "1_000",
    "2020-01-01",
    "'a/b'",
    "..",
    "\"a\\tb\\u200bc\"",
    "12345678901234567890",
    "123456789.5",
    "application",
    "library",
    "\"\"",
    "- a",
    "é",
    "1.2.3-rc.1+b",
    ".inf",
    ".nan",
];

fn yaml_value(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0..=4 => random.pick(SCALARS).trim_start_matches("- ").to_owned(),
        5 => {
            let items: Vec<String> = (0..random.below(3)).map(|_| yaml_value(random, depth - 1)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => {
            let keys = [
                "name",
                "version",
                "alias",
                "tags",
                "email",
                "url",
                "enabled",
                "import-values",
                "repository",
                "condition",
                "a",
            ];
            let items: Vec<String> = (0..random.below(4))
                .map(|_| format!("{}: {}", random.pick(&keys), yaml_value(random, depth - 1)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

fn chart_yaml(random: &mut Random) -> String {
    let mut text = String::new();
    if random.chance(70) {
        text.push_str("apiVersion: v2\nname: web\nversion: 1.2.3\n");
    }
    for _ in 0..random.below(4) {
        let key = random.pick(KEYS);
        let value = match key {
            "maintainers" | "dependencies" if random.chance(80) => {
                let items: Vec<String> = (0..=random.below(2)).map(|_| yaml_value(random, 2)).collect();
                format!("[{}]", items.join(", "))
            }
            _ => yaml_value(random, 2),
        };
        text.push_str(&format!("{key}: {value}\n"));
    }
    text
}

// H-001, H-002
#[test]
fn h_001_chart_yaml_is_read_as_helm_reads_it() {
    let mut random = Random::new(1);
    let questions: Vec<Json> = (0..count(3000))
        .map(|_| json!({"op": "metadata", "data": base64(chart_yaml(&mut random).as_bytes())}))
        .collect();
    compare("metadata", &questions, ours);
}

// H-003
#[test]
fn h_003_locks_are_read_as_helm_reads_them() {
    let mut random = Random::new(3);
    let times = [
        "2020-01-01T00:00:00Z",
        "\"2024-02-29T23:59:59.120+02:00\"",
        "2023-02-29T00:00:00Z",
        "abc",
        "5",
        "2020-01-01",
        "2020-13-01T00:00:00Z",
        "2020-01-01T25:00:00Z",
        "2020-01-01T00:00:00",
        "null",
        "2020-01-01T00:00:00.123456789123Z",
        "2020-01-01T00:00:00+00:00",
        "\"a<é\\n\"",
    ];
    let questions: Vec<Json> = (0..count(600))
        .map(|_| {
            let (time, list) = (random.pick(&times), yaml_value(&mut random, 2));
            let text = format!(
                "generated: {time}\ndigest: {}\ndependencies: [{list}]\n",
                random.pick(SCALARS)
            );
            json!({"op": "lock", "data": base64(text.as_bytes())})
        })
        .collect();
    compare("lock", &questions, ours);
}

// V-003, V-023
#[test]
fn v_003_values_of_several_documents() {
    let mut random = Random::new(23);
    let pieces = [
        "a: 1\n",
        "b: {c: 2}\n",
        "b:\n  d: [1, null]\n",
        "---\n",
        "---  # x\n",
        "--- \n",
        "---x\n",
        "# c\n",
        "\n",
        "c: |\n  text\n",
        "c: x\r\n",
        "...\n",
        "- a\n",
        "null\n",
        "a: null\n",
        "\u{feff}",
        "e: 1",
        "  ",
        "b: 1.5e3\n",
        "---",
    ];
    let mut questions: Vec<Json> = (0..count(2000))
        .map(|_| {
            let text: String = (0..random.below(8)).map(|_| random.pick(&pieces)).collect();
            json!({"op": "values", "data": base64(text.as_bytes())})
        })
        .collect();
    for length in [4095, 4096, 4097, 8192] {
        let text = format!("a: 1\nb: {}", "x".repeat(length - 3));
        questions.push(json!({"op": "values", "data": base64(text.as_bytes())}));
    }
    compare("values", &questions, ours);
}

// H-013
#[test]
fn h_013_patterns_and_rules() {
    let mut random = Random::new(13);
    let parts = [
        "a",
        "b",
        "*",
        "?",
        "[ab]",
        "[^a]",
        "[a-c]",
        "[",
        "]",
        "\\",
        "\\*",
        "/",
        ".",
        "-",
        "é",
        "!",
        "**",
        "#",
        " ",
        "templates",
    ];
    let paths = [
        "a",
        "b",
        "a/b",
        "ab",
        "a/",
        "templates/.x",
        "templates/a",
        "a.b",
        "é",
        "c/a",
        "c/",
        "-",
        "]",
        "a*b",
        "x/y/z",
        "templates/.d/",
    ];
    let mut questions = Vec::new();
    for _ in 0..count(2000) {
        let pattern: String = (0..random.below(6)).map(|_| random.pick(&parts)).collect();
        let name = random.pick(&paths);
        questions.push(json!({"op": "match", "line": pattern, "data": base64(name.as_bytes())}));
        let rules: Vec<String> = (0..random.below(4))
            .map(|_| (0..random.below(5)).map(|_| random.pick(&parts)).collect())
            .collect();
        questions.push(json!({"op": "ignore", "paths": paths, "data": base64(rules.join("\n").as_bytes())}));
    }
    compare("ignore", &questions, ours);
}

fn octal(field: &mut [u8], number: u64) {
    let text = format!("{number:0width$o}", width = field.len() - 1);
    field[..text.len()].copy_from_slice(text.as_bytes());
}

fn entry(out: &mut Vec<u8>, name: &[u8], kind: u8, data: &[u8], magic: &[u8], random: &mut Random) {
    let mut block = [0_u8; 512];
    let length = name.len().min(100);
    block[..length].copy_from_slice(&name[..length]);
    octal(&mut block[100..108], if random.chance(5) { 0o040_755 } else { 0o644 });
    octal(&mut block[108..116], 0);
    octal(&mut block[116..124], 0);
    octal(&mut block[124..136], data.len() as u64);
    octal(&mut block[136..148], 1_600_000_000 + random.below(1000) as u64);
    block[156] = kind;
    block[257..257 + magic.len()].copy_from_slice(magic);
    if random.chance(10) {
        block[345..350].copy_from_slice(b"some/");
    }
    if random.chance(4) {
        let at = random.below(512);
        block[at] = random.below(256) as u8;
    }
    block[148..156].copy_from_slice(b"        ");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    octal(&mut block[148..155], sum + u64::from(random.chance(1)));
    block[155] = b' ';
    out.extend_from_slice(&block);
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
}

fn tar(random: &mut Random) -> Vec<u8> {
    let names: [&[u8]; 18] = [
        b"web/Chart.yaml",
        b"web/a",
        b"web/templates/x.yaml",
        b"web/",
        b"web",
        b"web//etc/x",
        b"web/../x",
        b"web/a/../b",
        b"web/c:/x",
        b"Chart.yaml",
        b"web\\a\\b",
        b"web/./x",
        b"/web/x",
        b"web/\xff",
        b"web/x/",
        b"../x",
        b"web/..x",
        b"",
    ];
    let kinds = *b"000000000\x00\x005125367xgLKS";
    let mut out = Vec::new();
    for _ in 0..random.below(6) {
        let kind = kinds[random.below(kinds.len())];
        let magic: &[u8] = if random.chance(70) {
            b"ustar\0"
        } else {
            [&b"ustar  \0"[..], b"", b"ustar\x00\x30\x30"][random.below(3)]
        };
        let data: Vec<u8> = match kind {
            b'x' | b'g' => pax(random),
            b'L' => b"web/long/name\0tail".to_vec(),
            b'1' | b'2' | b'5' if random.chance(80) => Vec::new(),
            _ => [&b"\xef\xbb\xbfbom"[..], b"", b"data", &[b'x'; 600]][random.below(4)].to_vec(),
        };
        entry(
            &mut out,
            names[if random.chance(60) {
                random.below(4)
            } else {
                random.below(names.len())
            }],
            kind,
            &data,
            magic,
            random,
        );
    }
    match random.below(6) {
        0 => {}
        1 => out.extend_from_slice(&[0; 512]),
        2 => out.truncate(out.len().saturating_sub(random.below(600))),
        _ => out.extend_from_slice(&[0; 1024]),
    }
    out
}

fn pax(random: &mut Random) -> Vec<u8> {
    let records = [
        "path=web/pax/name",
        "path=",
        "mtime=1700000000.25",
        "mtime=-5.5",
        "mtime=x",
        "size=4",
        "size=-1",
        "uid=x",
        "GNU.sparse.major=1",
        "GNU.sparse.minor=0",
        "GNU.sparse.map=0,2",
        "GNU.sparse.numblocks=1",
        "GNU.sparse.size=4",
        "GNU.sparse.realsize=9",
        "GNU.sparse.name=web/sparse",
        "GNU.sparse.offset=0",
        "GNU.sparse.numbytes=2",
        "SCHILY.xattr.a=b",
        "atime=1.x",
    ];
    let mut out = Vec::new();
    for _ in 0..=random.below(4) {
        let record = random.pick(&records);
        let mut length = record.len() + 3;
        length += usize::from(length >= 9);
        let _ = writeln!(out, "{} {record}", if random.chance(3) { length + 1 } else { length });
    }
    out
}

fn gzip(data: &[u8], random: &mut Random) -> Vec<u8> {
    let mut builder = flate2::GzBuilder::new();
    if random.chance(20) {
        builder = builder.filename("name").comment("text").extra(vec![1, 2, 3]);
    }
    let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    let mut out = encoder.finish().unwrap();
    if random.chance(6) && !out.is_empty() {
        let at = random.below(out.len().min(12));
        out[at] ^= 1 << random.below(8);
    }
    if random.chance(6) {
        out.truncate(random.below(out.len() + 1));
    }
    out
}

// H-009, H-010, H-011, H-017
#[test]
fn h_017_archives_are_read_as_helm_reads_them() {
    let mut random = Random::new(17);
    let questions: Vec<Json> = (0..count(4000))
        .map(|_| {
            let mut data = Vec::new();
            for _ in 0..=usize::from(random.chance(5)) {
                let tar = tar(&mut random);
                data.append(&mut gzip(&tar, &mut random));
            }
            json!({"op": "archive", "data": base64(&data)})
        })
        .collect();
    compare("archive", &questions, ours);
}

// H-010
#[test]
fn h_010_kinds_of_files() {
    let mut random = Random::new(10);
    let starts: [&[u8]; 24] = [
        b"%PDF-",
        b"<html>",
        b"  <!DOCTYPE HTML >",
        b"<?xml",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"GIF89a",
        b"RIFF1234WEBPVP",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"FORM1234AIFF",
        b"\0\0\0\x14ftypmp42",
        b"\x1aE\xdf\xa3",
        b"\0\x01\0\0",
        b"wOFF",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
        b"Rar!\x1a\x07\0",
        b"\0asm",
        b"key: value",
        b"<B",
        b"\0",
        b"BM",
        b"OggS\0",
    ];
    let questions: Vec<Json> = (0..count(600))
        .map(|_| {
            let mut data = starts[random.below(starts.len())].to_vec();
            data.resize(
                data.len() + random.below(3) * 20,
                if random.chance(50) { 0 } else { b' ' },
            );
            json!({"op": "content-type", "data": base64(&data)})
        })
        .collect();
    compare("content-type", &questions, ours);
}
