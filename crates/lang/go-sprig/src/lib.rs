//! The template functions of sprig 3.3.0, with their Go signatures, oddities and error texts.
//!
//! [`functions`] gives them as the map that `go_text_template` takes. What they need from the world (time, randomness, DNS,
//! keys) they ask of a [`Host`]; everything else is a function of the arguments.
//!
//! ```
//! use std::sync::Arc;
//!
//! let functions = go_sprig::functions(Arc::new(go_sprig::FixedHost::new(0, 0)));
//! assert!(functions.get("kebabcase").is_some());
//! assert!(functions.get("env").is_none());
//! ```
//!
//! Two things differ from Go on purpose. `keys`, `values` and all that walks maps go in the order of the keys, where Go's order
//! is random. Results that would take more than 256 MiB, lists of more than 16 million elements, and values nested more than
//! 2000 deep are errors, where Go would run out of memory or stack.
//!
//! What it does not do: the functions that Helm adds (`include`, `tpl`, `required`, `toYaml`, …).

mod address;
mod arguments;
mod base64;
mod cases;
mod cast;
mod copy;
mod crypto;
mod date;
mod decimal;
mod defaults;
mod dicts;
mod duration;
mod encoding;
mod environment;
pub mod host;
mod json;
mod lists;
mod merge;
mod numeric;
mod paths;
mod print;
mod random;
mod reflect;
mod regex;
mod strings;
mod time_object;
mod unicode;
mod url;
mod versions;
mod words;

use std::sync::Arc;

use go_text_template::FuncMap;

pub use environment::Environment;
pub use host::{FixedHost, Host};
pub use url::{UrlParts, url_parts};

/// Returns sprig's functions, without `env` and `expandenv`.
pub fn functions(host: Arc<dyn Host>) -> FuncMap {
    let mut functions = FuncMap::default();
    for add in [
        strings::add,
        words::add,
        cases::add,
        cast::add,
        numeric::add,
        defaults::add,
        lists::add,
        dicts::add,
        reflect::add,
        json::add,
        encoding::add,
        paths::add,
        url::add,
        regex::add,
        versions::add,
    ] {
        add(&mut functions);
    }
    for add in [date::add, duration::add, random::add, crypto::add] {
        add(&mut functions, &host);
    }
    functions
}

/// Returns sprig's functions with `env` and `expandenv`, which look variables up in `environment`.
pub fn functions_with_environment(host: Arc<dyn Host>, environment: &Environment) -> FuncMap {
    let mut functions = functions(host);
    environment::add(&mut functions, environment);
    functions
}
