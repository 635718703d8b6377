//! Semantic versions.

use std::any::Any;
use std::rc::Rc;

use go_semver::{Constraints, Version};
use go_text_template::{FuncError, FuncMap, Kind, Object, Signature, Type, Value};
use go_value::Str;

use crate::arguments::{panic, text};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("semver", &[Type::String], |_, a| match Version::parse(text(a, 0)) {
        Ok(version) => Ok(object(version, Form::Pointer)),
        Err(error) => panic(error.to_string()),
    });
    functions.add("semverCompare", &[Type::String, Type::String], |_, a| {
        let constraints = Constraints::parse(text(a, 0)).map_err(|error| FuncError::new(error.to_string()))?;
        let version = Version::parse(text(a, 1)).map_err(|error| FuncError::new(error.to_string()))?;
        Ok(constraints.check(&version).into())
    });
}

/// Whether Go holds the version by pointer; methods that make new versions return them by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Pointer,
    Value,
}

/// Go's `*semver.Version` and `semver.Version`.
#[derive(Debug)]
struct VersionObject {
    version: Version,
    form: Form,
}

fn object(version: Version, form: Form) -> Value {
    Value::Object(Rc::new(VersionObject { version, form }))
}

/// Tells whether the type is that of a version.
pub(crate) fn is_version(type_: Type) -> bool {
    matches!(type_, Type::Named("*semver.Version" | "semver.Version"))
}

/// The version whose fields are all zero.
pub(crate) fn zero_version(kind: Kind) -> Value {
    let form = if kind == Kind::Ptr { Form::Pointer } else { Form::Value };
    object(Version::default(), form)
}

impl VersionObject {
    fn increment(next: Option<Version>, part: &str) -> Result<Value, FuncError> {
        match next {
            Some(version) => Ok(object(version, Form::Value)),
            None => panic(format!("{part} version increment would overflow uint64")),
        }
    }
}

const POINTER: Type = Type::Named("*semver.Version");

impl Object for VersionObject {
    fn type_(&self) -> Type {
        match self.form {
            Form::Pointer => POINTER,
            Form::Value => Type::Named("semver.Version"),
        }
    }

    fn kind(&self) -> Kind {
        match self.form {
            Form::Pointer => Kind::Ptr,
            Form::Value => Kind::Struct,
        }
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let parameters = match name {
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "String" => vec![],
            "IncMajor" | "IncMinor" | "IncPatch" => vec![],
            "SetPrerelease" | "SetMetadata" => vec![Type::String],
            // These have pointer receivers.
            "Original" if self.form == Form::Pointer => vec![],
            "Compare" | "Equal" | "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual"
                if self.form == Form::Pointer =>
            {
                vec![POINTER]
            }
            _ => return None,
        };
        Some(Signature {
            parameters,
            variadic: None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FuncError> {
        let version = &self.version;
        let number = |number| Ok(Value::Uint(Type::Uint64, number));
        match name {
            "Major" => return number(version.major()),
            "Minor" => return number(version.minor()),
            "Patch" => return number(version.patch()),
            "Prerelease" => return Ok(version.prerelease().into()),
            "Metadata" => return Ok(version.metadata().into()),
            "Original" => return Ok(version.original().into()),
            "String" => return Ok(version.to_string().into()),
            "IncMajor" => return Self::increment(version.inc_major(), "major"),
            "IncMinor" => return Self::increment(version.inc_minor(), "minor"),
            "IncPatch" => return Self::increment(version.inc_patch(), "patch"),
            "SetPrerelease" | "SetMetadata" => {
                let set = if name == "SetMetadata" {
                    Version::set_metadata
                } else {
                    Version::set_prerelease
                };
                let changed = set(version, text(arguments, 0)).map_err(|error| FuncError::new(error.to_string()))?;
                return Ok(object(changed, Form::Value));
            }
            _ => {}
        }
        let other = match arguments.first() {
            Some(Value::Object(other)) => other.as_any().downcast_ref::<VersionObject>(),
            _ => None,
        };
        let Some(other) = other else {
            // A nil pointer equals nothing; anything else looks into it.
            return if name == "Equal" {
                Ok(false.into())
            } else {
                crate::arguments::nil_pointer()
            };
        };
        let order = version.cmp(&other.version);
        Ok(match name {
            "Compare" => Value::Int(order as i64),
            "Equal" => order.is_eq().into(),
            "LessThan" => order.is_lt().into(),
            "LessThanEqual" => order.is_le().into(),
            "GreaterThan" => order.is_gt().into(),
            _ => order.is_ge().into(),
        })
    }

    fn text(&self) -> Option<Str> {
        Some(self.version.to_string().into())
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Ok(self.version.to_string().into())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let Some(other) = other.as_any().downcast_ref::<VersionObject>() else {
            return false;
        };
        let (one, two) = (&self.version, &other.version);
        self.form == other.form && one == two && one.original() == two.original() && one.metadata() == two.metadata()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
