//! What the command line may ask of the process's surroundings: variables and whether a file exists.

use std::fmt;

use crate::path::join;

/// Finds a variable's value.
type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Environment variables, the program's name, and a test for files, all given by the caller.
pub struct Environment {
    lookup: Lookup,
    exists: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// The program as it was called, argument 0.
    pub program: String,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

impl Environment {
    /// An environment that asks `lookup` for variables and `exists` for files.
    pub fn new(
        program: String,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        exists: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Environment {
        Environment {
            lookup: Box::new(lookup),
            exists: Box::new(exists),
            program,
        }
    }

    /// An environment of the given variables, without files; for tests and examples.
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Environment {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let lookup = move |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        Environment::new("helm".to_owned(), lookup, |_| false)
    }

    /// Returns the variable, if it is set, even to nothing.
    pub fn lookup(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }

    /// Returns the variable, or nothing when it is not set.
    pub fn get(&self, name: &str) -> String {
        self.lookup(name).unwrap_or_default()
    }

    /// Returns the variable, or `default` when it is not set at all.
    pub fn get_or(&self, name: &str, default: impl FnOnce() -> String) -> String {
        self.lookup(name).unwrap_or_else(default)
    }

    /// Returns the user's home folder, without a trailing slash.
    pub fn home(&self) -> String {
        self.get("HOME")
    }

    /// Returns `elements` inside Helm's cache folder.
    pub fn cache_path(&self, element: &str) -> String {
        self.helm_path("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache", element)
    }

    /// Returns `element` inside Helm's configuration folder.
    pub fn config_path(&self, element: &str) -> String {
        self.helm_path("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config", element)
    }

    /// Returns `element` inside Helm's data folder.
    pub fn data_path(&self, element: &str) -> String {
        self.helm_path("HELM_DATA_HOME", "XDG_DATA_HOME", ".local/share", element)
    }

    /// Returns the default keyring: GnuPG's old file if it is there, else its new one if that is there.
    pub fn keyring(&self) -> String {
        let folder = self.get_or("GNUPGHOME", || join(&[&self.home(), ".gnupg"]));
        let legacy = join(&[&folder, "pubring.gpg"]);
        let keybox = join(&[&folder, "pubring.kbx"]);
        if !(self.exists)(&legacy) && (self.exists)(&keybox) {
            keybox
        } else {
            legacy
        }
    }

    fn helm_path(&self, helm: &str, xdg: &str, default: &str, element: &str) -> String {
        let own = self.get(helm);
        if !own.is_empty() {
            return join(&[&own, element]);
        }
        match self.get(xdg) {
            xdg if xdg.is_empty() => join(&[&self.home(), default, "helm", element]),
            xdg => join(&[&xdg, "helm", element]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn e_001_homes() {
        let environment =
            Environment::from_pairs(&[("HOME", "/h"), ("XDG_DATA_HOME", "/x"), ("HELM_CACHE_HOME", "/c")]);
        assert_eq!(environment.cache_path("repository"), "/c/repository");
        assert_eq!(environment.data_path("plugins"), "/x/helm/plugins");
        assert_eq!(
            environment.config_path("repositories.yaml"),
            "/h/.config/helm/repositories.yaml"
        );
    }
}
