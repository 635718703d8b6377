//! What differs between two maps.

use serde_json::{Map, Value};

use crate::PatchError;
use crate::lists::{ListPatch, diff_lists};
use crate::text::same_type;
use crate::types::{Field, FieldType, Types};

pub(crate) const DIRECTIVE: &str = "$patch";
pub(crate) const RETAIN_KEYS: &str = "$retainKeys";
pub(crate) const DELETE_FROM: &str = "$deleteFromPrimitiveList";
pub(crate) const ORDER: &str = "$setElementOrder";

/// Which differences count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub changes: bool,
    pub deletions: bool,
    /// Whether the patch says which fields stay.
    pub retain_keys: bool,
}

impl Options {
    /// Everything that is new or other, and nothing that is gone.
    pub fn changes() -> Self {
        Options {
            changes: true,
            deletions: false,
            retain_keys: false,
        }
    }

    /// What is gone alone.
    pub fn deletions() -> Self {
        Options {
            changes: false,
            deletions: true,
            retain_keys: false,
        }
    }
}

type Fields = Map<String, Value>;

/// Returns the patch that makes one map of another, as far as the options go.
pub(crate) fn diff_maps<T: Types>(
    own: &FieldType<T>,
    original: &Fields,
    modified: &Fields,
    options: Options,
) -> Result<Fields, PatchError> {
    let mut patch = Map::new();
    for (name, new) in modified {
        let Some(old) = original.get(name) else {
            if options.changes {
                patch.insert(name.clone(), new.clone());
            }
            continue;
        };
        if name == DIRECTIVE {
            diff_directives(old, new, &mut patch)?;
        } else if same_type(old, new) {
            diff_values(own, name, (old, new), options, &mut patch)?;
        } else if options.changes {
            patch.insert(name.clone(), new.clone());
        }
    }
    if options.deletions {
        let gone = original.keys().filter(|name| !modified.contains_key(*name));
        patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    }
    if options.retain_keys {
        retain_keys(original, modified, &mut patch);
    }
    Ok(patch)
}

/// Says which fields stay, if anything changes.
fn retain_keys(original: &Fields, modified: &Fields, patch: &mut Fields) {
    let kept = modified.iter().filter(|(_, value)| !value.is_null());
    let kept: Vec<Value> = kept.map(|(name, _)| name.clone().into()).collect();
    let mut before = original.iter().filter(|(_, value)| !value.is_null());
    if !kept.is_empty() && (!patch.is_empty() || before.any(|(name, _)| !modified.contains_key(name))) {
        patch.insert(RETAIN_KEYS.into(), kept.into());
    }
}

fn diff_directives(old: &Value, new: &Value, patch: &mut Fields) -> Result<(), PatchError> {
    if !old.is_string() || !new.is_string() {
        return Err(PatchError::new(format!("invalid value for special key: {DIRECTIVE}")));
    }
    if old != new {
        patch.insert(DIRECTIVE.into(), new.clone());
    }
    Ok(())
}

fn diff_values<T: Types>(
    own: &FieldType<T>,
    name: &str,
    (old, new): (&Value, &Value),
    options: Options,
    patch: &mut Fields,
) -> Result<(), PatchError> {
    // What is the same needs no patch, whether or not anything is known of it.
    if old == new && !matches!(new, Value::Object(_) | Value::Array(_)) {
        return Ok(());
    }
    match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            let field = match own.field(name) {
                Ok(field) => field,
                Err(_) if old == new => return Ok(()),
                Err(error) => return Err(PatchError::new(error)),
            };
            if field.replaces {
                if options.changes {
                    patch.insert(name.to_owned(), new.clone());
                }
                return Ok(());
            }
            let options = Options {
                retain_keys: field.retains_keys,
                ..options
            };
            let inner = diff_maps(&field.of, before, after, options)?;
            if !inner.is_empty() {
                patch.insert(name.to_owned(), inner.into());
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let field = match own.list_field(name) {
                Ok(field) => field,
                Err(_) if old == new => return Ok(()),
                Err(error) => return Err(PatchError::new(error)),
            };
            if field.merges {
                diff_merged(&field, name, (before, after), options, patch)?;
            } else if options.changes && old != new {
                patch.insert(name.to_owned(), new.clone());
            }
        }
        _ if options.changes => drop(patch.insert(name.to_owned(), new.clone())),
        _ => {}
    }
    Ok(())
}

fn diff_merged<T: Types>(
    field: &Field<'_, T>,
    name: &str,
    (before, after): (&[Value], &[Value]),
    options: Options,
    patch: &mut Fields,
) -> Result<(), PatchError> {
    let options = Options {
        retain_keys: field.retains_keys,
        ..options
    };
    let ListPatch { items, deleted, order } = diff_lists(&field.of, before, after, field.merge_key, options)?;
    let parts = [
        (name.to_owned(), items),
        (format!("{DELETE_FROM}/{name}"), deleted),
        (format!("{ORDER}/{name}"), order),
    ];
    for (name, items) in parts {
        if !items.is_empty() {
            patch.insert(name, items.into());
        }
    }
    Ok(())
}
