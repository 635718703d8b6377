//! Versions and constraints: a line of constraint, then versions. Nothing panics, and checking agrees with explaining.
#![no_main]
use go_semver::{Constraints, Version};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|byte| *byte == b'\n');
    let constraints = Constraints::parse(lines.next().unwrap_or_default());
    for line in lines.take(16) {
        let _ = Version::parse_strict(line);
        let Ok(version) = Version::parse(line) else { continue };
        let again = Version::parse(version.to_string()).expect("what is written can be read");
        assert_eq!(version, again);
        let _ = (version.inc_patch(), version.inc_minor(), version.inc_major());
        if let Ok(constraints) = &constraints {
            assert_eq!(constraints.check(&version), constraints.validate(&version).is_ok());
            let _ = constraints.to_string();
        }
    }
});
