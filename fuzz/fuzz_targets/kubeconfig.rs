//! Kubeconfig files: two of them, with a line `---` between, merge and give a cluster without a panic.
#![no_main]
use go_value::json::{Escape, to_string};
use libfuzzer_sys::fuzz_target;
use whelm_kube_api::kubeconfig::{Kubeconfig, Overrides};

fuzz_target!(|data: &[u8]| {
    let mut config = Kubeconfig::default();
    for document in whelm_manifest::split(data) {
        let Ok(value) = go_yaml::to_json_value(document) else { continue };
        let text = to_string(&value, Escape::Plain).expect("YAML has only what JSON has");
        let Ok(value) = serde_json::from_str(&text) else { continue };
        config.merge(&value, "/folder");
    }
    for context in ["", "a"] {
        let overrides = Overrides { context: context.to_owned(), ..Overrides::default() };
        let _ = config.namespace(&overrides);
        let _ = config.cluster(&overrides);
    }
});
