//! The objects of hooks that are there already: those of earlier runs, and those that have to go.

use kstatus::WaitFor;
use serde_json::Value;
use whelm_kube_api::request::Propagation;
use whelm_plan::{Delete, HookRun, Object};

use super::{Executor, wait, write};
use crate::Error;

/// Tells whether an object runs to an end, which a hook waits for. Others are ready as soon as they exist.
pub(super) fn comes_to_an_end(object: &Object) -> bool {
    let gvk = &object.mapping.gvk;
    matches!((gvk.group.as_str(), gvk.kind.as_str()), ("batch", "Job") | ("", "Pod"))
}

impl Executor<'_> {
    /// Sees to it that what is left of an earlier run does not count as this one.
    ///
    /// Helm applies over it: the Job or Pod of last time, which has ended, would be a success at once although nothing runs,
    /// and an object that is being deleted would be ready, and then vanish. Here the second is waited for, and the first
    /// is refused in the words of the API server.
    pub(super) async fn refuse_left_over(&self, object: &Object) -> Result<(), Error> {
        if object.name.is_empty() {
            return Ok(());
        }
        // Who may not read an object may still apply it.
        let live = self
            .cluster
            .client
            .find(&object.mapping, &object.namespace, &object.name);
        let Ok(Some(live)) = live.await else { return Ok(()) };
        if is_going(&live) {
            return self.await_gone(std::slice::from_ref(object)).await;
        }
        if !comes_to_an_end(object) {
            return Ok(());
        }
        let text = format!("{} {:?} already exists", object.mapping.group_resource(), object.name);
        Err(Error::new(text).hint(format!(
            "{} is left from an earlier run, so nothing would run now; delete it, or add before-hook-creation to its \
             helm.sh/hook-delete-policy",
            object.described()
        )))
    }

    /// Deletes the objects of a hook. `waits` says whether to wait until they are gone, so that the next one of that name is
    /// a new one.
    pub(super) async fn delete_hook(&self, run: &HookRun, waits: bool) -> Result<(), Error> {
        let Some(hook) = self.release.hooks.get(run.index) else {
            return Ok(());
        };
        let objects = self.cluster.build(&hook.manifest).await.map_err(|error| {
            let path = &hook.path;
            error.context(format!("unable to build kubernetes object for deleting hook {path}"))
        })?;
        let (mut errors, mut gone) = (Vec::new(), Vec::new());
        for object in objects {
            match self.delete_hook_object(&object).await {
                Ok(true) => gone.push(object),
                Ok(false) => {}
                Err(error) => errors.push(error.to_string()),
            }
        }
        if !errors.is_empty() {
            return Err(Error::new(errors.join("; ")));
        }
        if gone.is_empty() || !waits {
            return Ok(());
        }
        self.await_gone(&gone).await
    }

    /// Deletes an object if it is there, and tells whether it was.
    async fn delete_hook_object(&self, object: &Object) -> Result<bool, whelm_kube_client::Error> {
        let client = &self.cluster.client;
        if let Ok(None) = client.find(&object.mapping, &object.namespace, &object.name).await {
            return Ok(false);
        }
        let delete = Delete {
            object: object.clone(),
            propagation: Propagation::Background,
            uid: None,
        };
        write::delete_one(client, &delete).await.map(|()| true)
    }

    async fn await_gone(&self, objects: &[Object]) -> Result<(), Error> {
        let client = &self.cluster.client;
        let Err(mut error) = wait(client, objects, WaitFor::Deleted, self.waiting, self.cx.progress()).await else {
            return Ok(());
        };
        for object in objects {
            if let Ok(Some(live)) = client.find(&object.mapping, &object.namespace, &object.name).await {
                error = error.hint(still_there(object, &live));
            }
        }
        Err(error)
    }
}

fn is_going(live: &Value) -> bool {
    live.pointer("/metadata/deletionTimestamp").is_some()
}

/// Says what keeps an object from vanishing.
fn still_there(object: &Object, live: &Value) -> String {
    let finalizers = live.pointer("/metadata/finalizers").and_then(Value::as_array);
    let names: Vec<&str> = finalizers.into_iter().flatten().filter_map(Value::as_str).collect();
    let what = object.described();
    match names.as_slice() {
        [] => format!("{what} is still there; the command can be run again when it is gone"),
        names => format!(
            "{what} is kept by its finalizers ({}); the command can be run again when their controllers, \
             or you, have removed them",
            names.join(", ")
        ),
    }
}
