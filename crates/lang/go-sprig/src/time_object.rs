//! `time.Time` and its relatives as template values, with the methods that Go gives them.

use std::any::Any;
use std::cmp::Ordering;
use std::rc::Rc;

use go_text_template::value::{Kind, Signature};
use go_text_template::{FuncError, Object, Type, Value};
use go_time::{Duration, Location, Time};
use go_value::Str;

/// `time.Time`
pub(crate) const TIME: Type = Type::Named("time.Time");
/// `time.Duration`
pub(crate) const DURATION: Type = Type::Named("time.Duration");
const MONTH: Type = Type::Named("time.Month");
const WEEKDAY: Type = Type::Named("time.Weekday");
const LOCATION: Type = Type::Named("*time.Location");

/// A `time.Time` in a template.
#[derive(Debug)]
pub(crate) struct TimeObject {
    pub(crate) time: Time,
    /// The local zone, for the method `Local`.
    local: Location,
}

/// A `*time.Location` in a template.
#[derive(Debug)]
struct LocationObject(Location);

/// Returns a time as a template value.
pub(crate) fn time_value(time: Time, local: &Location) -> Value {
    Value::Object(Rc::new(TimeObject {
        time,
        local: local.clone(),
    }))
}

/// Returns a `time.Duration` as a template value.
pub(crate) fn duration_value(duration: Duration) -> Value {
    Value::OtherInt(DURATION, duration.0)
}

/// Returns the time in a template value, if it is one.
pub(crate) fn as_time(value: &Value) -> Option<&Time> {
    let Value::Object(object) = value else { return None };
    Some(&object.as_any().downcast_ref::<TimeObject>()?.time)
}

/// The parameters of a method of `time.Time`; `None` for what is no method, or one with several results.
fn parameters(method: &str) -> Option<Vec<Type>> {
    Some(match method {
        "Add" | "Round" | "Truncate" => vec![DURATION],
        "AddDate" => vec![Type::Int, Type::Int, Type::Int],
        "After" | "Before" | "Compare" | "Equal" | "Sub" => vec![TIME],
        "Format" => vec![Type::String],
        "In" => vec![LOCATION],
        "Day" | "Hour" | "IsDST" | "IsZero" | "Local" | "Location" | "MarshalJSON" | "MarshalText" | "Minute"
        | "Month" | "Nanosecond" | "Second" | "String" | "UTC" | "Unix" | "UnixMicro" | "UnixMilli" | "UnixNano"
        | "Weekday" | "Year" | "YearDay" => Vec::new(),
        _ => return None,
    })
}

impl TimeObject {
    fn again(&self, time: Time) -> Value {
        time_value(time, &self.local)
    }

    /// The methods without arguments.
    fn get(&self, method: &str) -> Result<Value, FuncError> {
        let time = &self.time;
        let nanosecond = i64::from(time.nanosecond());
        let sub_seconds = |unit: i64| {
            let seconds = time.unix_seconds().wrapping_mul(1_000_000_000 / unit);
            seconds.wrapping_add(nanosecond / unit)
        };
        Ok(match method {
            "Day" => Value::Int(time.day()),
            "Hour" => Value::Int(time.hour()),
            "IsDST" => Value::Bool(time.is_daylight()),
            "IsZero" => Value::Bool(time.is_zero()),
            "Local" => self.again(time.in_location(&self.local)),
            "Location" => Value::Object(Rc::new(LocationObject(time.location().clone()))),
            "MarshalJSON" => Value::Bytes(self.rfc3339(method).map(|text| format!("\"{text}\""))?.into()),
            "MarshalText" => Value::Bytes(self.rfc3339(method)?.into()),
            "Minute" => Value::Int(time.minute()),
            "Month" => Value::OtherInt(MONTH, time.month()),
            "Nanosecond" => Value::Int(nanosecond),
            "Second" => Value::Int(time.second()),
            "String" => Value::from(time.to_string()),
            "UTC" => self.again(time.in_location(&Location::utc())),
            "Unix" => Value::Int64(time.unix_seconds()),
            "UnixMicro" => Value::Int64(sub_seconds(1_000)),
            "UnixMilli" => Value::Int64(sub_seconds(1_000_000)),
            "UnixNano" => Value::Int64(time.unix_nanoseconds()),
            "Weekday" => Value::OtherInt(WEEKDAY, time.weekday()),
            "Year" => Value::Int(time.year()),
            "YearDay" => Value::Int(time.year_day()),
            _ => return Err(FuncError::new(format!("no method {method}"))),
        })
    }

    fn rfc3339(&self, method: &str) -> Result<String, FuncError> {
        let fail = |error| FuncError::new(format!("Time.{method}: {error}"));
        self.time.to_rfc3339().map_err(fail)
    }
}

impl Object for TimeObject {
    fn type_(&self) -> Type {
        TIME
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn method(&self, name: &str) -> Option<Signature> {
        Some(Signature {
            parameters: parameters(name)?,
            variadic: None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FuncError> {
        let time = &self.time;
        Ok(match (name, arguments) {
            ("Add", [Value::OtherInt(_, span)]) => self.again(time.clone() + Duration(*span)),
            ("Round", [Value::OtherInt(_, span)]) => self.again(time.round(Duration(*span))),
            ("Truncate", [Value::OtherInt(_, span)]) => self.again(time.truncate(Duration(*span))),
            ("AddDate", [Value::Int(years), Value::Int(months), Value::Int(days)]) => {
                self.again(time.add_date(*years, *months, *days))
            }
            ("Format", [Value::Str(layout)]) => Value::Str(time.format(layout).into()),
            ("In", [Value::Object(location)]) => match location.as_any().downcast_ref::<LocationObject>() {
                Some(location) => self.again(time.in_location(&location.0)),
                None => return Err(FuncError::new("time: missing Location in call to Time.In")),
            },
            (_, [other]) => match as_time(other) {
                Some(other) => compare(name, time, other)?,
                None => return Err(FuncError::new(format!("no method {name}"))),
            },
            (_, []) => self.get(name)?,
            _ => return Err(FuncError::new(format!("no method {name}"))),
        })
    }

    fn text(&self) -> Option<Str> {
        Some(self.time.to_string().into())
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        let fail = |error| format!("json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: {error}");
        self.time.to_rfc3339().map(go_value::Value::from).map_err(fail)
    }

    fn equals(&self, other: &dyn Object) -> bool {
        // Go compares the fields: the same moment in another zone is another value.
        let other = other.as_any().downcast_ref::<TimeObject>();
        other.is_some_and(|other| other.time == self.time)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The methods that take another time.
fn compare(method: &str, time: &Time, other: &Time) -> Result<Value, FuncError> {
    let order = time.compare(other);
    Ok(match method {
        "After" => Value::Bool(order == Ordering::Greater),
        "Before" => Value::Bool(order == Ordering::Less),
        "Equal" => Value::Bool(order == Ordering::Equal),
        "Compare" => Value::Int(order as i64),
        "Sub" => duration_value(time.since(other)),
        _ => return Err(FuncError::new(format!("no method {method}"))),
    })
}

impl Object for LocationObject {
    fn type_(&self) -> Type {
        LOCATION
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "String").then_some(Signature {
            parameters: Vec::new(),
            variadic: None,
        })
    }

    fn call(&self, _name: &str, _arguments: &[Value]) -> Result<Value, FuncError> {
        Ok(Value::from(self.0.name()))
    }

    fn text(&self) -> Option<Str> {
        Some(self.0.name().into())
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        // A struct without exported fields.
        Ok(go_value::Value::Map(go_value::Map::new()))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other = other.as_any().downcast_ref::<LocationObject>();
        other.is_some_and(|other| other.0 == self.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
