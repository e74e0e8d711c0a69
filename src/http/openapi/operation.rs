//! What one method of one path does.

use serde_json::{Map, Value, json};

/// An operation, described step by step.
pub(in crate::http) struct Operation(Map<String, Value>);

/// One of its answers.
pub(in crate::http) struct Answer(Map<String, Value>);

impl Operation {
    /// `id` is its name among all of them; `summary` is one line.
    pub(in crate::http) fn new(tag: &str, id: &str, summary: &str) -> Self {
        Self(Map::from_iter([
            ("tags".to_owned(), json!([tag])),
            ("operationId".to_owned(), id.into()),
            ("summary".to_owned(), summary.into()),
            ("responses".to_owned(), json!({})),
        ]))
    }

    /// The same, with more than the summary says.
    pub(in crate::http) fn about(self, description: &str) -> Self {
        self.with("description", description.into())
    }

    /// The same for those who come by one of `schemes`; the empty name stands for no scheme.
    pub(in crate::http) fn secured(self, schemes: &[&str]) -> Self {
        let ways = schemes.iter().map(|scheme| match *scheme {
            "" => json!({}),
            scheme => json!({scheme: []}),
        });
        let ways = ways.collect();
        self.with("security", ways)
    }

    /// The same, with one more parameter.
    pub(in crate::http) fn parameter(mut self, parameter: Value) -> Self {
        let parameters = self.0.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.push(parameter);
        }
        self
    }

    /// The same, with one more part of the path.
    pub(in crate::http) fn in_path(self, name: &str, schema: Value) -> Self {
        self.parameter(json!({"name": name, "in": "path", "required": true, "schema": schema}))
    }

    /// The same, with one more part of the query, which may be absent.
    pub(in crate::http) fn in_query(self, name: &str, description: &str, schema: Value) -> Self {
        self.parameter(json!({
            "name": name, "in": "query", "required": false, "description": description, "schema": schema,
        }))
    }

    /// The same, with a body of any of these content types.
    pub(in crate::http) fn takes(
        self,
        required: bool,
        types: &[&str],
        schema: &Value,
        examples: &[Value],
    ) -> Self {
        let content: Map<String, Value> = types
            .iter()
            .map(|name| ((*name).to_owned(), media(schema.clone(), examples)))
            .collect();
        self.with(
            "requestBody",
            json!({"required": required, "content": content}),
        )
    }

    /// The same, with a body of one more content type.
    pub(in crate::http) fn takes_too(
        mut self,
        content_type: &str,
        schema: Value,
        examples: &[Value],
    ) -> Self {
        if let Some(body) = self.0.get_mut("requestBody") {
            body["content"][content_type] = media(schema, examples);
        }
        self
    }

    /// The same, with an answer of this status.
    pub(in crate::http) fn answers(mut self, status: u16, answer: Answer) -> Self {
        if let Some(Value::Object(answers)) = self.0.get_mut("responses") {
            answers.insert(status.to_string(), Value::Object(answer.0));
        }
        self
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }
}

impl Answer {
    /// When it is given.
    pub(in crate::http) fn new(description: &str) -> Self {
        Self(Map::from_iter([(
            "description".to_owned(),
            description.into(),
        )]))
    }

    /// The same, in JSON.
    pub(in crate::http) fn json(self, schema: Value, examples: &[Value]) -> Self {
        self.of("application/json", schema, examples)
    }

    /// The same, of this content type.
    pub(in crate::http) fn of(
        mut self,
        content_type: &str,
        schema: Value,
        examples: &[Value],
    ) -> Self {
        let content = json!({content_type: media(schema, examples)});
        self.0.insert("content".to_owned(), content);
        self
    }

    /// The same, with a header that holds a whole number.
    pub(in crate::http) fn header(mut self, name: &str, description: &str) -> Self {
        let headers = self.0.entry("headers").or_insert_with(|| json!({}));
        headers[name] = json!({
            "description": description, "schema": {"type": "integer", "minimum": 0},
        });
        self
    }
}

fn media(schema: Value, examples: &[Value]) -> Value {
    match examples {
        [] => json!({"schema": schema}),
        [example] => json!({"schema": schema, "example": example}),
        several => {
            let named: Map<String, Value> = (1..)
                .zip(several)
                .map(|(number, value)| (format!("example {number}"), json!({"value": value})))
                .collect();
            json!({"schema": schema, "examples": named})
        }
    }
}
