//! Which command of a plugin fits this machine, and variables in it.

use std::collections::BTreeMap;

/// A command for some machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformCommand {
    /// The operating system, as Go calls it; empty for any.
    pub os: String,
    /// The processor, as Go calls it; empty for any.
    pub arch: String,
    /// The program, and words for it after single spaces.
    pub command: String,
    /// Further words.
    pub args: Vec<String>,
}

/// Variables by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// Returns the program and its words for this machine, with variables put in and `extra` at the end.
pub(crate) fn prepare(commands: &[PlatformCommand], extra: &[String], variables: &Variables) -> Option<Vec<String>> {
    let chosen = choose(commands, go_os(), go_arch())?;
    let mut words = chosen.command.split(' ');
    let program = words.next().filter(|program| !program.is_empty())?;
    let own = words.chain(chosen.args.iter().map(String::as_str));
    let expanded = std::iter::once(program).chain(own).map(|word| expand(word, variables));
    Some(expanded.chain(extra.iter().cloned()).collect())
}

/// The entry for this system and processor; else the first for the system alone; else the first for any.
fn choose<'a>(commands: &'a [PlatformCommand], os: &str, arch: &str) -> Option<&'a PlatformCommand> {
    let is = |given: &str, wanted: &str| given.eq_ignore_ascii_case(wanted);
    let exact = commands
        .iter()
        .find(|command| is(&command.os, os) && is(&command.arch, arch));
    let of_any_processor = || commands.iter().filter(|command| command.arch.is_empty());
    exact
        .or_else(|| of_any_processor().find(|command| is(&command.os, os)))
        .or_else(|| of_any_processor().find(|command| command.os.is_empty()))
}

fn go_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

/// Puts in variables as Go's `os.Expand` does: `$NAME`, `${NAME}`, and the shell's special ones.
fn expand(text: &str, variables: &Variables) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        if after.is_empty() {
            break;
        }
        out.push_str(before);
        let (name, length) = name(after);
        match name {
            Some(name) => out.push_str(variables.get(name).map_or("", String::as_str)),
            // A dollar that no name follows stays; what is badly written goes.
            None if length == 0 => out.push('$'),
            None => {}
        }
        rest = &after[length..];
    }
    out.push_str(rest);
    out
}

/// The name at the start of what follows a dollar, and how much of the text it takes.
fn name(text: &str) -> (Option<&str>, usize) {
    let special = |byte: u8| b"*#$@!?-0123456789".contains(&byte);
    let bytes = text.as_bytes();
    match bytes {
        [b'{', letter, b'}', ..] if special(*letter) => (text.get(1..2), 3),
        [b'{', ..] => match text.find('}') {
            Some(1) => (None, 2),
            Some(end) => (text.get(1..end), end + 1),
            None => (None, 1),
        },
        [letter, ..] if special(*letter) => (text.get(..1), 1),
        _ => {
            let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let length = bytes.iter().take_while(|byte| part(byte)).count();
            (text.get(..length).filter(|name| !name.is_empty()), length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(os: &str, arch: &str, command: &str) -> PlatformCommand {
        PlatformCommand {
            os: os.into(),
            arch: arch.into(),
            command: command.into(),
            args: Vec::new(),
        }
    }

    // P-003
    #[test]
    fn p_003_the_closest_command() {
        let all = [
            command("", "", "any"),
            command("linux", "", "linux"),
            command("linux", "", "second"),
            command("Linux", "AMD64", "exact"),
            command("", "amd64", "never"),
        ];
        let chosen = |os, arch| choose(&all, os, arch).unwrap().command.as_str();
        assert_eq!(chosen("linux", "amd64"), "exact");
        assert_eq!(chosen("linux", "arm64"), "linux");
        assert_eq!(chosen("darwin", "amd64"), "any");
        assert_eq!(choose(&all[1..], "darwin", "arm64"), None);
    }

    // P-003
    #[test]
    fn p_003_variables() {
        let variables = Variables::from([("A".into(), "x y".into()), ("1".into(), "one".into())]);
        for (text, wanted) in [
            ("$A/${A}b", "x y/x yb"),
            ("$NOPE.", "."),
            ("${}a${b", "ab"),
            ("$1$", "one$"),
            ("${1}/$/", "one/$/"),
            ("plain", "plain"),
        ] {
            assert_eq!(expand(text, &variables), wanted, "{text}");
        }
        let own = [PlatformCommand {
            args: vec!["$A".into(), "b".into()],
            ..command("", "", "$A/run --x ${1}")
        }];
        let words = prepare(&own, &["$A".into()], &variables).unwrap();
        assert_eq!(words, ["x y/run", "--x", "one", "x y", "b", "$A"]);
        assert_eq!(prepare(&[command("", "", "")], &[], &variables), None);
    }
}
