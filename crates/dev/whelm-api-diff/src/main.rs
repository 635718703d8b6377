//! Asks the embedded Kubernetes API server and a real one the same things, and compares their answers.
//!
//! `conformance/api` starts a real server and runs this. Both servers run without controllers, so that every answer follows
//! from the requests alone.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod apply;
mod compare;
mod exchange;
mod generated;
mod kinds;
mod known;
mod mask;
mod random;
mod report;
mod schema;
mod server;
mod suite;
mod values;
mod written;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use exchange::{Answer, Sequence};
use server::Server;
use suite::Report;

const USAGE: &str = "usage: whelm-api-diff --server URL --authority FILE --token TOKEN [options]
  --rounds N       generated sequences of each kind (default 8)
  --apply N        writes of the apply part (default 50000)
  --seed N         the seed of everything generated (default 1)
  --connections N  sequences under way at a time (default 16)
  --least-requests N, --least-apply N
                   how many in a hundred must agree or differ as listed (default 100)
  --only TEXT      only sequences whose names contain TEXT
  --show N         how many differences to print in full (default 20)
  --first yes      of every sequence only the first, since others may follow from it
  --record FILE    keep the real server's answers
  --failures FILE  write all differences there, a line of JSON each
  --replay FILE    take them from there instead of asking
  --run NAME       the part of names that differs between runs (default: from the clock)";

/// What the command line says.
struct Arguments {
    server: String,
    authority: PathBuf,
    token: String,
    rounds: usize,
    apply: usize,
    seed: u64,
    connections: usize,
    only: String,
    shown: report::Shown,
    /// How many in a hundred answers must agree or differ as listed, by part.
    least: BTreeMap<&'static str, f64>,
    record: Option<PathBuf>,
    failures: Option<PathBuf>,
    replay: Option<PathBuf>,
    run: String,
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let name = word.strip_prefix("--").with_context(|| USAGE)?.to_owned();
        given.insert(name, words.next().with_context(|| USAGE)?);
    }
    let text = |name: &str| given.get(name).cloned().unwrap_or_default();
    let number = |name: &str, usual: usize| {
        given.get(name).map_or(Ok(usual), |text| {
            text.parse().with_context(|| format!("--{name} is a number"))
        })
    };
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_secs();
    let run = if text("run").is_empty() {
        format!("q{:x}z", seconds % 0xffff)
    } else {
        text("run")
    };
    if text("server").is_empty() && text("replay").is_empty() {
        bail!(USAGE);
    }
    let mut least = BTreeMap::new();
    for part in ["requests", "apply"] {
        let given = given.get(&format!("least-{part}")).map_or("100", String::as_str);
        least.insert(
            part,
            given.parse().with_context(|| format!("--least-{part} is a number"))?,
        );
    }
    Ok(Arguments {
        least,
        server: text("server"),
        authority: text("authority").into(),
        token: text("token"),
        rounds: number("rounds", 8)?,
        apply: number("apply", 50_000)?,
        seed: number("seed", 1)? as u64,
        connections: number("connections", 16)?,
        only: text("only"),
        shown: report::Shown {
            count: number("show", 20)?,
            first: text("first") == "yes",
        },
        failures: given.get("failures").map(PathBuf::from),
        record: given.get("record").map(PathBuf::from),
        replay: given.get("replay").map(PathBuf::from),
        run,
    })
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = arguments()?;
    let rules = known::rules()?;
    let replay = arguments
        .replay
        .as_ref()
        .map(|file| -> anyhow::Result<_> { Ok(suite::from_record(&serde_json::from_slice(&std::fs::read(file)?)?)) });
    let options = suite::Options {
        connections: arguments.connections,
        run: arguments.run.clone(),
        replay: replay.transpose()?,
    };
    let authority = if arguments.server.is_empty() {
        Vec::new()
    } else {
        std::fs::read(&arguments.authority)?
    };
    let real = || {
        if arguments.server.is_empty() {
            Ok(Server::Embedded(embedded()))
        } else {
            Server::real(&arguments.server, &authority, &arguments.token)
        }
    };
    let sandbox = embedded();
    let parts = [
        ("preparation", vec![apply::preparation(&arguments.run)?]),
        ("requests", requests(&arguments)?),
        (
            "apply",
            apply::sequences(arguments.apply, arguments.seed, &arguments.run)?,
        ),
    ];
    let mut failed = false;
    let mut failures = String::new();
    let mut recorded: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
    for (part, mut sequences) in parts {
        if part != "preparation" {
            sequences.retain(|sequence| sequence.name.contains(&arguments.only));
        }
        let started = std::time::Instant::now();
        let mut report: Report = suite::run(
            &sequences,
            &real,
            &|| Server::Embedded(sandbox.clone()),
            &options,
            &rules,
        )?;
        println!(
            "{}",
            report::text(part, &report, &rules, arguments.shown, started.elapsed())
        );
        failed |= report.agreement() < arguments.least.get(part).copied().unwrap_or(100.0);
        failures += &report::lines(&report);
        recorded.append(&mut report.recorded);
    }
    if let Some(file) = &arguments.failures {
        std::fs::write(file, failures)?;
    }
    if let Some(file) = &arguments.record {
        std::fs::write(file, suite::to_record(&recorded).to_string())?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// An embedded server whose controllers rest.
fn embedded() -> whelm_sandbox::Sandbox {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or_default();
    whelm_sandbox::Sandbox::of_core(whelm_sandbox::Core::new(1, now).without_controllers())
}

fn requests(arguments: &Arguments) -> anyhow::Result<Vec<Sequence>> {
    let schema = schema::Schema::recorded();
    let kinds = kinds::all()?;
    let mut sequences = written::sequences(&kinds, &arguments.run);
    for round in 0..arguments.rounds {
        for (index, kind) in kinds.iter().enumerate() {
            let number = round * kinds.len() + index;
            sequences.push(generated::sequence(
                kind,
                &schema,
                arguments.seed,
                &arguments.run,
                number,
            ));
        }
    }
    Ok(sequences)
}
