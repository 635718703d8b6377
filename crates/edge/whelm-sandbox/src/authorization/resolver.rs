//! Which rules apply to whom.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/registry/rbac/validation/rule.go` and `plugin/pkg/auth/authorizer/rbac`.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::Value;

use super::GROUP;
use super::attributes::Attributes;
use super::rules::{Rule, allows};
use super::user::{User, split_service_account};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{items, name, namespace, text};
use crate::store::Key;

/// Whether somebody may do something, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decision {
    pub allowed: bool,
    pub reason: String,
}

/// A role that a binding names and that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoRole {
    resource: &'static str,
    name: String,
}

impl NoRole {
    /// The words of whoever looks the role up in the API.
    pub fn of_api(&self) -> String {
        format!("{}.{GROUP} {:?} not found", self.resource, self.name)
    }

    /// The words of whoever looks the role up in a cache.
    pub fn of_cache(&self) -> String {
        let singular = self.resource.strip_suffix('s').unwrap_or(self.resource);
        format!("{singular}.{GROUP} {:?} not found", self.name)
    }
}

/// Decides by the roles and bindings of the cluster.
pub(super) fn decide(core: &Core, user: &User, attributes: &Attributes) -> Decision {
    if user.is_master() {
        return Decision {
            allowed: true,
            reason: String::new(),
        };
    }
    let mut errors = Vec::new();
    let found = visit(core, user, attributes.namespace(), |source| match source {
        Ok(grant) if grant.rules().iter().any(|rule| allows(rule, attributes)) => ControlFlow::Break(grant.describe()),
        Ok(_) => ControlFlow::Continue(()),
        Err(error) => {
            errors.push(error.of_cache());
            ControlFlow::Continue(())
        }
    });
    match (found, errors.as_slice()) {
        (ControlFlow::Break(source), _) => Decision {
            allowed: true,
            reason: format!("RBAC: allowed by {source}"),
        },
        (_, []) => Decision::default(),
        (_, [only]) => Decision {
            allowed: false,
            reason: format!("RBAC: {only}"),
        },
        (_, several) => Decision {
            allowed: false,
            reason: format!("RBAC: [{}]", several.join(", ")),
        },
    }
}

/// Returns the rules of somebody in a namespace, or outside of all when it is empty, with the roles that are missing.
pub(super) fn rules_of(core: &Core, user: &User, namespace: &str) -> (Vec<Rule>, Vec<NoRole>) {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    let _: ControlFlow<()> = visit(core, user, namespace, |source| {
        match source {
            Ok(grant) => rules.extend(grant.rules().iter().map(Rule::read)),
            Err(error) => errors.push(error),
        }
        ControlFlow::Continue(())
    });
    (rules, errors)
}

/// Returns the rules of the role that a binding names.
pub(super) fn rules_of_role(core: &Core, reference: &Value, namespace: &str) -> Result<Vec<Rule>, NoRole> {
    let role = find_role(core, reference, namespace)?;
    Ok(items(&role, &["rules"]).iter().map(Rule::read).collect())
}

/// A role, and the binding that gives it to somebody.
struct Grant {
    binding: Arc<Value>,
    /// The place of the subject that is meant.
    subject: usize,
    role: Arc<Value>,
}

impl Grant {
    fn rules(&self) -> &[Value] {
        items(&self.role, &["rules"])
    }

    fn describe(&self) -> String {
        let binding = self.binding.as_ref();
        let own = match namespace(binding) {
            "" => name(binding).to_owned(),
            namespace => format!("{}/{namespace}", name(binding)),
        };
        let role = (text(binding, &["roleRef", "kind"]), text(binding, &["roleRef", "name"]));
        let subject = items(binding, &["subjects"]).get(self.subject).unwrap_or(&Value::Null);
        let kind = text(subject, &["kind"]);
        let called = match (kind, text(subject, &["namespace"])) {
            ("ServiceAccount", "") => format!("{}/{}", text(subject, &["name"]), namespace(binding)),
            ("ServiceAccount", namespace) => format!("{}/{namespace}", text(subject, &["name"])),
            _ => text(subject, &["name"]).to_owned(),
        };
        let kind_of_binding = text(binding, &["kind"]);
        format!(
            "{kind_of_binding} {own:?} of {} {:?} to {kind} {called:?}",
            role.0, role.1
        )
    }
}

/// Calls `visitor` with the roles of somebody until it breaks off.
fn visit<T>(
    core: &Core,
    user: &User,
    namespace: &str,
    mut visitor: impl FnMut(Result<Grant, NoRole>) -> ControlFlow<T>,
) -> ControlFlow<T> {
    let of_cluster = core.store.list(&Resource::new(GROUP, "clusterrolebindings"), "");
    let of_namespace = match namespace {
        "" => Vec::new(),
        namespace => core.store.list(&Resource::new(GROUP, "rolebindings"), namespace),
    };
    let all = of_cluster.into_iter().map(|binding| (binding, ""));
    for (binding, scope) in all.chain(of_namespace.into_iter().map(|binding| (binding, namespace))) {
        let applies = |subject: &Value| applies_to(user, subject, scope);
        let Some(subject) = items(&binding, &["subjects"]).iter().position(applies) else {
            continue;
        };
        let reference = binding.get("roleRef").unwrap_or(&Value::Null);
        let grant = find_role(core, reference, scope).map(|role| Grant {
            binding: binding.clone(),
            subject,
            role,
        });
        visitor(grant)?;
    }
    ControlFlow::Continue(())
}

fn find_role(core: &Core, reference: &Value, namespace: &str) -> Result<Arc<Value>, NoRole> {
    let (resource, namespace) = match text(reference, &["kind"]) {
        "Role" => ("roles", namespace),
        _ => ("clusterroles", ""),
    };
    let name = text(reference, &["name"]);
    let key = Key::new(&Resource::new(GROUP, resource), namespace, name);
    core.store.get(&key).cloned().ok_or_else(|| NoRole {
        resource,
        name: name.to_owned(),
    })
}

/// Says whether a subject of a binding is somebody; `namespace` is that of the binding.
fn applies_to(user: &User, subject: &Value, namespace: &str) -> bool {
    let name = text(subject, &["name"]);
    match text(subject, &["kind"]) {
        "User" => user.name == name,
        "Group" => user.is_in(name),
        "ServiceAccount" => {
            let own = text(subject, &["namespace"]);
            let namespace = if own.is_empty() { namespace } else { own };
            !namespace.is_empty() && split_service_account(&user.name) == Some((namespace, name))
        }
        _ => false,
    }
}
