//! Files to charts, with the texts of Helm 4.3.1.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::io::Write;

use whelm_chart::archive::{ensure_archive, read_archive};
use whelm_chart::{
    BufferedFile, Chart, ErrorKind, Generation, Log, detect_generation, load_archive_file, load_archive_file_v2,
    load_files, load_generation,
};

const CHART: &str = "apiVersion: v2\nname: x\nversion: 1.0.0\n";

fn files(list: &[(&str, &str)]) -> Vec<BufferedFile> {
    list.iter()
        .map(|(name, data)| BufferedFile::new(*name, *data))
        .collect()
}

fn load(list: &[(&str, &str)]) -> Result<Chart, String> {
    load_files(files(list), &mut Log::default()).map_err(|error| error.to_string())
}

fn error(chart_yaml: &str) -> String {
    load(&[("Chart.yaml", chart_yaml)]).unwrap_err()
}

/// An archive of files below `x/`.
fn archive(list: &[(&str, &[u8])]) -> Vec<u8> {
    let sized: Vec<(&str, &[u8], usize)> = list.iter().map(|(name, data)| (*name, *data, data.len())).collect();
    archive_claiming(&sized)
}

/// An archive whose headers claim sizes.
fn archive_claiming(list: &[(&str, &[u8], usize)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, data, size) in list {
        let mut block = [0_u8; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..107].copy_from_slice(b"0000644");
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        block[136..147].copy_from_slice(b"00000000000");
        block[148..156].copy_from_slice(b"        ");
        block[156] = b'0';
        block[257..263].copy_from_slice(b"ustar\0");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend_from_slice(&block);
        tar.extend_from_slice(data);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend_from_slice(&[0; 1024]);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&tar).unwrap();
    encoder.finish().unwrap()
}

// H-001
#[test]
fn h_001_all_fields_in_any_case() {
    let text = "APIVersion: v2\nNAME: x\nversion: 1.0.0\nhome: h\nsources: [s]\ndescription: d\nkeywords: [k]\nmaintainers:\n- name: m\n  \
                email: e\n  url: u\nicon: i\ncondition: c\ntags: t\nappVersion: 1.10\ndeprecated: true\nannotations: {a: 1}\n\
                kubeVersion: '>=1'\ntype: application\nunknown: [1]\ndependencies:\n- {name: d, version: '1', repository: r}\n";
    let metadata = load(&[("Chart.yaml", text)]).unwrap().metadata;
    assert_eq!(
        metadata.to_yaml(),
        "annotations:\n  a: \"1\"\napiVersion: v2\nappVersion: \"1.1\"\ncondition: c\ndependencies:\n- name: d\n  repository: r\n  \
         version: \"1\"\ndeprecated: true\ndescription: d\nhome: h\nicon: i\nkeywords:\n- k\nkubeVersion: '>=1'\nmaintainers:\n- email: e\n  \
         name: m\n  url: u\nname: x\nsources:\n- s\ntags: t\ntype: application\nversion: 1.0.0\n"
    );
    assert_eq!(
        error("name: x\nversion: [1]\n"),
        "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field \
         Metadata.version of type string"
    );
}

// H-002
#[test]
fn h_002_rules_of_the_metadata() {
    for (text, rule) in [
        ("version: 1.0.0\n", "chart.metadata.name is required"),
        ("name: .\nversion: 1.0.0\n", "chart.metadata.name \".\" is not allowed"),
        ("name: a/b\nversion: 1.0.0\n", "chart.metadata.name \"a/b\" is invalid"),
        ("name: x\n", "chart.metadata.version is required"),
        ("name: x\nversion: abc\n", "chart.metadata.version \"abc\" is invalid"),
        (
            "name: x\nversion: 1\ntype: job\n",
            "chart.metadata.type must be application or library",
        ),
        (
            "name: x\nversion: 1\nmaintainers: [null]\n",
            "maintainers must not contain empty or null nodes",
        ),
        (
            "name: x\nversion: 1\ndependencies: [null]\n",
            "dependencies must not contain empty or null nodes",
        ),
        (
            "name: x\nversion: 1\ndependencies: [{name: d, alias: a.b}]\n",
            "dependency \"d\" has disallowed characters in the alias",
        ),
        (
            "name: x\nversion: 1\ndependencies: [{name: d}, {name: e, alias: d}]\n",
            "more than one dependency with name or alias \"d\"",
        ),
    ] {
        assert_eq!(error(text), format!("validation: {rule}"));
    }
    assert_eq!(load(&[("a", "")]).unwrap_err(), "Chart.yaml file is missing");
    let requirements = load(&[("requirements.yaml", "dependencies: []")]).unwrap_err();
    assert_eq!(requirements, "validation: chart.metadata.apiVersion is required");
    let chart = load(&[("Chart.yaml", "name: x\nversion: 1\ndescription: \"a\\tb\\u200bc\"\n")]).unwrap();
    assert_eq!(
        (chart.metadata.description.as_str(), chart.metadata.api_version.as_str()),
        ("a bc", "v1")
    );
}

// H-003
#[test]
fn h_003_requirements_of_v1() {
    let mut log = Log::default();
    let list = [
        ("Chart.yaml", "name: x\nversion: 1.0.0\n"),
        (
            "requirements.yaml",
            "dependencies:\n- name: d\n  version: 1.0.0\n  repository: r\n",
        ),
        ("requirements.lock", "digest: sha\ngenerated: 2020-01-01T00:00:00Z\n"),
    ];
    let chart = load_files(files(&list), &mut log).unwrap();
    assert_eq!(chart.metadata.dependencies().next().unwrap().name, "d");
    assert_eq!(chart.lock.unwrap().digest, "sha");
    assert_eq!(chart.files.len(), 2);
    assert!(log.entries.is_empty());
}

// H-004
#[test]
fn h_004_a_leftover_requirements_yaml_in_v2() {
    let mut log = Log::default();
    let list = [
        ("Chart.yaml", CHART),
        ("requirements.yaml", "dependencies:\n- name: d\n"),
        ("requirements.lock", "digest: s\n"),
    ];
    let chart = load_files(files(&list), &mut log).unwrap();
    assert_eq!(chart.metadata.dependencies().count(), 1);
    assert!(chart.files.is_empty());
    let lines: Vec<String> = log.entries.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "level=INFO msg=\"Warning: Dependencies are handled in Chart.yaml since apiVersion \\\"v2\\\". We recommend migrating \
             dependencies to Chart.yaml.\"",
            "level=INFO msg=\"Warning: Dependency locking is handled in Chart.lock since apiVersion \\\"v2\\\". We recommend migrating to \
             Chart.lock.\"",
        ]
    );
}

// H-005
#[test]
fn h_005_versions_of_the_format() {
    assert_eq!(detect_generation(b"apiVersion: v3").unwrap(), Generation::V3);
    assert_eq!(detect_generation(b"name: x").unwrap(), Generation::V2);
    let unknown = detect_generation(b"apiVersion: v9").unwrap_err();
    assert_eq!(
        (unknown.kind(), unknown.to_string().as_str()),
        (ErrorKind::UnsupportedVersion, "unsupported chart version")
    );
    let list = files(&[
        ("Chart.yaml", "name: x\nversion: 1.0.0\n"),
        ("requirements.yaml", "a: 1"),
    ]);
    let chart = load_generation(list, Generation::V3, &mut Log::default()).unwrap();
    assert_eq!((chart.metadata.api_version.as_str(), chart.files.len()), ("v3", 1));
}

// H-006, H-007
#[test]
fn h_006_library_and_deprecated() {
    let chart = load(&[("Chart.yaml", &format!("{CHART}type: library\ndeprecated: true\n"))]).unwrap();
    assert!(chart.is_library() && chart.metadata.deprecated);
}

// H-008
#[test]
fn h_008_charts_in_charts() {
    let inner = archive(&[
        ("z/Chart.yaml", b"name: z\nversion: 1.0.0\n"),
        ("z/templates/a.yaml", b"a"),
    ]);
    let mut list = files(&[
        ("Chart.yaml", CHART),
        ("charts/d/Chart.yaml", "name: d\nversion: 1.0.0\n"),
        ("charts/d/charts/e/Chart.yaml", "name: e\nversion: 1.0.0\n"),
        ("charts/d/charts/e/crds/c.yaml", "kind: C"),
        ("charts/_no/Chart.yaml", ": bad"),
        ("charts/.no", ""),
        ("charts/z.tgz.prov", "signed"),
        ("crds/b.YML", "kind: B"),
        ("crds/readme.md", ""),
    ]);
    list.push(BufferedFile::new("charts/z.tgz", inner));
    let chart = load_files(list, &mut Log::default()).unwrap();
    let names: Vec<String> = chart.dependencies().iter().map(Chart::full_path).collect();
    assert_eq!(names, ["x/charts/d", "x/charts/z"]);
    assert_eq!(
        chart.dependencies()[0].dependencies()[0].full_path(),
        "x/charts/d/charts/e"
    );
    assert!(chart.is_root() && !chart.dependencies()[0].is_root());
    let crds: Vec<String> = chart.crd_objects().iter().map(|crd| crd.filename.to_string()).collect();
    assert_eq!(crds, ["x/crds/b.YML", "x/charts/d/charts/e/crds/c.yaml"]);
    assert_eq!(chart.files[0].name, "charts/z.tgz.prov");
}

// H-008
#[test]
fn h_008_charts_in_charts_that_are_wrong() {
    for (name, data, text) in [
        (
            "charts/d/values.yaml",
            "",
            "error unpacking subchart d in x: Chart.yaml file is missing",
        ),
        (
            "charts/README.md",
            "",
            "error unpacking subchart README.md in x: Chart.yaml file is missing",
        ),
        (
            "charts/d/Chart.yaml",
            "name: d\n",
            "error unpacking subchart d in x: validation: chart.metadata.version is required",
        ),
        (
            "charts/d.tgz",
            "no",
            "error unpacking subchart d.tgz in x: unexpected EOF",
        ),
        (
            "charts/d.tgz",
            "no gzip at all",
            "error unpacking subchart d.tgz in x: gzip: invalid header",
        ),
        ("charts/d.tgz", "", "error unpacking subchart d.tgz in x: EOF"),
        (
            "charts/d.tgz/a",
            "",
            "error unpacking subchart tar in x: expected d.tgz, got d.tgz/a",
        ),
    ] {
        assert_eq!(load(&[("Chart.yaml", CHART), (name, data)]).unwrap_err(), text);
    }
}

// H-017
#[test]
fn h_017_charts_nested_without_end() {
    let mut list = vec![BufferedFile::new("Chart.yaml", CHART)];
    let mut path = String::new();
    for _ in 0..150 {
        path.push_str("charts/x/");
        list.push(BufferedFile::new(format!("{path}Chart.yaml"), CHART));
    }
    let error = load_files(list, &mut Log::default()).unwrap_err().to_string();
    assert!(error.ends_with("charts are nested too deeply"), "{error}");
}

// H-009, H-011
#[test]
fn h_009_files_of_an_archive() {
    let bytes = archive(&[
        ("x/Chart.yaml", b"\xef\xbb\xbfname: x"),
        ("x/a/../b", b"b"),
        ("other/c", b"c"),
    ]);
    let names: Vec<String> = read_archive(&bytes)
        .unwrap()
        .iter()
        .map(|file| file.name.to_string())
        .collect();
    assert_eq!(names, ["Chart.yaml", "b", "c"]);
    assert_eq!(read_archive(&bytes).unwrap()[0].data, "name: x");
    assert_eq!(
        read_archive(&archive(&[])).unwrap_err().to_string(),
        "no files in chart archive"
    );
    let error = read_archive(&archive(&[("x/../../y", b"")])).unwrap_err();
    assert_eq!(error.to_string(), "chart illegally references parent directory");
}

// H-010
#[test]
fn h_010_what_is_no_archive_or_too_large() {
    let error = |name: &str, data: &[u8]| ensure_archive(name, data).unwrap_err().to_string();
    assert_eq!(
        error("v.yaml", b"a: 1"),
        "file 'v.yaml' seems to be a YAML file, but expected a gzipped archive"
    );
    assert_eq!(
        error("v.tgz", b"a: 1"),
        "file 'v.tgz' does not appear to be a gzipped archive; got 'application/octet-stream'"
    );
    assert_eq!(
        error("v.tgz", &[b'a'; 600]),
        "file 'v.tgz' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'"
    );
    let bomb = archive_claiming(&[("x/a", b"", (100 << 20) + 1)]);
    assert_eq!(
        read_archive(&bomb).unwrap_err().to_string(),
        "decompressed chart is larger than the maximum size 104857600"
    );
    // What is wrong inside is hidden from those who install, and told to those who look.
    let mut log = Log::default();
    assert_eq!(
        load_archive_file("b.tgz", &bomb, &mut log).unwrap_err().to_string(),
        "unable to load chart archive"
    );
    let told = load_archive_file_v2("b.tgz", &bomb, &mut log).unwrap_err().to_string();
    assert_eq!(told, "decompressed chart is larger than the maximum size 104857600");
}

// H-017
#[test]
fn h_017_damaged_archives_do_not_panic() {
    let bytes = archive(&[
        ("x/Chart.yaml", CHART.as_bytes()),
        ("x/templates/a.yaml", &[b'a'; 3000]),
    ]);
    for end in 0..bytes.len() {
        let _ = read_archive(&bytes[..end]);
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let _ = read_archive(&damaged);
    }
}
