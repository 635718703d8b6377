//! Flags that several commands about charts share, as parts of requests.

use go_value::Str;
use whelm_cli::Invocation;
use whelm_sdk::chart::Log;
use whelm_sdk::plugin::{PostRenderer, Search};
use whelm_sdk::release::{contains_system_labels, system_labels_error};
use whelm_sdk::render::{Capabilities, KubeVersion, Notes};
use whelm_sdk::{ChartRequest, NameRequest, RenderOptions, ValueSources};

use crate::failure::Failure;
use crate::{build, files, log};

/// What templates see of a cluster when none is asked, with `--kube-version`.
pub fn capabilities(invocation: &Invocation<'_>) -> Result<Capabilities, Failure> {
    let mut capabilities = Capabilities::offline(build::info());
    let version = invocation.string("kube-version");
    if !version.is_empty() {
        capabilities.kube_version = KubeVersion::parse(&version)
            .map_err(|error| Failure::new(format!("invalid kube version '{version}': {error}")))?;
    }
    Ok(capabilities)
}

/// The release's name from arguments and flags.
pub fn name(invocation: &Invocation<'_>, default: &str) -> NameRequest {
    NameRequest {
        arguments: invocation.args.clone(),
        generate: invocation.bool("generate-name"),
        template: invocation.string("name-template"),
        default: default.to_owned(),
    }
}

/// Which version of the chart, and from where; its reference is an argument.
pub fn chart(invocation: &Invocation<'_>) -> ChartRequest {
    let mut version = invocation.string("version");
    if version.is_empty() && invocation.bool("devel") {
        version = ">0.0.0-0".to_owned();
    }
    ChartRequest {
        reference: String::new(),
        version,
        repository: invocation.string("repo"),
        verify: invocation.bool("verify"),
        update_dependencies: invocation.bool("dependency-update"),
    }
}

/// Checks the files that a client of a registry would need. Helm makes that client for every chart.
pub fn check_registry_client(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let [certificate, key, authority] = ["cert-file", "key-file", "ca-file"].map(|flag| invocation.string(flag));
    let wanted = !(certificate.is_empty() || key.is_empty()) || !authority.is_empty();
    if !wanted && !invocation.bool("insecure-skip-tls-verify") {
        return Ok(());
    }
    let failed = |what: String| {
        Failure::new(format!(
            "missing registry client: can't create TLS config for client: {what}"
        ))
    };
    let mut problems = Vec::new();
    let mut read = |path: &str, what: &str| {
        std::fs::read(path).map_err(|error| {
            let quoted = go_value::strconv::quote(path.as_bytes());
            problems.push(format!("{what}: {quoted}: open {path}: {}", files::reason(&error)));
        })
    };
    if !certificate.is_empty() || !key.is_empty() {
        // Without the certificate Helm does not look at the key.
        let _ = read(&certificate, "unable to read cert file").and_then(|_| read(&key, "unable to read key file"));
    }
    let authority = if authority.is_empty() {
        None
    } else {
        read(&authority, "can't read CA file").ok()
    };
    if !problems.is_empty() {
        return Err(failed(problems.join("\n")));
    }
    let no_certificate = |text: &Vec<u8>| memchr::memmem::find(text, b"-----BEGIN CERTIFICATE-----").is_none();
    match authority {
        Some(text) if !text.is_empty() && no_certificate(&text) => {
            Err(failed("failed to append certificates from pem block".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Where values come from.
pub fn values(invocation: &Invocation<'_>) -> ValueSources {
    ValueSources {
        value_files: texts(invocation.list("values")),
        json_values: texts(invocation.list("set-json")),
        values: texts(invocation.list("set")),
        string_values: texts(invocation.list("set-string")),
        file_values: texts(invocation.list("set-file")),
        literal_values: texts(invocation.list("set-literal")),
    }
}

fn texts(list: Vec<String>) -> Vec<Str> {
    list.into_iter().map(Str::from).collect()
}

/// How the chart is rendered.
pub fn options(
    invocation: &Invocation<'_>,
    capabilities: Capabilities,
    is_upgrade: bool,
    post_renderer: Option<PostRenderer>,
) -> RenderOptions {
    RenderOptions {
        is_upgrade,
        revision: 1,
        capabilities,
        skip_schema_validation: invocation.bool("skip-schema-validation"),
        enable_dns: invocation.bool("enable-dns"),
        notes: if invocation.bool("render-subchart-notes") {
            Notes::WithSubcharts
        } else {
            Notes::Own
        },
        post_renderer,
    }
}

/// The post-renderer that `--post-renderer` names.
pub fn post_renderer(invocation: &Invocation<'_>) -> Result<Option<PostRenderer>, Failure> {
    let name = invocation.string("post-renderer");
    if name.is_empty() {
        return Ok(None);
    }
    let folders = invocation.settings().plugins_directory;
    let folders: Vec<String> = folders
        .split(':')
        .filter(|folder| !folder.is_empty())
        .map(str::to_owned)
        .collect();
    let path = invocation.environment().get("PATH");
    let search = Search {
        folders: &folders,
        path: &path,
    };
    let mut lines = Log::default();
    let found = search.post_renderer(&name, &invocation.list("post-renderer-args"), &mut lines);
    log::write_all(&lines);
    found.map(Some).map_err(|error| {
        let quoted = go_value::strconv::quote(name.as_bytes());
        Failure::new(format!(
            "invalid argument {quoted} for \"--post-renderer\" flag: {error}"
        ))
    })
}

/// Refuses labels that the store uses itself.
pub fn check_labels(invocation: &Invocation<'_>) -> Result<(), Failure> {
    if contains_system_labels(&invocation.pairs("labels")) {
        return Err(Failure::new(system_labels_error()));
    }
    Ok(())
}
