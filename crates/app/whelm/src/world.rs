//! The real world, for the verbs: clock, randomness, standard input, environment, and the namespace of the kubeconfig.

use std::io::Read;
use std::sync::Arc;

use whelm_cli::Invocation;
use whelm_sdk::Context;

use crate::{log, namespace, progress};

/// Returns the world of this process.
pub fn context(_invocation: &Invocation<'_>) -> Context {
    Context {
        fetch: Arc::new(fetch),
        stdin: Arc::new(|| {
            let mut text = Vec::new();
            std::io::stdin().lock().read_to_end(&mut text)?;
            Ok(text)
        }),
        environment: Arc::new(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())),
        on_log: Some(Arc::new(log::write_entry)),
        on_progress: Some(Arc::new(progress::show)),
        ..Context::new(Arc::new(whelm_sdk::host::SystemHost::default()))
    }
}

/// Downloads what is behind a URL. The caller may be inside of a runtime, so another thread does it.
fn fetch(url: &str) -> Result<Vec<u8>, String> {
    let download = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let bytes = runtime
            .block_on(whelm_sdk::net::get(url))
            .map_err(|error| error.to_string())?;
        Ok(bytes.to_vec())
    };
    std::thread::scope(|scope| {
        scope
            .spawn(download)
            .join()
            .unwrap_or_else(|_| Err("download failed".to_owned()))
    })
}

/// Returns the namespace that the command works in.
pub fn namespace(invocation: &Invocation<'_>) -> String {
    namespace::namespace(invocation)
}
