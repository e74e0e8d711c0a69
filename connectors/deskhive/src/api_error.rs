//! Answers that say what went wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

/// The body of every answer that is no success: `{"message": …}`, with `errors` where fields are wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{message}")]
pub struct ApiError {
    /// What is wrong, as a sentence for people. Installations translate it.
    #[serde(default)]
    pub message: String,
    /// What is wrong with each field; left out where no field is at fault. When it is read, anything that is not an
    /// object of lists of text counts as absent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "by_field"
    )]
    pub errors: Option<BTreeMap<String, Vec<String>>>,
}

impl ApiError {
    /// An error that no field is to blame for.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            errors: None,
        }
    }

    /// What a server answers with 422: sentences by field. The message is Laravel's summary: the first sentence in the
    /// order given, and how many more there are.
    pub fn validation(errors: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let errors: Vec<(String, Vec<String>)> = errors.into_iter().collect();
        let mut sentences = errors.iter().flat_map(|(_, sentences)| sentences);
        let message = match (sentences.next(), sentences.count()) {
            (None, _) => "The given data was invalid.".to_owned(),
            (Some(first), 0) => first.clone(),
            (Some(first), 1) => format!("{first} (and 1 more error)"),
            (Some(first), more) => format!("{first} (and {more} more errors)"),
        };
        Self {
            message,
            errors: Some(errors.into_iter().collect()),
        }
    }
}

fn by_field<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, Vec<String>>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Errors {
        ByField(BTreeMap<String, Vec<String>>),
        Odd(serde::de::IgnoredAny),
    }

    Ok(match Errors::deserialize(deserializer)? {
        Errors::ByField(errors) => Some(errors),
        Errors::Odd(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(fields: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        fields
            .iter()
            .map(|(field, sentences)| {
                let sentences = sentences.iter().map(|&sentence| sentence.to_owned());
                ((*field).to_owned(), sentences.collect())
            })
            .collect()
    }

    #[test]
    fn the_summary_counts_what_it_leaves_out() {
        for (fields, message) in [
            (errors(&[]), "The given data was invalid."),
            (errors(&[("a", &["A."])]), "A."),
            (
                errors(&[("b", &["B."]), ("a", &["A."])]),
                "A. (and 1 more error)",
            ),
            (
                errors(&[("a", &["A.", "Also."]), ("b", &["B."])]),
                "A. (and 2 more errors)",
            ),
        ] {
            let error = ApiError::validation(fields.clone());
            assert_eq!(error.message, message);
            assert_eq!(error.errors, Some(fields));
        }
    }

    #[test]
    fn errors_are_written_only_where_fields_are_at_fault() {
        for (error, json) in [
            (ApiError::new("Not found"), r#"{"message":"Not found"}"#),
            (
                ApiError::validation(errors(&[("q", &["Q."])])),
                r#"{"message":"Q.","errors":{"q":["Q."]}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&error).unwrap(), json);
            assert_eq!(serde_json::from_str::<ApiError>(json).unwrap(), error);
            assert_eq!(error.to_string(), error.message);
        }
    }

    #[test]
    fn odd_errors_are_read_as_none() {
        for json in [
            r#"{"message":"x","errors":[]}"#,
            r#"{"message":"x","errors":null}"#,
            r#"{"message":"x","errors":{"a":"b"}}"#,
            r#"{"message":"x","error":true,"data":null}"#,
        ] {
            assert_eq!(
                serde_json::from_str::<ApiError>(json).unwrap(),
                ApiError::new("x"),
                "{json}"
            );
        }
    }
}
