//! `values.schema.json` with values: a JSON schema, a line with `---`, then YAML. References to other documents find none.
#![no_main]
use go_value::Value;
use libfuzzer_sys::fuzz_target;
use whelm_chart::Log;
use whelm_values::{NoSchemas, check_schema};

fuzz_target!(|data: &[u8]| {
    const BETWEEN: &[u8] = b"\n---\n";
    let Some(end) = data.windows(BETWEEN.len()).position(|window| window == BETWEEN) else { return };
    let Ok(Value::Map(values)) = go_yaml::to_json_value(&data[end + BETWEEN.len()..]) else { return };
    let _ = check_schema(&values, &data[..end], &mut NoSchemas, &mut Log::default());
});
