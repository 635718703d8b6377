//! Files beside the connection string: passwords and services.
//!
//! Source: lib/pq 1.12.3, `internal/{pgpass,pgservice}`.

use std::path::PathBuf;

use super::{
    SqlSource,
    settings::{Host, Settings},
};

/// Returns the settings of a service.
///
/// # Errors
/// There is no such file, or no such service in it.
pub(super) fn service(source: &SqlSource, name: &str) -> Result<Vec<(String, String)>, String> {
    let path = match (source.variable("PGSERVICEFILE"), source.variable("HOME")) {
        (Some(path), _) => PathBuf::from(path),
        (None, home) => PathBuf::from(home.unwrap_or_default()).join(".pg_service.conf"),
    };
    let text =
        std::fs::read_to_string(&path).map_err(|_| format!("pq: service file {:?} not found", path.display()))?;
    service_in(&text, name)
}

fn service_in(text: &str, name: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().map(str::trim).enumerate();
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    if !lines.any(|(_, line)| header(line) == Some(name)) {
        return Err(format!("pq: definition of service {name:?} not found"));
    }
    lines
        .take_while(|(_, line)| header(line).is_none())
        .map(|(index, line)| {
            let pair = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
            let (key, value) = pair.ok_or_else(|| format!("pq: line {}: missing '=' in {line:?}", index + 1))?;
            Ok((key.to_owned(), value.to_owned()))
        })
        .collect()
}

fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']').map(str::trim)
}

/// Returns the password for a server: the one that is given, or the first that fits in the password file.
pub(super) fn password(source: &SqlSource, settings: &Settings, host: &Host) -> String {
    if !settings.password.is_empty() {
        return settings.password.clone();
    }
    let path = match (settings.passfile.as_str(), source.variable("HOME")) {
        ("", None) => return String::new(),
        ("", Some(home)) => PathBuf::from(home).join(".pgpass"),
        (path, _) => PathBuf::from(path),
    };
    if !is_private(&path) {
        return String::new();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    password_in(&text, settings, host)
}

/// Tells whether nobody else can read a file; one that others can read is left alone, as libpq has it.
fn is_private(path: &std::path::Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 == 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

fn password_in(text: &str, settings: &Settings, host: &Host) -> String {
    let port = host.port.to_string();
    let user = settings.user.as_deref().unwrap_or_default();
    let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let [name, number, database, role, password] = fields(line).as_slice()
            && (fits(name, &host.name) || name == "localhost" && host.is_local())
            && fits(number, &port)
            && fits(database, &settings.database)
            && fits(role, user)
        {
            return password.clone();
        }
    }
    String::new()
}

/// Parts a line at its colons; a backslash takes away what the next letter means.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, fields.last_mut()) {
            (':', _) => fields.push(String::new()),
            ('\\', Some(field)) => field.extend(letters.next()),
            (letter, Some(field)) => field.push(letter),
            _ => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L-004
    #[test]
    fn l_004_password_files() {
        let settings = Settings {
            user: Some("me".to_owned()),
            database: "d:e".to_owned(),
            ..Settings::default()
        };
        let host = |name: &str| Host {
            name: name.to_owned(),
            address: None,
            port: 5432,
        };
        let text = "#h:*:*:*:no\nh:1:*:*:no\nh:*:d\\:e:me:a\\:b\nlocalhost:5432:*:*:c\nshort:line\n";
        let password = |name: &str| password_in(text, &settings, &host(name));
        assert_eq!([password("h"), password("/run"), password("x")], ["a:b", "c", ""]);
    }

    /// L-004
    #[test]
    fn l_004_services() {
        let text = "# mine\n[a]\nhost=h\n[ b ]\n\n user = u\nport=1\n[c]\nwrong\n";
        let shown = |name: &str| service_in(text, name);
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(shown("b").unwrap(), [pair("user", "u"), pair("port", "1")]);
        assert_eq!(shown("d").unwrap_err(), "pq: definition of service \"d\" not found");
        assert_eq!(shown("c").unwrap_err(), "pq: line 9: missing '=' in \"wrong\"");
    }
}
