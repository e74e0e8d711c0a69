//! Intake, as `/openapi.json` describes it.

use respondo_client::inbound::Inbound;
use serde_json::{Value, json};

use super::PATHS;
use super::answer::TicketAnswer;
use crate::http::openapi::{Answer, Description, Operation};
use crate::http::problem;

const ABOUT: &str = "The credentials stand in a header or in the body, as personal_access_token or token. response_url may be \
absent where parent_uid names something known to the brand. Form data spells nested keys author[username], \
author.username or author__username. The four paths are the same.";

pub(in crate::http) fn describe(to: &mut Description) {
    for (path, id) in PATHS.into_iter().zip([
        "sendTicket",
        "sendTicketJson",
        "createExternal",
        "createExternalJson",
    ]) {
        let operation = operation(to, id);
        to.add("post", path, operation);
    }
}

fn operation(to: &mut Description, id: &str) -> Operation {
    let (taken, sent) = (to.written::<TicketAnswer>(), to.read::<Inbound>());
    let refused = to.written::<problem::Body<'_>>();
    let problem = |description: &str| {
        Answer::new(description).of("application/problem+json", refused.clone(), &[])
    };
    let later = |description: &str| problem(description).header("Retry-After", "Seconds to wait.");
    Operation::new("intake", id, "Send a ticket, or a further message of one")
        .about(ABOUT)
        .secured(&["intakeBearer", "intakeBasic", "intakeKey", ""])
        .in_path("brand", json!({"type": "string", "minLength": 1}))
        .takes(
            true,
            &["application/json", "application/x-www-form-urlencoded"],
            &sent,
            &examples(),
        )
        .answers(
            201,
            Answer::new("The ticket is stored and synced.").json(taken.clone(), &[answer()]),
        )
        .answers(
            200,
            Answer::new(
                "The same came before; `updated` tells whether something was changed by it.",
            )
            .json(taken, &[]),
        )
        .answers(400, problem("The body cannot be read."))
        .answers(401, problem("There are no credentials."))
        .answers(
            403,
            problem("The credentials are wrong, or not this brand's."),
        )
        .answers(408, problem("The body did not come in time."))
        .answers(413, problem("The body is larger than server.max_body."))
        .answers(415, problem("The content type is another."))
        .answers(
            422,
            problem("Something is wrong with the ticket: each violation with its JSON pointer."),
        )
        .answers(429, later("Too many with this token."))
        .answers(500, problem("This ticket could not be stored."))
        .answers(503, later("Tickets cannot be stored now."))
}

/// External ticket format, section Inbound, both examples.
fn examples() -> [Value; 2] {
    let author = json!({
        "external_uid": "external_ticket_author_external_uid", "username": "best_username",
    });
    let token = json!({"name": "token_name", "token": "123TOKEN321"});
    [
        json!({
            "external_uid": "123hello321world",
            "content": "This is content from the external ticket example.",
            "parent_uid": "external_ticket_parent_external_uid",
            "author": author,
            "created_at": "2019-01-01 23:35:27.632879 UTC",
            "token": token,
        }),
        json!({
            "external_uid": "123hello321world",
            "content": "This is content from the external ticket example.",
            "response_url": "https://response_url.com",
            "custom_provider": "hacker_news",
            "author": author,
            "created_at": "2019-01-01 23:35:27.632879 UTC",
            "token": token,
        }),
    ]
}

fn answer() -> Value {
    json!({
        "id": 1, "message_id": 1, "external_uid": "123hello321world", "status": "open",
        "content": "This is content from the external ticket example.", "provider": "hacker_news",
        "parent_id": null,
        "author": {"external_uid": "external_ticket_author_external_uid", "username": "best_username"},
        "response_url_known": true, "created_at": "2019-01-01T23:35:27.632879Z", "duplicate": false,
        "updated": false,
    })
}
