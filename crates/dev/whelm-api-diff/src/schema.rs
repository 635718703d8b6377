//! The recorded structure of the built-in kinds, as far as making objects needs it.

use std::collections::BTreeMap;

/// The shape of a value, in the letters of `schema.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A scalar or anything: its letter.
    Scalar(char),
    /// A struct by its number.
    Struct(usize),
    /// A list.
    List(Box<Shape>),
    /// A map with text keys.
    Map(Box<Shape>),
}

/// A field of a struct.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
}

/// All structs, and those of kinds.
#[derive(Debug, Default)]
pub struct Schema {
    structs: Vec<Vec<Field>>,
    kinds: BTreeMap<&'static str, usize>,
}

impl Schema {
    /// Reads the table that is recorded beside the embedded server.
    pub fn recorded() -> Self {
        let mut schema = Schema::default();
        for line in include_str!("../../../lang/kube-schema/data/schema.txt").lines() {
            if line.starts_with("# ") {
                schema.structs.push(Vec::new());
            } else if let Some((name, number)) = line.strip_prefix("= ").and_then(|kind| kind.rsplit_once(' ')) {
                schema.kinds.insert(name, number.parse().unwrap_or(usize::MAX));
            } else if let (Some(last), Some(field)) = (schema.structs.last_mut(), read_field(line)) {
                last.push(field);
            }
        }
        schema
    }

    /// Returns the fields of a kind such as `apps/v1/Deployment`.
    pub fn of_kind(&self, kind: &str) -> Option<&[Field]> {
        self.fields(*self.kinds.get(kind)?)
    }

    /// Returns the fields of a struct.
    pub fn fields(&self, number: usize) -> Option<&[Field]> {
        self.structs.get(number).map(Vec::as_slice)
    }
}

fn read_field(line: &'static str) -> Option<Field> {
    let mut columns = line.split('\t');
    let name = columns.next()?.trim_start_matches(['*', '-', '+']);
    let shape = read_shape(columns.next()?)?;
    Some(Field { name, shape })
}

fn read_shape(text: &str) -> Option<Shape> {
    let (first, rest) = (text.chars().next()?, text.get(1..)?);
    Some(match first {
        '@' => Shape::Struct(rest.parse().ok()?),
        '{' => Shape::Map(Box::new(read_shape(rest.trim_start_matches('!'))?)),
        '[' => {
            let rest = rest.trim_start_matches('=');
            let rest = rest
                .strip_prefix('(')
                .and_then(|keys| keys.split_once(')'))
                .map_or(rest, |(_, rest)| rest);
            Shape::List(Box::new(read_shape(rest)?))
        }
        letter => Shape::Scalar(letter),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_recorded_table() {
        let schema = Schema::recorded();
        let pod = schema.of_kind("/v1/Pod").unwrap();
        let spec = pod.iter().find(|field| field.name == "spec").unwrap();
        let Shape::Struct(number) = spec.shape else {
            panic!("a struct")
        };
        assert!(
            schema
                .fields(number)
                .unwrap()
                .iter()
                .any(|field| field.name == "containers")
        );
    }
}
