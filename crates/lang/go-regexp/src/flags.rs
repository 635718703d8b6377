//! The flags that `(?ims-U)` sets, and the other things that start with `(?`.

use crate::error::{Error, ErrorCode};
use crate::escape::{check_utf8, next_rune};

/// How the following part of an expression is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// `i`: letters match their other cases.
    pub fold_case: bool,
    /// `m`: `^` and `$` match at lines.
    pub multi_line: bool,
    /// `s`: `.` matches `\n`.
    pub dot_newline: bool,
    /// `U`: `x*` is lazy and `x*?` greedy.
    pub swap_greed: bool,
}

/// What stands at a `(?`.
pub(crate) enum PerlGroup<'a> {
    /// `(?P<name>` or `(?<name>`
    Capture(&'a [u8]),
    /// `(?flags:`
    Group(Flags),
    /// `(?flags)`
    Set(Flags),
}

/// Reads what starts with `(?` at the start of `text`, and returns it with the rest.
pub(crate) fn perl_group(text: &[u8], flags: Flags) -> Result<(PerlGroup<'_>, &[u8]), Error> {
    let name_start = match text {
        [_, _, b'P', b'<', _, ..] => Some(4),
        [_, _, b'<', _, ..] => Some(3),
        _ => None,
    };
    match name_start {
        Some(start) => named_capture(text, start),
        None => flag_group(text, flags),
    }
}

fn named_capture(text: &[u8], start: usize) -> Result<(PerlGroup<'_>, &[u8]), Error> {
    let Some(end) = text.iter().position(|byte| *byte == b'>') else {
        check_utf8(text)?;
        return Err(Error::new(ErrorCode::InvalidNamedCapture, text));
    };
    let name = &text[start..end];
    check_utf8(name)?;
    if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        return Err(Error::new(ErrorCode::InvalidNamedCapture, &text[..=end]));
    }
    Ok((PerlGroup::Capture(name), &text[end + 1..]))
}

fn flag_group(text: &[u8], mut flags: Flags) -> Result<(PerlGroup<'_>, &[u8]), Error> {
    let mut rest = &text[2..];
    let mut on = true;
    let mut saw_flag = false;
    while !rest.is_empty() {
        let (rune, after) = next_rune(rest)?;
        rest = after;
        let flag = match rune {
            'i' => &mut flags.fold_case,
            'm' => &mut flags.multi_line,
            's' => &mut flags.dot_newline,
            'U' => &mut flags.swap_greed,
            '-' if on => {
                on = false;
                saw_flag = false;
                continue;
            }
            ':' if on || saw_flag => return Ok((PerlGroup::Group(flags), rest)),
            ')' if on || saw_flag => return Ok((PerlGroup::Set(flags), rest)),
            _ => break,
        };
        *flag = on;
        saw_flag = true;
    }
    let read = text.len() - rest.len();
    Err(Error::new(ErrorCode::InvalidPerlOp, &text[..read]))
}
