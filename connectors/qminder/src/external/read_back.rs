//! What Qminder keeps of external data, which only GraphQL tells.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Misread;
use crate::lenient::{or_default, time};
use crate::{Call, TicketId, graphql};

const QUERY: &str =
    "query ($id: ID!) { ticket(id: $id) { external { provider title data created } } }";

/// A record as Qminder keeps it, which may be any integration's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct StoredRecord {
    /// The name of the integration.
    pub provider: String,
    /// The header that clerks see.
    pub title: String,
    /// What was sent, as JSON; compare it with [`Record::to_value`](super::Record::to_value).
    #[serde(default)]
    pub data: Option<Value>,
    /// When it was made. Whether an overwrite renews it is not documented.
    #[serde(deserialize_with = "time")]
    pub created: Timestamp,
}

/// `POST /graphql`, `ticket(id) { external { … } }`: all records of a ticket, in Qminder's order; `None` if it answers
/// that there is no such ticket.
///
/// A GraphQL error is an [`Error::Refused`](crate::Error::Refused) with status 200.
pub fn read_back(ticket: &TicketId) -> Call<Option<Vec<StoredRecord>>> {
    #[derive(Deserialize)]
    struct Body {
        ticket: Option<TicketPart>,
    }

    #[derive(Deserialize)]
    struct TicketPart {
        #[serde(deserialize_with = "or_default")]
        external: Vec<StoredRecord>,
    }

    let request = graphql::request(QUERY, &json!({ "id": ticket }));
    Call::new(request, |body| {
        let data = graphql::data(body)?;
        // An object without `ticket` answers another question.
        if data.get("ticket").is_none() {
            return Err(Misread::Shape { line: 0, column: 0 });
        }
        let body = Body::deserialize(data).map_err(|error| Misread::from_json(&error))?;
        Ok(body.ticket.map(|ticket| ticket.external))
    })
}
