//! The agent API, as `/openapi.json` describes it. The examples are the External API documentation's.

use deskhive_client::{
    Acknowledgement, ApiError, Article, CannedResponse, Dashboard, Envelope, Like, Message,
    Notification, Page, Profile, ProfileUpdate, ReplyRequest, Ticket, TicketUpdate, UnreadCount,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::http::openapi::{Answer, Description, Operation};

mod examples;
mod told;

use told::{Told, limited};

const BASE: &str = "/api/v1/external";
const JSON: [&str; 1] = ["application/json"];

/// An answer that has nothing but a sentence.
#[derive(Serialize, JsonSchema)]
struct HealthCheck {
    message: String,
}

pub(in crate::http) fn describe(to: &mut Description) {
    let health = to.written::<HealthCheck>();
    let operation = Operation::new("agent API", "healthCheck", "Whether the interface answers")
        .secured(&[])
        .answers(
            200,
            Answer::new("It does.").json(health, &[json!({"message": "Health check successful"})]),
        );
    to.add("get", "/api/v1/health-check", operation);
    let mut table = Table { to };
    table.tickets();
    table.messages();
    table.look_ups();
    table.own();
    table.notifications();
}

/// Builds operations that only agents reach.
struct Table<'a> {
    to: &'a mut Description,
}

impl Table<'_> {
    fn tickets(&mut self) {
        let page = self.page::<Ticket>("A page of them, newest first.", examples::ticket());
        self.add("get", "/tickets", |told| {
            told.of("listTickets", "The tickets of the agent")
                .in_query(
                    "status",
                    "Only those.",
                    words(&["open", "in_progress", "on_hold", "closed"]),
                )
                .in_query(
                    "priority",
                    "Only those.",
                    words(&["low", "medium", "high", "critical"]),
                )
                .in_query(
                    "department_id",
                    "Only this department's.",
                    json!({"type": "integer", "minimum": 1}),
                )
                .paged(15)
                .answers(200, page)
        });
        let one = self.answer::<Envelope<Ticket>>("The ticket.", &enveloped(examples::ticket()));
        self.add("get", "/tickets/{id}", |told| {
            told.of("getTicket", "One ticket")
                .numbered("id")
                .answers(200, one)
                .missing(told)
        });
        let one = self.answer::<Envelope<Ticket>>("The ticket as it is now.", &[]);
        let update = self.to.read::<TicketUpdate>();
        self.add("put", "/tickets/{id}", |told| {
            told.of("updateTicket", "Change status, priority or labels")
                .numbered("id")
                .takes(
                    false,
                    &JSON,
                    &update,
                    &[json!({"status": "on_hold", "labels": [1]})],
                )
                .answers(200, one)
                .missing(told)
                .writes(told)
        });
        let one = self.answer::<Envelope<Ticket>>("The ticket, closed.", &[]);
        self.add("post", "/tickets/{id}/close", |told| {
            told.of("closeTicket", "Close a ticket")
                .numbered("id")
                .answers(200, one)
                .missing(told)
                .writes(told)
        });
    }

    fn messages(&mut self) {
        let page = self.page::<Message>(
            "A page of them, without the opening one.",
            examples::message(),
        );
        self.add("get", "/tickets/{id}/messages", |told| {
            told.of("listMessages", "The messages of a ticket")
                .numbered("id")
                .paged(30)
                .answers(200, page)
                .missing(told)
        });
        let one = self.answer::<Envelope<Message>>(
            "It is stored and synced.",
            &enveloped(examples::message()),
        );
        let reply = self.to.read::<ReplyRequest>();
        self.add("post", "/tickets/{id}/messages", |told| {
            told.of("reply", "Reply to the customer, or leave a note")
                .numbered("id")
                .takes(
                    true,
                    &JSON,
                    &reply,
                    &[json!({"content": "Have you tried it again?", "is_internal": false})],
                )
                .or_form(
                    reply_form(),
                    json!({"content": "Have you tried it again?", "is_internal": "0"}),
                )
                .answers(201, one)
                .answers(403, told.refused("The ticket is locked."))
                .missing(told)
                .writes(told)
        });
        let liked = self.answer::<Envelope<Like>>(
            "How it stands now.",
            &enveloped(json!({"liked": true, "count": 3})),
        );
        self.add(
            "post",
            "/tickets/{ticketId}/messages/{messageId}/like",
            |told| {
                told.of("like", "Like a message, or no longer")
                    .numbered("ticketId")
                    .numbered("messageId")
                    .answers(200, liked)
                    .missing(told)
                    .writes(told)
            },
        );
    }

    fn look_ups(&mut self) {
        let all = self.answer::<Envelope<Vec<CannedResponse>>>(
            "All active ones, by sort_order, then by title.",
            &enveloped(json!([examples::canned_response()])),
        );
        self.add("get", "/canned-responses", |told| {
            told.of("cannedResponses", "Text to put into replies")
                .answers(200, all)
        });
        let found = self.answer::<Envelope<Vec<Article>>>(
            "Published articles that hold all words, at most 20; those with more of them in the title come first.",
            &enveloped(json!([examples::article()])),
        );
        self.add("get", "/knowledge-base/search", |told| {
            told.of("searchKnowledgeBase", "Look up articles")
                .parameter(json!({
                    "name": "q", "in": "query", "required": true, "description": "Words, in any case.",
                    "schema": {"type": "string", "minLength": super::knowledge_base::SHORTEST, "pattern": r"^\S[\s\S]*\S$"},
                    "example": "password",
                }))
                .answers(200, found)
                .answers(422, told.refused("The query is too short."))
        });
    }

    fn own(&mut self) {
        let checked = self.answer::<Acknowledgement>(
            "It does.",
            &[json!({"status": true, "message": "Connection check successful"})],
        );
        self.add("get", "/connection-check", |told| {
            told.of("connectionCheck", "Whether the key opens")
                .answers(200, checked)
        });
        let figures =
            self.answer::<Envelope<Dashboard>>("The figures.", &enveloped(examples::dashboard()));
        self.add("get", "/dashboard", |told| {
            told.of("dashboard", "Figures of the agent's tickets")
                .answers(200, figures)
        });
        let profile =
            self.answer::<Envelope<Profile>>("The profile.", &enveloped(examples::profile()));
        self.add("get", "/profile", |told| {
            told.of("getProfile", "The agent").answers(200, profile)
        });
        let profile = self.answer::<Envelope<Profile>>("The profile as it is now.", &[]);
        let update = self.to.read::<ProfileUpdate>();
        self.add("put", "/profile", |told| {
            told.of("updateProfile", "Change what the agent may change")
                .takes(
                    false,
                    &JSON,
                    &update,
                    &[json!({"name": "Agent Smith", "phone": null})],
                )
                .answers(200, profile)
                .writes(told)
        });
    }

    fn notifications(&mut self) {
        let page =
            self.page::<Notification>("A page of them, newest first.", examples::notification());
        self.add("get", "/notifications", |told| {
            told.of("listNotifications", "What happened on the agent's tickets")
                .paged(20)
                .answers(200, page)
        });
        let count = self
            .answer::<Envelope<UnreadCount>>("How many.", &enveloped(json!({"unread_count": 5})));
        self.add("get", "/notifications/unread-count", |told| {
            told.of("unreadCount", "How many notifications are unread")
                .answers(200, count)
        });
        let one = self.answer::<Envelope<Notification>>("The notification, read.", &[]);
        self.add("post", "/notifications/{id}/read", |told| {
            told.of("markAsRead", "Mark a notification as read")
                .numbered("id")
                .answers(200, one)
                .missing(told)
                .writes(told)
        });
    }

    fn add(&mut self, method: &'static str, path: &str, tell: impl FnOnce(&Told) -> Operation) {
        let told = Told {
            error: self.to.written::<ApiError>(),
        };
        let operation = told.with_gate(tell(&told));
        self.to.add(method, format!("{BASE}{path}"), operation);
    }

    fn answer<T: JsonSchema>(&mut self, description: &str, examples: &[Value]) -> Answer {
        limited(Answer::new(description).json(self.to.written::<T>(), examples))
    }

    fn page<T: JsonSchema>(&mut self, description: &str, item: Value) -> Answer {
        let example = examples::page(item);
        self.answer::<Page<T>>(description, &[example])
    }
}

/// Form data knows no other truth than these digits.
fn reply_form() -> Value {
    json!({
        "type": "object",
        "required": ["content"],
        "properties": {
            "content": {"type": "string", "pattern": r"\S"},
            "is_internal": words(&["0", "1"]),
        },
    })
}

fn words(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

fn enveloped(data: Value) -> [Value; 1] {
    [json!({"status": true, "data": data})]
}
