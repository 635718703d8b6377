//! What is known of the kinds of objects.

/// The struct that a kind or a part of it is.
pub trait Types: Clone {
    /// Returns what is known of a field.
    ///
    /// # Errors
    /// There is no such field: `unable to find api field in struct S for the json field "f"`.
    fn field(&self, name: &str) -> Result<Field<'_, Self>, String>;
}

/// What is known of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a, T> {
    /// Its type.
    pub of: FieldType<T>,
    /// Whether the items of a list are merged one by one.
    pub merges: bool,
    /// Whether a patch says which fields of it stay.
    pub retains_keys: bool,
    /// Whether a map is replaced as a whole.
    pub replaces: bool,
    /// The field that tells the items of a merged list apart; empty for scalars.
    pub merge_key: &'a str,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType<T> {
    /// A struct.
    Struct(T),
    /// A list, of structs or of something else.
    List(Option<T>),
    /// Something else, by the name that it has in Go, such as `map`.
    Other(&'static str),
}

impl<T: Types> FieldType<T> {
    /// Returns what is known of a field of a value of this type.
    pub(crate) fn field(&self, name: &str) -> Result<Field<'_, T>, String> {
        let kind = match self {
            FieldType::Struct(own) => return own.field(name),
            FieldType::List(_) => "slice",
            FieldType::Other(kind) => kind,
        };
        Err(format!(
            "merging an object in json but data type is not struct, instead is: {kind}"
        ))
    }

    /// Returns what is known of the items of a list that a field is.
    pub(crate) fn list_field(&self, name: &str) -> Result<Field<'_, T>, String> {
        let field = self.field(name)?;
        let of = match field.of {
            FieldType::List(Some(item)) => FieldType::Struct(item),
            FieldType::List(None) => FieldType::Other("string"),
            // A pointer is followed.
            FieldType::Struct(own) => FieldType::Struct(own),
            FieldType::Other(_) => return Err("expected slice or array type, but got: struct".to_owned()),
        };
        Ok(Field { of, ..field })
    }
}
