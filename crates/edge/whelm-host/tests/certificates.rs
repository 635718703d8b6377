//! Certificates and keys: openssl reads them, and sees in them what it sees in Helm's.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use go_text_template::{Options, TemplateSet, Value};
use whelm_host::SystemHost;

/// Certificates of every kind, with `#` lines between them; the first is an authority, the second is signed by it.
const TEMPLATE: &str = r#"
{{- $ca := genCA "my ca" 365 }}
{{- $signed := genSignedCert "svc" (list "10.0.0.1" "::1" "::ffff:1.2.3.4") (list "a.b" "*.c") 10 $ca }}
{{- $self := genSelfSignedCert "" nil (list "x.y") 40000 }}
{{- $ec := genCAWithKey "ec & co*" 1 (genPrivateKey "ecdsa") }}
{{- $ed := genSelfSignedCertWithKey "ümlaut" (list) (list) 1 (genPrivateKey "ed25519") }}
{{- $custom := buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key) }}
{{- range list $ca $signed $self $ec $ed $custom }}{{ .Cert }}#{{ "\n" }}{{ .Key }}#{{ "\n" }}{{ end -}}
"#;

fn folder(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn render(template: &str) -> String {
    let functions = go_sprig::functions(Arc::new(SystemHost::default()));
    let mut templates = TemplateSet::new("x", Arc::new(functions));
    templates.parse("x", template).unwrap();
    let output = templates.execute("x", &Value::map([]), &Options::default()).unwrap();
    String::from_utf8(output).unwrap()
}

/// Writes the parts of `text` to files of their own.
fn write_parts(dir: &Path, text: &str) -> Vec<PathBuf> {
    let parts = text.split("#\n").filter(|part| part.contains("BEGIN"));
    let write = |(index, part): (usize, &str)| {
        let path = dir.join(format!("{index}.pem"));
        fs::write(&path, part).unwrap();
        path
    };
    parts.enumerate().map(write).collect()
}

fn openssl(arguments: &[&str], file: &Path) -> Option<String> {
    let output = Command::new("openssl").args(arguments).arg(file).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{arguments:?} {}: {}",
        file.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Some(text)
}

/// What openssl says of a certificate, without what is random.
fn describe(file: &Path) -> Option<String> {
    let text = openssl(&["x509", "-noout", "-text", "-in"], file)?;
    let random = |line: &str| {
        let line = line.trim();
        let hex = !line.is_empty() && line.chars().all(|c| c.is_ascii_hexdigit() || c == ':');
        // An identifier of a key has no label on its line.
        hex || line.starts_with("Not ") || line.contains(":") && line.split(':').all(|part| part.len() == 2)
    };
    Some(text.lines().filter(|line| !random(line)).collect::<Vec<_>>().join("\n"))
}

/// T-034: interoperation with openssl and Helm.
#[test]
fn t_034_certificates_interoperate() {
    let dir = folder("certificates");
    let files = write_parts(&dir, &render(TEMPLATE));
    assert_eq!(files.len(), 12);
    let Some(first) = describe(&files[0]) else {
        eprintln!("skipped: no openssl");
        return;
    };
    assert!(first.contains("CA:TRUE"), "{first}");
    let ca = files[0].to_string_lossy().into_owned();
    openssl(&["verify", "-CAfile", &ca], &files[2]).unwrap();
    for key in files.iter().skip(1).step_by(2) {
        openssl(&["pkey", "-noout", "-check", "-in"], key).unwrap();
    }
    let helm_dir = folder("helm-certificates");
    fs::create_dir(helm_dir.join("templates")).unwrap();
    fs::write(helm_dir.join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n").unwrap();
    fs::write(helm_dir.join("templates/NOTES.txt"), TEMPLATE).unwrap();
    let helm = Command::new("helm")
        .args(["install", "x", "--dry-run=client"])
        .arg(&helm_dir)
        .output();
    let Ok(helm) = helm else {
        eprintln!("skipped: no helm");
        return;
    };
    let text = String::from_utf8_lossy(&helm.stdout).into_owned();
    let notes = text.split_once("NOTES:\n").map_or("", |(_, notes)| notes);
    let helm_files = write_parts(&helm_dir, notes);
    assert_eq!(helm_files.len(), files.len(), "{text}");
    for (ours, helms) in files.iter().zip(&helm_files).step_by(2) {
        assert_eq!(describe(ours), describe(helms));
    }
}

/// T-034: private keys of every kind.
#[test]
fn t_034_private_keys_are_sound() {
    let dir = folder("keys");
    for (kind, label) in [
        ("rsa", "RSA PRIVATE KEY"),
        ("", "RSA PRIVATE KEY"),
        ("ecdsa", "EC PRIVATE KEY"),
        ("ed25519", "PRIVATE KEY"),
        ("dsa", "DSA PRIVATE KEY"),
    ] {
        if cfg!(debug_assertions) && matches!(kind, "" | "rsa" | "dsa") {
            eprintln!("skipped {kind:?}: takes minutes without optimisation");
            continue;
        }
        let text = render(&format!("{{{{ genPrivateKey {kind:?} }}}}"));
        assert!(text.starts_with(&format!("-----BEGIN {label}-----\n")), "{text}");
        let path = dir.join(format!("{kind}.pem"));
        fs::write(&path, text).unwrap();
        // openssl cannot check DSA keys; it reads them.
        let check = if kind == "dsa" { "-text" } else { "-check" };
        if openssl(&["pkey", "-noout", check, "-in"], &path).is_none() {
            eprintln!("skipped: no openssl");
            return;
        }
    }
}

/// T-034: the texts of errors.
#[test]
fn t_034_errors() {
    let message = |template: &str| {
        let functions = go_sprig::functions(Arc::new(SystemHost::default()));
        let mut templates = TemplateSet::new("x", Arc::new(functions));
        templates.parse("x", template).unwrap();
        let error = templates
            .execute("x", &Value::map([]), &Options::default())
            .unwrap_err();
        let error = error.to_string();
        error
            .split_once("error calling ")
            .map_or(error.clone(), |(_, message)| message.to_owned())
    };
    for (template, expected) in [
        (
            r#"{{ genCAWithKey "a" 1 "x" }}"#,
            "genCAWithKey: parsing private key: no PEM data in input",
        ),
        (
            r#"{{ genSelfSignedCert "a" (list "1.2.3") nil 1 }}"#,
            "genSelfSignedCert: error parsing ip: 1.2.3",
        ),
        (
            r#"{{ genSelfSignedCert "a" nil (list 1) 1 }}"#,
            "genSelfSignedCert: error processing alternate dns name: 1 is not a string",
        ),
        (
            r#"{{ buildCustomCert "!" "" }}"#,
            "buildCustomCert: unable to decode base64 certificate",
        ),
        (
            r#"{{ genSelfSignedCertWithKey "a" nil nil 1 (genPrivateKey "dsa") }}"#,
            "genSelfSignedCertWithKey: error creating certificate: x509: certificate private key does not implement crypto.Signer",
        ),
        (
            r#"{{ genSelfSignedCert "a" nil (list "é") 1 }}"#,
            "genSelfSignedCert: error creating certificate: x509: \"é\" cannot be encoded as an IA5String",
        ),
    ] {
        assert_eq!(message(template), expected, "{template}");
    }
    assert_eq!(render(r#"{{ genPrivateKey "x" }}"#), "Unknown type x");
}
