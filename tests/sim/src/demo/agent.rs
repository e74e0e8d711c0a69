//! Our own agent, who works through the agent API with a client of DeskHive's.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use deskhive_client::{ApiKey, Client, Paging, ReplyRequest, Ticket, external};
use url::Url;

use super::folder::AGENT_KEY;

const TIMEOUT: Duration = Duration::from_secs(10);
/// More than the demo says in one ticket.
const MANY: u64 = 100;

#[derive(Debug)]
pub(super) struct Agent(Client);

impl Agent {
    pub(super) fn of(daemon: SocketAddr) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = Url::parse(&format!("http://{daemon}"))?;
        let key = ApiKey::new(AGENT_KEY)?;
        let client = Client::new(http, &base, key)?;
        Ok(Self(client.with_timeout(TIMEOUT)))
    }

    /// Whether the daemon answers, and knows the agent.
    pub(super) async fn is_let_in(&self) -> bool {
        self.0.send(&external::connection_check()).await.is_ok()
    }

    pub(super) async fn replies(&self, ticket: u64, text: &str) -> anyhow::Result<()> {
        self.post(ticket, &ReplyRequest::public(text)).await
    }

    pub(super) async fn notes(&self, ticket: u64, text: &str) -> anyhow::Result<()> {
        self.post(ticket, &ReplyRequest::internal(text)).await
    }

    async fn post(&self, ticket: u64, request: &ReplyRequest) -> anyhow::Result<()> {
        let call = external::reply(ticket, request)?;
        let posted = self.0.send(&call).await;
        posted.with_context(|| format!("the agent cannot write in ticket {ticket}"))?;
        Ok(())
    }

    pub(super) async fn ticket(&self, ticket: u64) -> anyhow::Result<Ticket> {
        Ok(self.0.send(&external::ticket(ticket)).await?.value)
    }

    /// All tickets that the agent sees.
    pub(super) async fn tickets(&self) -> anyhow::Result<Vec<Ticket>> {
        let all = external::tickets(&external::TicketFilter::default(), many());
        Ok(self.0.send(&all).await?.value.items)
    }

    /// What was said in a ticket, its opening first, and whether it is a note.
    pub(super) async fn reads(&self, ticket: u64) -> anyhow::Result<Vec<(String, bool)>> {
        let opening = self.ticket(ticket).await?.content;
        let thread = self.0.send(&external::messages(ticket, many())).await?;
        let said = thread.value.items.into_iter();
        let said = said.map(|one| (one.content.clone(), one.is_internal()));
        Ok(std::iter::once((opening, false)).chain(said).collect())
    }
}

fn many() -> Paging {
    Paging {
        page: None,
        per_page: Some(MANY),
    }
}
