//! Which ways of writing a scalar of a node are possible, in brackets and outside of them.

use super::super::analyze::{break_width, is_printable, width};

/// What yaml.v3's emitter finds out about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Analysis {
    pub(super) multiline: bool,
    pub(super) flow_plain_allowed: bool,
    pub(super) block_plain_allowed: bool,
    pub(super) single_quoted_allowed: bool,
    pub(super) block_allowed: bool,
}

/// What was seen on the way through a text.
#[derive(Default)]
struct Seen {
    flow_indicators: bool,
    block_indicators: bool,
    line_breaks: bool,
    special: bool,
    tabs: bool,
    space_at_start: bool,
    space_at_end: bool,
    break_at_edge: bool,
    break_space: bool,
    space_break: bool,
}

/// Analyzes `text`, which is valid UTF-8.
pub(super) fn analyze(text: &[u8]) -> Analysis {
    if text.is_empty() {
        return Analysis {
            block_plain_allowed: true,
            single_quoted_allowed: true,
            ..Analysis::default()
        };
    }
    let seen = look(text);
    let bad = seen.space_break || seen.special;
    let edges = seen.space_at_start || seen.space_at_end || seen.break_at_edge;
    let plain = !(edges || seen.break_space || bad || seen.tabs || seen.line_breaks);
    Analysis {
        multiline: seen.line_breaks,
        flow_plain_allowed: plain && !seen.flow_indicators,
        block_plain_allowed: plain && !seen.block_indicators,
        single_quoted_allowed: !(seen.break_space || bad || seen.tabs),
        block_allowed: !(seen.space_at_end || bad),
    }
}

fn look(text: &[u8]) -> Seen {
    let marker = text.starts_with(b"---") || text.starts_with(b"...");
    let mut seen = Seen {
        flow_indicators: marker,
        block_indicators: marker,
        ..Seen::default()
    };
    let (mut after_white, mut after_space, mut after_break) = (true, false, false);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        let end = (at + width(byte)).min(text.len());
        let before_white = matches!(text.get(end), None | Some(b' ' | b'\t'));
        look_for_indicator(&mut seen, byte, at == 0, after_white, before_white);
        if byte == b'\t' {
            seen.tabs = true;
        } else if !is_printable(text, at) {
            seen.special = true;
        }
        let breaks = break_width(text, at) > 0;
        if byte == b' ' {
            seen.space_at_start |= at == 0;
            seen.space_at_end |= end == text.len();
            seen.break_space |= after_break;
        } else if breaks {
            seen.line_breaks = true;
            seen.break_at_edge |= at == 0 || end == text.len();
            seen.space_break |= after_space;
        }
        after_white = breaks || matches!(byte, b' ' | b'\t' | 0);
        after_space = byte == b' ';
        after_break = breaks;
        at = end;
    }
    seen
}

fn look_for_indicator(seen: &mut Seen, byte: u8, first: bool, after_white: bool, before_white: bool) {
    let (flow, block) = match byte {
        b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
        | b'`'
            if first =>
        {
            (true, true)
        }
        b'?' if first => (true, before_white),
        b'-' if first => (before_white, before_white),
        b':' => (true, before_white),
        b',' | b'?' | b'[' | b']' | b'{' | b'}' => (true, false),
        b'#' => (after_white, after_white),
        _ => (false, false),
    };
    seen.flow_indicators |= flow;
    seen.block_indicators |= block;
}
