//! Dropping values without recursion: a template can nest lists and maps a million deep.

use std::cell::RefCell;
use std::rc::Rc;

use super::table::Table;
use super::{List, Value};

/// The entries of a map.
#[derive(Debug)]
pub(super) struct Entries(pub(super) RefCell<Table>);

fn is_container(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

impl Drop for Entries {
    fn drop(&mut self) {
        let entries = self.0.get_mut();
        if entries.values().any(is_container) {
            dismantle(entries.take_values(is_container));
        }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let Some(items) = Rc::get_mut(&mut self.items)
            && items.iter().any(is_container)
        {
            dismantle(items.drain(..).filter(is_container).collect());
        }
    }
}

/// Drops containers, and what is in them, one by one.
fn dismantle(mut values: Vec<Value>) {
    while let Some(mut value) = values.pop() {
        match &mut value {
            Value::List(list) => {
                if let Some(items) = Rc::get_mut(&mut list.items) {
                    values.extend(items.drain(..).filter(is_container));
                }
            }
            Value::Map(map) => {
                if let Some(entries) = Rc::get_mut(&mut map.entries) {
                    values.extend(entries.0.get_mut().take_values(is_container));
                }
            }
            _ => {}
        }
    }
}
