//! Dates and times.
//!
//! Source: sprig 3.3.0, `date.go`.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use go_text_template::{Exec, FuncError, FuncMap, Type, Value};
use go_time::{Duration, Location, Time};
use go_value::strconv::{NumErrorKind, parse_int};

use crate::Host;
use crate::host::LocalZone;
use crate::time_object::{TIME, as_time, time_value};

/// The host's clock and the zones read so far.
struct Clock {
    host: Arc<dyn Host>,
    local: OnceLock<Location>,
    zones: Mutex<Vec<(String, Location)>>,
}

/// A function's body that needs the clock.
type Body = fn(&Clock, &[Value]) -> Result<Value, FuncError>;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap, host: &Arc<dyn Host>) {
    let clock = Arc::new(Clock::new(host));
    let any = Type::Any;
    let string = Type::String;
    let table: [(&'static str, &[Type], Body); 16] = [
        ("now", &[], |clock, _| Ok(clock.value(clock.now()))),
        ("ago", &[any], ago),
        ("date", &[string, any], |clock, arguments| {
            Ok(clock.format(text(arguments, 0), &arguments[1], b"Local"))
        }),
        ("dateInZone", &[string, any, string], date_in_zone),
        ("date_in_zone", &[string, any, string], date_in_zone),
        ("htmlDate", &[any], |clock, arguments| {
            Ok(clock.format(b"2006-01-02", &arguments[0], b"Local"))
        }),
        ("htmlDateInZone", &[any, string], |clock, arguments| {
            Ok(clock.format(b"2006-01-02", &arguments[0], text(arguments, 1)))
        }),
        ("dateModify", &[string, TIME], date_modify),
        ("date_modify", &[string, TIME], date_modify),
        ("mustDateModify", &[string, TIME], must_date_modify),
        ("must_date_modify", &[string, TIME], must_date_modify),
        ("toDate", &[string, string], |clock, arguments| {
            let time = Time::parse(text(arguments, 0), text(arguments, 1), clock.local());
            Ok(clock.value(time.unwrap_or_default()))
        }),
        ("mustToDate", &[string, string], |clock, arguments| {
            let time = Time::parse(text(arguments, 0), text(arguments, 1), clock.local());
            time.map(|time| clock.value(time)).map_err(error)
        }),
        ("unixEpoch", &[TIME], |_, arguments| {
            let seconds = as_time(&arguments[0]).map_or(0, Time::unix_seconds);
            Ok(Value::from(seconds.to_string()))
        }),
        ("duration", &[any], |_, arguments| Ok(duration(&arguments[0]))),
        ("durationRound", &[any], |clock, arguments| {
            Ok(duration_round(clock, &arguments[0]))
        }),
    ];
    for (name, parameters, body) in table {
        let clock = clock.clone();
        functions.add(name, parameters, move |_: &mut Exec, arguments: &[Value]| {
            body(&clock, arguments)
        });
    }
}

impl Clock {
    fn new(host: &Arc<dyn Host>) -> Clock {
        Clock {
            host: host.clone(),
            local: OnceLock::new(),
            zones: Mutex::default(),
        }
    }

    fn now(&self) -> Time {
        let moment = self.host.now();
        Time::unix(moment.seconds, moment.nanoseconds, self.local()).with_monotonic(moment.monotonic)
    }

    fn local(&self) -> &Location {
        self.local.get_or_init(|| match self.host.local_zone() {
            LocalZone::Utc => Location::utc(),
            LocalZone::File { name, data } => Location::from_tzif(&name, &data).unwrap_or_default(),
        })
    }

    /// The zone `name`; UTC when there is none.
    fn zone(&self, name: &[u8]) -> Location {
        let name = match name {
            b"" | b"UTC" => return Location::utc(),
            b"Local" => return self.local().clone(),
            _ => match std::str::from_utf8(name) {
                // As Go, so that no name leads out of the zone directory.
                Ok(name) if !name.starts_with(['/', '\\']) && !name.split('/').any(|part| part == "..") => name,
                _ => return Location::utc(),
            },
        };
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, location)) = zones.iter().find(|(known, _)| known == name) {
            return location.clone();
        }
        let file = self.host.zone(name);
        let location = file
            .and_then(|file| Location::from_tzif(name, &file).ok())
            .unwrap_or_default();
        zones.push((name.to_owned(), location.clone()));
        location
    }

    fn value(&self, time: Time) -> Value {
        time_value(time, self.local())
    }

    /// What a value means as a time: a time itself, seconds since 1970, or now for anything else.
    fn time_of(&self, value: &Value) -> Time {
        match value {
            Value::Int(seconds) | Value::Int64(seconds) | Value::OtherInt(Type::Int32, seconds) => {
                Time::unix(*seconds, 0, self.local())
            }
            _ => as_time(value).cloned().unwrap_or_else(|| self.now()),
        }
    }

    fn format(&self, layout: &[u8], value: &Value, zone: &[u8]) -> Value {
        let time = self.time_of(value).in_location(&self.zone(zone));
        Value::Str(time.format(layout).into())
    }
}

/// The string argument at `index`.
fn text(arguments: &[Value], index: usize) -> &[u8] {
    match arguments.get(index) {
        Some(Value::Str(text)) => text,
        _ => &[],
    }
}

fn error(error: go_time::Error) -> FuncError {
    FuncError::new(error.to_string())
}

fn date_in_zone(clock: &Clock, arguments: &[Value]) -> Result<Value, FuncError> {
    Ok(clock.format(text(arguments, 0), &arguments[1], text(arguments, 2)))
}

fn date_modify(clock: &Clock, arguments: &[Value]) -> Result<Value, FuncError> {
    Ok(must_date_modify(clock, arguments).unwrap_or_else(|_| arguments[1].clone()))
}

fn must_date_modify(clock: &Clock, arguments: &[Value]) -> Result<Value, FuncError> {
    let span = Duration::parse(text(arguments, 0)).map_err(error)?;
    let time = as_time(&arguments[1]).cloned().unwrap_or_default();
    Ok(clock.value(time + span))
}

fn ago(clock: &Clock, arguments: &[Value]) -> Result<Value, FuncError> {
    let time = match &arguments[0] {
        // Unlike `date`, it knows no int32.
        Value::OtherInt(..) => clock.now(),
        value => clock.time_of(value),
    };
    let span = clock.now().since(&time).round(Duration::SECOND);
    Ok(Value::from(span.to_string()))
}

/// Seconds, as a string or an int64, to the text of a duration.
fn duration(value: &Value) -> Value {
    let seconds = match value {
        Value::Str(text) => lenient_int(text),
        Value::Int64(seconds) => *seconds,
        _ => 0,
    };
    let span = Duration(seconds.wrapping_mul(Duration::SECOND.0));
    Value::from(span.to_string())
}

/// What Go's `ParseInt` returns beside its error: the nearest number that fits, 0 for what is no number.
fn lenient_int(text: &[u8]) -> i64 {
    parse_int(text, 10, 64).unwrap_or_else(|error| match error.kind {
        NumErrorKind::Range if text.starts_with(b"-") => i64::MIN,
        NumErrorKind::Range => i64::MAX,
        NumErrorKind::Syntax => 0,
    })
}

/// The largest unit of a duration and how many of it there are: `2h`, `3mo`.
fn duration_round(clock: &Clock, value: &Value) -> Value {
    let span = match value {
        Value::Str(text) => Duration::parse(text).unwrap_or_default(),
        Value::Int64(nanoseconds) => Duration(*nanoseconds),
        _ => as_time(value).map_or(Duration(0), |time| clock.now().since(time)),
    };
    let nanoseconds = span.0.unsigned_abs();
    let hour = Duration::HOUR.0 as u64;
    let units = [
        (hour * 24 * 365, "y"),
        (hour * 24 * 30, "mo"),
        (hour * 24, "d"),
        (hour, "h"),
        (Duration::MINUTE.0 as u64, "m"),
        (Duration::SECOND.0 as u64, "s"),
    ];
    let fitting = units.into_iter().find(|(unit, _)| nanoseconds > *unit);
    Value::from(fitting.map_or("0s".to_owned(), |(unit, name)| format!("{}{name}", nanoseconds / unit)))
}
