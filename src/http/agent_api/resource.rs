//! Tickets and messages in the shapes that agents read.

use std::collections::BTreeMap;

use deskhive_client::{
    CustomField, Customer, Label, Message, Named, Sender, SenderType, Ticket, wire_time,
};

use super::people::People;
use crate::live::Live;
use crate::model::{self, AgentId, Author, Time, Visibility};
use crate::store::TicketView;

/// A ticket, with names from the settings in force and as agents changed them.
pub(super) fn ticket(view: &TicketView, live: &Live, people: &People) -> Ticket {
    let TicketView { ticket, content } = view;
    let names = &live.settings.agent_api;
    let agents: Vec<Named> = live
        .routes
        .agents_of(ticket)
        .into_iter()
        .filter_map(|agent| agent_named(agent, people))
        .collect();
    Ticket {
        id: ticket.id.0,
        reference_id: format!("#{}", ticket.id),
        title: ticket.title.clone(),
        content: content.clone(),
        status: status(ticket.status),
        priority: priority(ticket.priority),
        department: named(ticket.department, &names.departments),
        category: named(ticket.category, &names.categories),
        product: named(ticket.product, &names.products),
        customer: Some(Customer {
            id: ticket.customer.0,
            name: ticket.author.username.clone(),
            email: email_of(&ticket.author).map(str::to_owned),
        }),
        labels: ticket
            .labels
            .iter()
            .filter_map(|id| {
                let label = names.labels.get(id)?;
                Some(Label {
                    id: *id,
                    name: label.name.clone(),
                    color: label.color.clone(),
                })
            })
            .collect(),
        assigned_to: agents.first().cloned(),
        agents,
        custom_fields: custom_fields(ticket),
        is_resolved: ticket.status == model::Status::Closed,
        is_locked: ticket.locked,
        last_reply_at: ticket.last_reply_at.map(time),
        closed_at: ticket.closed_at.map(time),
        created_at: time(ticket.created_at),
        updated_at: time(ticket.updated_at),
    }
}

/// A message of `ticket` that says `content`, as `reader` sees it.
pub(super) fn message(
    message: &model::Message,
    content: String,
    ticket: &model::Ticket,
    reader: AgentId,
) -> Message {
    let (sender_type, id) = match &message.from {
        model::Sender::Agent { id, .. } => (SenderType::Agent, Some(id.0)),
        model::Sender::Colleague { .. } => (SenderType::Agent, None),
        // Of others than the ticket's author no number is at hand.
        model::Sender::Customer(author) => (
            SenderType::Customer,
            (author.external_uid == ticket.author.external_uid).then_some(ticket.customer.0),
        ),
    };
    Message {
        id: message.id.0,
        ticket_id: message.ticket.0,
        content,
        is_internal: message.visibility == Visibility::Internal,
        sender_type,
        sender: Sender {
            id,
            name: message.from.name().to_owned(),
        },
        likes_count: message.likes.len() as u64,
        is_liked: message.likes.contains(&reader),
        created_at: time(message.created_at),
        updated_at: time(message.edited_at.unwrap_or(message.created_at)),
    }
}

fn time(time: Time) -> String {
    wire_time(time.to_timestamp())
}

fn status(status: model::Status) -> deskhive_client::Status {
    use deskhive_client::Status;
    match status {
        model::Status::Open => Status::Open,
        model::Status::InProgress => Status::InProgress,
        model::Status::OnHold => Status::OnHold,
        model::Status::Closed => Status::Closed,
    }
}

fn priority(priority: model::Priority) -> deskhive_client::Priority {
    use deskhive_client::Priority;
    match priority {
        model::Priority::Low => Priority::Low,
        model::Priority::Medium => Priority::Medium,
        model::Priority::High => Priority::High,
        model::Priority::Critical => Priority::Critical,
    }
}

/// The status that an agent asks for; none for a word that is none.
pub(super) fn status_from(status: &deskhive_client::Status) -> Option<model::Status> {
    status.as_str().parse().ok()
}

/// The priority that an agent asks for; none for a word that is none.
pub(super) fn priority_from(priority: &deskhive_client::Priority) -> Option<model::Priority> {
    priority.as_str().parse().ok()
}

fn named(id: Option<u64>, names: &BTreeMap<u64, String>) -> Option<Named> {
    let id = id?;
    let name = names.get(&id)?.clone();
    Some(Named { id, name })
}

fn agent_named(agent: AgentId, people: &People) -> Option<Named> {
    let name = people.name(agent)?.to_owned();
    Some(Named { id: agent.0, name })
}

/// What has no place elsewhere.
fn custom_fields(ticket: &model::Ticket) -> Vec<CustomField> {
    let known = [
        ("External uid", Some(ticket.external_uid.clone())),
        ("Provider", ticket.provider.clone()),
        ("Author uid", Some(ticket.author.external_uid.clone())),
    ];
    let related = ticket
        .related
        .iter()
        .map(|related| ("Related ticket", Some(related.to_string())));
    let known = known.into_iter().chain(related);
    let known = known.filter_map(|(label, value)| Some((label.to_owned(), value?)));
    let there = ticket.links.iter().flat_map(|link| {
        let system = &link.system;
        let remote = link
            .remote
            .iter()
            .map(move |id| (system.clone(), id.clone()));
        let details = link.details.iter();
        remote.chain(details.map(move |(name, value)| (format!("{system}: {name}"), value.clone())))
    });
    known
        .chain(there)
        .zip(1..)
        .map(|((label, value), id)| CustomField {
            id,
            label,
            kind: "text".to_owned(),
            value: Some(value),
        })
        .collect()
}

/// The author's uid or name, where it has the form of an address.
pub(super) fn email_of(author: &Author) -> Option<&str> {
    [&author.external_uid, &author.username]
        .into_iter()
        .map(|text| text.trim())
        .find(|text| has_form_of_email(text))
}

fn has_form_of_email(text: &str) -> bool {
    const LONGEST: usize = 254;
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let local_fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label_fits = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= LONGEST
        && !local.is_empty()
        && local.chars().all(local_fits)
        && domain.contains('.')
        && domain.split('.').all(label_fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_form() {
        for text in ["a@b.c", "Jo.Doe+x@mail.example.com", "o'neil@müller.de"] {
            assert!(has_form_of_email(text), "{text}");
        }
        for text in [
            "", "a", "@", "a@", "@b.c", "a@b", "a@b.", "a@.b", "a@@b.c", "a b@c.d", "a@b c.d",
            "a@-b.c", "<a@b.c>", "@handle",
        ] {
            assert!(!has_form_of_email(text), "{text}");
        }
    }

    #[test]
    fn the_uid_goes_before_the_name() {
        let author = |external_uid: &str, username: &str| Author {
            external_uid: external_uid.to_owned(),
            username: username.to_owned(),
        };
        assert_eq!(email_of(&author("a@b.c", "d@e.f")), Some("a@b.c"));
        assert_eq!(email_of(&author("17", "d@e.f")), Some("d@e.f"));
        assert_eq!(email_of(&author("17", "Jo")), None);
    }
}
