//! `--set` and its relatives: no line panics or takes unbounded memory.
#![no_main]
use go_value::Map;
use libfuzzer_sys::fuzz_target;
use whelm_values::strvals;

fuzz_target!(|data: &[u8]| {
    let mut values = Map::new();
    for line in data.split(|byte| *byte == b'\n').take(8) {
        let _ = strvals::parse_into(line, &mut values);
        let _ = strvals::parse_into_string(line, &mut values);
        let _ = strvals::parse_json(line, &mut values);
        let _ = strvals::parse_literal_into(line, &mut values);
    }
});
