//! `sprig.certificate`, the struct that the certificate functions return.

use std::any::Any;
use std::rc::Rc;

use go_text_template::value::Kind;
use go_text_template::{Object, Type, Value};
use go_value::Str;

pub(crate) const CERTIFICATE: Type = Type::Named("sprig.certificate");

/// A certificate and its key, both in PEM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CertificateObject {
    pub(crate) cert: Str,
    pub(crate) key: Str,
}

impl CertificateObject {
    pub(crate) fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }
}

/// The certificate in a template value, if it is one.
pub(crate) fn as_certificate(value: &Value) -> Option<&CertificateObject> {
    let Value::Object(object) = value else { return None };
    object.as_any().downcast_ref()
}

impl Object for CertificateObject {
    fn type_(&self) -> Type {
        CERTIFICATE
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::Str(self.cert.clone())),
            "Key" => Some(Value::Str(self.key.clone())),
            _ => None,
        }
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Ok(go_value::Value::Map(go_value::Map::from([
            ("Cert".into(), go_value::Value::Str(self.cert.clone())),
            ("Key".into(), go_value::Value::Str(self.key.clone())),
        ])))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Self>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
