//! Serves a cluster on a loopback port until it is stopped: `serve 8080`.

#![allow(clippy::print_stderr)]

use whelm_sandbox::Sandbox;

fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(8080);
    let started = std::time::Instant::now();
    let sandbox = Sandbox::new();
    let elapsed = started.elapsed();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        eprintln!("started in {elapsed:?}; http://{}", listener.local_addr()?);
        sandbox.serve(listener).await
    })
}
