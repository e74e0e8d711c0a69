//! Webhooks, as `/openapi.json` describes them.

use serde_json::{Value, json};

use super::PATH;
use crate::http::openapi::{Answer, Description, Operation};
use crate::http::problem;

const ABOUT: &str = "Signed over the URL as it was registered, to the letter, so a proxy may pass it on under another. Events may come \
in any order and any number of times. Those of unknown types, and those that concern no ticket of ours, are taken and \
ignored.";

pub(in crate::http) fn describe(to: &mut Description) {
    let refused = to.written::<problem::Body<'_>>();
    let problem = |description: &str| {
        Answer::new(description).of("application/problem+json", refused.clone(), &[])
    };
    let later = |description: &str| problem(description).header("Retry-After", "Seconds to wait.");
    let operation = Operation::new("webhooks", "hearQminder", "Tell of a ticket at Qminder")
        .about(ABOUT)
        .secured(&["qminderSignature"])
        .in_path("system", json!({"type": "string", "minLength": 1}))
        .takes(true, &["application/json"], &schema(), &[example()])
        .answers(
            200,
            Answer::new("What it says is stored and synced, or concerns nothing here."),
        )
        .answers(
            400,
            problem("It is signed, but no event; or the body broke off."),
        )
        .answers(
            401,
            problem("The signature is missing or wrong, or there is no such webhook."),
        )
        .answers(408, problem("The body did not come in time."))
        .answers(413, problem("The body is larger than server.max_body."))
        .answers(500, problem("This event could not be stored."))
        .answers(503, later("Events cannot be stored now."));
    to.add("post", PATH, operation);
}

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "description": "What happened, such as ticket_created."},
            "data": {"description": "The ticket, line or location as it is now."},
        },
    })
}

fn example() -> Value {
    json!({
        "type": "ticket_called",
        "data": {
            "id": "51999102", "status": "CALLED", "source": "MANUAL", "line": 12345, "firstName": "Jane",
            "created": {"date": "2026-03-15T14:29:40Z"},
            "called": {"date": "2026-03-15T14:30:00Z", "caller": 900, "desk": 3},
        },
    })
}
