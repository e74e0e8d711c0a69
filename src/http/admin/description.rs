//! The operator's interface, as `/openapi.json` describes it.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::dead_letters::{ChoiceBody, ChoiceQuery, NewText};
use super::wire::{
    Bulk, Delivery, DeliveryDetails, Done, Lane, LogLevel, Probed, Receipt, Reconciled, Released,
    ReplyStored, Status, System, Ticket, TicketDetails, Trace,
};
use super::{backup, deliveries, erase, lanes, log_level, reconcile, release, tickets, trace};
use crate::http::openapi::{Answer, Description, Operation};
use crate::http::problem;

const JSON: [&str; 1] = ["application/json"];

pub(in crate::http) fn describe(to: &mut Description) {
    let mut table = Table { to };
    table.read::<Status>("/status", "status", "How everything stands", Vec::new());
    table.tickets();
    table.deliveries();
    table.dead_letters();
    table.read::<Vec<Lane>>(
        "/lanes",
        "listLanes",
        "Lanes that have something pending",
        Vec::new(),
    );
    table.order::<lanes::Which, Done>(
        "/lanes/resume",
        "resumeLane",
        "Let a lane go on, named by its number or its URL",
        json!({"lane": 1}),
    );
    table.read::<Vec<System>>(
        "/systems",
        "listSystems",
        "The configured systems",
        Vec::new(),
    );
    table.plain_order(
        "/systems/{system}/pause",
        "pauseSystem",
        "Send nothing to a system; its queue is kept",
    );
    table.plain_order(
        "/systems/{system}/resume",
        "resumeSystem",
        "Let a system go on that is paused",
    );
    table.order::<release::Decision, Released>(
        "/systems/{system}/release",
        "releaseSystem",
        "Send what was recorded in dry-run mode after all, or never, for a few seconds",
        json!({"fate": "discard", "dry_run": true}),
    );
    table.plain_order_answered::<Vec<Probed>>(
        "/systems/{system}/probe",
        "probeSystem",
        "See whether a system is what it is taken for, without changing anything there",
    );
    table.read::<LogLevel>(
        "/log/level",
        "showLogLevel",
        "What the log lets through",
        Vec::new(),
    );
    table.order::<log_level::NewLevel, Done>(
        "/log/level",
        "setLogLevel",
        "Let the log through more or less, until the next reload or restart",
        json!({"level": "info,ticketbridge::delivery=debug"}),
    );
    let bytes = json!({"type": "string", "format": "binary"});
    let copy = Answer::new(
        "The copy, without its length. It is whole if it ends as a backup does, which `store restore` looks at first.",
    );
    let backup = table
        .told(
            "backUpStore",
            "A copy of the store at one point in time, taken while the daemon goes on",
        )
        .answers(200, copy.of(backup::CONTENT, bytes, &[]));
    table.add("get", "/store/backup", backup);
    table.order::<reconcile::What, Reconciled>(
        "/reconcile",
        "reconcile",
        "Compare both sides of links for a few seconds, and heal what differs",
        json!({"systems": ["front-desk"], "apply": false}),
    );
    table.order::<erase::Who, Receipt>(
        "/erase",
        "erase",
        "Forget a person: their tickets whole, and their words in others'",
        json!({"author": "jane-1", "brand": "acme", "dry_run": true}),
    );
}

/// Builds operations of the operator.
struct Table<'a> {
    to: &'a mut Description,
}

impl Table<'_> {
    fn tickets(&mut self) {
        let query = self.to.query::<tickets::ListQuery>();
        let list = self.told("listTickets", "Tickets, newest first");
        let list = query.into_iter().fold(list, Operation::parameter);
        let all = self
            .written::<Vec<Ticket>>(200)
            .header("X-Total-Count", "How many fit in all.");
        self.add("get", "/tickets", list.answers(200, all));
        self.read::<TicketDetails>(
            "/tickets/{id}",
            "showTicket",
            "A ticket with its messages",
            Vec::new(),
        );
        self.order::<tickets::Assignment, Done>(
            "/tickets/{id}/assign",
            "assignTicket",
            "Give a ticket to an agent",
            json!({"agent": 3}),
        );
        self.plain_order(
            "/tickets/{id}/lock",
            "lockTicket",
            "Refuse replies to a ticket",
        );
        self.plain_order("/tickets/{id}/unlock", "unlockTicket", "Take replies again");
        self.plain_order(
            "/tickets/{id}/release",
            "releaseTicket",
            "Mirror a ticket again that changed implausibly often",
        );
        self.order::<tickets::NewUrl, Done>(
            "/tickets/{id}/response-url",
            "setResponseUrl",
            "Send replies elsewhere",
            json!({"url": "https://response_url.com"}),
        );
        self.order_answered::<tickets::NewReply, ReplyStored>(
            "/tickets/{id}/reply",
            "replyAsOperator",
            "Reply in the name of an agent",
            json!({"text": "Solved.", "agent": 3, "internal": false}),
            201,
        );
        let query = self.to.query::<trace::Of>();
        self.read::<Trace>(
            "/trace",
            "trace",
            "One ticket's whole story, by number or by external uid",
            query,
        );
    }

    fn deliveries(&mut self) {
        let query = self.to.query::<deliveries::ListQuery>();
        self.read::<Vec<Delivery>>(
            "/deliveries",
            "listDeliveries",
            "Deliveries, newest first",
            query,
        );
        self.read::<DeliveryDetails>(
            "/deliveries/{id}",
            "showDelivery",
            "A delivery with all its tries",
            Vec::new(),
        );
        self.plain_order(
            "/deliveries/{id}/retry",
            "retryDelivery",
            "Try a delivery again, now",
        );
        self.plain_order(
            "/deliveries/{id}/cancel",
            "cancelDelivery",
            "Call a delivery off",
        );
    }

    fn dead_letters(&mut self) {
        let query = self.to.query::<ChoiceQuery>();
        self.read::<Vec<Delivery>>(
            "/dead-letters",
            "listDeadLetters",
            "Dead letters, oldest first",
            query,
        );
        self.order::<ChoiceBody, Bulk>(
            "/dead-letters/retry",
            "retryDeadLetters",
            "Try those that fit again",
            json!({"system": "response-url", "older_than": "2h", "dry_run": true}),
        );
        self.order::<ChoiceBody, Bulk>(
            "/dead-letters/discard",
            "discardDeadLetters",
            "Give those that fit up; needs a filter, or `all`",
            json!({"ids": [1, 2], "dry_run": true}),
        );
        self.order::<NewText, Done>(
            "/dead-letters/{id}/edit",
            "editDeadLetter",
            "Change what a dead letter says",
            json!({"text": "Solved."}),
        );
    }

    fn read<T: JsonSchema>(&mut self, path: &str, id: &str, summary: &str, query: Vec<Value>) {
        let told = self.told(id, summary);
        let told = query.into_iter().fold(told, Operation::parameter);
        let answer = self.written::<T>(200);
        self.add("get", path, told.answers(200, answer));
    }

    fn order<T: JsonSchema, A: JsonSchema>(
        &mut self,
        path: &str,
        id: &str,
        summary: &str,
        example: Value,
    ) {
        self.order_answered::<T, A>(path, id, summary, example, 200);
    }

    fn order_answered<T: JsonSchema, A: JsonSchema>(
        &mut self,
        path: &str,
        id: &str,
        summary: &str,
        example: Value,
        status: u16,
    ) {
        let given = self.to.read::<T>();
        // An empty body is an empty object.
        let required = given.get("required").is_some();
        let answer = self.written::<A>(status);
        let mut refused = |description: &str| self.refused(description);
        let told = [
            (400, refused("The body is no JSON.")),
            (408, refused("The body did not come in time.")),
            (413, refused("The body is too large.")),
        ];
        let told = told.into_iter().fold(
            self.told(id, summary)
                .takes(required, &JSON, &given, &[example]),
            |told, (status, answer)| told.answers(status, answer),
        );
        self.add("post", path, told.answers(status, answer));
    }

    fn plain_order(&mut self, path: &str, id: &str, summary: &str) {
        self.plain_order_answered::<Done>(path, id, summary);
    }

    fn plain_order_answered<T: JsonSchema>(&mut self, path: &str, id: &str, summary: &str) {
        let answer = self.written::<T>(200);
        let told = self.told(id, summary).answers(200, answer);
        self.add("post", path, told);
    }

    fn told(&mut self, id: &str, summary: &str) -> Operation {
        let id = format!("operator{}{}", id[..1].to_uppercase(), &id[1..]);
        Operation::new("operator", &id, summary)
            .secured(&["operatorToken"])
            .answers(401, self.refused("There is no token, or a wrong one."))
            .answers(
                404,
                self.refused(
                    "There is no such thing; or nothing at all without admin.token_sha256.",
                ),
            )
            .answers(409, self.refused("It does not fit the state of things."))
            .answers(422, self.refused("What was sent cannot be used."))
            .answers(500, self.refused("A record cannot be read."))
            .answers(
                503,
                self.refused("The store cannot take or tell it now.")
                    .header("Retry-After", "Seconds to wait."),
            )
    }

    fn written<T: JsonSchema>(&mut self, status: u16) -> Answer {
        let description = if status == 201 {
            "It is stored and synced."
        } else {
            "As asked."
        };
        Answer::new(description).json(self.to.written::<T>(), &[])
    }

    fn refused(&mut self, description: &str) -> Answer {
        let schema = self.to.written::<problem::Body<'_>>();
        Answer::new(description).of("application/problem+json", schema, &[])
    }

    fn add(&mut self, method: &'static str, path: &str, operation: Operation) {
        let operation = if path.contains("{id}") {
            operation.in_path("id", json!({"type": "integer", "minimum": 0}))
        } else {
            operation
        };
        let operation = if path.contains("{system}") {
            operation.in_path("system", json!({"type": "string", "minLength": 1}))
        } else {
            operation
        };
        self.to.add(method, format!("/admin/v1{path}"), operation);
    }
}
