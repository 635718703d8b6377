//! Lists while they arrive.

mod json;
mod packed;

use bytes::Bytes;

use self::{json::JsonItems, packed::PackedItems};
use crate::protobuf::{MAGIC, Malformed};

/// Cuts a list that the server sends into its items, so that a long one need not be held as a whole. It may be JSON or a protocol
/// buffer.
#[derive(Debug, Default)]
pub struct ListItems(Form);

#[derive(Debug, Default)]
enum Form {
    #[default]
    Unknown,
    Json(JsonItems),
    Packed(PackedItems),
}

impl ListItems {
    /// Takes in bytes and returns the items that are complete now: JSON, or messages.
    ///
    /// # Errors
    /// What began as a protocol buffer is none.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Bytes>, Malformed> {
        if let (Form::Unknown, Some(first)) = (&self.0, bytes.first()) {
            self.0 = if MAGIC.starts_with(&[*first]) {
                Form::Packed(PackedItems::default())
            } else {
                Form::Json(JsonItems::default())
            };
        }
        match &mut self.0 {
            Form::Unknown => Ok(Vec::new()),
            Form::Json(items) => Ok(items.push(bytes)),
            Form::Packed(items) => items.push(bytes),
        }
    }

    /// Tells whether the list is whole.
    pub fn is_complete(&self) -> bool {
        match &self.0 {
            Form::Unknown => false,
            Form::Json(items) => items.is_complete(),
            Form::Packed(items) => items.is_complete(),
        }
    }

    /// Returns where the rest of the list begins if the server sent a part of it; empty when there is no more.
    pub fn rest(&self) -> String {
        match &self.0 {
            Form::Unknown => String::new(),
            Form::Json(items) => items.rest(),
            Form::Packed(items) => items.rest(),
        }
    }
}
