//! What the user said about the database.

use std::collections::BTreeMap;
use std::fmt;

/// Variables that stand for settings, with the settings.
const SETTINGS: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLSNI", "sslsni"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGCLIENTENCODING", "client_encoding"),
    ("PGDATESTYLE", "datestyle"),
    ("PGTZ", "tz"),
    ("PGGEQO", "geqo"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGSERVICE", "service"),
];

/// Variables of libpq that lib/pq refuses rather than ignores.
const REFUSED: &[&str] = &[
    "PGREQUIRESSL",
    "PGSSLCOMPRESSION",
    "PGREALM",
    "PGGSSENCMODE",
    "PGGSSDELEGATION",
    "PGGSSLIB",
    "PGREQUIREAUTH",
    "PGCHANNELBINDING",
    "PGSSLCERTMODE",
    "PGSSLCRL",
    "PGSSLCRLDIR",
    "PGREQUIREPEER",
    "PGKRBSRVNAME",
];

/// Variables that are asked for something else than a setting.
const OTHERS: &[&str] = &["HOME", "USER", "PGSERVICEFILE"];

/// A connection string, and the variables that fill in what it leaves open.
#[derive(Clone, Default)]
pub struct SqlSource {
    pub(super) connection: String,
    variables: BTreeMap<&'static str, String>,
}

impl SqlSource {
    /// Takes a connection string in one of lib/pq's two forms, and of the environment what lib/pq would look at.
    pub fn new(connection: impl Into<String>, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let settings = SETTINGS.iter().map(|(variable, _)| variable);
        let names = settings.chain(REFUSED).chain(OTHERS);
        SqlSource {
            connection: connection.into(),
            variables: names.filter_map(|name| Some((*name, lookup(name)?))).collect(),
        }
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns the settings that variables give: variable, setting, value.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let given = |(variable, setting): &(&'static str, &'static str)| {
            let value = self.variable(variable)?;
            Some((*variable, *setting, value))
        };
        SETTINGS.iter().filter_map(given)
    }

    /// Returns the first variable that is set and must not be.
    pub(super) fn refused(&self) -> Option<&'static str> {
        REFUSED.iter().copied().find(|name| self.variable(name).is_some())
    }
}

impl fmt::Debug for SqlSource {
    /// Says nothing, because of passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlSource").finish_non_exhaustive()
    }
}
