//! `index.yaml`: no bytes panic the reader, versions stand newest first, and lookups end.
#![no_main]
use libfuzzer_sys::fuzz_target;
use whelm_chart::Log;
use whelm_repo::IndexFile;

fuzz_target!(|data: &[u8]| {
    // The first line is what is looked up.
    let (wanted, text) = data.split_at(data.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1));
    let mut log = Log::default();
    let Ok(index) = IndexFile::read(text, "index.yaml", &mut log) else { return };
    let wanted = String::from_utf8_lossy(wanted);
    for (name, versions) in &index.entries {
        let versions: Vec<_> = versions.iter().filter_map(|entry| go_semver::Version::parse(&entry.metadata.version).ok()).collect();
        assert!(versions.is_sorted_by(|newer, older| newer >= older), "{name} is not in order");
        let _ = index.get(name, "", &mut log);
        let _ = index.get(name, wanted.trim(), &mut log);
    }
});
