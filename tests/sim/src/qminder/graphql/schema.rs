//! The types of the schema, ready to be looked up.

use std::collections::HashMap;
use std::sync::LazyLock;

use graphql_parser::schema::{Definition, Field, Type, TypeDefinition, parse_schema};

/// A type as it is written: `ID!`, `[Line!]!`.
pub(crate) type Written = Type<'static, String>;

type Fields = HashMap<String, Field<'static, String>>;

static TYPES: LazyLock<HashMap<String, Fields>> = LazyLock::new(|| {
    let document = parse_schema::<String>(include_str!("schema.graphql"))
        .expect("the schema beside this file can be parsed")
        .into_static();
    let objects = document
        .definitions
        .into_iter()
        .filter_map(|each| match each {
            Definition::TypeDefinition(TypeDefinition::Object(object)) => Some(object),
            _ => None,
        });
    objects
        .map(|object| {
            let fields = object.fields.into_iter();
            let by_name = fields.map(|field| (field.name.clone(), field)).collect();
            (object.name, by_name)
        })
        .collect()
});

/// A field of a type.
pub(crate) fn field(owner: &str, name: &str) -> Option<&'static Field<'static, String>> {
    TYPES.get(owner)?.get(name)
}

/// Whether a type has fields of its own.
pub(crate) fn is_object(name: &str) -> bool {
    TYPES.contains_key(name)
}

/// The name of a type without its brackets and exclamation marks.
pub(crate) fn named(written: &Written) -> &str {
    match written {
        Type::NamedType(name) => name,
        Type::ListType(of) | Type::NonNullType(of) => named(of),
    }
}
