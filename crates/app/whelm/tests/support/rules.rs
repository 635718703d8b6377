//! A chart with one template, for both sides.

use std::path::Path;

use serde_json::Value;

use super::lives::{Side, Sides};

pub const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

pub const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.x.org}\nspec:\n  group: \
               x.org\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n  versions:\n  - name: v1\n    served: true\n    storage: \
               true\n    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n";

pub fn whelm() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_whelm"))
}

pub fn compared(object: &Value) -> bool {
    let kind = object["kind"].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let kinds = ["ConfigMap", "Deployment", "Service", "HorizontalPodAutoscaler", "Job"];
    kinds.contains(&kind) && !name.starts_with("kube-root-ca.crt") && !name.starts_with("sh.helm.")
}

/// Both sides, with a chart `c` that has these templates.
pub fn sides<'a>(helm: &'a Path, name: &str, templates: &str) -> Sides<'a> {
    let sides = Sides::new(whelm(), helm, name, compared).with_logs();
    sides.each(|side| {
        side.cluster.home.file("c/Chart.yaml", CHART);
        write(side, templates);
    });
    sides
}

/// Gives the chart other templates.
pub fn write(side: &Side<'_>, templates: &str) {
    side.cluster.home.file("c/templates/all.yaml", templates);
}

pub fn map(name: &str, data: &str) -> String {
    format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{{data}}}\n")
}

pub fn deployment(name: &str, image: &str, labels: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: {{matchLabels: {{{labels}}}}}\n  \
         template:\n    metadata: {{labels: {{{labels}}}}}\n    spec: {{containers: [{{name: main, image: '{image}'}}]}}\n"
    )
}

/// What is not a Deployment comes up by itself.
pub fn never_ready(name: &str) -> String {
    deployment(name, "a", "a: b").replace(
        "    metadata: {labels",
        "    metadata: {annotations: {sandbox.whelm.dev/outcome: NotReady}, labels",
    )
}
