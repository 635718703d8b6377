//! The elements of a layout.

/// What an element stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    Offset(Offset),
    /// `.000`: separator and number of digits, all of them printed.
    FractionZero(u8, usize),
    /// `.999`: separator and number of digits, without trailing zeros.
    FractionNine(u8, usize),
}

/// The form of a zone's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    /// Whether an offset of zero is `Z`.
    pub(crate) z: bool,
    /// Whether a colon stands between the numbers.
    pub(crate) colon: bool,
    /// How many numbers there are: hours, minutes, seconds.
    pub(crate) numbers: usize,
}

/// The first element of a layout and what stands around it.
pub(crate) struct Chunk<'a> {
    pub(crate) prefix: &'a [u8],
    /// The element and its text; `None` when there is no element left.
    pub(crate) element: Option<(Element, &'a [u8])>,
    pub(crate) suffix: &'a [u8],
}

/// Finds the first element of `layout`.
///
/// Source: Go 1.26, `time.nextStdChunk`.
pub(crate) fn next_chunk(layout: &[u8]) -> Chunk<'_> {
    for start in 0..layout.len() {
        if let Some((skip, length, element)) = element_at(&layout[start..]) {
            let start = start + skip;
            return Chunk {
                prefix: &layout[..start],
                element: Some((element, &layout[start..start + length])),
                suffix: &layout[start + length..],
            };
        }
    }
    Chunk {
        prefix: layout,
        element: None,
        suffix: &[],
    }
}

/// The element that `text` starts with: bytes to leave to the prefix, length, element.
fn element_at(text: &[u8]) -> Option<(usize, usize, Element)> {
    use Element::*;
    let starts = |prefix: &str| text.starts_with(prefix.as_bytes());
    let lower_follows = |at: usize| text.get(at).is_some_and(u8::is_ascii_lowercase);
    let (length, element) = match text.first()? {
        b'J' if starts("January") => (7, LongMonth),
        b'J' if starts("Jan") && !lower_follows(3) => (3, Month),
        b'M' if starts("Monday") => (6, LongWeekday),
        b'M' if starts("Mon") && !lower_follows(3) => (3, Weekday),
        b'M' if starts("MST") => (3, ZoneName),
        b'0' if starts("01") => (2, ZeroMonth),
        b'0' if starts("02") => (2, ZeroDay),
        b'0' if starts("03") => (2, ZeroHour12),
        b'0' if starts("04") => (2, ZeroMinute),
        b'0' if starts("05") => (2, ZeroSecond),
        b'0' if starts("06") => (2, Year),
        b'0' if starts("002") => (3, ZeroYearDay),
        b'1' if starts("15") => (2, Hour),
        b'1' => (1, NumMonth),
        b'2' if starts("2006") => (4, LongYear),
        b'2' => (1, Day),
        // A literal underscore before the year.
        b'_' if starts("_2006") => return Some((1, 4, LongYear)),
        b'_' if starts("_2") => (2, UnderDay),
        b'_' if starts("__2") => (3, UnderYearDay),
        b'3' => (1, Hour12),
        b'4' => (1, Minute),
        b'5' => (1, Second),
        b'P' if starts("PM") => (2, UpperPm),
        b'p' if starts("pm") => (2, LowerPm),
        b'-' | b'Z' => {
            let (length, offset) = offset_at(text)?;
            (length, Offset(offset))
        }
        b'.' | b',' => fraction_at(text)?,
        _ => return None,
    };
    Some((0, length, element))
}

/// The longest offset form that `text` starts with.
fn offset_at(text: &[u8]) -> Option<(usize, Offset)> {
    let (sign, rest) = text.split_first()?;
    let form = |numbers, colon| Offset {
        z: *sign == b'Z',
        colon,
        numbers,
    };
    let forms: [(&[u8], Offset); 5] = [
        (b"070000", form(3, false)),
        (b"07:00:00", form(3, true)),
        (b"0700", form(2, false)),
        (b"07:00", form(2, true)),
        (b"07", form(1, false)),
    ];
    let (text, offset) = forms.into_iter().find(|(text, _)| rest.starts_with(text))?;
    Some((text.len() + 1, offset))
}

/// A separator and a run of zeros or nines that no other digit follows.
fn fraction_at(text: &[u8]) -> Option<(usize, Element)> {
    let digit = *text.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = text[1..].iter().take_while(|byte| **byte == digit).count();
    if text.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let element = match digit {
        b'0' => Element::FractionZero(text[0], digits),
        _ => Element::FractionNine(text[0], digits),
    };
    Some((1 + digits, element))
}
