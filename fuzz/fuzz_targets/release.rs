//! Release records: no bytes panic the decoder; the JSON inside is also given directly, so that the packing does not keep the
//! fuzzer out. What was read can be packed, and reads the same again.
#![no_main]
use go_value::json::{Numbers, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = whelm_release::decode(data);
    let Ok(value) = parse(data, Numbers::Float) else { return };
    let release = whelm_release::from_json(&value);
    if let Ok(packed) = whelm_release::encode(&release) {
        let again = whelm_release::decode(packed.as_bytes()).expect("our own record can be read");
        // Whether a whole number is an integer is not kept, so the texts are compared.
        assert_eq!(whelm_release::to_json(&release), whelm_release::to_json(&again));
    }
});
