//! The paths and schemas of the document while they are gathered.

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::Operation;

/// What is described so far.
pub(in crate::http) struct Description {
    /// Of what is answered: kept under their names.
    written: SchemaGenerator,
    /// Of what is taken: each where it is used.
    read: SchemaGenerator,
    paths: Map<String, Value>,
    server: Option<String>,
}

impl Description {
    pub(super) fn new() -> Self {
        let written = SchemaSettings::draft2020_12()
            .for_serialize()
            .with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            });
        let read = SchemaSettings::draft2020_12()
            .for_deserialize()
            .with(|settings| {
                settings.inline_subschemas = true;
                settings.meta_schema = None;
            });
        Self {
            written: written.into_generator(),
            read: read.into_generator(),
            paths: Map::new(),
            server: None,
        }
    }

    /// What is added from here on is at `server`, if that is another than the document's.
    pub(super) fn move_to(&mut self, server: Option<String>) {
        self.server = server;
    }

    /// Adds what `path` does with `method`, which is in lower case.
    pub(in crate::http) fn add(
        &mut self,
        method: &'static str,
        path: impl Into<String>,
        operation: Operation,
    ) {
        let item = self
            .paths
            .entry(path.into())
            .or_insert_with(|| match &self.server {
                Some(url) => json!({"servers": [{"url": url}]}),
                None => json!({}),
            });
        item[method] = operation.into_value();
    }

    /// A reference to the schema of what is answered.
    pub(in crate::http) fn written<T: JsonSchema>(&mut self) -> Value {
        self.written.subschema_for::<T>().into()
    }

    /// The schema of what is taken.
    pub(in crate::http) fn read<T: JsonSchema>(&mut self) -> Value {
        self.read.subschema_for::<T>().into()
    }

    /// The parameters of a query that is read as `T`: its fields, which are absent rather than null.
    pub(in crate::http) fn query<T: JsonSchema>(&mut self) -> Vec<Value> {
        let schema = self.read::<T>();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let fields = schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        fields
            .into_iter()
            .map(|(name, mut field)| {
                let about = field
                    .as_object_mut()
                    .and_then(|field| field.remove("description"));
                if let Some(Value::Array(kinds)) = field.get("type") {
                    field["type"] = kinds.iter().find(|kind| *kind != "null").cloned().into();
                }
                if let Some(Value::Array(words)) = field.get_mut("enum") {
                    words.retain(|word| !word.is_null());
                }
                json!({
                    "name": name,
                    "in": "query",
                    "required": required.contains(&name.as_str().into()),
                    "description": about.unwrap_or_default(),
                    "schema": field,
                })
            })
            .collect()
    }

    /// Paths, and schemas by name.
    pub(super) fn finish(mut self) -> (Map<String, Value>, Map<String, Value>) {
        (self.paths, self.written.take_definitions(true))
    }
}
