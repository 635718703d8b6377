//! Go's words for what went wrong with a file.

/// Returns the text of an operating system error as Go has it: `no such file or directory`.
pub fn io_error_text(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if error.raw_os_error().is_some() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_go() {
        assert_eq!(
            io_error_text(&std::io::Error::from_raw_os_error(2)),
            "no such file or directory"
        );
        assert_eq!(io_error_text(&std::io::Error::other("Oh")), "Oh");
    }
}
