//! Random templates, executed by Go's `text/template` and by this crate.
//!
//! `TEMPLATE_CASES` and `TEMPLATE_SEED` ask for more or other cases than the few of an ordinary run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use go_value::utf8::to_string_lossy;

use crate::driver::{self, Answer, Case};
use crate::functions::functions;
use crate::generator::{CALLS, Generator};
use crate::setting;

#[test]
fn agrees_with_go() {
    compare("TEMPLATE_CASES", Generator::case);
}

#[test]
fn t_004_printf_agrees_with_go() {
    compare("TEMPLATE_PRINTF_CASES", Generator::printf_case);
}

/// So many cases go to Go at a time: a case may print megabytes.
const BATCH: u64 = 250;

/// Compares as many cases as the setting `name` says.
fn compare(name: &str, make: fn(&mut Generator<'static>) -> Case) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/template");
    let Some(binary) = driver::build(&folder, Path::new(env!("CARGO_TARGET_TMPDIR"))) else {
        return;
    };
    let count = setting(name, 2000);
    let seed = setting("TEMPLATE_SEED", 1);
    let functions = Arc::new(functions());
    let mut generator = Generator::new(seed, CALLS);
    let mut left = count;
    let mut tally: BTreeMap<u8, u64> = BTreeMap::new();
    let mut differences = 0;
    while left > 0 {
        let cases: Vec<Case> = (0..left.min(BATCH)).map(|_| make(&mut generator)).collect();
        left -= cases.len() as u64;
        let answers = driver::go(&binary, &cases).unwrap();
        assert_eq!(answers.len(), cases.len(), "Go stopped in the middle");
        for (case, expected) in cases.iter().zip(&answers) {
            let found = driver::rust(&functions, case);
            *tally.entry(expected.status).or_default() += 1;
            if !same(&found, expected) {
                differences += 1;
                if differences <= setting("TEMPLATE_SHOW", 10) {
                    report(case, expected, &found);
                }
            }
        }
    }
    eprintln!("{count} cases from seed {seed}, {differences} differences; by status: {tally:?}");
    assert_eq!(differences, 0);
}

/// Error texts are compared as text, output as bytes.
fn same(found: &Answer, expected: &Answer) -> bool {
    if found == expected {
        return true;
    }
    let texts = (to_string_lossy(&found.text), to_string_lossy(&expected.text));
    let output_differs = found.status == 0 && !texts.1.contains("0x");
    found.status == expected.status && !output_differs && without_addresses(&texts.0) == without_addresses(&texts.1)
}

/// The text without Go's addresses, which differ from run to run.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        let digits = &part[..part.len() - rest.len()];
        out.push_str("0x");
        out.push_str(if digits.len() >= 9 { "…" } else { digits });
        out.push_str(rest);
    }
    out
}

fn report(case: &Case, expected: &Answer, found: &Answer) {
    eprintln!("--- mode {}\n{}", case.mode, String::from_utf8_lossy(&case.template));
    eprintln!("data  {}", String::from_utf8_lossy(&case.data));
    eprintln!("go   {} {:?}", expected.status, String::from_utf8_lossy(&expected.text));
    eprintln!("rust {} {:?}", found.status, String::from_utf8_lossy(&found.text));
}
