//! `helm template`: a chart rendered and printed, or written to files.

mod documents;
mod server;
mod show_only;

use go_value::Str;
use whelm_cli::Invocation;
use whelm_sdk::chart::Crd;
use whelm_sdk::manifest::{Hook, HookEvent};
use whelm_sdk::{
    Context, RenderFailure, RenderedRelease, TemplateRequest, append_document, check_readable, document_pieces,
    template,
};

use crate::commands::chart_flags;
use crate::commands::dry_run::{self, DryRun};
use crate::failure::Failure;
use crate::output::Output;
use crate::{log, world};

use documents::Folder;
use server::RenderOrFailure;

/// What Helm adds to the error of a chart that could not be rendered.
const HINT: &str = "\n\nUse --debug flag to render out invalid YAML";

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let post_renderer = chart_flags::post_renderer(invocation)?;
    let mut capabilities = chart_flags::capabilities(invocation)?;
    capabilities.add_api_versions(invocation.list("api-versions"));
    chart_flags::check_registry_client(invocation)?;
    let strategy = if invocation.bool("validate") {
        DryRun::Server
    } else {
        dry_run::for_template(invocation)?
    };
    if strategy == DryRun::Server {
        return match server::render(invocation, post_renderer) {
            Ok(release) => print(invocation, Ok(release), output),
            Err(RenderOrFailure::Render(failure)) => print(invocation, Err(*failure), output),
            Err(RenderOrFailure::Failure(failure)) => Err(failure),
        };
    }
    let mut cx = world::context(invocation);
    cx.one_shot = true;
    let request = TemplateRequest {
        name: chart_flags::name(invocation, "release-name"),
        chart: chart_flags::chart(invocation),
        namespace: world::namespace(invocation),
        values: chart_flags::values(invocation),
        options: chart_flags::options(invocation, capabilities, invocation.bool("is-upgrade"), post_renderer),
    };
    chart_flags::check_labels(invocation)?;
    let rendered = render(&cx, &request);
    print(invocation, rendered, output)
}

fn render(cx: &Context, request: &TemplateRequest) -> Result<RenderedRelease, RenderFailure> {
    let mut lines = log::lines();
    let rendered = template(cx, request, &mut lines);
    log::write_all(&lines);
    rendered
}

/// Prints a rendered release, or with `--debug` what there is of one that could not be rendered.
fn print(
    invocation: &Invocation<'_>,
    rendered: Result<RenderedRelease, RenderFailure>,
    output: &mut Output,
) -> Result<(), Failure> {
    match rendered {
        Ok(release) => {
            let printed = print_release(invocation, &release, output);
            // The process ends here: the operating system takes all of it back at once.
            std::mem::forget(release);
            printed
        }
        Err(failure) => match &failure.files {
            Some(_) if !invocation.bool("debug") => Err(Failure::new(failure.error.to_string() + HINT)),
            Some(files) => Err(print_failure(invocation, files, &failure, output)),
            None => Err(Failure::new(failure.error.to_string())),
        },
    }
}

/// Prints the files that are no valid manifests, and once more the hooks that could be read; returns the failure.
fn print_failure(
    invocation: &Invocation<'_>,
    files: &[(Str, Str)],
    failure: &RenderFailure,
    output: &mut Output,
) -> Failure {
    let mut text = documents::of_files(files);
    let hooks = shown_hooks(invocation, &failure.hooks);
    if let Err(failure) = add_hooks(invocation, &failure.name, &hooks, &mut text, output) {
        return failure;
    }
    // Helm takes the manifest for too broken to look for templates in it.
    if let Ok(text) = show_only::select(&invocation.list("show-only"), text) {
        output.write(&text);
    }
    Failure::new(failure.error.to_string())
}

/// Appends hooks to the text, or writes them to the folder of `--output-dir`.
fn add_hooks(
    invocation: &Invocation<'_>,
    release: &str,
    hooks: &[&Hook],
    text: &mut Vec<u8>,
    output: &mut Output,
) -> Result<(), Failure> {
    let folder = invocation.string("output-dir");
    if folder.is_empty() {
        for hook in hooks {
            append_document(text, &hook.path, &hook.manifest);
        }
        return Ok(());
    }
    let mut folder = Folder::new(&folder, release, invocation.bool("release-name"));
    for hook in hooks {
        folder.write_hook(&hook.path, &hook.manifest, output)?;
    }
    Ok(())
}

/// The hooks that are printed.
fn shown_hooks<'a>(invocation: &Invocation<'_>, hooks: &'a [Hook]) -> Vec<&'a Hook> {
    if invocation.bool("no-hooks") {
        return Vec::new();
    }
    let skip_tests = invocation.bool("skip-tests");
    let shown = |hook: &&Hook| !(skip_tests && hook.runs_at(HookEvent::Test));
    hooks.iter().filter(shown).collect()
}

fn folder_of(invocation: &Invocation<'_>, release: &RenderedRelease) -> Folder {
    let folder = invocation.string("output-dir");
    Folder::new(&folder, &release.name, invocation.bool("release-name"))
}

fn write_manifests(
    invocation: &Invocation<'_>,
    release: &RenderedRelease,
    folder: &mut Folder,
    output: &mut Output,
) -> Result<(), Failure> {
    for crd in crds(invocation, release) {
        let written = folder.write_crd(&crd.filename, &crd.file.data, output);
        written.map_err(|error| error.with_hint(invocation))?;
    }
    for manifest in &release.manifests {
        let written = folder.write_manifest(&manifest.path, &manifest.content, output);
        written.map_err(|error| error.with_hint(invocation))?;
    }
    Ok(())
}

fn crds(invocation: &Invocation<'_>, release: &RenderedRelease) -> Vec<Crd> {
    if invocation.bool("include-crds") {
        release.chart.crd_objects()
    } else {
        Vec::new()
    }
}

fn print_release(invocation: &Invocation<'_>, release: &RenderedRelease, output: &mut Output) -> Result<(), Failure> {
    let hooks = shown_hooks(invocation, &release.hooks);
    let crds = crds(invocation, release);
    let mut pieces: Vec<&[u8]> = Vec::new();
    if invocation.string("output-dir").is_empty() {
        for crd in &crds {
            pieces.extend(document_pieces(&crd.filename, &crd.file.data));
        }
        for manifest in &release.manifests {
            pieces.extend(document_pieces(&manifest.path, &manifest.content));
        }
        documents::trim_pieces(&mut pieces);
        for hook in hooks {
            pieces.extend(document_pieces(&hook.path, &hook.manifest));
        }
    } else {
        let mut folder = folder_of(invocation, release);
        write_manifests(invocation, release, &mut folder, output)?;
        documents::trim_pieces(&mut pieces);
        for hook in hooks {
            folder.write_hook(&hook.path, &hook.manifest, output)?;
        }
    }
    check_readable(&release.chart)?;
    match invocation.list("show-only") {
        patterns if patterns.is_empty() => output.write_pieces(&pieces),
        patterns => output.write(&show_only::select(&patterns, pieces.concat())?),
    }
    Ok(())
}

impl Failure {
    /// Adds the hint that Helm adds to everything that goes wrong after the chart was rendered.
    fn with_hint(self, invocation: &Invocation<'_>) -> Failure {
        if invocation.bool("debug") {
            self
        } else {
            self.append(HINT)
        }
    }
}
