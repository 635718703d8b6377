//! Dictionaries.

use std::collections::{BTreeMap, BTreeSet};

use go_text_template::{FuncMap, List, Map, Type, Value};
use go_value::Str;

use crate::arguments::{Result, any, map, panic, string, text, text_value};
use crate::copy::deep_copy;
use crate::merge::{Overwrite, Stop, merge};
use crate::print::strval;
use crate::reflect::type_name;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add_variadic("dict", &[], Type::Any, |_, a| {
        let pairs = a.chunks(2).map(|pair| {
            // A key without a value gets an empty text.
            let value = pair.get(1).cloned().unwrap_or_else(|| Value::from(""));
            (strval(any(pair, 0)), value)
        });
        Ok(Value::map(pairs.collect::<Vec<_>>()))
    });
    entries(functions);
    parts(functions);
    for (name, overwrite, must) in [
        ("merge", Overwrite::No, false),
        ("mustMerge", Overwrite::No, true),
        ("mergeOverwrite", Overwrite::Yes, false),
        ("mustMergeOverwrite", Overwrite::Yes, true),
    ] {
        functions.add_variadic(name, &[Type::map()], Type::map(), move |_, a| {
            let mut target = map(a, 0);
            for index in 1..a.len() {
                match merge(&mut target, &map(a, index), overwrite) {
                    Err(Stop::Types) if !must => return text_value(""),
                    merged => merged?,
                }
            }
            Ok(Value::Map(target))
        });
    }
    for name in ["deepCopy", "mustDeepCopy"] {
        functions.add(name, &[Type::Any], |_, a| match any(a, 0) {
            Value::Nil => panic("reflect: call of reflect.Value.Type on zero Value"),
            value => deep_copy(value),
        });
    }
    functions.add_variadic("dig", &[], Type::Any, |_, a| dig(a));
}

/// The functions on one entry.
fn entries(functions: &mut FuncMap) {
    functions.add("get", &[Type::map(), Type::String], |_, a| {
        Ok(map(a, 0).get(text(a, 1)).unwrap_or_else(|| Value::from("")))
    });
    functions.add("set", &[Type::map(), Type::String, Type::Any], |_, a| {
        let target = map(a, 0);
        if target.nil {
            return panic("assignment to entry in nil map");
        }
        target.insert(string(a, 1), any(a, 2).clone());
        Ok(Value::Map(target))
    });
    functions.add("unset", &[Type::map(), Type::String], |_, a| {
        let target = map(a, 0);
        target.remove(text(a, 1));
        Ok(Value::Map(target))
    });
    functions.add("hasKey", &[Type::map(), Type::String], |_, a| {
        Ok(map(a, 0).contains(text(a, 1)).into())
    });
    functions.add_variadic("pluck", &[Type::String], Type::map(), |_, a| {
        let found = (1..a.len()).filter_map(|index| map(a, index).get(text(a, 0)));
        Ok(Value::list(found.collect()))
    });
}

/// The functions that list entries or copy some of them. Go walks maps in random order; here the order is that of the keys.
fn parts(functions: &mut FuncMap) {
    functions.add_variadic("keys", &[], Type::map(), |_, a| {
        let keys = (0..a.len()).flat_map(|index| map(a, index).keys());
        Ok(Value::List(List::strings(keys)))
    });
    functions.add("values", &[Type::map()], |_, a| {
        let values = map(a, 0).entries().into_iter().map(|(_, value)| value);
        Ok(Value::list(values.collect()))
    });
    functions.add_variadic("pick", &[Type::map()], Type::String, |_, a| {
        let source = map(a, 0);
        let picked = (1..a.len()).filter_map(|index| Some((string(a, index), source.get(text(a, index))?)));
        Ok(Value::map(picked.collect::<Vec<_>>()))
    });
    functions.add_variadic("omit", &[Type::map()], Type::String, |_, a| {
        let omitted: BTreeSet<Str> = (1..a.len()).map(|index| string(a, index)).collect();
        let left = map(a, 0)
            .entries()
            .into_iter()
            .filter(|(key, _)| !omitted.contains(key));
        Ok(Value::Map(Map::new(left.collect::<BTreeMap<_, _>>())))
    });
}

fn dig(arguments: &[Value]) -> Result {
    let [keys @ .., default, start] = arguments else {
        return panic("dig needs at least three arguments");
    };
    if keys.is_empty() {
        return panic("dig needs at least three arguments");
    }
    let mut at = expect_map(start)?;
    let mut path = Vec::new();
    for key in keys {
        match key {
            Value::Str(key) => path.push(key),
            other => return conversion(other, "string"),
        }
    }
    for (index, key) in path.iter().enumerate() {
        let Some(value) = at.get(key) else {
            return Ok(default.clone());
        };
        if index + 1 == path.len() {
            return Ok(value);
        }
        at = expect_map(&value)?;
    }
    Ok(default.clone())
}

fn expect_map(value: &Value) -> Result<Map> {
    match value {
        Value::Map(map) if map.type_ == Type::map() => Ok(map.clone()),
        other => conversion(other, "map[string]interface {}"),
    }
}

/// The error of a failed type assertion.
fn conversion<T>(value: &Value, wanted: &str) -> Result<T> {
    let found = match value {
        Value::Nil => "nil".to_owned(),
        other => type_name(other),
    };
    panic(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}
