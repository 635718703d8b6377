//! `helm lint`: findings chart by chart, and how many charts failed.

use whelm_cli::Invocation;
use whelm_sdk::lint::Severity;
use whelm_sdk::render::{Capabilities, KubeVersion};
use whelm_sdk::{LintRequest, Linted, lint};

use super::chart_flags;
use crate::failure::Failure;
use crate::output::Output;
use crate::{build, log, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let version = invocation.string("kube-version");
    let kube_version = match version.as_str() {
        "" => None,
        text => {
            let parsed = KubeVersion::parse(text);
            Some(parsed.map_err(|error| Failure::new(format!("invalid kube version '{version}': {error}")))?)
        }
    };
    let request = LintRequest {
        paths: invocation.args.clone(),
        with_subcharts: invocation.bool("with-subcharts"),
        values: chart_flags::values(invocation),
        namespace: world::namespace(invocation),
        kube_version,
        capabilities: Capabilities::offline(build::info()),
        skip_schema_validation: invocation.bool("skip-schema-validation"),
    };
    let cx = world::context(invocation);
    let mut lines = log::lines();
    let charts = lint(&cx, &request, &mut lines);
    log::write_all(&lines);
    report(&charts?, invocation.bool("strict"), invocation.bool("quiet"), output)
}

fn report(charts: &[Linted], strict: bool, quiet: bool, output: &mut Output) -> Result<(), Failure> {
    let mut noteworthy = false;
    for chart in charts {
        noteworthy |= chart.has_warnings_or_errors();
        if quiet && !chart.has_warnings_or_errors() {
            continue;
        }
        let mut text = format!("==> Linting {}\n", chart.path);
        match &chart.outcome {
            Err(error) => text.push_str(&format!("Error {error}\n")),
            Ok(findings) => {
                for finding in findings
                    .iter()
                    .filter(|finding| !quiet || finding.severity > Severity::Info)
                {
                    text.push_str(&format!("{finding}\n"));
                }
            }
        }
        text.push('\n');
        output.write(text.as_bytes());
    }
    let failed = charts.iter().filter(|chart| chart.failed(strict)).count();
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", charts.len());
    if failed > 0 {
        return Err(Failure::new(summary));
    }
    if !quiet || noteworthy {
        output.write(format!("{summary}\n").as_bytes());
    }
    Ok(())
}
