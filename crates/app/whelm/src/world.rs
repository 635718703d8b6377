//! The real world, for the verbs: clock, randomness, standard input, environment, and the namespace of the kubeconfig.

use std::io::Read;
use std::sync::Arc;

use whelm_cli::Invocation;
use whelm_sdk::Context;

use crate::namespace;

/// Returns the world of this process.
pub fn context(_invocation: &Invocation<'_>) -> Context {
    Context {
        stdin: Arc::new(|| {
            let mut text = Vec::new();
            std::io::stdin().lock().read_to_end(&mut text)?;
            Ok(text)
        }),
        environment: Arc::new(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())),
        ..Context::new(Arc::new(whelm_sdk::host::SystemHost::default()))
    }
}

/// Returns the namespace that the command works in.
pub fn namespace(invocation: &Invocation<'_>) -> String {
    namespace::namespace(invocation)
}
