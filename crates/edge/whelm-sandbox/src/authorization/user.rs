//! Who sends requests.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The group whose members may do everything, whatever the rules say.
pub(super) const MASTERS: &str = "system:masters";
/// The group of everybody who is known.
pub(super) const AUTHENTICATED: &str = "system:authenticated";
/// The group of everybody else.
pub(super) const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The name of everybody else.
pub(super) const ANONYMOUS: &str = "system:anonymous";

const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// Somebody who sends requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// The name that bindings refer to.
    pub name: String,
    /// A name that is never given twice; may be empty.
    pub uid: String,
    /// The groups that bindings refer to.
    pub groups: Vec<String>,
    /// What else is known, such as the Pod for which a token was issued.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// Returns a known user, who is in the group `system:authenticated` besides those given.
    #[must_use]
    pub fn new(name: &str, groups: &[&str]) -> Self {
        let mut groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        if !groups.iter().any(|group| group == AUTHENTICATED) {
            groups.push(AUTHENTICATED.to_owned());
        }
        User {
            name: name.to_owned(),
            groups,
            ..User::default()
        }
    }

    /// Returns the user that everybody is while nobody is asked who they are.
    pub(crate) fn administrator() -> Self {
        User::new("sandbox", &[MASTERS])
    }

    pub(super) fn anonymous() -> Self {
        User {
            name: ANONYMOUS.to_owned(),
            groups: vec![UNAUTHENTICATED.to_owned()],
            ..User::default()
        }
    }

    pub(super) fn service_account(namespace: &str, name: &str) -> Self {
        let groups = service_account_groups(namespace);
        User::new(
            &format!("{SERVICE_ACCOUNT}{namespace}:{name}"),
            &[&groups[0], &groups[1]],
        )
    }

    pub(super) fn is_master(&self) -> bool {
        self.is_in(MASTERS)
    }

    pub(super) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == group)
    }

    /// Returns the user as reviews show them.
    pub(super) fn to_json(&self) -> Value {
        let mut info = Map::new();
        info.insert("username".into(), self.name.clone().into());
        if !self.uid.is_empty() {
            info.insert("uid".into(), self.uid.clone().into());
        }
        if !self.groups.is_empty() {
            info.insert("groups".into(), self.groups.clone().into());
        }
        if !self.extra.is_empty() {
            info.insert("extra".into(), json!(self.extra));
        }
        Value::Object(info)
    }
}

/// Returns the groups of all service accounts of a namespace.
pub(super) fn service_account_groups(namespace: &str) -> [String; 2] {
    [
        "system:serviceaccounts".to_owned(),
        format!("system:serviceaccounts:{namespace}"),
    ]
}

/// Returns the namespace and the name of a service account whose user name is given.
pub(super) fn split_service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(SERVICE_ACCOUNT)?.split_once(':')?;
    let fits = !namespace.is_empty() && !name.is_empty() && !name.contains(':');
    fits.then_some((namespace, name))
}
