//! `tickets …`

use clap::ValueEnum;
use serde_json::json;

use crate::http::admin::wire::{Done, Link, Message, Ticket, TicketDetails};
use crate::model::Time;

use super::args::TicketsCommand;
use super::failure::Failure;
use super::output::{complain, print};
use super::table::{Left, Right, Table};
use super::transport::Transport;
use super::words::{clean, cut, moment, since};

pub(super) async fn run(
    transport: &Transport,
    command: TicketsCommand,
    now: Time,
) -> Result<(), Failure> {
    match command {
        TicketsCommand::List {
            brand,
            status,
            agent,
            limit,
            offset,
            json,
        } => {
            let query = [
                ("brand", brand),
                ("status", status.and_then(word)),
                ("agent", agent.map(|agent| agent.to_string())),
                ("limit", Some(limit.to_string())),
                ("offset", Some(offset.to_string())),
            ];
            let answer = transport.get("tickets", &query).await?;
            if json.json {
                return print(&answer.json());
            }
            let tickets: Vec<Ticket> = answer.read()?;
            print(&list(&tickets, now))?;
            if let Some(total) = answer.total
                && total != tickets.len() as u64
            {
                complain(&format!("{} of {total} tickets", tickets.len()));
            }
            Ok(())
        }
        TicketsCommand::Show { id, json } => {
            let answer = transport.get(&format!("tickets/{id}"), &[]).await?;
            if json.json {
                return print(&answer.json());
            }
            print(&show(&answer.read()?))
        }
        TicketsCommand::Assign { id, agent } => {
            order(transport, id, "assign", json!({ "agent": agent })).await
        }
        TicketsCommand::Lock { id } => order(transport, id, "lock", json!({})).await,
        TicketsCommand::Unlock { id } => order(transport, id, "unlock", json!({})).await,
        TicketsCommand::Release { id } => order(transport, id, "release", json!({})).await,
        TicketsCommand::SetResponseUrl { id, url } => {
            order(transport, id, "response-url", json!({ "url": url })).await
        }
    }
}

async fn order(
    transport: &Transport,
    id: u64,
    what: &str,
    body: serde_json::Value,
) -> Result<(), Failure> {
    let answer = transport
        .post(&format!("tickets/{id}/{what}"), &body)
        .await?;
    print(&answer.read::<Done>()?.done)
}

/// As it is typed.
pub(super) fn word(value: impl ValueEnum) -> Option<String> {
    value
        .to_possible_value()
        .map(|word| word.get_name().to_owned())
}

fn list(tickets: &[Ticket], now: Time) -> String {
    let mut table = Table::new(&[
        ("ID", Right),
        ("BRAND", Left),
        ("STATUS", Left),
        ("AGENT", Right),
        ("AGE", Right),
        ("UPDATED", Right),
        ("FROM", Left),
        ("TITLE", Left),
    ]);
    for ticket in tickets {
        let lock = if ticket.locked { ", locked" } else { "" };
        let looping = match ticket.loop_since {
            Some(then) => format!(", not mirrored for {} (loop)", since(then, now)),
            None => String::new(),
        };
        table.row([
            ticket.id.to_string(),
            ticket.brand.clone(),
            format!("{}{lock}{looping}", ticket.status),
            assigned(ticket),
            since(ticket.arrived_at, now),
            since(ticket.updated_at, now),
            cut(&ticket.author.username, 24),
            cut(&ticket.title, 60),
        ]);
    }
    table.render()
}

fn assigned(ticket: &Ticket) -> String {
    ticket
        .assigned_to
        .map_or("all".to_owned(), |agent| agent.to_string())
}

/// A ticket in some lines.
pub(super) fn about(ticket: &Ticket) -> String {
    let mut lines = Table::new(&[("", Left), ("", Left)]);
    let mut line = |name: &str, value: String| lines.row([name.to_owned(), value]);
    line(&format!("ticket {}", ticket.id), cut(&ticket.title, 80));
    let lock = if ticket.locked { ", locked" } else { "" };
    let priority = &ticket.priority;
    line(
        "  status",
        format!("{}{lock}, priority {priority}", ticket.status),
    );
    if let Some(then) = ticket.loop_since {
        let (then, id) = (moment(then), ticket.id);
        line(
            "  mirror",
            format!("not mirrored since {then} (loop); `tickets release {id}` lets it go on"),
        );
    }
    let provider = match &ticket.provider {
        Some(provider) => format!(" of {provider}"),
        None => String::new(),
    };
    line(
        "  brand",
        format!("{}, as {}{provider}", ticket.brand, ticket.external_uid),
    );
    line(
        "  from",
        format!(
            "{} ({})",
            ticket.author.username, ticket.author.external_uid
        ),
    );
    let agents: Vec<String> = ticket.agents.iter().map(u64::to_string).collect();
    let agents = match agents.as_slice() {
        [] => "nobody who is active".to_owned(),
        _ => agents.join(", "),
    };
    line("  agents", agents);
    line("  arrived", moment(ticket.arrived_at));
    if let Some(trace) = &ticket.trace_id {
        line("  trace", clean(trace));
    }
    if let Some(at) = ticket.closed_at {
        let by = ticket.closed_by.map(|agent| format!(", by agent {agent}"));
        line(
            "  closed",
            format!("{}{}", moment(at), by.unwrap_or_default()),
        );
    }
    if !ticket.related.is_empty() {
        let related: Vec<String> = ticket.related.iter().map(u64::to_string).collect();
        line("  related", format!("tickets {}", related.join(", ")));
    }
    for link in &ticket.links {
        line("  at", clean(&linked(link)));
        for (name, value) in &link.details {
            line("", clean(&format!("{name}: {value}")));
        }
    }
    lines.render()
}

fn linked(link: &Link) -> String {
    let system = &link.system;
    match &link.remote {
        None if link.state == "given-up" => {
            format!("{system}: called off before it was made there")
        }
        None => format!("{system}: to be made there"),
        Some(remote) => format!(
            "{system}: ticket {remote}, {} ({})",
            link.status, link.state
        ),
    }
}

fn show(details: &TicketDetails) -> String {
    let mut out = about(&details.ticket);
    for message in &details.messages {
        out.push_str(&format!(
            "\nmessage {}  {}  {}\n",
            message.id,
            moment(message.arrived_at),
            clean(&said_by(message))
        ));
        for line in message.content.lines() {
            out.push_str(&format!("  {}\n", clean(line)));
        }
    }
    out
}

fn said_by(message: &Message) -> String {
    let mut words = match (&message.author, message.agent) {
        (Some(author), _) => format!("{} ({})", author.username, author.external_uid),
        (None, Some(agent)) => format!("agent {agent} ({})", message.name),
        (None, None) => message.name.clone(),
    };
    if message.internal {
        words.push_str(", internal");
    }
    if message.went_nowhere {
        words.push_str(", went nowhere: no response URL");
    }
    if let Some(delivery) = message.delivery {
        words.push_str(&format!(", delivery {delivery}"));
    }
    if message.revision > 0 {
        words.push_str(&format!(", revision {}", message.revision));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::{Person, Stamp};

    const NOW: Time = Time::EPOCH;

    fn ticket(id: u64, title: &str) -> Ticket {
        let at = Stamp(Time::from_micros(-192_000_000));
        Ticket {
            id,
            brand: "acme".to_owned(),
            external_uid: "uid-1".to_owned(),
            provider: Some("shop".to_owned()),
            title: title.to_owned(),
            status: "open".to_owned(),
            priority: "medium".to_owned(),
            department: None,
            category: None,
            product: None,
            labels: Vec::new(),
            locked: id == 17,
            loop_since: (id == 4).then_some(Stamp(Time::from_micros(-61_000_000))),
            author: Person {
                external_uid: "jane-1".to_owned(),
                username: "Jane Doe".to_owned(),
            },
            assigned_to: (id == 17).then_some(3),
            agents: vec![3, 5],
            awaits_agent: true,
            answers: Some(1),
            created_at: at,
            arrived_at: at,
            updated_at: at,
            last_reply_at: None,
            closed_at: None,
            closed_by: None,
            trace_id: None,
            related: vec![4],
            links: vec![Link {
                system: "front-desk".to_owned(),
                state: "attended".to_owned(),
                remote: Some("226859".to_owned()),
                status: "CALLED".to_owned(),
                since: at,
                details: vec![("publicId".to_owned(), "A-42".to_owned())],
                fates: Vec::new(),
            }],
        }
    }

    #[test]
    fn a_list_stands_in_columns() {
        let tickets = [ticket(17, "Help me"), ticket(4, &"x".repeat(70))];
        let expected = format!(
            "\
ID  BRAND  STATUS                               AGENT     AGE  UPDATED  FROM      TITLE
17  acme   open, locked                             3  3m 12s   3m 12s  Jane Doe  Help me
 4  acme   open, not mirrored for 1m 1s (loop)    all  3m 12s   3m 12s  Jane Doe  {}…
",
            "x".repeat(59)
        );
        assert_eq!(list(&tickets, NOW), expected);
    }

    #[test]
    fn a_ticket_is_shown_with_what_was_said() {
        let at = Stamp(NOW);
        let details = TicketDetails {
            ticket: ticket(17, "Help me"),
            messages: vec![Message {
                id: 1,
                sender: "agent".to_owned(),
                author: None,
                agent: Some(3),
                name: "Agent Smith".to_owned(),
                internal: true,
                content: "first\nsecond \u{1b}[31m".to_owned(),
                revision: 1,
                external_uid: None,
                provider: None,
                parent_uid: None,
                response_url: None,
                late: false,
                answers: None,
                delivery: None,
                went_nowhere: false,
                remote_uid: None,
                duplicates: 0,
                duplicate_at: None,
                created_at: at,
                arrived_at: at,
                edited_at: None,
            }],
        };
        let expected = "\
ticket 17  Help me
  status   open, locked, priority medium
  brand    acme, as uid-1 of shop
  from     Jane Doe (jane-1)
  agents   3, 5
  arrived  1969-12-31T23:56:48.000Z
  related  tickets 4
  at       front-desk: ticket 226859, CALLED (attended)
           publicId: A-42

message 1  1970-01-01T00:00:00.000Z  agent 3 (Agent Smith), internal, revision 1
  first
  second �[31m
";
        assert_eq!(show(&details), expected);
        let shown = about(&ticket(4, "Help me"));
        let line = "\n  mirror   not mirrored since 1969-12-31T23:58:59.000Z (loop); `tickets release 4` lets it go on\n";
        assert!(shown.contains(line), "{shown}");
    }
}
