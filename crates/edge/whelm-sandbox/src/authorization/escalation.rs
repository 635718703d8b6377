//! Nobody can give rights away that they do not have.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/registry/rbac`.

use serde_json::Value;

use super::GROUP;
use super::attributes::{Attributes, Place};
use super::resolver::{NoRole, decide, rules_of, rules_of_role};
use super::rules::{Rule, missing, quoted};
use super::user::User;
use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, items, remove, text};
use crate::status::{Refusal, resource_details};
use crate::write::Write;

/// Checks a role or a binding that somebody is about to create, or to put into the place of `live`.
pub(crate) fn check(
    core: &Core,
    write: &Write,
    namespace: &str,
    live: Option<&Value>,
    object: &Value,
) -> Result<(), Refusal> {
    let (Some(user), Some(_), GROUP) = (&write.caller, &core.authorization, write.kind.group.as_str()) else {
        return Ok(());
    };
    if user.is_master() || live.is_some_and(|live| differs_in_owners_only(live, object)) {
        return Ok(());
    }
    let attempt = Attempt {
        core,
        user,
        kind: &write.kind,
        namespace,
        object,
    };
    match write.kind.plural.as_str() {
        "roles" | "clusterroles" => attempt.check_role(live),
        _ => attempt.check_binding(),
    }
}

/// Says whether two states differ in nothing but what the garbage collector changes.
fn differs_in_owners_only(live: &Value, object: &Value) -> bool {
    let [live, object] = [live, object].map(|object| {
        let mut object = object.clone();
        for field in [
            "ownerReferences",
            "finalizers",
            "managedFields",
            "resourceVersion",
            "generation",
        ] {
            remove(&mut object, &["metadata", field]);
        }
        object
    });
    live == object
}

struct Attempt<'a> {
    core: &'a Core,
    user: &'a User,
    kind: &'a Kind,
    namespace: &'a str,
    object: &'a Value,
}

impl Attempt<'_> {
    fn check_role(&self, live: Option<&Value>) -> Result<(), Refusal> {
        let own_name = if live.is_some() { self.name() } else { "" };
        if self.may("escalate", &self.kind.plural, own_name) {
            return Ok(());
        }
        let rules: Vec<Rule> = items(self.object, &["rules"]).iter().map(Rule::read).collect();
        self.confirm(&rules)?;
        let aggregates = |object: &Value| !items(object, &["aggregationRule", "clusterRoleSelectors"]).is_empty();
        if (aggregates(self.object) || live.is_some_and(aggregates)) && self.confirm(&Rule::everything()).is_err() {
            let cause = "must have cluster-admin privileges to use the aggregationRule";
            return Err(Refusal::forbidden(self.kind, self.name(), cause));
        }
        Ok(())
    }

    fn check_binding(&self) -> Result<(), Refusal> {
        let reference = at(self.object, &["roleRef"]).unwrap_or(&Value::Null);
        let role = text(reference, &["name"]);
        let resource = match text(reference, &["kind"]) {
            "Role" => "roles",
            "ClusterRole" => "clusterroles",
            // Validation refuses it in a moment.
            _ => return Ok(()),
        };
        if self.may("bind", resource, role) {
            return Ok(());
        }
        let rules = rules_of_role(self.core, reference, self.namespace).map_err(|_| Refusal {
            code: 404,
            reason: "NotFound",
            // The real server names the resource of the request here, and the role that it did not find.
            message: format!("{} {role:?} not found", self.kind.group_resource()),
            details: resource_details(self.kind, role),
        })?;
        self.confirm(&rules)
    }

    /// Checks that the user has all rights that the rules would give.
    fn confirm(&self, rules: &[Rule]) -> Result<(), Refusal> {
        let (owned, errors) = rules_of(self.core, self.user, self.namespace);
        let missing = missing(&owned, rules);
        if missing.is_empty() {
            return Ok(());
        }
        let mut cause = format!(
            "user {:?} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
            self.user.name,
            quoted(&self.user.groups),
            missing.join("\n")
        );
        if !errors.is_empty() {
            let errors: Vec<String> = errors.iter().map(NoRole::of_api).collect();
            let list = match errors.as_slice() {
                [only] => only.clone(),
                several => format!("[{}]", several.join(", ")),
            };
            cause = format!("{cause}; resolution errors: [{list}]");
        }
        Err(Refusal::forbidden(self.kind, self.name(), &cause))
    }

    fn may(&self, verb: &str, resource: &str, name: &str) -> bool {
        let place = Place {
            group: GROUP.to_owned(),
            resource: resource.to_owned(),
            namespace: self.namespace.to_owned(),
            name: name.to_owned(),
            subresource: String::new(),
        };
        decide(self.core, self.user, &Attributes::of_place(verb, place)).allowed
    }

    fn name(&self) -> &str {
        crate::object::name(self.object)
    }
}
