//! `Chart.yaml` and values files: no bytes panic the loader.
#![no_main]
use libfuzzer_sys::fuzz_target;
use whelm_chart::{BufferedFile, Log, load_files};

fuzz_target!(|data: &[u8]| {
    let files = vec![BufferedFile::new("Chart.yaml", data)];
    let _ = load_files(files, &mut Log::default());
    let files = vec![
        BufferedFile::new("Chart.yaml", "apiVersion: v1\nname: a\nversion: 1.0.0\n"),
        BufferedFile::new("values.yaml", data),
        BufferedFile::new("requirements.yaml", data),
    ];
    let _ = load_files(files, &mut Log::default());
});
