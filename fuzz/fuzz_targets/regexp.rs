//! Regular expressions: a line of expression, a line of replacement, then text. Nothing panics and matches lie inside the text.
#![no_main]
use go_regexp::Regexp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(expression), Some(replacement), Some(text)) = (parts.next(), parts.next(), parts.next()) else { return };
    let Ok(regexp) = Regexp::compile(expression) else { return };
    let found = regexp.find_all(text, -1);
    assert!(found.iter().all(|range| range.start <= range.end && range.end <= text.len()));
    assert_eq!(regexp.is_match(text), regexp.find(text).is_some());
    let _ = regexp.captures(text);
    let _ = regexp.replace_all(text, replacement);
    let _ = regexp.replace_all_literal(text, replacement);
    let _ = regexp.split(text, 20);
});
