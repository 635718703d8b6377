//! Go's `time`: durations, layouts such as `2006-01-02`, time zones, and the texts and errors that Go makes of them.
//!
//! ```
//! use go_time::{Duration, Location, Time};
//!
//! let time = Time::parse(b"2006-01-02", b"2024-02-29", &Location::utc())?;
//! assert_eq!(time.format(b"Mon, 02 Jan 2006 15:04:05 MST"), b"Thu, 29 Feb 2024 00:00:00 UTC");
//! assert_eq!((time + Duration::parse(b"36h")?).to_string(), "2024-03-01 12:00:00 +0000 UTC");
//!
//! let error = Time::parse(b"2006-01-02", b"soon", &Location::utc()).unwrap_err();
//! assert_eq!(error.to_string(), r#"parsing time "soon" as "2006-01-02": cannot parse "soon" as "2006""#);
//! # Ok::<(), go_time::Error>(())
//! ```
//!
//! What it does not do: it has no clock, no idea of the local zone and no zone database. The caller gives the time and the
//! bytes of zone files (TZif, as under `/usr/share/zoneinfo`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod civil;
mod duration;
mod error;
mod format;
mod layout;
mod names;
mod parse;
mod rule;
mod time;
mod zone;

pub use duration::Duration;
pub use error::Error;
pub use names::{month_name, named_int_text, weekday_name};
pub use time::Time;
pub use zone::Location;
