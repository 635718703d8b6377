//! The functions of the Go driver, once more.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use go_text_template::{FuncError, FuncMap, Kind, List, Map, Method, Methods, Object, Signature, Type, Value, fmt};
use go_value::Str;

/// Returns the functions that the Go driver has too.
pub fn functions() -> FuncMap {
    let mut map = FuncMap::default();
    numbers(&mut map);
    collections(&mut map);
    others(&mut map);
    map
}

fn int(value: &Value) -> i64 {
    match value {
        Value::Int(value) | Value::Int64(value) | Value::OtherInt(_, value) => *value,
        Value::Uint(_, value) => *value as i64,
        Value::Float(value) => *value as i64,
        _ => 0,
    }
}

fn text(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        other => fmt::value_string(other),
    }
}

/// Go's conversions on amd64: what does not fit gives the smallest integer.
fn float_to_int(value: &Value) -> i64 {
    match value {
        Value::Float(float) if !(-9.2e18..9.2e18).contains(float) => i64::MIN,
        other => int(other),
    }
}

fn numbers(map: &mut FuncMap) {
    map.add("int", &[Type::Float64], |_, a| Ok(Value::Int(float_to_int(&a[0]))));
    map.add("int64", &[Type::Float64], |_, a| Ok(Value::Int64(float_to_int(&a[0]))));
    map.add("int8", &[Type::Int], |_, a| {
        Ok(Value::OtherInt(Type::Int8, i64::from(int(&a[0]) as i8)))
    });
    map.add("uint", &[Type::Int], |_, a| {
        Ok(Value::Uint(Type::Uint, int(&a[0]) as u64))
    });
    map.add("uint8", &[Type::Int], |_, a| {
        Ok(Value::Uint(Type::Uint8, u64::from(int(&a[0]) as u8)))
    });
    map.add("uint64", &[Type::Float64], |_, a| {
        let value = match &a[0] {
            Value::Float(float) if (9_223_372_036_854_775_808.0..18_446_744_073_709_551_616.0).contains(float) => {
                *float as u64
            }
            // What does not fit gives the highest bit alone.
            other => float_to_int(other) as u64,
        };
        Ok(Value::Uint(Type::Uint64, value))
    });
    map.add("span", &[Type::Int64], |_, a| {
        Ok(Value::OtherInt(Type::Named("time.Duration"), int(&a[0])))
    });
    map.add("scale", &[Type::Float64, Type::Int], |_, a| match &a[0] {
        Value::Float(factor) => Ok(Value::Float(factor * int(&a[1]) as f64)),
        _ => Ok(Value::Nil),
    });
}

fn collections(map: &mut FuncMap) {
    map.add_variadic("list", &[], Type::Any, |_, a| Ok(Value::List(List::new(a.to_vec()))));
    map.add_variadic("words", &[], Type::String, |_, a| {
        Ok(Value::List(List::strings(a.iter().map(text))))
    });
    map.add_variadic("texts", &[], Type::String, |_, a| {
        let entries = a.chunks_exact(2).map(|pair| (text(&pair[0]), pair[1].clone()));
        Ok(Value::Map(Map::with_type(Type::Map(&Type::String), entries.collect())))
    });
    map.add_variadic("dict", &[], Type::Any, |_, a| {
        let entries: BTreeMap<Str, Value> = a
            .chunks_exact(2)
            .map(|pair| (fmt::sprint(&pair[..1]), pair[1].clone()))
            .collect();
        Ok(Value::Map(Map::new(entries)))
    });
    map.add("named", &[Type::map()], |_, a| match &a[0] {
        Value::Map(map) => Ok(Value::Map(map.with_methods(Type::Named("main.named"), NAMED_METHODS))),
        other => Ok(other.clone()),
    });
    map.add("set", &[Type::map(), Type::String, Type::Any], |_, a| {
        if let Value::Map(map) = &a[0] {
            if map.nil {
                return Err(FuncError::panic("assignment to entry in nil map"));
            }
            let value = match &a[2] {
                value @ (Value::Nil | Value::Bool(_) | Value::Str(_) | Value::Int(_) | Value::Float(_)) => {
                    value.clone()
                }
                _ => Value::from("container"),
            };
            map.insert(text(&a[1]), value);
        }
        Ok(a[0].clone())
    });
    map.add("bytes", &[Type::String], |_, a| Ok(Value::Bytes(text(&a[0]))));
    map.add("nothing", &[], |_, _| Ok(Value::Nil));
    map.add("nilmap", &[], |_, _| Ok(Value::nil_map(Type::map())));
    map.add("nillist", &[], |_, _| Ok(Value::nil_list(Type::list())));
}

const NAMED_METHODS: &Methods = &Methods(&[Method {
    name: "Size",
    parameters: &[],
    body: |map, _| Ok(Value::Int(map.len() as i64)),
}]);

fn others(map: &mut FuncMap) {
    map.add("fail", &[Type::String], |_, a| {
        Err(FuncError::new(text(&a[0]).to_string_lossy()))
    });
    map.add("boom", &[Type::list()], |_, a| {
        let length = match &a[0] {
            Value::List(list) => list.items.len(),
            _ => 0,
        };
        Err(FuncError::panic(format!(
            "runtime error: index out of range [{length}] with length {length}"
        )))
    });
    map.add("repeat", &[Type::Int, Type::String], |_, a| {
        let count = int(&a[0]).clamp(0, 5) as usize;
        Ok(Value::Str(text(&a[1]).repeat(count).into()))
    });
    map.add("flag", &[Type::Bool], |_, a| {
        Ok(Value::from(format!("flag {}", fmt::value_string(&a[0]))))
    });
    map.add("upper", &[Type::String], |_, a| {
        Ok(Value::from(text(&a[0]).to_string_lossy().to_uppercase()))
    });
    map.add("thing", &[], |_, _| Ok(Value::Object(Rc::new(Thing))));
    map.add("badge", &[Type::Int], |_, a| {
        Ok(Value::Object(Rc::new(Badge(int(&a[0])))))
    });
    map.add("include", &[Type::String, Type::Any], |exec, a| {
        let Some(depth) = exec.state::<Cell<u32>>() else {
            return Err(FuncError::new("no counter"));
        };
        if depth.get() >= 5 {
            return Err(FuncError::new("include nests too deep"));
        }
        depth.set(depth.get() + 1);
        let output = exec.render(text(&a[0]), &a[1]);
        depth.set(depth.get() - 1);
        Ok(Value::Str(output?))
    });
}

#[derive(Debug)]
struct Thing;

impl Object for Thing {
    fn type_(&self) -> Type {
        Type::Named("*main.thing")
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "inner" => None,
            _ => {
                let field = self.fields().into_iter().find(|(field, _)| *field == name);
                field.map(|(_, value)| value)
            }
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let words = BTreeMap::from([(Str::from("a"), Value::from("b"))]);
        vec![
            ("Name", Value::from("thing")),
            ("Count", Value::Int(3)),
            ("Any", Value::list(vec![Value::Float(1.5), Value::from("x")])),
            ("Words", Value::Map(Map::with_type(Type::Map(&Type::String), words))),
            ("inner", Value::Int(0)),
        ]
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let (parameters, variadic) = match name {
            "Hello" => (vec![Type::String], None),
            "Sum" => (vec![Type::Int], Some(Type::Int)),
            "Nothing" => (vec![], None),
            _ => return None,
        };
        Some(Signature { parameters, variadic })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FuncError> {
        match name {
            "Hello" if text(&arguments[0]).is_empty() => Err(FuncError::new("nobody to greet")),
            "Hello" => Ok(match &arguments[0] {
                Value::Str(name) => Value::Str([b"thing greets ", &**name].concat().into()),
                _ => Value::Nil,
            }),
            "Sum" => Ok(Value::Int(arguments.iter().map(int).fold(3, i64::wrapping_add))),
            _ => Ok(Value::Nil),
        }
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Err("no plain form".to_owned())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Badge(i64);

impl Object for Badge {
    fn type_(&self) -> Type {
        Type::Named("main.badge")
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value> {
        (name == "Level").then_some(Value::Int(self.0))
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![("Level", Value::Int(self.0))]
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "String").then_some(Signature {
            parameters: vec![],
            variadic: None,
        })
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, FuncError> {
        Ok(Value::Str(self.text().unwrap_or_default()))
    }

    fn text(&self) -> Option<Str> {
        Some(format!("badge<{}>", self.0).into())
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Err("no plain form".to_owned())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other = other.as_any().downcast_ref::<Badge>();
        other.is_some_and(|other| other.0 == self.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
