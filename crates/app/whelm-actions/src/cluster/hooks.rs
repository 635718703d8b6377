//! Running hooks.
//!
//! Source: Helm 4.3.1, `pkg/action/hooks.go`.

use kstatus::WaitFor;
use serde_json::Value;
use whelm_kube_api::object;
use whelm_plan::{HookRun, Object};
use whelm_release::{HookEvent, HookExecution, HookPhase};

use super::hook_objects::comes_to_an_end;
use super::{Executor, WaitStrategy, now, pods, wait, wait_for_legacy_hooks, write};
use crate::Error;

/// How the hooks of an event ended, and what is still to be done with their objects.
pub(crate) struct HooksEnded {
    /// Why one of them failed.
    pub(crate) result: Result<(), Error>,
    /// Which objects the policies are about.
    left: Left,
}

/// What hooks leave behind.
enum Left {
    /// All succeeded.
    All,
    /// The one at this place failed, those before it succeeded.
    FailedAt(usize),
    /// One could not even be made; policies do not speak of that.
    Unsettled,
}

impl HooksEnded {
    fn unsettled(error: Error) -> Self {
        HooksEnded {
            result: Err(error),
            left: Left::Unsettled,
        }
    }
}

impl Executor<'_> {
    /// Runs hooks one after the other, then does with their objects what their policies say.
    pub(super) async fn run_hooks(&mut self, event: &HookEvent, runs: &[HookRun]) -> Result<(), Error> {
        let ended = self.start_hooks(event, runs).await;
        self.settle_hooks(&ended.left, runs).await?;
        ended.result
    }

    /// Runs hooks one after the other, and leaves their objects where they are.
    async fn start_hooks(&mut self, event: &HookEvent, runs: &[HookRun]) -> HooksEnded {
        for (at, run) in runs.iter().enumerate() {
            let objects = match self.start_hook(event, run).await {
                Ok(objects) => objects,
                Err(error) => return HooksEnded::unsettled(error),
            };
            let result = self.await_hook(&objects).await;
            let phase = match result {
                Ok(()) => HookPhase::Succeeded,
                Err(_) => HookPhase::Failed,
            };
            self.end_hook(run, phase);
            if result.is_err() {
                if run.log_failed {
                    self.log_hook(run).await;
                }
                let left = Left::FailedAt(at);
                return HooksEnded { result, left };
            }
        }
        HooksEnded {
            result: Ok(()),
            left: Left::All,
        }
    }

    /// Runs the tests of the release. [`Executor::settle_tests`] has to follow.
    pub(crate) async fn run_tests(&mut self, runs: &[HookRun]) -> HooksEnded {
        self.start_hooks(&HookEvent::Test, runs).await
    }

    /// Does with the objects of tests what their policies say.
    pub(crate) async fn settle_tests(&mut self, ended: &HooksEnded, runs: &[HookRun]) -> Result<(), Error> {
        let result = self.settle_hooks(&ended.left, runs).await;
        self.cx.emit(self.log);
        result
    }

    async fn settle_hooks(&mut self, left: &Left, runs: &[HookRun]) -> Result<(), Error> {
        match left {
            Left::All => self.after_success(runs).await,
            Left::FailedAt(at) => {
                let (before, from) = runs.split_at((*at).min(runs.len()));
                self.after_failure(from.first(), before).await
            }
            Left::Unsettled => Ok(()),
        }
    }

    async fn after_success(&mut self, runs: &[HookRun]) -> Result<(), Error> {
        for run in runs.iter().rev() {
            if run.log_succeeded {
                self.log_hook(run).await;
            }
            if run.delete_succeeded {
                self.delete_hook(run, self.waiting.strategy.waits()).await?;
            }
        }
        Ok(())
    }

    async fn after_failure(&mut self, failed: Option<&HookRun>, before: &[HookRun]) -> Result<(), Error> {
        let waits = self.waiting.strategy.waits();
        if let Some(failed) = failed.filter(|run| run.delete_failed)
            && let Err(error) = self.delete_hook(failed, waits).await
        {
            self.log
                .info(format!("error deleting the hook resource on hook failure: {error}"));
        }
        for run in before.iter().filter(|run| run.delete_succeeded) {
            self.delete_hook(run, waits).await?;
        }
        Ok(())
    }

    /// Creates the objects of a hook, and returns them with the versions that they began with.
    async fn start_hook(&mut self, event: &HookEvent, run: &HookRun) -> Result<Vec<Object>, Error> {
        self.name_policy(run);
        if run.delete_before {
            self.delete_hook(run, true).await?;
        }
        let Some(hook) = self.release.hooks.get(run.index) else {
            return Ok(Vec::new());
        };
        let (path, manifest) = (hook.path.clone(), hook.manifest.clone());
        let event = event.as_str();
        let mut objects = self.cluster.build(&manifest).await.map_err(|error| {
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
        for object in &mut objects {
            match self.start_object(object, run).await {
                Ok(started) => note_start(object, &started),
                Err(error) => {
                    self.end_hook(run, HookPhase::Failed);
                    return Err(error.context(format!("warning: Hook {event} {path} failed")));
                }
            }
        }
        Ok(objects)
    }

    /// Writes down the default policy, as Helm does.
    fn name_policy(&mut self, run: &HookRun) {
        if let Some(hook) = self.release.hooks.get_mut(run.index)
            && hook.delete_policies.is_empty()
        {
            let default = whelm_release::hook_delete::BEFORE_CREATION;
            hook.delete_policies.push(default.to_owned());
        }
    }

    async fn start_object(&self, object: &Object, run: &HookRun) -> Result<Value, Error> {
        if !run.delete_before {
            self.refuse_left_over(object).await?;
        }
        write::start(&self.cluster.client, object, self.hooks_server_side)
            .await
            .map_err(Error::new)
    }

    /// Waits for the Jobs and Pods among the objects; others are ready as soon as they exist.
    async fn await_hook(&mut self, objects: &[Object]) -> Result<(), Error> {
        let awaited: Vec<Object> = objects
            .iter()
            .filter(|object| comes_to_an_end(object))
            .cloned()
            .collect();
        if awaited.is_empty() {
            return Ok(());
        }
        let (client, waiting) = (&self.cluster.client, self.waiting);
        if waiting.strategy == WaitStrategy::Legacy {
            return wait_for_legacy_hooks(client, &awaited, waiting.timeout, self.log).await;
        }
        wait(client, &awaited, WaitFor::HooksReady, waiting, self.cx.progress()).await
    }

    fn end_hook(&mut self, run: &HookRun, phase: HookPhase) {
        let completed = now(self.cx);
        if let Some(hook) = self.release.hooks.get_mut(run.index) {
            hook.last_run.completed_at = Some(completed);
            hook.last_run.phase = phase;
        }
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
}

/// Notes the name that an object got, and the version that it began with, so that a wait sees all that came after.
fn note_start(object: &mut Object, started: &Value) {
    object::name(started).clone_into(&mut object.name);
    if let Some(metadata) = object.value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("name".to_owned(), object::name(started).into());
        metadata.insert("resourceVersion".to_owned(), object::resource_version(started).into());
    }
}
