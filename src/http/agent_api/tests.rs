//! The agent API, through the whole router.

use serde_json::{Value, json};

use crate::http::testing::{FOREIGN_KEY, Fixture, INACTIVE_KEY, KEY, Reply, SECOND_KEY};
use crate::model::{AgentId, OperatorOrder, TicketId};

mod changing;
mod document;
mod from_files;
mod gate;
mod lasting;
mod notified;
mod profile;
mod reading;
mod replying;

const TICKETS: &str = "/api/v1/external/tickets";

impl Fixture {
    async fn ask(&self, path: &str) -> Reply {
        self.get(path, &[("x-api-key", KEY)]).await
    }

    /// A call without a body.
    async fn post_nothing(&self, key: &str, path: &str) -> Reply {
        self.without_body("POST", path, &[("x-api-key", key)]).await
    }

    async fn put(&self, key: &str, path: &str, body: Value) -> Reply {
        let request = axum::http::Request::put(path)
            .header("x-api-key", key)
            .header("content-type", "application/json")
            .body(body.to_string().into())
            .unwrap();
        self.call(request).await
    }

    /// A form.
    async fn put_form(&self, key: &str, path: &str, body: &'static str) -> Reply {
        let request = axum::http::Request::put(path)
            .header("x-api-key", key)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into())
            .unwrap();
        self.call(request).await
    }

    /// The `data` of what an agent asks for.
    async fn data(&self, key: &str, path: &str) -> Value {
        let path = format!("/api/v1/external/{path}");
        let reply = self.get(&path, &[("x-api-key", key)]).await.expect(200);
        let mut json = reply.json();
        assert_eq!(json["status"], true);
        json["data"].take()
    }

    /// A message of the customer's in the thread of `parent`.
    async fn follow_up(&self, uid: &str, parent: &str) {
        self.ticket(|sent| {
            sent["external_uid"] = uid.into();
            sent["parent_uid"] = parent.into();
            sent["content"] = "And another thing.".into();
        })
        .await
        .expect(201);
    }

    async fn reply(&self, key: &str, ticket: &str, body: Value) -> Reply {
        let path = format!("{TICKETS}/{ticket}/messages");
        self.post(&path, &[("x-api-key", key)], &body).await
    }

    /// A new ticket of `acme` of this uid.
    async fn ticket_called(&self, uid: &str) {
        self.ticket(|sent| sent["external_uid"] = uid.into())
            .await
            .expect(201);
    }

    async fn assign(&self, ticket: u64, agent: u64) {
        let (ticket, agent) = (TicketId(ticket), AgentId(agent));
        self.order(OperatorOrder::Assign { ticket, agent }).await;
    }
}
