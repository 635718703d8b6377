//! Fields that belong to somebody else.

use std::fmt;

use crate::field_set::FieldSet;
use crate::managed_fields::{Manager, Operation};
use crate::path::display;

/// One field that another manager owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The owner.
    pub manager: Manager,
    /// The field, such as `.spec.replicas`.
    pub field: String,
}

impl Conflict {
    /// Returns the message of the conflict's cause in a `Status`, such as `conflict with "kubectl" using apps/v1`.
    #[must_use]
    pub fn message(&self) -> String {
        format!("conflict with {}", manager_text(&self.manager))
    }
}

/// All fields of an applied configuration that other managers own. Prints as the API server's message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conflicts(pub Vec<Conflict>);

impl Conflicts {
    pub(crate) fn add(&mut self, manager: &Manager, fields: &FieldSet) {
        fields.for_each(&mut |path| {
            self.0.push(Conflict {
                manager: manager.clone(),
                field: display(path),
            });
        });
    }
}

impl fmt::Display for Conflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.0.as_slice() {
            return write!(f, "Apply failed with 1 conflict: {}: {}", only.message(), only.field);
        }
        write!(f, "Apply failed with {} conflicts: ", self.0.len())?;
        let mut last: Option<&Manager> = None;
        for conflict in &self.0 {
            if last != Some(&conflict.manager) {
                let separator = if last.is_some() { "\n" } else { "" };
                write!(f, "{separator}conflicts with {}:", manager_text(&conflict.manager))?;
                last = Some(&conflict.manager);
            }
            write!(f, "\n- {}", conflict.field)?;
        }
        Ok(())
    }
}

fn manager_text(manager: &Manager) -> String {
    let mut text = format!("{:?}", manager.name);
    if !manager.subresource.is_empty() {
        text += &format!(" with subresource {:?}", manager.subresource);
    }
    if manager.operation == Operation::Update {
        text += &format!(" using {}", manager.api_version);
    }
    text
}
