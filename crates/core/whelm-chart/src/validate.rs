//! The rules for `Chart.yaml`.

use std::collections::BTreeSet;

use go_semver::Version;
use go_value::strconv::{is_print, quote};

use crate::{Chart, Dependency, Error, Maintainer, Metadata};

impl Chart {
    /// Cleans the strings of the metadata and checks its rules.
    ///
    /// # Errors
    /// A [`crate::ErrorKind::Validation`] error for the first rule that is broken.
    pub fn validate(&mut self) -> Result<(), Error> {
        self.metadata.validate()
    }
}

impl Metadata {
    /// Cleans the strings (white space becomes a space, what cannot be printed goes) and checks the rules.
    ///
    /// # Errors
    /// A [`crate::ErrorKind::Validation`] error for the first rule that is broken.
    pub fn validate(&mut self) -> Result<(), Error> {
        self.sanitize();
        if self.api_version.is_empty() {
            return Err(Error::validation("chart.metadata.apiVersion is required"));
        }
        self.validate_name()?;
        if self.version.is_empty() {
            return Err(Error::validation("chart.metadata.version is required"));
        }
        if Version::parse(&self.version).is_err() {
            let version = quote(self.version.as_bytes());
            return Err(Error::validation(format_args!(
                "chart.metadata.version {version} is invalid"
            )));
        }
        if !matches!(self.chart_type.as_str(), "" | "application" | "library") {
            return Err(Error::validation("chart.metadata.type must be application or library"));
        }
        for maintainer in self.maintainers.iter_mut().flatten() {
            let Some(maintainer) = maintainer else {
                return Err(Error::validation("maintainers must not contain empty or null nodes"));
            };
            maintainer.sanitize();
        }
        self.validate_dependencies()
    }

    fn sanitize(&mut self) {
        for text in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize(text);
        }
        self.sources.iter_mut().flatten().for_each(sanitize);
        self.keywords.iter_mut().flatten().for_each(sanitize);
    }

    fn validate_name(&self) -> Result<(), Error> {
        let name = self.name.as_str();
        if name.is_empty() {
            return Err(Error::validation("chart.metadata.name is required"));
        }
        let quoted = quote(name.as_bytes());
        if name == "." || name == ".." {
            return Err(Error::validation(format_args!(
                "chart.metadata.name {quoted} is not allowed"
            )));
        }
        // Only the root folder is its own base name and has a slash in it.
        if name.contains('/') && name != "/" {
            return Err(Error::validation(format_args!(
                "chart.metadata.name {quoted} is invalid"
            )));
        }
        Ok(())
    }

    fn validate_dependencies(&mut self) -> Result<(), Error> {
        let mut names = BTreeSet::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            let Some(dependency) = dependency else {
                return Err(Error::validation("dependencies must not contain empty or null nodes"));
            };
            dependency.validate()?;
            let name = if dependency.alias.is_empty() {
                &dependency.name
            } else {
                &dependency.alias
            };
            if !names.insert(name.as_str()) {
                let name = quote(name.as_bytes());
                return Err(Error::validation(format_args!(
                    "more than one dependency with name or alias {name}"
                )));
            }
        }
        Ok(())
    }
}

impl Maintainer {
    fn sanitize(&mut self) {
        sanitize(&mut self.name);
        sanitize(&mut self.email);
        sanitize(&mut self.url);
    }
}

impl Dependency {
    /// Cleans the strings and checks the alias.
    ///
    /// # Errors
    /// A [`crate::ErrorKind::Validation`] error for an alias with a character that is not allowed.
    pub fn validate(&mut self) -> Result<(), Error> {
        for text in [
            &mut self.name,
            &mut self.version,
            &mut self.repository,
            &mut self.condition,
        ] {
            sanitize(text);
        }
        self.tags.iter_mut().flatten().for_each(sanitize);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !self.alias.bytes().all(allowed) {
            let name = quote(self.name.as_bytes());
            return Err(Error::validation(format_args!(
                "dependency {name} has disallowed characters in the alias"
            )));
        }
        Ok(())
    }
}

/// Turns white space into spaces and removes what cannot be printed.
fn sanitize(text: &mut String) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return;
    }
    *text = text
        .chars()
        .filter_map(|rune| match rune {
            rune if rune.is_whitespace() => Some(' '),
            rune if is_print(rune) => Some(rune),
            _ => None,
        })
        .collect();
}
