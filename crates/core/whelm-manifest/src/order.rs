//! The orders in which Helm installs and uninstalls kinds.

use std::cmp::Ordering;

/// An order of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindOrder {
    /// What others need comes first.
    Install,
    /// What needs others goes first.
    Uninstall,
}

/// Source: Helm 4.3.1, `pkg/release/v1/util/kind_sorter.go`.
const INSTALL: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Not quite the reverse: the webhooks go in the order validating, mutating, and services before what they serve.
const UNINSTALL: [&str; 38] = [
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
];

/// Compares two kinds: known ones by their place in the order, unknown ones behind them by name.
pub fn compare_kinds(order: KindOrder, left: &str, right: &str) -> Ordering {
    match (order.place(left), order.place(right)) {
        (None, None) => left.cmp(right),
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => left.cmp(&right),
    }
}

impl KindOrder {
    /// Returns the place of a kind in the order, `None` for a kind that Helm does not know.
    pub fn place(self, kind: &str) -> Option<usize> {
        let order = match self {
            KindOrder::Install => &INSTALL,
            KindOrder::Uninstall => &UNINSTALL,
        };
        order.iter().position(|known| *known == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // M-003, M-004
    #[test]
    fn m_003_unknown_kinds_come_last_by_name() {
        let mut kinds = ["Zoo", "Deployment", "Namespace", "", "Apple"];
        kinds.sort_by(|left, right| compare_kinds(KindOrder::Install, left, right));
        assert_eq!(kinds, ["Namespace", "Deployment", "", "Apple", "Zoo"]);
        kinds.sort_by(|left, right| compare_kinds(KindOrder::Uninstall, left, right));
        assert_eq!(kinds, ["Deployment", "Namespace", "", "Apple", "Zoo"]);
    }

    #[test]
    fn both_orders_know_the_same_kinds() {
        let mut uninstall = UNINSTALL;
        uninstall.sort_unstable();
        let mut install = INSTALL;
        install.sort_unstable();
        assert_eq!(install, uninstall);
    }
}
