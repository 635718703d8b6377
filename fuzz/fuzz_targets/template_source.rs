//! Templates: no text panics the parser or the interpreter, and none runs for ever.
#![no_main]
use std::sync::{Arc, LazyLock};

use go_sprig::FixedHost;
use go_text_template::{FuncMap, Limits, MissingKey, Options, TemplateSet, Value};
use libfuzzer_sys::fuzz_target;

static FUNCTIONS: LazyLock<Arc<FuncMap>> = LazyLock::new(|| Arc::new(go_sprig::functions(Arc::new(FixedHost::new(1_700_000_000, 1)))));

fuzz_target!(|data: &[u8]| {
    let mut templates = TemplateSet::new("root", FUNCTIONS.clone());
    if templates.parse("main", data).is_ok() {
        let limits = Limits { output: Some(1 << 20), steps: Some(100_000), ..Limits::default() };
        let options = Options { missing_key: MissingKey::Zero, limits, ..Options::default() };
        let data = go_yaml::to_json_value(b"{a: 1, b: [x, 2, {c: d}], s: text, n: null, m: {k: v}}").expect("valid YAML");
        let _ = templates.execute("main", &Value::thaw(&data), &options);
    }
});
