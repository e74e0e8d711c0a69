//! Answers from Respondo servers, as `/openapi.json` describes them.

use serde_json::{Value, json};

use super::PATH;
use crate::http::openapi::{Answer, Description, Operation};
use crate::http::problem;

const ABOUT: &str = "The token is part of the address that was given as response_url with a ticket, and nobody else knows \
it. Form data is taken as well as JSON, and an author in any of the spellings that Respondo servers have used. The same \
text to the same address within a minute is the answer that came already.";
const REMOVAL: &str = "It is recorded, and takes nothing back.";

pub(in crate::http) fn describe(to: &mut Description) {
    let refused = to.written::<problem::Body<'_>>();
    let problem = |description: &str| {
        Answer::new(description).of("application/problem+json", refused.clone(), &[])
    };
    let later = |description: &str| problem(description).header("Retry-After", "Seconds to wait.");
    let token = || json!({"type": "string", "minLength": 1});
    let receive = Operation::new("replies", "receiveReply", "Answer a pushed ticket")
        .about(ABOUT)
        .secured(&[""])
        .in_path("token", token())
        .takes(true, &["application/json"], &schema(), &[example()])
        .answers(
            200,
            Answer::new("The reply as a ticket; it is stored and synced.").of(
                "application/json",
                json!({"type": "object"}),
                &[],
            ),
        )
        .answers(
            400,
            problem("It is neither JSON nor form data; or it broke off."),
        )
        .answers(404, problem("There is no such address."))
        .answers(408, problem("The body did not come in time."))
        .answers(413, problem("The body is larger than server.max_body."))
        .answers(415, problem("Another content type."))
        .answers(422, problem("It is no reply."))
        .answers(500, problem("This reply could not be stored."))
        .answers(503, later("Replies cannot be stored now."));
    to.add("post", PATH, receive);
    let remove = Operation::new("replies", "removeReply", "Tell that a ticket was removed")
        .about(REMOVAL)
        .secured(&[""])
        .in_path("token", token())
        .answers(
            200,
            Answer::new("It is recorded.").of("application/json", json!({"type": "object"}), &[]),
        )
        .answers(404, problem("There is no such address."))
        .answers(500, problem("This removal could not be stored."))
        .answers(503, later("Removals cannot be stored now."));
    to.add("delete", PATH, remove);
}

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["response_text"],
        "properties": {
            "response_text": {"type": "string", "pattern": "\\S", "description": "What the reply says."},
            "parent_id": {"type": ["string", "null"], "maxLength": 512, "description": "What is answered."},
            "author": {"description": "Who is answered; it is not used."},
        },
    })
}

fn example() -> Value {
    json!({
        "response_text": "This is content from an example reply.",
        "parent_id": "acme::external_ticket_uid_1",
        "author": {"external_uid": "author_uid_1", "username": "author_username"},
    })
}
