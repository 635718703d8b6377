//! One rule per built-in kind.
//!
//! Source: cli-utils, `pkg/kstatus/status/core.go`.

pub(crate) mod custom_resource_definition;
pub(crate) mod daemon_set;
pub(crate) mod deployment;
pub(crate) mod hook;
pub(crate) mod job;
pub(crate) mod pod;
pub(crate) mod replica_set;
pub(crate) mod simple;
pub(crate) mod stateful_set;

use serde_json::Value;

use crate::{FieldError, StatusResult, Timestamp};

pub(crate) type Rule = fn(&Value, Timestamp) -> Result<StatusResult, FieldError>;

/// Returns the rule of a kind, nothing for kinds that have only the generic ones.
pub(crate) fn rule_for(group: &str, kind: &str) -> Option<Rule> {
    Some(match (group, kind) {
        ("", "Service") => simple::service,
        ("", "Pod") => pod::pod,
        ("", "Secret" | "ConfigMap") | ("batch", "CronJob") => simple::always_ready,
        ("", "PersistentVolumeClaim") => simple::persistent_volume_claim,
        ("policy", "PodDisruptionBudget") => simple::pod_disruption_budget,
        ("apps", "StatefulSet") => stateful_set::stateful_set,
        ("apps" | "extensions", "DaemonSet") => daemon_set::daemon_set,
        ("apps" | "extensions", "Deployment") => deployment::deployment,
        ("apps" | "extensions", "ReplicaSet") => replica_set::replica_set,
        ("batch", "Job") => job::job,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => custom_resource_definition::custom_resource_definition,
        _ => return None,
    })
}
