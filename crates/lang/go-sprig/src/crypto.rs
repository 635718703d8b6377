//! Passwords, encryption, keys and certificates.

use std::sync::Arc;

use go_text_template::FuncMap;

use crate::Host;

/// Adds the functions of this module.
pub(crate) fn add(_functions: &mut FuncMap, _host: &Arc<dyn Host>) {}
