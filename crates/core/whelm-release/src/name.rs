//! Release names.

use std::fmt;

/// Why a release name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// It is empty.
    Missing,
    /// It is too long, or has letters it may not have.
    Invalid,
}

impl fmt::Display for NameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            NameError::Missing => "no name provided",
            NameError::Invalid => {
                "invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ \
                 and the length must not be longer than 53"
            }
        })
    }
}

impl std::error::Error for NameError {}

/// Checks a release name: labels of lower-case letters, digits and dashes with dots between them, at most 53 bytes.
///
/// # Errors
/// See [`NameError`].
///
/// Source: Helm 4.3.1, `pkg/chart/v2/util/validate_name.go`.
pub fn validate_release_name(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Missing);
    }
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let label = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|byte| alphanumeric(*byte))
            && bytes.last().is_some_and(|byte| alphanumeric(*byte))
            && bytes.iter().all(|byte| alphanumeric(*byte) || *byte == b'-')
    };
    if name.len() > 53 || !name.split('.').all(label) {
        Err(NameError::Invalid)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["a", "a-b", "a.b", "0", &"a".repeat(53)] {
            assert_eq!(validate_release_name(good), Ok(()), "{good}");
        }
        for bad in ["A", "-a", "a-", "a..b", "a_b", "ä", &"a".repeat(54)] {
            assert_eq!(validate_release_name(bad), Err(NameError::Invalid), "{bad}");
        }
        assert_eq!(validate_release_name(""), Err(NameError::Missing));
    }
}
