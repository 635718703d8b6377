//! Evictions: deletions of Pods that budgets for disruptions may forbid.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/registry/core/pod/storage/eviction.go`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Answer, Core, Target};
use crate::kinds::{Kind, Resource};
use crate::object::{at, condition_holds, has_ended, int, is_deleted, labels, name, selects, set, text};
use crate::options;
use crate::read::find;
use crate::request::Ask;
use crate::status::Refusal;
use crate::store::Key;
use crate::write::{check_preconditions, delete_as_asked, read_body};

/// Answers a `POST` to the subresource `eviction` of a Pod.
pub(crate) fn evict(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let kind = Kind {
        group: "policy".into(),
        version: "v1".into(),
        kind: "Eviction".into(),
        ..Kind::nameless()
    };
    let (eviction, warnings) = read_body(core, ask, target, &kind)?;
    if name(&eviction) != target.name {
        return Err(Refusal::bad_request(
            "name in URL does not match name in Eviction object",
        ));
    }
    let mut deletion = at(&eviction, &["deleteOptions"]).cloned().unwrap_or_else(|| json!({}));
    if ask.dry_run() {
        set(&mut deletion, &["dryRun"], json!(["All"]));
    }
    let pod = find(core, target)?;
    check_preconditions(&target.kind, &deletion, &pod)?;
    let starts = text(&pod, &["status", "phase"]) == "Pending";
    if !starts && !has_ended(&pod) && !is_deleted(&pod) {
        spend_budget(core, &pod, options::is_dry(&deletion))?;
    }
    if !options::is_dry(&deletion) {
        let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
        delete_as_asked(core, &target.kind, &key, &pod, &deletion);
    }
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    Ok(Answer::with_warnings(201, &status, warnings))
}

/// Takes one disruption from the budget of a Pod, if it has one.
fn spend_budget(core: &mut Core, pod: &Value, dry: bool) -> Result<(), Refusal> {
    let budgets = Resource::new("policy", "poddisruptionbudgets");
    let labels = labels(pod);
    let all = core.store.list(&budgets, crate::object::namespace(pod));
    let own: Vec<Arc<Value>> = all
        .into_iter()
        .filter(|budget| at(budget, &["spec", "selector"]).is_some_and(|selector| selects(selector, &labels)))
        .collect();
    let budget = match own.as_slice() {
        [] => return Ok(()),
        [budget] => budget,
        _ => return Err(Refusal::many_budgets()),
    };
    let number = |field: &str| int(budget, &["status", field]).unwrap_or(0);
    if !condition_holds(pod, "Ready") {
        let enough = number("currentHealthy") >= number("desiredHealthy") && number("desiredHealthy") > 0;
        if enough || text(budget, &["spec", "unhealthyPodEvictionPolicy"]) == "AlwaysAllow" {
            return Ok(());
        }
    }
    let generation = int(budget, &["metadata", "generation"]).unwrap_or(0);
    if number("observedGeneration") < generation {
        let cause = format!(
            "The disruption budget {} is still being processed by the server.",
            name(budget)
        );
        return Err(Refusal::over_budget(&cause, Some(10)));
    }
    if number("disruptionsAllowed") <= 0 {
        let cause = format!(
            "The disruption budget {} needs {} healthy pods and has {} currently",
            name(budget),
            number("desiredHealthy"),
            number("currentHealthy")
        );
        return Err(Refusal::over_budget(&cause, None));
    }
    if !dry {
        let mut spent = Value::clone(budget);
        set(
            &mut spent,
            &["status", "disruptionsAllowed"],
            number("disruptionsAllowed") - 1,
        );
        let time = core.timestamp();
        set(&mut spent, &["status", "disruptedPods", name(pod)], time);
        core.store.put(&Key::of(&budgets, budget), spent);
    }
    Ok(())
}
