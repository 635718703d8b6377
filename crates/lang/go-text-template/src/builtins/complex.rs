//! Complex numbers, which templates can write but hardly use.

use std::any::Any;
use std::rc::Rc;

use crate::value::{Kind, Object, Type, Value};

/// Go's `complex128`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Complex {
    pub(crate) real: f64,
    pub(crate) imaginary: f64,
}

impl Complex {
    /// The complex number that an object is.
    pub(crate) fn of(object: &Rc<dyn Object>) -> Option<Complex> {
        object.as_any().downcast_ref::<Complex>().copied()
    }

    pub(crate) fn is_zero(self) -> bool {
        self.real == 0.0 && self.imaginary == 0.0
    }
}

impl From<Complex> for Value {
    fn from(complex: Complex) -> Self {
        Value::Object(Rc::new(complex))
    }
}

impl Object for Complex {
    fn type_(&self) -> Type {
        Type::Named("complex128")
    }

    fn kind(&self) -> Kind {
        Kind::Complex128
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Err("json: unsupported type: complex128".to_owned())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other = other.as_any().downcast_ref::<Complex>();
        other.is_some_and(|other| self.real == other.real && self.imaginary == other.imaginary)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
