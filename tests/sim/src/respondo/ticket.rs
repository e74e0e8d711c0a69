//! A ticket as the server keeps it, and as it shows it.

use jiff::Timestamp;
use serde::Serialize;

use super::{Era, Variation, World};

/// Whether somebody still has to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every ticket is, at first.
    Open,
    /// An agent solved it.
    Solved,
}

/// Who wrote a ticket; the same for all brands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Its number here.
    pub id: u64,
    /// What it is called outside, unique among authors.
    pub external_uid: String,
    /// The name that came last.
    pub username: String,
}

/// One text in a thread: a ticket that came from outside, or an agent's reply to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Its number here.
    pub id: u64,
    /// The brand that it belongs to.
    pub brand: u64,
    /// What it is called outside, unique in the brand.
    pub external_uid: String,
    /// The text.
    pub content: String,
    /// Its status.
    pub status: Status,
    /// Its author, with the name as it is now.
    pub author: Author,
    /// Whether an agent made it by replying.
    pub by_agent: bool,
    /// The ticket that it answers.
    pub parent: Option<u64>,
    /// Where replies to it go.
    pub response_url: String,
    /// Where it is said to come from.
    pub custom_provider: Option<String>,
    /// When it was made; of a reply, what the answer to it said.
    pub created_at: Timestamp,
    /// When it was made or changed last.
    pub updated_at: Timestamp,
    /// What agents noted for each other.
    pub notes: Vec<String>,
}

/// The documented members of a ticket in an answer, in the order of the table's columns.
#[derive(Serialize)]
struct Shown<'t> {
    id: u64,
    external_uid: &'t str,
    content: &'t str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    ticketable_type: &'static str,
    ticketable_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<u64>,
    author_id: u64,
    creator_id: Option<u64>,
    parent_id: Option<u64>,
    created_at: String,
    updated_at: String,
}

/// The user that all agents here are.
const AGENT: u64 = 1;

impl World {
    /// The JSON of a ticket in the answer to the request that made it.
    pub(crate) fn show(&self, ticket: &Ticket) -> String {
        let early = self.era == Era::B && !self.varies(Variation::LateB);
        let in_organization = self.era == Era::D;
        let shown = Shown {
            id: ticket.id,
            external_uid: &ticket.external_uid,
            content: &ticket.content,
            status: ticket.status,
            provider: early.then_some("external"),
            ticketable_type: "ExternalTicket",
            // A row of another table, with a number of its own.
            ticketable_id: ticket.id + 1000,
            brand_id: (!in_organization).then_some(ticket.brand),
            organization_id: in_organization.then_some(ticket.brand),
            author_id: ticket.author.id,
            creator_id: ticket.by_agent.then_some(AGENT),
            parent_id: ticket.parent,
            created_at: milliseconds(ticket.created_at),
            updated_at: milliseconds(ticket.updated_at),
        };
        let json = serde_json::to_string(&shown).expect("numbers and texts make JSON");
        escape_html(&json)
    }
}

/// `2020-04-04T23:35:27.632Z`.
fn milliseconds(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Escapes what Rails escapes in JSON for the sake of pages that it may be put into.
fn escape_html(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for each in json.chars() {
        match each {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(each)));
            }
            _ => escaped.push(each),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pages_would_take_for_markup_is_escaped_and_reads_the_same() {
        let json = serde_json::to_string("<b> & \u{2028}é").unwrap();
        let escaped = escape_html(&json);
        assert_eq!(escaped, r#""\u003cb\u003e \u0026 \u2028é""#);
        let read: String = serde_json::from_str(&escaped).unwrap();
        assert_eq!(read, "<b> & \u{2028}é");
    }

    #[test]
    fn times_have_three_digits_of_a_second() {
        let time = |text: &str| milliseconds(text.parse().unwrap());
        assert_eq!(
            time("2020-04-04T23:35:27.632879Z"),
            "2020-04-04T23:35:27.632Z"
        );
        assert_eq!(time("2020-04-04T23:35:27Z"), "2020-04-04T23:35:27.000Z");
    }
}
