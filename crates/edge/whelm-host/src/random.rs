//! The operating system's random bytes.

/// Fills `buffer`.
///
/// # Panics
/// When the operating system has no random bytes: nothing that needs secrets could go on.
pub(crate) fn fill(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the operating system gives random bytes");
}
