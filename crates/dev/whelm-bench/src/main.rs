//! Measures the embedded Kubernetes API server, and the real one with the same requests. `bench/sandbox` runs it.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod apply;
mod grow;
mod objects;
mod server;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use server::Server;

const USAGE: &str = "usage: whelm-bench apply|grow [options]
  apply            time to apply some objects server-side, to a new embedded server or to the real one
  grow             time of single requests while the embedded server holds more and more objects
  --count N        objects (default: 1000 for apply, 50000 for grow)
  --connections N  requests under way at a time, for apply (default 16)
  --server URL     the real server, with
  --authority FILE   the certificate of its authority, and
  --token TOKEN      the token of an administrator";

/// What the command line says.
struct Arguments(BTreeMap<String, String>);

impl Arguments {
    fn read(words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut given = BTreeMap::new();
        let mut words = words;
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").context(USAGE)?.to_owned();
            given.insert(name, words.next().context(USAGE)?);
        }
        Ok(Arguments(given))
    }

    fn number(&self, name: &str, usual: usize) -> anyhow::Result<usize> {
        self.0.get(name).map_or(Ok(usual), |text| {
            text.parse().with_context(|| format!("--{name} is a number"))
        })
    }

    fn server(&self) -> anyhow::Result<Server> {
        let Some(address) = self.0.get("server") else {
            return Ok(Server::embedded());
        };
        let authority = PathBuf::from(self.0.get("authority").context(USAGE)?);
        let authority = std::fs::read(&authority).with_context(|| authority.display().to_string())?;
        Server::real(address, authority, self.0.get("token").context(USAGE)?)
    }
}

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let command = words.next().context(USAGE)?;
    let arguments = Arguments::read(words)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let found = match command.as_str() {
        "apply" => {
            let (count, connections) = (arguments.number("count", 1000)?, arguments.number("connections", 16)?);
            runtime.block_on(apply::measure(&arguments.server()?, count, connections))?
        }
        "grow" => runtime.block_on(grow::measure(arguments.number("count", 50_000)?))?,
        _ => bail!(USAGE),
    };
    println!("{found}");
    Ok(())
}
