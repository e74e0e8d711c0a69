//! What is waited for at the peers again and again, and the words in which it is shown.

use serde_json::Value;
use ticketbridge_sim::qminder::Status;
use ticketbridge_sim::{deskhive, qminder, respondo};

use super::ledger::Voice;
use super::show::Place;
use super::stage::{Mail, SOON, Stage};

impl Stage {
    /// The Zap sends what opens a ticket, or joins one; the number of that ticket.
    pub(super) async fn mail(
        &mut self,
        mail: &Mail<'_>,
        joins: Option<u64>,
    ) -> anyhow::Result<u64> {
        let (status, taken) = self.zap_sends(mail).await?;
        let number = taken["id"].as_u64().unwrap_or_default();
        anyhow::ensure!(
            status == 201 && joins.is_none_or(|joined| joined == number),
            "expected {:?} to be taken, not {status} {taken}",
            mail.text
        );
        let (from, text) = (mail.from, quoted(mail.text));
        let words = match joins {
            None => {
                self.ledger.open(number, from);
                format!("{from} writes {text}: {status}, ticket {number}")
            }
            Some(_) => format!("{from} adds {text}: {status}, in ticket {number}"),
        };
        self.ledger.mail(number, mail.uid, mail.text);
        self.saw(Place::Zapier, words)?;
        Ok(number)
    }

    /// A visit stands in the line, with the record of this ticket beside it; the visit's id.
    pub(super) async fn stands_in_line(&self, number: u64) -> anyhow::Result<String> {
        let waits = |world: &qminder::World| {
            let mut visits = world.tickets();
            let found = visits.find(|one| one.status == Status::New && is_of(one, number));
            found.cloned()
        };
        let what = format!("ticket {number} stands in the line at Qminder");
        let visit = self
            .expect(&what, self.qminder.wait_for(SOON, waits))
            .await?;
        let words = format!(
            "{} of {} stands in the line, {}, and {} beside it",
            visit.public_id,
            visit.first_name,
            visit.status.as_str(),
            counted(conversation(&visit).len(), "message")
        );
        self.saw(Place::FrontDesk, words)?;
        Ok(visit.id)
    }

    /// The clerk sees this beside the visit.
    pub(super) async fn clerk_reads(&self, number: u64, text: &str) -> anyhow::Result<()> {
        let has = |world: &qminder::World| {
            let mut visits = world.tickets().filter(|one| is_of(one, number));
            let found = visits.find(|one| conversation(one).iter().any(|said| said == text));
            found.map(|one| one.public_id.clone())
        };
        let what = format!("a clerk at Qminder reads {text:?}");
        let visit = self.expect(&what, self.qminder.wait_for(SOON, has)).await?;
        self.saw(
            Place::FrontDesk,
            format!("beside {visit}: {}", quoted(text)),
        )
    }

    /// DeskHive has a ticket that begins like this; its number there.
    pub(super) async fn is_made_at_desk(&mut self, number: u64, text: &str) -> anyhow::Result<u64> {
        let has = |world: &deskhive::World| {
            let mut tickets = world.tickets();
            let found = tickets.find(|one| plain(&one.content).starts_with(text))?;
            let customer = world.customers().find(|one| Some(one.id) == found.customer);
            Some((found.clone(), customer.map(|one| one.name.clone())))
        };
        let what = format!("DeskHive has a ticket that begins {text:?}");
        let (ticket, customer) = self.expect(&what, self.desk.wait_for(SOON, has)).await?;
        self.ledger.is_at_desk(number, ticket.id);
        let text = plain(&ticket.content);
        let reference = text.lines().last().unwrap_or_default();
        let words = format!(
            "{} is opened for {}, and ends with {reference}",
            ticket.reference_id,
            customer.unwrap_or_default()
        );
        self.saw(Place::Support, words)?;
        Ok(ticket.id)
    }

    /// The thread there ends with this.
    pub(super) async fn desk_reads(&self, ticket: u64, text: &str) -> anyhow::Result<()> {
        let has = |world: &deskhive::World| {
            let last = world.messages(ticket).last()?;
            (plain(&last.content) == text).then(|| world.ticket(ticket).cloned())?
        };
        let what = format!("{text:?} is the last in DeskHive's thread");
        let ticket = self.expect(&what, self.desk.wait_for(SOON, has)).await?;
        self.saw(
            Place::Support,
            format!("in {}: {}", ticket.reference_id, quoted(text)),
        )
    }

    /// The ticket there has this status.
    pub(super) async fn desk_stands(
        &self,
        ticket: u64,
        status: deskhive::Status,
    ) -> anyhow::Result<()> {
        let stands = |world: &deskhive::World| {
            let found = world.ticket(ticket).filter(|one| one.status == status);
            found.cloned()
        };
        let what = format!("the ticket at DeskHive is {}", status.as_str());
        let ticket = self.expect(&what, self.desk.wait_for(SOON, stands)).await?;
        let words = format!("{} is {}", ticket.reference_id, ticket.status.as_str());
        self.saw(Place::Support, words)
    }

    /// The hub has this message of a customer's as a ticket; its number there.
    pub(super) async fn hub_reads(&self, text: &str) -> anyhow::Result<u64> {
        let has = |world: &respondo::World| {
            let mut tickets = world.tickets();
            tickets.find(|one| one.content == text).cloned()
        };
        let what = format!("Respondo has a ticket {text:?}");
        let ticket = self.expect(&what, self.hub.wait_for(SOON, has)).await?;
        let follows = match ticket.parent {
            Some(parent) => format!(", follows {parent}"),
            None => String::new(),
        };
        let words = format!("ticket {}: {}{follows}", ticket.id, quoted(&ticket.content));
        self.saw(Place::Hub, words)?;
        Ok(ticket.id)
    }

    /// The hub's agent answers one of its tickets, and the daemon takes it.
    pub(super) async fn hub_replies(
        &mut self,
        number: u64,
        to: u64,
        text: &str,
    ) -> anyhow::Result<()> {
        let stored = self.hub.reply(to, text).await?;
        self.ledger.say(number, Voice::Hub, text);
        let words = format!("an agent there answers {to}: {}", quoted(&stored.content));
        self.saw(Place::Hub, words)
    }

    /// Our agent answers.
    pub(super) async fn agent_replies(&mut self, number: u64, text: &str) -> anyhow::Result<()> {
        self.agent.replies(number, text).await?;
        self.ledger.say(number, Voice::Agent, text);
        let words = format!("Agent Smith answers ticket {number}: {}", quoted(text));
        self.saw(Place::Agent, words)
    }

    /// The customer has all replies so far, and this is the last of them.
    pub(super) async fn customer_reads(&self, text: &str) -> anyhow::Result<()> {
        let count = self.ledger.replies_out();
        let what = format!("the reply {text:?} comes to Zapier");
        let replies = self.hook_gets(&what, count).await?;
        let last = replies.last().filter(|one| one.text == text);
        let Some(last) = last else {
            let texts: Vec<&String> = replies.iter().map(|one| &one.text).collect();
            anyhow::bail!("expected: {what}, as the last of {texts:?}");
        };
        let words = format!(
            "receives {} from {}, in answer to {}",
            quoted(&last.text),
            last.author,
            last.answers
        );
        self.saw(Place::Zapier, words)
    }

    /// Our agent sees the ticket stand like this.
    pub(super) async fn agent_sees_status(&self, number: u64, status: &str) -> anyhow::Result<()> {
        let what = format!("ticket {number} is {status}");
        let stands = async |agent: &super::agent::Agent| {
            let ticket = agent.ticket(number).await?;
            let word = ticket.status.to_string();
            Ok((word == status).then_some(word))
        };
        let word = self.agent_sees(&what, stands).await?;
        self.saw(Place::Agent, format!("sees that ticket {number} is {word}"))
    }

    /// Our agent reads this in the ticket.
    pub(super) async fn agent_reads(&self, number: u64, text: &str) -> anyhow::Result<()> {
        let what = format!("our agent reads {text:?} in ticket {number}");
        let has = async |agent: &super::agent::Agent| {
            let said = agent.reads(number).await?;
            Ok(said.into_iter().find(|(said, _)| said == text))
        };
        let (said, is_note) = self.agent_sees(&what, has).await?;
        let kind = if is_note { "the note" } else { "the message" };
        self.saw(
            Place::Agent,
            format!("reads {kind} {} in ticket {number}", quoted(&said)),
        )
    }
}

/// Whether a visit is one of this ticket of ours, by the record beside it.
pub(super) fn is_of(visit: &qminder::Ticket, number: u64) -> bool {
    let value = format!("{number} (acme)");
    fields(visit).any(|field| field["title"] == "Ticket" && field["value"] == value.as_str())
}

/// What the record beside a visit says of the conversation, the newest first.
pub(super) fn conversation(visit: &qminder::Ticket) -> Vec<String> {
    let lists = fields(visit).filter(|field| field["type"] == "list");
    let items = lists.flat_map(|list| list["items"].as_array().into_iter().flatten());
    let texts = items.filter_map(|item| item["text"].as_str());
    texts.map(str::to_owned).collect()
}

fn fields(visit: &qminder::Ticket) -> impl Iterator<Item = &Value> {
    let ours = visit.external_by("ticketbridge");
    let fields = ours.and_then(|one| one.data["fields"].as_array());
    fields.into_iter().flatten()
}

/// What people see of the few pieces of HTML that DeskHive's editor makes.
pub(super) fn plain(html: &str) -> String {
    let mut text = html.replace("</p>\n<p>", "\n\n");
    for (from, to) in [
        ("<br>\n", "\n"),
        ("<br>", "\n"),
        ("<p>", ""),
        ("</p>", ""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(from, to);
    }
    text.trim().to_owned()
}

/// A text in its line.
pub(super) fn quoted(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("“{}”", words.join(" "))
}

/// `1 message`, `2 messages`.
pub(super) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
