//! Numbers and quoted strings in the forms of Go's `strconv`.

mod float;
mod parse;
mod printable;
mod quote;
mod unquote;

pub use float::{FloatForm, format_float, format_float32};
pub use parse::{NumError, NumErrorKind, parse_bool, parse_float, parse_int, parse_uint};
pub use quote::{can_backquote, is_print, quote, quote_rune, quote_rune_to_ascii, quote_to_ascii};
pub use unquote::{Unquoted, unquote, unquote_char};
