//! Plain data with Go's kinds.
//!
//! [`Value`] is what Go programs hold in an `interface{}` after reading YAML or JSON: nil, bool, int64, uint64,
//! float64, string, list, and map with string keys. It is owned, [`Send`] and [`Sync`] data. Strings are
//! [`Str`]: immutable, cheaply cloned bytes, because a Go string need not be valid UTF-8. Maps are sorted by the bytes of
//! their keys, which is the order in which Go's JSON and templates walk them.
//!
//! ```
//! use go_value::{Map, Value};
//!
//! let mut map = Map::new();
//! map.insert("replicas".into(), Value::Int(3));
//! assert_eq!(Value::Map(map).get("replicas"), Some(&Value::Int(3)));
//! ```
//!
//! Around it are the text forms that Go's standard library gives to such data: [`json`] (`encoding/json`),
//! [`strconv`] (numbers and quoting) and [`utf8`] (runes).
//!
//! What it does not do: no reflection, no typed structs, no aliasing. Copies of a [`Map`] share memory until one is changed, but
//! that does not show.

pub mod json;
pub mod map;
mod str;
pub mod strconv;
pub mod utf8;
mod value;

pub use self::str::Str;
pub use map::Map;
pub use value::Value;
