//! JSON: reading never panics, and what was read can be written and read again.
#![no_main]
use go_value::json::{self, Escape, Numbers};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = json::parse(data, Numbers::Float) {
        let text = json::to_string(&value, Escape::Html).expect("what was read from JSON has no NaN");
        let again = json::parse(text.as_bytes(), Numbers::Float).expect("our own JSON is JSON");
        assert_eq!(value, again);
    }
});
