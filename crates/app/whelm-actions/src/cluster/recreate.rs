//! `--recreate-pods`, which Helm 4 no longer has: the Pods of what was updated are deleted, so that others take their place.
//!
//! Source: Helm 3.22, `pkg/action/upgrade.go`.

use whelm_kube_api::{object, request::Propagation};
use whelm_plan::{Apply, Object};

use super::{
    Executor,
    pods::{pods, pods_with},
};
use crate::get::selector;

impl Executor<'_> {
    /// Deletes the Pods of the workloads among the objects that were there before. A failure is only logged.
    pub(super) async fn recreate_pods(&mut self, applied: &[Apply]) {
        let updated = applied.iter().filter(|apply| !apply.stop_on_error);
        for apply in updated {
            if let Err(error) = self.delete_pods_of(&apply.object).await {
                self.log.info(error.to_string());
            }
        }
    }

    async fn delete_pods_of(&self, workload: &Object) -> Result<(), whelm_kube_client::Error> {
        let Some(labels) = selector(workload) else {
            return Ok(());
        };
        let client = &self.cluster.client;
        for pod in pods_with(client, &workload.namespace, labels).await? {
            let uid = pod.pointer("/metadata/uid").and_then(|uid| uid.as_str());
            let name = object::name(&pod);
            client
                .delete(&pods(), &workload.namespace, name, Propagation::Background, uid)
                .await?;
        }
        Ok(())
    }
}
