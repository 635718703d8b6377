//! Names of hosts.

use std::sync::Arc;

use go_text_template::{FuncMap, Type};
use go_value::utf8::to_string_lossy;

use crate::Host;
use crate::arguments::{panic, text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap, host: &Arc<dyn Host>) {
    let host = Arc::clone(host);
    functions.add("getHostByName", &[Type::String], move |_, a| {
        let addresses = host.lookup_host(&to_string_lossy(text(a, 0))).unwrap_or_default();
        if addresses.is_empty() {
            // Go asks for a random number below 0.
            return panic("invalid argument to Intn");
        }
        let mut random = [0; 8];
        host.fill_random(&mut random);
        let chosen = u64::from_le_bytes(random) % addresses.len() as u64;
        text_value(addresses[chosen as usize].as_str())
    });
}
