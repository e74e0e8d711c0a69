//! What is told of every operation, and of many.

use serde_json::{Value, json};

use crate::http::openapi::{Answer, Operation};

/// What is told of every operation.
pub(super) struct Told {
    pub(super) error: Value,
}

impl Told {
    pub(super) fn of(&self, id: &str, summary: &str) -> Operation {
        Operation::new("agent API", id, summary).secured(&["agentKey"])
    }

    pub(super) fn refused(&self, description: &str) -> Answer {
        limited(Answer::new(description).json(self.error.clone(), &[]))
    }

    pub(super) fn with_gate(&self, operation: Operation) -> Operation {
        operation
            .answers(400, self.refused("There is no key, or the body broke off."))
            .answers(
                401,
                self.refused("The key is wrong, or its agent is not active."),
            )
            .answers(
                429,
                self.refused("Too many with this key.")
                    .header("Retry-After", "Seconds to wait.")
                    .header(
                        "X-RateLimit-Reset",
                        "When to come again, in seconds since 1970.",
                    ),
            )
            .answers(
                500,
                self.refused("Something is wrong here; the log says what."),
            )
            .answers(
                503,
                self.refused("The store cannot tell or take it now.")
                    .header("Retry-After", "Seconds to wait."),
            )
    }
}

impl Operation {
    pub(super) fn numbered(self, name: &str) -> Self {
        self.in_path(name, json!({"type": "integer", "minimum": 1}))
    }

    /// The same, with form data in the place of JSON.
    pub(super) fn or_form(self, schema: Value, example: Value) -> Self {
        self.takes_too("application/x-www-form-urlencoded", schema, &[example])
    }

    pub(super) fn paged(self, usual: u64) -> Self {
        self.in_query(
            "page",
            "Which page; what makes no sense is the first.",
            json!({"type": "integer", "minimum": 1, "default": 1}),
        )
        .in_query(
            "per_page",
            "How many items a page has; more than 100 are 100.",
            json!({"type": "integer", "minimum": 1, "maximum": 100, "default": usual}),
        )
    }

    pub(super) fn missing(self, told: &Told) -> Self {
        self.answers(
            404,
            told.refused("There is no such thing, or it is not this agent's."),
        )
    }

    pub(super) fn writes(self, told: &Told) -> Self {
        self.answers(408, told.refused("The body did not come in time."))
            .answers(409, told.refused("This cannot be done now."))
            .answers(
                413,
                told.refused("The body is larger than server.max_body."),
            )
            .answers(
                422,
                told.refused("Something is wrong with what was sent: `errors` names each field."),
            )
    }
}

pub(super) fn limited(answer: Answer) -> Answer {
    answer
        .header(
            "X-RateLimit-Limit",
            "How many calls the key may make at once.",
        )
        .header("X-RateLimit-Remaining", "How many of them are left.")
}
