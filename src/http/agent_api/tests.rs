//! The agent API, through the whole router.

use serde_json::{Value, json};

use crate::http::testing::{FOREIGN_KEY, Fixture, INACTIVE_KEY, KEY, Reply, SECOND_KEY};
use crate::model::{AgentId, OperatorOrder, TicketId};

mod from_files;
mod gate;
mod reading;
mod replying;

const TICKETS: &str = "/api/v1/external/tickets";

impl Fixture {
    async fn ask(&self, path: &str) -> Reply {
        self.get(path, &[("x-api-key", KEY)]).await
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
