//! Queries. Qminder's GraphQL only reads; its schema is the file `query.graphqls` of
//! [the official client](https://github.com/Qminder/javascript-api).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Misread, Refusal, Said};
use crate::{Call, Request, json};

/// `POST /graphql`: any query; the answer is its `data`.
///
/// A GraphQL error is an [`Error::Refused`](crate::Error::Refused) with status 200, also where there are data beside
/// it.
///
/// ```
/// use qminder_client::graphql::query;
/// use serde_json::json;
///
/// let call = query(
///     "query ($id: ID!) { location(id: $id) { inputFields { id title } } }",
///     &json!({"id": "123"}),
/// );
/// assert_eq!(call.request().target(), "/graphql");
/// ```
pub fn query(query: &str, variables: &Value) -> Call<Value> {
    Call::new(request(query, variables), data)
}

pub(crate) fn request(query: &str, variables: &Value) -> Request {
    #[derive(Serialize)]
    struct Body<'a> {
        query: &'a str,
        variables: &'a Value,
    }

    Request::post("/graphql").with_json(&Body { query, variables })
}

/// The data of an answer, or its errors.
pub(crate) fn data(body: &[u8]) -> Result<Value, Misread> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        data: Option<Value>,
        #[serde(default)]
        errors: Option<Value>,
    }

    let body: Body = json::read(body)?;
    match (body.errors, body.data) {
        (Some(errors), _) if !is_empty(&errors) => {
            let said = Said::from_object(&Map::from_iter([("errors".to_owned(), errors)]));
            Err(Misread::Refused(Box::new(Refusal::from_graphql(said))))
        }
        (_, Some(data)) => Ok(data),
        (_, None) => Err(Misread::Shape { line: 0, column: 0 }),
    }
}

fn is_empty(errors: &Value) -> bool {
    errors.as_array().is_some_and(Vec::is_empty)
}
