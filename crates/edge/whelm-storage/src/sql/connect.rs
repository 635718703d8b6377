//! Reaching a server.
//!
//! Source: lib/pq 1.12.3, `conn.go`, `open`.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::{
    Client, Config, NoTls, Socket,
    config::{SslMode, SslNegotiation},
    tls::MakeTlsConnect,
};

use super::{
    SqlSource, failure, files,
    settings::{Host, Mode, Settings, Target},
    tls::Connector,
};

/// How long a quiet connection waits before it asks whether the other end is still there, as Go's has it.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// A connection, which ends with this value.
pub(super) struct Link {
    pub client: Client,
    task: JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connects to the first server that will do.
///
/// # Errors
/// Why none of them does, one by one; never with a password.
pub(super) async fn connect(source: &SqlSource) -> Result<Link, String> {
    let mut settings = Settings::read(source)?;
    if settings.shuffled {
        let state = RandomState::new();
        settings
            .hosts
            .sort_by_cached_key(|host| state.hash_one((&host.name, host.address, host.port)));
    }
    match try_hosts(source, &settings, settings.target).await {
        Err(_) if settings.target == Target::PreferStandby => try_hosts(source, &settings, Target::Any).await,
        result => result,
    }
}

async fn try_hosts(source: &SqlSource, settings: &Settings, target: Target) -> Result<Link, String> {
    let mut failures = Vec::new();
    for host in &settings.hosts {
        match try_host(source, settings, host, target).await {
            Ok(link) => return Ok(link),
            Err(reason) => failures.push(format!("connecting to {}:{}: {reason}", host.name, host.port)),
        }
    }
    match failures.as_slice() {
        [only] => Err(only.clone()),
        all => Err(format!(
            "pq: could not connect to any of the hosts:\n{}",
            all.join("\n")
        )),
    }
}

async fn try_host(source: &SqlSource, settings: &Settings, host: &Host, target: Target) -> Result<Link, String> {
    let attempt = async {
        let link = open(source, settings, host).await?;
        check(&link.client, target).await?;
        Ok(link)
    };
    match settings.connect_timeout {
        None => attempt.await,
        Some(limit) => tokio::time::timeout(limit, attempt).await.unwrap_or_else(|_| {
            Err(format!(
                "no answer within {} seconds (connect_timeout)",
                limit.as_secs()
            ))
        }),
    }
}

async fn open(source: &SqlSource, settings: &Settings, host: &Host) -> Result<Link, String> {
    let mut config = config(settings, host);
    let password = files::password(source, settings, host);
    if !password.is_empty() {
        config.password(password);
    }
    let mode = if host.is_local() {
        Mode::Disable
    } else {
        settings.ssl.mode
    };
    let plain = matches!(mode, Mode::Disable | Mode::Allow);
    if plain {
        match start(config.ssl_mode(SslMode::Disable), NoTls).await {
            // A server may let in only those who encrypt.
            Err(error) if mode == Mode::Allow && error.as_db_error().is_some() => {}
            result => return result.map_err(|error| failure::reaching(&error)),
        }
    }
    let connector = Connector::new(&settings.ssl, source)?;
    config.ssl_mode(if mode == Mode::Prefer {
        SslMode::Prefer
    } else {
        SslMode::Require
    });
    start(&config, connector.clone()).await.map_err(|error| {
        if connector.begun.load(Ordering::Relaxed) || !failure::is_of_tls(&error) {
            return failure::reaching(&error);
        }
        "pq: SSL is not enabled on the server; sslmode=disable connects without it".to_owned()
    })
}

async fn start<T>(config: &Config, tls: T) -> Result<Link, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    let task = tokio::spawn(async move {
        // How it ended is told to whoever waits for an answer.
        let _ = connection.await;
    });
    Ok(Link { client, task })
}

fn config(settings: &Settings, host: &Host) -> Config {
    let mut config = Config::new();
    config.host(&host.name).port(host.port).keepalives_idle(KEEPALIVE);
    if let Some(address) = host.address {
        config.hostaddr(address);
    }
    if let Some(user) = &settings.user {
        config.user(user);
    }
    if !settings.database.is_empty() {
        config.dbname(&settings.database);
    }
    if !settings.options.is_empty() {
        config.options(&settings.options);
    }
    if !settings.application_name.is_empty() {
        config.application_name(&settings.application_name);
    }
    if settings.ssl.direct {
        config.ssl_negotiation(SslNegotiation::Direct);
    }
    config
}

/// Checks that the server is one of those that are asked for.
async fn check(client: &Client, target: Target) -> Result<(), String> {
    let (read_only, standby) = match target {
        Target::Any => return Ok(()),
        Target::ReadWrite => (Some(false), Some(false)),
        Target::ReadOnly => (Some(true), None),
        Target::Primary => (None, Some(false)),
        Target::Standby | Target::PreferStandby => (None, Some(true)),
    };
    let state = "SELECT current_setting('transaction_read_only')::bool, pg_catalog.pg_is_in_recovery()";
    let row = client
        .query_typed_one(state, &[])
        .await
        .map_err(|error| failure::text(&error))?;
    let is = |index: usize| row.try_get::<_, bool>(index).map_err(|error| failure::text(&error));
    let (is_read_only, is_standby) = (is(0)?, is(1)?);
    let refused = match (read_only, standby) {
        (Some(true), _) if !is_read_only => "session is not read-only",
        (Some(false), _) if is_read_only => "session is read-only",
        (_, Some(false)) if is_standby => "server is in hot standby mode",
        (_, Some(true)) if !is_standby => "server is not in hot standby mode",
        _ => return Ok(()),
    };
    Err(refused.to_owned())
}
