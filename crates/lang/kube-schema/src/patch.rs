//! The built-in kinds as strategic merge patches see them.

use strategic_merge::{Field, FieldType, Types};

use crate::{BuiltInSchema, Shape, Struct};

/// A struct of a built-in kind.
#[derive(Debug, Clone, Copy)]
pub struct PatchType(&'static Struct);

/// Returns the struct of a kind that Go's clients know; of others, only their JSON is known.
///
/// Go's clients know what Kubernetes itself serves, without the APIs for other API servers. Versions that no server has any
/// more are not known here.
#[must_use]
pub fn known_to_clients(group: &str, version: &str, kind: &str) -> Option<PatchType> {
    if group == "apiregistration.k8s.io" {
        return None;
    }
    BuiltInSchema::get().of_kind(group, version, kind).map(PatchType)
}

impl Types for PatchType {
    fn field(&self, name: &str) -> Result<Field<'_, Self>, String> {
        let fields = &self.0.fields;
        let similar = || {
            fields
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(name))
                .map(|(_, field)| field)
        };
        let field = fields.get(name).or_else(similar).ok_or_else(|| {
            let own = self.0.name;
            format!("unable to find api field in struct {own} for the json field {name:?}")
        })?;
        Ok(Field {
            of: type_of(&field.shape),
            merges: field.merges,
            retains_keys: field.retains_keys,
            replaces: field.replaces,
            merge_key: field.merge_key,
        })
    }
}

fn type_of(shape: &Shape) -> FieldType<PatchType> {
    let structure = |shape: &Shape| match shape {
        Shape::Struct(number) => BuiltInSchema::get().structure(*number).map(PatchType),
        _ => None,
    };
    match shape {
        Shape::Struct(_) => structure(shape).map_or(FieldType::Other("struct"), FieldType::Struct),
        Shape::List(element, _) => FieldType::List(structure(element)),
        Shape::Bytes => FieldType::List(None),
        Shape::Map { .. } => FieldType::Other("map"),
        Shape::String => FieldType::Other("string"),
        Shape::Int32 => FieldType::Other("int32"),
        Shape::Int64 => FieldType::Other("int64"),
        Shape::Double => FieldType::Other("float64"),
        Shape::Bool => FieldType::Other("bool"),
        Shape::Any => FieldType::Other("interface"),
        Shape::Time | Shape::MicroTime | Shape::Quantity | Shape::IntOrString => FieldType::Other("struct"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_their_names() {
        let spec = |kind| {
            let Ok(Field {
                of: FieldType::Struct(spec),
                ..
            }) = known_to_clients("apps", "v1", kind).unwrap().field("spec")
            else {
                panic!("spec is a struct")
            };
            spec
        };
        let strategy = spec("Deployment").field("strategy").map(|field| field.retains_keys);
        assert_eq!(strategy, Ok(true));
        assert_eq!(
            spec("Deployment").field("odd").map(|field| field.merges),
            Err("unable to find api field in struct DeploymentSpec for the json field \"odd\"".to_owned())
        );
        assert!(known_to_clients("apiregistration.k8s.io", "v1", "APIService").is_none());
    }
}
