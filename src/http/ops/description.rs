//! Operations, as `/openapi.json` describes them.

use serde_json::json;

use crate::http::openapi::{self, Answer, Description, Operation};

pub(in crate::http) fn describe(to: &mut Description) {
    let text = |description: &str| {
        Answer::new(description).of("text/plain", json!({"type": "string"}), &[])
    };
    let operation = |id, summary| Operation::new("operations", id, summary).secured(&[]);
    to.add(
        "get",
        "/healthz",
        operation("healthz", "Whether the daemon lives")
            .answers(200, text("It does."))
            .answers(503, text("The store failed; why.")),
    );
    to.add(
        "get",
        "/readyz",
        operation("readyz", "Whether tickets are taken")
            .answers(200, text("They are."))
            .answers(503, text("They are not; why.")),
    );
    to.add(
        "get",
        "/metrics",
        operation("metrics", "Figures, as Prometheus reads them")
            .answers(200, text("The figures.")),
    );
    to.add(
        "get",
        openapi::PATH,
        operation("openapi", "This document").answers(
            200,
            Answer::new("OpenAPI 3.1.").json(json!({"type": "object"}), &[]),
        ),
    );
}
