//! The settings of a connection.
//!
//! Source: lib/pq 1.12.3, `connector.go`: defaults, then variables, then the connection string, then a service file.

use std::net::IpAddr;
use std::time::Duration;

use super::{
    SqlSource,
    sheet::{Given, Sheet},
};

/// What is known about a connection before it is made.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub hosts: Vec<Host>,
    pub user: Option<String>,
    pub password: String,
    pub passfile: String,
    pub database: String,
    pub application_name: String,
    /// Options for the server, as its command line has them.
    pub options: String,
    pub ssl: Ssl,
    pub target: Target,
    pub shuffled: bool,
    pub connect_timeout: Option<Duration>,
}

/// One of the servers to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub name: String,
    pub address: Option<IpAddr>,
    pub port: u16,
}

impl Host {
    /// Tells whether the server is behind a Unix domain socket.
    pub(super) fn is_local(&self) -> bool {
        self.address.is_none() && (self.name.starts_with('/') || self.name.starts_with('@'))
    }
}

/// How the connection is encrypted.
#[derive(Clone, Default)]
pub(super) struct Ssl {
    pub mode: Mode,
    pub direct: bool,
    pub certificate: String,
    pub key: String,
    pub root: String,
    /// The three above are PEM texts instead of names of files.
    pub inline: bool,
    pub no_server_name: bool,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($word:literal => $(#[$attribute:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) enum $name { $($(#[$attribute])* $variant),+ }

        impl $name {
            const WORDS: &[(&str, Self)] = &[$(($word, Self::$variant)),+];

            pub(super) fn read(given: &Given) -> Result<Self, String> {
                let found = Self::WORDS.iter().find(|(word, _)| *word == given.value);
                found.map(|(_, value)| *value).ok_or_else(|| given.unsupported(&[$($word),+]))
            }
        }
    };
}

words!(
    /// `sslmode`
    Mode {
        "disable" => Disable,
        "allow" => Allow,
        "prefer" => Prefer,
        "require" => #[default] Require,
        "verify-full" => VerifyFull,
        "verify-ca" => VerifyCa,
    }
);

words!(
    /// `target_session_attrs`
    Target {
        "any" => #[default] Any,
        "read-write" => ReadWrite,
        "read-only" => ReadOnly,
        "primary" => Primary,
        "standby" => Standby,
        "prefer-standby" => PreferStandby,
    }
);

impl Ssl {
    pub(super) fn check(&self) -> Result<(), String> {
        let weak = |setting: &str, better: &str| {
            let mode = Mode::WORDS.iter().find(|(_, mode)| *mode == self.mode);
            let mode = mode.map_or("", |(word, _)| word);
            Err(format!(
                "pq: weak sslmode {mode:?} may not be used with {setting} (use {better})"
            ))
        };
        if self.direct && matches!(self.mode, Mode::Disable | Mode::Allow | Mode::Prefer) {
            return weak(
                "sslnegotiation=direct",
                "\"require\", \"verify-ca\", or \"verify-full\"",
            );
        }
        if self.root == "system" && self.mode != Mode::VerifyFull {
            return weak("sslrootcert=system", "\"verify-full\"");
        }
        Ok(())
    }
}

impl Settings {
    /// Reads what the user said.
    ///
    /// # Errors
    /// lib/pq's texts.
    pub(super) fn read(source: &SqlSource) -> Result<Self, String> {
        let mut sheet = Sheet::gather(source)?;
        let shuffled = sheet.take("load_balance_hosts");
        if let Some(given) = shuffled
            .as_ref()
            .filter(|given| !["disable", "random"].contains(&given.value.as_str()))
        {
            return Err(given.unsupported(&["disable", "random"]));
        }
        sheet.only("datestyle", &["ISO, MDY"])?;
        if let Some(encoding) = sheet.take("client_encoding").filter(|given| !is_utf8(&given.value)) {
            let encoding = encoding.value;
            return Err(format!(
                "pq: unsupported client_encoding {encoding:?}: must be absent or \"UTF8\""
            ));
        }
        // What concerns only how lib/pq works inside, or Kerberos, which is not spoken.
        for ignored in [
            "binary_parameters",
            "disable_prepared_binary_result",
            "krbsrvname",
            "krbspn",
            "min_protocol_version",
            "max_protocol_version",
        ] {
            sheet.take(ignored);
        }
        let fallback = sheet.text("fallback_application_name");
        let database = sheet.text("dbname");
        Ok(Settings {
            hosts: sheet.hosts()?,
            user: sheet
                .take("user")
                .map(|given| given.value)
                .or(source.variable("USER").map(str::to_owned)),
            password: sheet.text("password"),
            passfile: sheet.text("passfile"),
            database: sheet.take("database").map_or(database, |given| given.value),
            application_name: sheet.take("application_name").map_or(fallback, |given| given.value),
            ssl: sheet.ssl()?,
            target: sheet.read("target_session_attrs", Target::read)?,
            shuffled: shuffled.is_some_and(|given| given.value == "random"),
            connect_timeout: sheet.read("connect_timeout", Given::seconds)?,
            options: sheet.options(),
        })
    }
}

/// All sorts of things are UTF-8, as PostgreSQL has it.
fn is_utf8(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    matches!(letters.to_ascii_lowercase().as_str(), "utf8" | "unicode")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(connection: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Settings::read(&SqlSource::new(connection, lookup))
    }

    fn hosts(connection: &str) -> String {
        let shown = |host: &Host| format!("{} {:?} {};", host.name, host.address, host.port);
        match read(connection, &[]) {
            Ok(settings) => settings.hosts.iter().map(shown).collect(),
            Err(error) => error,
        }
    }

    /// L-004: lib/pq's defaults.
    #[test]
    fn l_004_defaults() {
        let settings = read("", &[("USER", "me")]).unwrap();
        assert_eq!(hosts(""), "localhost None 5432;");
        assert_eq!(settings.user.as_deref(), Some("me"));
        assert_eq!(settings.ssl.mode, Mode::Require);
        assert_eq!((settings.target, settings.connect_timeout), (Target::Any, None));
    }

    /// L-004: variables, then the connection string.
    #[test]
    fn l_004_precedence() {
        let variables = [
            ("PGHOST", "env"),
            ("PGUSER", "env"),
            ("PGPASSWORD", "p"),
            ("PGSSLMODE", "disable"),
            ("PGTZ", "UTC"),
        ];
        let settings = read("postgres://me@here/d?search_path=a%20b&options=-c%20x=y", &variables).unwrap();
        assert_eq!(settings.hosts[0].name, "here");
        assert_eq!(
            (settings.user.as_deref(), settings.password.as_str()),
            (Some("me"), "p")
        );
        assert_eq!(settings.ssl.mode, Mode::Disable);
        assert_eq!(settings.options, "-c x=y -c TimeZone=UTC -c search_path=a\\ b");
    }

    /// L-004: several servers.
    #[test]
    fn l_004_hosts() {
        for (connection, expected) in [
            ("host=a,b port=1", "a None 1;b None 1;"),
            ("host=a,,c port=1,,3", "a None 1;localhost None 5432;c None 3;"),
            ("hostaddr=::1", "localhost Some(::1) 5432;"),
            ("host=a,b hostaddr=1.2.3.4,", "a Some(1.2.3.4) 5432;b None 5432;"),
            (
                "host=a,b hostaddr=::1",
                "pq: could not match 2 host names to 1 hostaddr values",
            ),
            ("host=a port=1,2", "pq: could not match 2 port numbers to 1 hosts"),
            (
                "port=x",
                "pq: wrong value for \"port\": strconv.ParseUint: parsing \"x\": invalid syntax",
            ),
            (
                "port=99999",
                "pq: wrong value for \"port\": strconv.ParseUint: parsing \"99999\": value out of range",
            ),
        ] {
            assert_eq!(hosts(connection), expected, "{connection}");
        }
    }

    /// L-004: what is refused, in lib/pq's words.
    #[test]
    fn l_004_refused() {
        let refused = |connection: &str, variables: &[(&str, &str)]| read(connection, variables).err().unwrap();
        assert_eq!(
            refused("sslmode=x", &[]),
            "pq: wrong value for \"sslmode\": \"x\" is not supported; supported values are disable, allow, prefer, require, \
             verify-full, or verify-ca"
        );
        assert_eq!(
            refused("", &[("PGSSLMODE", "")]),
            "pq: wrong value for $PGSSLMODE: \"\" is not supported; supported values are disable, allow, prefer, require, \
             verify-full, or verify-ca"
        );
        assert_eq!(
            refused("", &[("PGREQUIREPEER", "x")]),
            "pq: environment variable $PGREQUIREPEER is not supported"
        );
        assert_eq!(
            refused("sslmode=require sslrootcert=system", &[]),
            "pq: weak sslmode \"require\" may not be used with sslrootcert=system (use \"verify-full\")"
        );
        assert_eq!(read("sslrootcert=system", &[]).unwrap().ssl.mode, Mode::VerifyFull);
    }
}
