//! Random cases, compared with what Go's own `time` makes of them. Needs `go` and zone files; skips without them.

#![allow(clippy::disallowed_methods, reason = "the cases come from a Go program")]

use std::collections::HashMap;
use std::process::Command;

use go_time::{Duration, Location, Time};

struct Zones(HashMap<String, Location>);

impl Zones {
    fn get(&mut self, name: &str) -> Location {
        if name == "UTC" {
            return Location::utc();
        }
        let read = || {
            let file = std::fs::read(format!("/usr/share/zoneinfo/{name}")).expect("a zone file");
            Location::from_tzif(name, &file).expect("a readable zone file")
        };
        self.0.entry(name.to_owned()).or_insert_with(read).clone()
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits = &text.as_bytes()[1..];
    let value = |digit: u8| (digit as char).to_digit(16).expect("a hex digit") as u8;
    digits
        .chunks(2)
        .map(|pair| value(pair[0]) * 16 + value(pair[1]))
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn number<T: std::str::FromStr>(bytes: &[u8]) -> T {
    text(bytes).parse().ok().expect("a number")
}

/// What was expected, and what came out.
fn run(fields: &[Vec<u8>], zones: &mut Zones) -> (Vec<String>, Vec<String>) {
    let rest = |from: usize| fields[from..].iter().map(|field| text(field)).collect::<Vec<_>>();
    match &*text(&fields[0]) {
        "format" => {
            let location = zones.get(&text(&fields[1]));
            let time = Time::unix(number(&fields[2]), number(&fields[3]), &location);
            (rest(5), vec![text(&time.format(&fields[4])), time.to_string()])
        }
        "parse" => {
            let location = zones.get(&text(&fields[1]));
            let actual = match Time::parse(&fields[2], &fields[3], &location) {
                Ok(time) => vec!["ok".to_owned(), time.to_string()],
                Err(error) => vec!["error".to_owned(), error.to_string()],
            };
            (rest(4), actual)
        }
        "arithmetic" => {
            let location = zones.get(&text(&fields[1]));
            let time = Time::unix(number(&fields[2]), number(&fields[3]), &location);
            let other = Time::unix(number(&fields[11]), number(&fields[12]), &location);
            let unit = Duration(number(&fields[4]));
            let steps: Vec<i64> = text(&fields[5])
                .split_whitespace()
                .map(|step| step.parse().expect("a step"))
                .collect();
            let json = match time.to_rfc3339() {
                Ok(text) => format!("\"{text}\""),
                Err(error) => format!("Time.MarshalJSON: {error}"),
            };
            let actual = vec![
                time.add_date(steps[0], steps[1], steps[2]).to_string(),
                time.round(unit).to_string(),
                time.truncate(unit).to_string(),
                (time.clone() + unit).to_string(),
                time.since(&other).to_string(),
                text(&fields[11]),
                text(&fields[12]),
                json,
            ];
            (rest(6), actual)
        }
        _ => match Duration::parse(&fields[1]) {
            Err(error) => (rest(2), vec!["error".to_owned(), error.to_string()]),
            Ok(duration) if text(&fields[2]) == "ok" => {
                let unit = Duration(number(&fields[4]));
                let mut expected = rest(2);
                let floats: Vec<f64> = expected
                    .drain(5..)
                    .map(|float| float.parse().expect("a float"))
                    .collect();
                assert_eq!(floats, [duration.hours(), duration.seconds()]);
                let actual = vec![
                    "ok".to_owned(),
                    duration.to_string(),
                    text(&fields[4]),
                    duration.round(unit).to_string(),
                    duration.truncate(unit).to_string(),
                ];
                (expected, actual)
            }
            Ok(duration) => (rest(2), vec!["ok".to_owned(), duration.to_string()]),
        },
    }
}

/// T-033, T-053: layouts, zones and durations.
#[test]
fn t_033_t_053_times_and_durations_are_gos() {
    let count = std::env::var("GO_TIME_CASES").unwrap_or_else(|_| "2000".to_owned());
    let seed = std::env::var("GO_TIME_SEED").unwrap_or_else(|_| "1".to_owned());
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");
    if !std::path::Path::new("/usr/share/zoneinfo/Europe/Berlin").exists() {
        eprintln!("skipped: no zone files");
        return;
    }
    let output = Command::new("go")
        .args(["run", ".", &count, &seed])
        .current_dir(oracle)
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) => {
            eprintln!("skipped: go cannot run the oracle: {}", text(&output.stderr));
            return;
        }
        Err(error) => {
            eprintln!("skipped: no go: {error}");
            return;
        }
    };
    let mut zones = Zones(HashMap::new());
    let (mut cases, mut wrong) = (0, 0);
    for line in text(&output).lines() {
        let fields: Vec<_> = line.split(' ').map(hex).collect();
        let (expected, actual) = run(&fields, &mut zones);
        cases += 1;
        if expected != actual {
            wrong += 1;
            if wrong < 20 {
                let input: Vec<_> = fields.iter().map(|field| text(field)).collect();
                eprintln!("{input:?}\n  Go:   {expected:?}\n  here: {actual:?}");
            }
        }
    }
    eprintln!("{cases} cases, {wrong} differ");
    assert_eq!(wrong, 0);
}
