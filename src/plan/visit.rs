//! Tickets at systems that stand for ours: when one is made there, and when another.

use crate::model::{Author, Command, Link, LinkState, Message, MessageId, Sender, Ticket};

use super::command::{route, send, share_queue};
use super::draft::Draft;
use super::facts::Missing;
use super::hub;
use super::routes::Role;

/// Has a ticket made at each system that the brand mirrors to, once for those that share a queue.
pub(super) fn make_everywhere(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    message: MessageId,
) -> Result<(), Missing> {
    let routes = draft.routes;
    let mirror_to = match routes.brands.get(&ticket.brand) {
        Some(brand) => brand.mirror_to.as_slice(),
        None => return Ok(()),
    };
    for system in mirror_to {
        make_at(draft, ticket, system, message)?;
    }
    Ok(())
}

/// Has a ticket made at `system`, or shares one that is there already, unless there is one for it.
pub(super) fn make_at(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    message: MessageId,
) -> Result<(), Missing> {
    let Some(route) = route(draft, system) else {
        return Ok(());
    };
    if ticket.links.iter().any(|link| link.system == system) {
        return Ok(());
    }
    let mut links = ticket.links.iter();
    let sharing = links.find(|link| share_queue(draft, &link.system, system));
    let link = match (sharing, &route.role) {
        (Some(shared), _) => Link {
            system: system.to_owned(),
            record: None,
            labels: Vec::new(),
            ..shared.clone()
        },
        (None, Role::Helpdesk(helpdesk)) if !helpdesk.makes_tickets => return Ok(()),
        (None, role) => {
            let Some(command) = making(draft, ticket, system, role, message)? else {
                return Ok(());
            };
            let by = send(draft, ticket, system, command, message)?;
            Link {
                told: message,
                ..Link::wanted(system, by, draft.now)
            }
        }
    };
    ticket.links.push(link);
    Ok(())
}

/// What makes a ticket of `message` at a system; `None` for one that makes none.
pub(super) fn making(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    system: &str,
    role: &Role,
    message: MessageId,
) -> Result<Option<Command>, Missing> {
    match role {
        Role::Hub => hub::push(draft, ticket, system, message, None),
        Role::Desk(_) | Role::Helpdesk(_) => {
            let visitor = visitor(draft, ticket, message)?;
            Ok(Some(Command::CreateTicket { visitor }))
        }
    }
}

/// Who wrote the message that brings a visit about.
fn visitor(draft: &Draft<'_>, ticket: &Ticket, message: MessageId) -> Result<Author, Missing> {
    let message = draft.message(ticket.id, message)?;
    Ok(match message.map(|message| message.from) {
        Some(Sender::Customer(author)) => author,
        Some(Sender::Agent { .. } | Sender::Colleague { .. }) | None => ticket.author.clone(),
    })
}

/// The customer wrote again after a visit ended: another one, where that is wanted.
pub(super) fn visit_again(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    let newest = newest_of_customer(draft, ticket)?;
    let wrote = draft.new_messages(ticket.id);
    let wrote = |link: &Link| {
        let mut wrote = wrote.iter();
        wrote.find(|message| message.is_customers() && !message.late && is_after(message, link))
    };
    let brand = draft.routes.brands.get(&ticket.brand);
    let mirrored = |system: &String| brand.is_some_and(|brand| brand.mirror_to.contains(system));
    let over = |link: &Link| {
        let desk = route(draft, &link.system).and_then(|route| route.desk());
        let again = desk.is_some_and(|desk| desk.follow_up_makes_new);
        let is_waiting = matches!(link.state, LinkState::Waiting | LinkState::Wanted(_));
        let is_leaving = link.leaving && is_waiting;
        let is_over = link.state == LinkState::Ended || is_leaving;
        again && is_over && mirrored(&link.system)
    };
    // Or wrote after it, and only now it is known that it ended.
    let missed = |link: &Link| {
        let links = before.map(|before| before.links.as_slice());
        let mut links = links.unwrap_or_default().iter();
        let was = links.find(|was| was.system == link.system && was.remote == link.remote);
        let is_news = was.is_some_and(Link::is_open) && link.state == LinkState::Ended;
        let newest = newest.as_deref();
        newest.filter(|newest| is_news && is_unseen(newest, link))
    };
    let wrote = |link: &Link| wrote(link).or_else(|| missed(link));
    let mut ended = ticket.links.iter().filter(|link| over(link));
    let Some(message) = ended.find_map(wrote).map(|message| message.id) else {
        return Ok(());
    };
    let ended: Vec<Link> = ticket.links.extract_if(.., |link| over(link)).collect();
    make_everywhere(draft, ticket, message)?;
    for link in &mut ticket.links {
        let before = ended.iter().find(|ended| ended.system == link.system);
        if let Some(before) = before {
            link.earlier.clone_from(&before.remote);
            link.earlier_unheard = before.unheard || before.is_open();
            link.heard.clone_from(&before.heard);
            link.said.clone_from(&before.said);
        }
    }
    Ok(())
}

/// The newest message of the customer's that came by itself.
pub(super) fn newest_of_customer(
    draft: &Draft<'_>,
    ticket: &Ticket,
) -> Result<Option<Box<Message>>, Missing> {
    match ticket.answer {
        Some(newest) => draft.message(ticket.id, newest),
        None => Ok(None),
    }
}

/// Whether nobody at the visit can have seen `message`, since it came after the end, as far as two clocks tell.
pub(super) fn is_unseen(message: &Message, link: &Link) -> bool {
    message.is_customers()
        && !message.late
        && message.said_at() != Some(link.system.as_str())
        && link
            .changed_at
            .is_some_and(|ended| ended < message.arrived_at)
}

/// Whether `message` came after what is known to have happened at the link's system. What was said at a visit is heard
/// late where that ended meanwhile.
pub(super) fn is_after(message: &Message, link: &Link) -> bool {
    let said_there = message.said_at() == Some(link.system.as_str());
    !said_there
        || link
            .changed_at
            .is_none_or(|ended| ended < message.created_at)
}
