//! What a run prints.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::json;

use crate::exchange::Answer;
use crate::known::Rule;
use crate::suite::{Failure, Report};

/// How much of the differences is printed.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// How many in full, and of ten times as many sorts how often they are.
    pub count: usize,
    /// Whether only the first of each sequence is taken: those after it may follow from it.
    pub first: bool,
}

/// Returns the totals of a part, the kinds of differences, and some of them in full.
pub fn text(part: &str, report: &Report, rules: &[Rule], shown: Shown, elapsed: Duration) -> String {
    let mut text = String::new();
    let expected: usize = report.expected.values().sum();
    let _ = writeln!(
        text,
        "== {part}: {} requests to {} resources in {:.0?}: {} agree, {expected} differ as listed, {} differ",
        report.requests,
        report.resources.len(),
        elapsed,
        report.agreed,
        report.failures.len(),
    );
    for (rule, count) in &report.expected {
        let reason = rules.get(*rule).map_or("", |rule| &rule.reason);
        let _ = writeln!(text, "  {count:6} as listed: {reason}");
    }
    let groups = groups(&report.failures, shown.first);
    for (group, failures) in groups.iter().take(shown.count * 10) {
        let first = failures.first().map_or(String::new(), |failure| {
            format!("{}[{}]", failure.sequence, failure.index)
        });
        let _ = writeln!(text, "  {:6} {group}   ({first})", failures.len());
    }
    // One of each sort.
    for failure in groups
        .iter()
        .filter_map(|(_, failures)| failures.first())
        .take(shown.count)
    {
        write_failure(&mut text, failure);
    }
    text
}

/// Returns all differences as lines of JSON.
pub fn lines(report: &Report) -> String {
    let line = |failure: &Failure| {
        let step = &failure.step;
        let answer = |answer: &Answer| json!({"code": answer.code, "body": answer.body, "warnings": answer.warnings});
        let places: Vec<&str> = failure
            .differences
            .iter()
            .map(|difference| difference.place.as_str())
            .collect();
        let line = json!({
            "sequence": failure.sequence, "index": failure.index, "method": step.method, "path": step.path,
            "content_type": step.content_type, "accept": step.accept, "body": step.body, "resource": step.resource(),
            "real": answer(&failure.real), "embedded": answer(&failure.embedded), "places": places,
        });
        format!("{line}\n")
    };
    report.failures.iter().map(line).collect()
}

/// Differences of the same sort together, the commonest first.
fn groups(failures: &[Failure], first: bool) -> Vec<(String, Vec<&Failure>)> {
    let mut groups: BTreeMap<String, Vec<&Failure>> = BTreeMap::new();
    let mut last = "";
    for failure in failures {
        if first && failure.sequence == last {
            continue;
        }
        last = &failure.sequence;
        groups.entry(sort_of(failure)).or_default().push(failure);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, failures)| std::cmp::Reverse(failures.len()));
    groups
}

fn sort_of(failure: &Failure) -> String {
    let Some(first) = failure.differences.first() else {
        return String::new();
    };
    let method = failure.step.method;
    let content = failure.step.content_type.split(['/', '-']).nth(1).unwrap_or_default();
    if failure.real.code >= 400 || failure.embedded.code >= 400 {
        let message = |answer: &Answer| {
            let text = answer
                .body
                .get("message")
                .and_then(|message| message.as_str())
                .unwrap_or("-")
                .to_owned();
            let start = text.find(" is invalid: ").map_or(0, |place| place + 13);
            format!(
                "{} {}",
                answer.code,
                text.get(start..)
                    .unwrap_or_default()
                    .chars()
                    .take(140)
                    .collect::<String>()
            )
        };
        return format!(
            "{method} {content} {} | {}",
            message(&failure.real),
            message(&failure.embedded)
        );
    }
    let place: Vec<&str> = first
        .place
        .split('/')
        .map(|part| if part.parse::<usize>().is_ok() { "*" } else { part })
        .collect();
    let short = |value: &serde_json::Value| value.to_string().chars().take(60).collect::<String>();
    format!(
        "{method} {content} {} {}: {} | {}",
        failure.step.resource(),
        place.join("/"),
        short(&first.real),
        short(&first.embedded)
    )
}

fn write_failure(text: &mut String, failure: &Failure) {
    let step = &failure.step;
    let body: String = step.body.chars().take(1500).collect();
    let _ = writeln!(
        text,
        "-- {}[{}] {} {} {} {}\n   {body}",
        failure.sequence, failure.index, step.method, step.path, step.content_type, step.accept
    );
    for difference in failure.differences.iter().take(12) {
        let _ = writeln!(
            text,
            "   {}\n      real:     {}\n      embedded: {}",
            difference.place, difference.real, difference.embedded
        );
    }
}
