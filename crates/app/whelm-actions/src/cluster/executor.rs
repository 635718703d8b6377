//! Carrying a plan out. All decisions are in the plan.

use kstatus::WaitFor;
use whelm_chart::{Level, Log};
use whelm_plan::{Action, Apply, Delete, ErrorStyle, IfFailed, Object, OnError, Plan, RecordChange, Step};
use whelm_release::{HookEvent, Release, Status};
use whelm_storage::Head;

use super::{Cluster, Waiting, now, wait, write};
use crate::{Context, Error, ErrorKind};

const UNEXPECTED: &str = "resource exists on cluster but not in original release, using cluster state as baseline";

fn about(object: &Object) -> Vec<(&'static str, String)> {
    vec![
        ("namespace", object.namespace.clone()),
        ("name", object.name.clone()),
        ("kind", object.mapping.gvk.kind.clone()),
    ]
}

/// Says how a release gets past a hook that always fails, where there is nothing else that could be done.
fn without_hooks(event: &HookEvent, error: Error) -> Error {
    match event {
        HookEvent::PreDelete | HookEvent::PreRollback | HookEvent::PostRollback => error.hint(format!(
            "the {} hook failed; with --no-hooks the command does without it",
            event.as_str()
        )),
        _ => error,
    }
}

/// Makes one error of those of several objects.
pub(super) fn joined(errors: Vec<String>, style: ErrorStyle) -> Result<(), Error> {
    let separator = match style {
        ErrorStyle::Lines => "\n",
        ErrorStyle::Ands => " && ",
    };
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::new(errors.join(separator)))
    }
}

/// Says what became of a release that somebody removed while it was worked on.
fn removed_meanwhile(error: Error, name: &str) -> Error {
    error.hint(format!(
        "another client removed the release meanwhile; what this command applied is recorded as a failed revision, which `helm \
         uninstall {name}` removes and the next upgrade mends"
    ))
}

/// Carries out the plan of one release.
pub(crate) struct Executor<'a> {
    pub(crate) cx: &'a Context,
    pub(crate) cluster: &'a Cluster,
    pub(crate) log: &'a mut Log,
    /// The release, as the record has it or will have it.
    pub(crate) release: Release,
    /// How long each wait lasts.
    pub(crate) waiting: Waiting,
    /// Errors that did not end the plan.
    pub(crate) collected: Vec<Error>,
    /// What this attempt created.
    pub(crate) created: Vec<Delete>,
    /// Whether deleting an object failed.
    pub(crate) delete_failed: bool,
    /// Whether the record exists.
    pub(crate) recorded: bool,
    /// Whether the Pods of what is updated are replaced.
    pub(crate) recreate_pods: bool,
    /// What it does to the history when the step that is under way fails.
    pub(crate) if_failed: Option<IfFailed>,
    /// Whether hooks are applied on the server's side.
    pub(crate) hooks_server_side: bool,
    /// Whether hooks may have changed objects since the plan was made.
    pub(crate) hooks_ran: bool,
}

const CLEANING: &str = "an error occurred while cleaning up resources.";

impl<'a> Executor<'a> {
    pub(crate) fn new(
        cx: &'a Context,
        cluster: &'a Cluster,
        log: &'a mut Log,
        release: Release,
        waiting: Waiting,
    ) -> Self {
        let (collected, created) = (Vec::new(), Vec::new());
        let hooks_server_side = release.is_server_side();
        Executor {
            cx,
            cluster,
            log,
            release,
            waiting,
            collected,
            created,
            delete_failed: false,
            recorded: false,
            recreate_pods: false,
            if_failed: None,
            hooks_server_side,
            hooks_ran: false,
        }
    }

    /// Carries the plan out. When one of its steps fails the record says so afterwards.
    pub(crate) async fn run(&mut self, plan: &Plan) -> Result<(), Error> {
        self.prepare(plan).await?;
        let result = self.steps(plan).await;
        self.finish(plan, result).await
    }

    /// As [`Executor::run`], but being told to end is a failure of the step that is under way.
    pub(crate) async fn run_unless_cancelled(&mut self, plan: &Plan) -> Result<(), Error> {
        self.prepare(plan).await?;
        let cancel = self.cx.cancel.clone();
        let result = cancel.unless(self.steps(plan)).await;
        self.finish(plan, result).await
    }

    async fn prepare(&mut self, plan: &Plan) -> Result<(), Error> {
        for step in &plan.prepare {
            self.step(step).await?;
        }
        self.recorded = true;
        Ok(())
    }

    async fn steps(&mut self, plan: &Plan) -> Result<(), Error> {
        for step in &plan.steps {
            self.if_failed.clone_from(&step.if_failed);
            self.step(step).await?;
        }
        Ok(())
    }

    async fn finish(&mut self, plan: &Plan, result: Result<(), Error>) -> Result<(), Error> {
        let result = match result {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(plan, error).await),
        };
        self.cx.emit(self.log);
        result
    }

    async fn step(&mut self, step: &Step) -> Result<(), Error> {
        self.cx.emit(self.log);
        let Err(error) = self.act(&step.action).await else {
            return Ok(());
        };
        let error = if step.error_prefix.is_empty() {
            error
        } else {
            error.context(step.error_prefix.trim_end_matches(": "))
        };
        match step.on_error {
            OnError::Stop => return Err(error),
            OnError::Collect => self.collected.push(error),
            OnError::Log => {
                let revision = match step.action {
                    Action::Supersede { revision, .. } => revision,
                    _ => self.release.version,
                };
                self.log_unstored(revision, Err(error));
            }
        }
        Ok(())
    }

    async fn act(&mut self, action: &Action) -> Result<(), Error> {
        let Cluster { client, store, .. } = self.cluster;
        match action {
            Action::CreateNamespace(object) => write::start(client, object, self.release.is_server_side())
                .await
                .map(drop)
                .map_err(Error::new),
            Action::CreateRecord => Ok(store.create(&self.release).await?),
            Action::UpdateRecord(change) => self.change_record(change, "").await,
            Action::Supersede { revision, description } => self.supersede(*revision, *description).await,
            Action::Hooks { event, runs } => {
                self.hooks_ran = true;
                let result = self.run_hooks(event, runs).await;
                result.map_err(|error| without_hooks(event, error))
            }
            Action::Refuse(text) => Err(Error::new(*text)),
            Action::Apply { objects, errors } => self.apply(objects, *errors).await,
            Action::Delete(objects) => self.delete(objects).await,
            Action::Wait(plan) => {
                let wait_for = if plan.jobs {
                    WaitFor::ReadyWithJobs
                } else {
                    WaitFor::Ready
                };
                let waiting = Waiting {
                    timeout: plan.timeout,
                    ..self.waiting
                };
                wait(client, &plan.objects, wait_for, waiting, self.cx.progress()).await
            }
            Action::WaitDeleted(objects) => {
                wait(client, objects, WaitFor::Deleted, self.waiting, self.cx.progress()).await
            }
            Action::Purge(revisions) => self.purge(revisions).await,
            Action::SupersedeDeployed => self.supersede_deployed().await,
        }
    }

    async fn apply(&mut self, objects: &[Apply], style: ErrorStyle) -> Result<(), Error> {
        let mut errors = Vec::new();
        for run in write::apply_runs(objects) {
            let new = run
                .iter()
                .filter(|apply| apply.stop_on_error || style == ErrorStyle::Lines);
            self.created.extend(new.map(|apply| Delete {
                object: apply.object.clone(),
                propagation: whelm_kube_api::request::Propagation::Background,
                uid: None,
            }));
            for apply in run.iter().filter(|apply| apply.is_unexpected) {
                self.log.warn(UNEXPECTED, about(&apply.object));
            }
            let failed = write::apply_run(&self.cluster.client, run, self.hooks_ran).await;
            errors.extend(failed.map_err(Error::new)?);
        }
        joined(errors, style)?;
        if self.recreate_pods {
            self.recreate_pods(objects).await;
        }
        Ok(())
    }

    async fn delete(&mut self, objects: &[Delete]) -> Result<(), Error> {
        let mut errors = Vec::new();
        for run in write::delete_runs(objects) {
            for (object, error) in write::delete_run(&self.cluster.client, run).await {
                errors.push(format!(
                    "failed to delete resource namespace={}, name={}, kind={}: {error}",
                    object.namespace, object.name, object.mapping.gvk.kind
                ));
            }
        }
        self.delete_failed |= !errors.is_empty();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Error::new(errors.join(" && ")))
        }
    }

    async fn change_record(&mut self, change: &RecordChange, detail: &str) -> Result<(), Error> {
        self.release
            .set_status(change.status.clone(), format!("{}{detail}", change.description));
        if change.deleted {
            self.release.info.deleted = Some(now(self.cx));
        }
        Ok(self.cluster.store.update(&self.release).await?)
    }

    /// Stores the record of a failed revision. One that somebody removed meanwhile is made again: without it nobody would know
    /// of the objects that were applied.
    async fn store_failed(&mut self) {
        let store = &self.cluster.store;
        let stored = match store.update(&self.release).await {
            Err(error) if error.kind() == whelm_storage::ErrorKind::NotFound => store.create(&self.release).await,
            stored => stored,
        };
        self.log_unstored(self.release.version, stored);
    }

    /// Marks a revision, and any other that is still marked as deployed although a later one was.
    async fn supersede(&mut self, revision: i64, description: Option<&str>) -> Result<(), Error> {
        let own = self.release.version;
        let is_over = |head: &Head| head.version < own && head.status == Status::Deployed;
        let mark = |earlier: &mut Release| {
            earlier.info.status = Status::Superseded;
            if let Some(description) = description {
                earlier.info.description = description.to_owned();
            }
        };
        self.rewrite(revision, is_over, mark).await
    }

    /// Changes and stores a revision, and others that are meant.
    async fn rewrite(
        &self,
        revision: i64,
        is_meant: impl Fn(&Head) -> bool,
        change: impl Fn(&mut Release),
    ) -> Result<(), Error> {
        let store = &self.cluster.store;
        let wanted = |heads: &[Head]| Head::places(heads, |head| head.version == revision || is_meant(head));
        let mut found = false;
        for mut earlier in store.choose(&self.release.name, wanted).await? {
            found |= earlier.version == revision;
            change(&mut earlier);
            store.update(&earlier).await?;
        }
        if found {
            Ok(())
        } else {
            Err(store.missing(&self.release.name, revision).into())
        }
    }

    async fn supersede_deployed(&mut self) -> Result<(), Error> {
        let deployed = match self.cluster.store.deployed_all(&self.release.name).await {
            Ok(deployed) => deployed,
            Err(error) if error.kind() == whelm_storage::ErrorKind::NoDeployed => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for mut earlier in deployed {
            earlier.info.status = Status::Superseded;
            if let Err(error) = self.cluster.store.update(&earlier).await {
                let attributes = vec![("error", error.to_string())];
                self.log
                    .push_with(Level::Debug, "uninstall: Failed to store updated release", attributes);
            }
        }
        Ok(())
    }

    async fn purge(&mut self, revisions: &[i64]) -> Result<(), Error> {
        for revision in revisions {
            match self.cluster.store.delete(&self.release.name, *revision).await {
                // Somebody else was faster.
                Err(error) if error.kind() == whelm_storage::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Stores the record as it is; a failure is logged.
    pub(super) async fn store_quietly(&mut self) {
        let stored = self.cluster.store.update(&self.release).await;
        self.log_unstored(self.release.version, stored);
    }

    fn log_unstored(&mut self, revision: i64, stored: Result<(), impl std::fmt::Display>) {
        if let Err(error) = stored {
            let attributes = vec![
                ("name", self.release.name.clone()),
                ("revision", revision.to_string()),
                ("error", error.to_string()),
            ];
            self.log.warn("failed to update release", attributes);
        }
    }

    async fn record_failure(&mut self, change: &RecordChange, own: Option<&IfFailed>, error: &Error) {
        let description = own.map_or(&change.description, |own| &own.description);
        let description = format!("{description}{error}");
        if let Some(own) = own {
            if own.is_logged {
                self.log.warn(&description, Vec::new());
            }
            if let Some(revision) = own.supersedes {
                let superseded = |earlier: &mut Release| earlier.info.status = Status::Superseded;
                let stored = self.rewrite(revision, |_| false, superseded).await;
                self.log_unstored(revision, stored);
            }
            if let Some(revision) = own.stores_again {
                let stored = self.rewrite(revision, |_| false, |_| {}).await;
                self.log_unstored(revision, stored);
            }
        }
        self.release.set_status(change.status.clone(), description);
        self.store_failed().await;
    }

    /// Writes the failure into the record and cleans up if the plan says so.
    async fn fail(&mut self, plan: &Plan, mut error: Error) -> Error {
        let own = self.if_failed.take();
        if error.kind() == ErrorKind::ReleaseNotFound {
            error = removed_meanwhile(error, &self.release.name);
        }
        if let Some(change) = &plan.on_failure.record {
            self.record_failure(change, own.as_ref(), &error).await;
        }
        if own.as_ref().is_some_and(|own| own.cleans_up) {
            return match self.clean_up().await {
                Some(problems) => Error::new(format!("{CLEANING} original rollback error: {problems}")),
                None => error,
            };
        }
        if let Some(own) = own.filter(|own| !own.error_prefix.is_empty()) {
            error = error.context(own.error_prefix);
        }
        if plan.on_failure.clean_up
            && !self.created.is_empty()
            && let Some(problems) = self.clean_up().await
        {
            return Error::new(format!("{CLEANING} original upgrade error: {error}: {problems}"));
        }
        error
    }

    /// Deletes what this attempt created, and says what went wrong with that.
    async fn clean_up(&mut self) -> Option<String> {
        let mut problems = Vec::new();
        if self.created.is_empty() {
            problems.push("object not found, skipping delete: no objects visited".to_owned());
        }
        for delete in &std::mem::take(&mut self.created) {
            let deleted = write::delete_one(&self.cluster.client, delete).await;
            problems.extend(deleted.err().map(|error| error.to_string()));
        }
        (!problems.is_empty()).then(|| format!("unable to cleanup resources: {}", problems.join(", ")))
    }
}
