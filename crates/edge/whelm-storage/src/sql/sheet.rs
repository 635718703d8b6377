//! The settings that are given, before they are understood.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::{
    SqlSource, connection_string, files,
    settings::{Host, Mode, Ssl},
};

/// A value, and whence it came.
pub(super) struct Given {
    place: String,
    pub(super) value: String,
}

impl Given {
    fn wrong(&self, reason: &str) -> String {
        format!("pq: wrong value for {}: {reason}", self.place)
    }

    pub(super) fn unsupported(&self, words: &[&str]) -> String {
        let (last, others) = words.split_last().unwrap_or((&"", &[]));
        let others: String = others.iter().map(|word| format!("{word}, ")).collect();
        self.wrong(&format!(
            "{:?} is not supported; supported values are {others}or {last}",
            self.value
        ))
    }

    pub(super) fn flag(&self) -> Result<bool, String> {
        match self.value.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" | "yes" | "on" => Ok(true),
            "0" | "f" | "F" | "false" | "FALSE" | "False" | "no" | "off" => Ok(false),
            other => Err(self.wrong(&format!("strconv.ParseBool: parsing {other:?}: invalid syntax"))),
        }
    }

    fn port(&self, text: &str) -> Result<u16, String> {
        text.parse().map_err(|_| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let reason = if digits { "value out of range" } else { "invalid syntax" };
            self.wrong(&format!("strconv.ParseUint: parsing {text:?}: {reason}"))
        })
    }

    pub(super) fn seconds(&self) -> Result<Option<Duration>, String> {
        let text = &self.value;
        let seconds: i64 = text
            .parse()
            .map_err(|_| self.wrong(&format!("strconv.ParseInt: parsing {text:?}: invalid syntax")))?;
        Ok(u64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs))
    }

    fn address(&self, text: &str) -> Result<Option<IpAddr>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let address = text.parse().map(Some);
        address.map_err(|_| self.wrong(&format!("ParseAddr({text:?}): unable to parse IP")))
    }
}

/// All that is given, by the name of the setting.
pub(super) struct Sheet(BTreeMap<String, Given>);

impl Sheet {
    pub(super) fn gather(source: &SqlSource) -> Result<Sheet, String> {
        if let Some(variable) = source.refused() {
            return Err(format!("pq: environment variable ${variable} is not supported"));
        }
        let mut sheet = Sheet(BTreeMap::new());
        for (variable, setting, value) in source.settings() {
            sheet.put(setting, format!("${variable}"), value.to_owned());
        }
        for (setting, value) in connection_string::pairs(&source.connection)? {
            sheet.put(&setting, format!("{setting:?}"), value);
        }
        let service = sheet.text("service");
        if !service.is_empty() {
            for (setting, value) in files::service(source, &service)? {
                sheet.put(&setting, format!("{setting:?}"), value);
            }
        }
        Ok(sheet)
    }

    fn put(&mut self, setting: &str, place: String, value: String) {
        self.0.insert(setting.to_owned(), Given { place, value });
    }

    pub(super) fn take(&mut self, setting: &str) -> Option<Given> {
        self.0.remove(setting)
    }

    pub(super) fn text(&mut self, setting: &str) -> String {
        self.take(setting).map(|given| given.value).unwrap_or_default()
    }

    /// Reads a setting, or takes the default when it is not given.
    pub(super) fn read<T: Default>(
        &mut self,
        setting: &str,
        read: impl FnOnce(&Given) -> Result<T, String>,
    ) -> Result<T, String> {
        self.take(setting)
            .map_or_else(|| Ok(T::default()), |given| read(&given))
    }

    /// Refuses a setting that has another value than those.
    pub(super) fn only(&mut self, setting: &str, words: &[&str]) -> Result<(), String> {
        match self.take(setting) {
            Some(given) if !words.contains(&given.value.as_str()) => Err(given.unsupported(words)),
            _ => Ok(()),
        }
    }

    pub(super) fn hosts(&mut self) -> Result<Vec<Host>, String> {
        let names = self.take("host").map(|given| list(&given.value));
        let addresses: Option<Vec<_>> = match self.take("hostaddr") {
            Some(given) => {
                let addresses = list(&given.value).into_iter();
                Some(addresses.map(|text| given.address(&text)).collect::<Result<_, _>>()?)
            }
            None => None,
        };
        let ports = match self.take("port") {
            Some(given) => list(&given.value)
                .iter()
                .map(|text| given.port(if text.is_empty() { "5432" } else { text }))
                .collect::<Result<_, _>>()?,
            None => vec![5432],
        };
        pair_up(names, addresses, &ports)
    }

    pub(super) fn ssl(&mut self) -> Result<Ssl, String> {
        let given = self.0.contains_key("sslmode");
        let mode = self.read("sslmode", Mode::read)?;
        let direct = self.take("sslnegotiation");
        if let Some(given) = direct
            .as_ref()
            .filter(|given| !["postgres", "direct"].contains(&given.value.as_str()))
        {
            return Err(given.unsupported(&["postgres", "direct"]));
        }
        let server_name = self.take("sslsni").map_or(Ok(true), |given| given.flag())?;
        let mut ssl = Ssl {
            mode,
            direct: direct.is_some_and(|given| given.value == "direct"),
            certificate: self.text("sslcert"),
            key: self.text("sslkey"),
            root: self.text("sslrootcert"),
            inline: self.read("sslinline", Given::flag)?,
            no_server_name: !server_name,
        };
        if ssl.root == "system" && !given {
            ssl.mode = Mode::VerifyFull;
        }
        ssl.check()?;
        // Older ones are never spoken anyway, and there is no newer one.
        self.only("ssl_min_protocol_version", &["TLSv1.0", "TLSv1.1", "TLSv1.2"])?;
        self.only("ssl_max_protocol_version", &["TLSv1.3"])?;
        Ok(ssl)
    }

    /// Makes options of everything that was not taken: parameters of the session.
    pub(super) fn options(mut self) -> String {
        let mut options = self.text("options");
        if let Some(zone) = self.take("tz") {
            self.put("TimeZone", String::new(), zone.value);
        }
        for (name, given) in self.0 {
            if !options.is_empty() {
                options.push(' ');
            }
            options.push_str("-c ");
            for letter in format!("{name}={}", given.value).chars() {
                if letter.is_whitespace() || letter == '\\' {
                    options.push('\\');
                }
                options.push(letter);
            }
        }
        options
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// Puts names, addresses and ports together; one port serves for all hosts.
fn pair_up(
    names: Option<Vec<String>>,
    addresses: Option<Vec<Option<IpAddr>>>,
    ports: &[u16],
) -> Result<Vec<Host>, String> {
    if let (Some(names), Some(addresses)) = (&names, &addresses)
        && names.len() != addresses.len()
    {
        let (names, addresses) = (names.len(), addresses.len());
        return Err(format!(
            "pq: could not match {names} host names to {addresses} hostaddr values"
        ));
    }
    let count = names
        .as_ref()
        .map(Vec::len)
        .or(addresses.as_ref().map(Vec::len))
        .unwrap_or(1);
    if ports.len() > 1 && ports.len() != count {
        return Err(format!(
            "pq: could not match {} port numbers to {count} hosts",
            ports.len()
        ));
    }
    let host = |index: usize| Host {
        name: names
            .as_ref()
            .and_then(|names| names.get(index))
            .filter(|name| !name.is_empty())
            .map_or_else(|| "localhost".to_owned(), Clone::clone),
        address: addresses.as_ref().and_then(|addresses| *addresses.get(index)?),
        port: ports.get(index).or(ports.first()).copied().unwrap_or(5432),
    };
    Ok((0..count).map(host).collect())
}
