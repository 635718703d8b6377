//! The contents of a file, at hand or still to be read.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, OnceLock};

use go_value::Str;

/// The contents of a file. A clone shares them.
///
/// Most files of large charts are not looked at: custom resources, dashboards, examples. A caller that renders a chart once can
/// leave those unread until something asks for them ([`Content::later`]). It has to hold the file open, so that what is read is
/// the file that was there when the chart was loaded, and to look at [`crate::Chart::unreadable`] when it is done.
#[derive(Clone)]
pub struct Content(Inner);

#[derive(Clone)]
enum Inner {
    Here(Str),
    Later(Arc<Later>),
}

struct Later {
    read: Box<dyn Fn() -> Result<Str, String> + Send + Sync>,
    found: OnceLock<Result<Str, String>>,
}

impl Content {
    /// Returns contents that `read` gives when they are first needed. What it cannot read counts as empty; `read` gives a text
    /// for people then.
    pub fn later(read: impl Fn() -> Result<Str, String> + Send + Sync + 'static) -> Content {
        Content(Inner::Later(Arc::new(Later {
            read: Box::new(read),
            found: OnceLock::new(),
        })))
    }

    /// Returns how many bytes are at hand: none of what is read when it is needed.
    pub(crate) fn size_now(&self) -> usize {
        match &self.0 {
            Inner::Here(bytes) => bytes.len(),
            Inner::Later(_) => 0,
        }
    }

    /// Returns why the contents could not be read, if somebody needed them and they could not.
    pub fn failure(&self) -> Option<&str> {
        match &self.0 {
            Inner::Here(_) => None,
            Inner::Later(later) => later.found.get()?.as_ref().err().map(String::as_str),
        }
    }
}

impl Deref for Content {
    type Target = Str;

    fn deref(&self) -> &Str {
        static EMPTY: LazyLock<Str> = LazyLock::new(Str::default);
        match &self.0 {
            Inner::Here(bytes) => bytes,
            Inner::Later(later) => {
                let found = later.found.get_or_init(|| (later.read)().map(without_mark));
                found.as_ref().unwrap_or(&EMPTY)
            }
        }
    }
}

/// The bytes without a byte order mark at their start.
pub(crate) fn without_mark(bytes: impl Into<Str>) -> Str {
    let bytes = bytes.into();
    match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.into(),
        None => bytes,
    }
}

impl<T: Into<Str>> From<T> for Content {
    fn from(bytes: T) -> Content {
        Content(Inner::Here(bytes.into()))
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Content) -> bool {
        **self == **other
    }
}

impl Eq for Content {}

impl PartialEq<str> for Content {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Content {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn is_read_once_and_when_needed() {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        let content = Content::later(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(Str::from("\u{feff}text"))
        });
        let copy = content.clone();
        assert_eq!(count.load(Ordering::Relaxed), 0);
        assert_eq!(content, "text");
        assert_eq!(copy, content);
        assert_eq!(count.load(Ordering::Relaxed), 1);
        assert_eq!(content.failure(), None);
    }

    #[test]
    fn what_cannot_be_read_is_empty_and_says_so() {
        let content = Content::later(|| Err("read a: input/output error".to_owned()));
        assert_eq!(content.failure(), None);
        assert_eq!(content, "");
        assert_eq!(content.failure(), Some("read a: input/output error"));
    }
}
