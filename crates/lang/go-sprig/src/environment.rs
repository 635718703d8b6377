//! `env` and `expandenv`, which Helm's charts do not have but its name templates do.

use std::sync::Arc;

use go_text_template::{FuncMap, Type};

use crate::arguments::{text, text_value};

/// Looks up an environment variable; an unset one is empty.
pub type Environment = Arc<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync>;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap, environment: &Environment) {
    let variables = Arc::clone(environment);
    functions.add("env", &[Type::String], move |_, a| {
        text_value(variables(text(a, 0)).unwrap_or_default())
    });
    let variables = Arc::clone(environment);
    functions.add("expandenv", &[Type::String], move |_, a| {
        text_value(expand(text(a, 0), |name| variables(name).unwrap_or_default()))
    });
}

/// Go's `os.Expand`: `$name`, `${name}`, and one special character; what is malformed disappears.
fn expand(text: &[u8], lookup: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut expanded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'$') {
        if at + 1 == rest.len() {
            break;
        }
        expanded.extend_from_slice(&rest[..at]);
        let (name, width) = shell_name(&rest[at + 1..]);
        match name {
            Some(b"") if width == 0 => expanded.push(b'$'),
            Some(b"") | None => {}
            Some(name) => expanded.extend(lookup(name)),
        }
        rest = &rest[at + 1 + width..];
    }
    expanded.extend_from_slice(rest);
    expanded
}

/// The name at the start of `text` and the bytes it takes; no name where the braces are malformed.
fn shell_name(text: &[u8]) -> (Option<&[u8]>, usize) {
    let is_special = |byte: u8| b"*#$@!?-0123456789".contains(&byte);
    if let [b'{', rest @ ..] = text {
        if let [name, b'}', ..] = rest
            && is_special(*name)
        {
            return (Some(&rest[..1]), 3);
        }
        return match rest.iter().position(|byte| *byte == b'}') {
            // `${}` and `${` are eaten.
            Some(0) => (None, 2),
            Some(end) => (Some(&rest[..end]), end + 2),
            None => (None, 1),
        };
    }
    if is_special(text[0]) {
        return (Some(&text[..1]), 1);
    }
    let length = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    (Some(&text[..length]), length)
}
