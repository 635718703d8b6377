//! What the scheduler and the kubelets say about Pods.

use serde_json::Value;

use super::status::{Run, crash_message};
use crate::controllers::events::{Remark, Source, record};
use crate::core::Core;
use crate::object::{items, name, namespace, text};

const SCHEDULER: Source<'static> = Source::controller("default-scheduler");

pub(super) fn scheduled(core: &mut Core, pod: &Value, node: &str) {
    let message = format!("Successfully assigned {}/{} to {node}", namespace(pod), name(pod));
    record(core, pod, SCHEDULER, Remark::normal("Scheduled", &message));
}

pub(super) fn unscheduled(core: &mut Core, pod: &Value, message: &str) {
    record(core, pod, SCHEDULER, Remark::warning("FailedScheduling", message));
}

/// Says what happened on the way to a state.
pub(super) fn run(core: &mut Core, pod: &Value, run: Run) {
    let has_started = !text(pod, &["status", "podIP"]).is_empty();
    let lists = [("initContainers", Run::Succeeded), ("containers", run)];
    for (list, run) in lists {
        for container in items(pod, &["spec", list]) {
            let field = format!("spec.{list}{{{}}}", text(container, &["name"]));
            let node = text(pod, &["spec", "nodeName"]);
            let mut say = |remark: Remark<'_>| record(core, pod, Source::kubelet(node), remark.about(&field));
            if run == Run::NoImage {
                no_image(&mut say, text(container, &["image"]));
            } else if !has_started {
                started(&mut say, text(container, &["image"]));
            }
            match run {
                Run::Crashed { .. } => say(Remark::warning("BackOff", &crash_message(pod, container))),
                Run::Unready if container.get("readinessProbe").is_some() => {
                    say(Remark::warning(
                        "Unhealthy",
                        "Readiness probe failed: the container is not ready",
                    ));
                }
                _ => {}
            }
        }
    }
}

fn no_image(say: &mut impl FnMut(Remark<'_>), image: &str) {
    say(Remark::normal("Pulling", &format!("Pulling image \"{image}\"")));
    say(Remark::warning(
        "Failed",
        &format!("Failed to pull image \"{image}\": not found"),
    ));
    say(Remark::warning("Failed", "Error: ErrImagePull"));
    say(Remark::normal(
        "BackOff",
        &format!("Back-off pulling image \"{image}\""),
    ));
    say(Remark::warning("Failed", "Error: ImagePullBackOff"));
}

fn started(say: &mut impl FnMut(Remark<'_>), image: &str) {
    let message = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
    say(Remark::normal("Pulled", &message));
    say(Remark::normal("Created", "Container created"));
    say(Remark::normal("Started", "Container started"));
}

/// Says that the containers of a Pod that goes are stopped.
pub(super) fn killed(core: &mut Core, pod: &Value) {
    if text(pod, &["status", "phase"]) != "Running" {
        return;
    }
    for container in items(pod, &["spec", "containers"]) {
        let container = text(container, &["name"]);
        let field = format!("spec.containers{{{container}}}");
        let message = format!("Stopping container {container}");
        let remark = Remark::normal("Killing", &message).about(&field);
        record(core, pod, Source::kubelet(text(pod, &["spec", "nodeName"])), remark);
    }
}
