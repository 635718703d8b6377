//! Tables and values by their path.

use go_value::strconv::quote;
use go_value::{Map, Value};

use crate::{Error, ErrorKind};

/// Finds the table at a path of names with dots between them.
///
/// # Errors
/// [`ErrorKind::NoTable`] for the first name that is not a table.
pub fn table<'a>(values: &'a Map, path: &str) -> Result<&'a Map, Error> {
    let mut found = values;
    for name in path.split('.') {
        found = found
            .get(name.as_bytes())
            .and_then(Value::as_map)
            .ok_or_else(|| no_table(name))?;
    }
    Ok(found)
}

/// Finds the value at a path of names with dots between them. A table is no value; `nil` is one.
///
/// # Errors
/// [`ErrorKind::NoValue`] for the last name when it or a table on the way to it is missing, and
/// [`ErrorKind::Format`] for an empty path.
pub fn path_value<'a>(values: &'a Map, path: &str) -> Result<&'a Value, Error> {
    if path.is_empty() {
        return Err(Error::new(ErrorKind::Format, "YAML path cannot be empty"));
    }
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (table(values, parent).ok(), name),
        None => (Some(values), path),
    };
    parent
        .and_then(|parent| parent.get(name.as_bytes()))
        .filter(|value| value.as_map().is_none())
        .ok_or_else(|| {
            let name = quote(name.as_bytes());
            Error::new(ErrorKind::NoValue, format!("{name} is not a value"))
        })
}

pub(crate) fn no_table(name: &str) -> Error {
    let name = quote(name.as_bytes());
    Error::new(ErrorKind::NoTable, format!("{name} is not a table"))
}
