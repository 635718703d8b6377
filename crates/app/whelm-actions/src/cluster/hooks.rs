//! Running hooks.
//!
//! Source: Helm 4.3.1, `pkg/action/hooks.go`.

use kstatus::WaitFor;
use serde_json::Value;
use whelm_kube_api::request::Propagation;
use whelm_plan::{Delete, HookRun, Object};
use whelm_release::{HookEvent, HookExecution, HookPhase};

use super::{Executor, WaitStrategy, now, pods, wait, wait_for_legacy_hooks, write};
use crate::Error;

impl Executor<'_> {
    /// Runs hooks one after the other, then does with their objects what their policies say.
    pub(super) async fn run_hooks(&mut self, event: &HookEvent, runs: &[HookRun]) -> Result<(), Error> {
        for (at, run) in runs.iter().enumerate() {
            if let Some(hook) = self.release.hooks.get_mut(run.index)
                && hook.delete_policies.is_empty()
            {
                // Helm puts the default into the record.
                hook.delete_policies
                    .push(whelm_release::hook_delete::BEFORE_CREATION.to_owned());
            }
            if run.delete_before {
                self.delete_hook(run).await?;
            }
            let objects = self.start_hook(event, run).await?;
            let result = self.await_hook(&objects).await;
            self.end_hook(
                run,
                if result.is_ok() {
                    HookPhase::Succeeded
                } else {
                    HookPhase::Failed
                },
            );
            if let Err(error) = result {
                self.after_failure(run, &runs[..at]).await?;
                return Err(error);
            }
        }
        for run in runs.iter().rev() {
            if run.log_succeeded {
                self.log_hook(run).await;
            }
            if run.delete_succeeded {
                self.delete_hook(run).await?;
            }
        }
        Ok(())
    }

    async fn start_hook(&mut self, event: &HookEvent, run: &HookRun) -> Result<Vec<Object>, Error> {
        let Some(hook) = self.release.hooks.get(run.index) else {
            return Ok(Vec::new());
        };
        let (path, manifest) = (hook.path.clone(), hook.manifest.clone());
        let event = event.as_str();
        let objects = self.cluster.build(&manifest).await.map_err(|error| {
            Error::new(format!(
                "unable to build kubernetes object for {event} hook {path}: {error}"
            ))
        })?;
        let execution = HookExecution {
            started_at: Some(now(self.cx)),
            completed_at: None,
            phase: HookPhase::Running,
        };
        if let Some(hook) = self.release.hooks.get_mut(run.index) {
            hook.last_run = execution;
        }
        self.store_quietly().await;
        for object in &objects {
            let applied = match self.finished_before(object, run).await {
                Some(text) => Err(text),
                None => write::start(&self.cluster.client, object, self.hooks_server_side).await,
            };
            if let Err(text) = applied {
                self.end_hook(run, HookPhase::Failed);
                return Err(Error::new(format!("warning: Hook {event} {path} failed: {text}")));
            }
        }
        Ok(objects)
    }

    /// A Job or Pod that is left from last time would count as a run of this time, although nothing runs: it is refused
    /// in the words of the API server.
    async fn finished_before(&self, object: &Object, run: &HookRun) -> Option<String> {
        if run.delete_before || !matches!(object.mapping.gvk.kind.as_str(), "Job" | "Pod") || object.name.is_empty() {
            return None;
        }
        let client = &self.cluster.client;
        let live = client
            .find(&object.mapping, &object.namespace, &object.name)
            .await
            .ok()
            .flatten()?;
        let phase = live
            .pointer("/status/phase")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let over = matches!(phase, "Succeeded" | "Failed") || live.pointer("/status/completionTime").is_some();
        over.then(|| format!("{} {:?} already exists", object.mapping.group_resource(), object.name))
    }

    /// Waits for the Jobs and Pods among the objects; others are ready as soon as they exist.
    async fn await_hook(&mut self, objects: &[Object]) -> Result<(), Error> {
        let runs = |object: &&Object| {
            let gvk = &object.mapping.gvk;
            matches!((gvk.group.as_str(), gvk.kind.as_str()), ("batch", "Job") | ("", "Pod"))
        };
        let awaited: Vec<Object> = objects.iter().filter(runs).cloned().collect();
        if awaited.is_empty() {
            return Ok(());
        }
        let (client, waiting) = (&self.cluster.client, self.waiting);
        if waiting.strategy == WaitStrategy::Legacy {
            return wait_for_legacy_hooks(client, &awaited, waiting.timeout, self.log).await;
        }
        wait(client, &awaited, WaitFor::HooksReady, waiting).await
    }

    fn end_hook(&mut self, run: &HookRun, phase: HookPhase) {
        let completed = now(self.cx);
        if let Some(hook) = self.release.hooks.get_mut(run.index) {
            hook.last_run.completed_at = Some(completed);
            hook.last_run.phase = phase;
        }
    }

    async fn after_failure(&mut self, failed: &HookRun, before: &[HookRun]) -> Result<(), Error> {
        if failed.log_failed {
            self.log_hook(failed).await;
        }
        if failed.delete_failed
            && let Err(error) = self.delete_hook(failed).await
        {
            self.log
                .info(format!("error deleting the hook resource on hook failure: {error}"));
        }
        for run in before.iter().filter(|run| run.delete_succeeded) {
            self.delete_hook(run).await?;
        }
        Ok(())
    }

    async fn log_hook(&mut self, run: &HookRun) {
        let Some(hook) = self.release.hooks.get(run.index).cloned() else {
            return;
        };
        let objects = self.cluster.build(&hook.manifest).await.unwrap_or_default();
        let namespace = objects
            .first()
            .map_or(self.cluster.namespace.as_str(), |object| object.namespace.as_str());
        pods::log_hook(&self.cluster.client, &hook, namespace, self.log).await;
        self.cx.emit(self.log);
    }

    /// Deletes the objects of a hook and waits until they are gone, so that the next one of that name is a new one.
    async fn delete_hook(&self, run: &HookRun) -> Result<(), Error> {
        let Some(hook) = self.release.hooks.get(run.index) else {
            return Ok(());
        };
        let objects = self.cluster.build(&hook.manifest).await.map_err(|error| {
            Error::new(format!(
                "unable to build kubernetes object for deleting hook {}: {error}",
                hook.path
            ))
        })?;
        let (mut errors, mut gone) = (Vec::new(), Vec::new());
        for object in objects.into_iter().filter(|object| !object.name.is_empty()) {
            let client = &self.cluster.client;
            match client.find(&object.mapping, &object.namespace, &object.name).await {
                Ok(None) => continue,
                Ok(Some(_)) => {}
                Err(error) => errors.push(error.to_string()),
            }
            let delete = Delete {
                object,
                propagation: Propagation::Background,
                uid: None,
            };
            match write::delete_one(client, &delete).await {
                Ok(()) => gone.push(delete.object),
                Err(error) => errors.push(error.to_string()),
            }
        }
        if !errors.is_empty() {
            return Err(Error::new(errors.join("; ")));
        }
        if gone.is_empty() {
            Ok(())
        } else {
            wait(&self.cluster.client, &gone, WaitFor::Deleted, self.waiting).await
        }
    }
}
