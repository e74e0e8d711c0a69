//! What is seen of tickets at systems: each change there acts once, whatever order and however often it is told.

use std::time::Duration;

use crate::model::{
    Author, Command, Delivery, DeliveryId, DeliveryState, ExternalTicket, Link, LinkState, Maker,
    Observation, Observed, Phase, TicketId,
};

use super::chain;
use super::command;
use super::draft::Draft;
use super::facts::Missing;
use super::fingerprint;
use super::hear;
use super::intake;
use super::linked;
use super::outcome::{Answer, Note, Refusal, Sighting};
use super::routes::Role;
use super::see;

/// Between a system's clock and ours.
const CLOCKS_DIFFER_BY: Duration = Duration::from_secs(10 * 60);

pub(super) fn observed(draft: &mut Draft<'_>, observed: &Observed) -> Result<Answer, Missing> {
    let Some(route) = command::route(draft, &observed.system) else {
        return Ok(Answer::Refused(Refusal::NotFound("system")));
    };
    let remote = &observed.remote;
    let known = draft.facts.linked(&observed.system, &remote.id)?;
    let ticket = match (known, remote.made_by) {
        (Some(ticket), _) => ticket,
        (None, Maker::Us(delivery)) => match made_by_us(draft, observed, delivery)? {
            Some(ticket) => ticket,
            None => return Ok(Answer::Seen(Sighting::default())),
        },
        (None, Maker::Somebody) => {
            let begins = matches!(remote.phase, Some(Phase::Waiting | Phase::Attended));
            return match route.import_to.as_ref().filter(|_| begins) {
                Some(brand) => import(draft, observed, brand),
                None => Ok(Answer::Seen(Sighting::default())),
            };
        }
        (None, Maker::OtherBridge) => return Ok(Answer::Seen(Sighting::default())),
    };
    let echoes = u64::from(known.is_none());
    let sighting = apply(draft, observed, ticket)?;
    Ok(Answer::Seen(Sighting {
        echoes: sighting.echoes + echoes,
        ..sighting
    }))
}

/// A ticket with our label that is not linked: the outcome of a call whose answer has not come, or was lost.
fn made_by_us(
    draft: &mut Draft<'_>,
    observed: &Observed,
    id: DeliveryId,
) -> Result<Option<TicketId>, Missing> {
    let Some(before) = draft.readable(id)? else {
        return Ok(None);
    };
    let creates = matches!(before.command, Command::CreateTicket { .. });
    // A copy of an old store gives numbers out again that stand on labels already.
    let is_older = observed
        .remote
        .created_at
        .is_some_and(|created_at| created_at.plus(CLOCKS_DIFFER_BY) < before.created_at);
    if !creates || before.system != observed.system || is_older {
        return Ok(None);
    }
    if !says_the_same(draft, observed, &before)? {
        return Ok(None);
    }
    let linked = linked::made(draft, &before, &observed.remote.id)?;
    if linked && before.state.is_pending() {
        let mut delivery = before.clone();
        delivery.state = DeliveryState::Delivered {
            at: draft.now,
            verified: true,
        };
        draft.put_delivery(delivery);
        chain::leave(draft, &before)?;
        chain::rest(draft, before.lane)?;
    }
    Ok(linked.then_some(before.ticket))
}

/// Whether a thread begins with what `delivery` was to begin it with. Customers can read the reference of their own
/// tickets, and write what looks like another's; a look-up that goes by the customer finds what is missed here.
fn says_the_same(
    draft: &Draft<'_>,
    observed: &Observed,
    delivery: &Delivery,
) -> Result<bool, Missing> {
    let route = command::route(draft, &observed.system);
    if route.is_some_and(|route| route.desk().is_some()) {
        return Ok(true);
    }
    let Some(message) = draft.message(delivery.ticket, delivery.message)? else {
        return Ok(false);
    };
    let text = match message.revision == delivery.revision {
        true => draft.text_of(&message)?,
        false => draft
            .facts
            .text(message.id, delivery.revision)?
            .unwrap_or_default(),
    };
    Ok(fingerprint::ends_with(&observed.remote.opening, &text))
}

/// A visitor's own ticket becomes one here.
fn import(draft: &mut Draft<'_>, observed: &Observed, brand: &str) -> Result<Answer, Missing> {
    let (system, remote) = (&observed.system, &observed.remote);
    let person = &remote.person;
    let uid = format!("{system}:{}", remote.id);
    // Without a sign of being one, a telephone number would be taken for somebody's id.
    let phone = person.phone.as_ref().map(|phone| {
        let sign = if phone.starts_with('+') { "" } else { "tel:" };
        format!("{sign}{phone}")
    });
    let author = person.email.clone().or(phone);
    let sent = ExternalTicket {
        brand: brand.to_owned(),
        external_uid: uid.clone(),
        content: remote.opening.clone(),
        response_url: None,
        provider: Some(system.clone()),
        parent_uid: None,
        author: Author {
            external_uid: author.unwrap_or(uid),
            username: person.name.clone(),
        },
        created_at: remote.created_at.unwrap_or(draft.now),
    };
    let taken = match intake::take_in(draft, &sent, false)? {
        Answer::Taken(taken) => taken,
        other => return Ok(other),
    };
    let Some(mut ticket) = draft.ticket(taken.ticket)? else {
        return Ok(Answer::Seen(Sighting::default()));
    };
    let brand = draft.routes.brands.get(brand);
    let mirrored = brand
        .map(|brand| brand.mirror_to.as_slice())
        .unwrap_or_default();
    let sharing = mirrored
        .iter()
        .filter(|other| *other != system && command::share_queue(draft, other, system));
    let sharing: Vec<&String> = sharing.collect();
    for system in std::iter::once(system).chain(sharing) {
        let link = Link {
            state: LinkState::Waiting,
            remote: Some(remote.id.clone()),
            seen_at: match observed.by {
                Observation::Asked { at } => at,
                Observation::Told => draft.now,
            },
            told: ticket.opening,
            ..Link::wanted(system, DeliveryId(0), draft.now)
        };
        ticket.links.push(link);
    }
    let note = Note::Linked {
        system: system.clone(),
        remote: remote.id.clone(),
    };
    draft.note(ticket.id, note);
    let id = ticket.id;
    draft.put_ticket(ticket);
    let sighting = apply(draft, observed, id)?;
    Ok(Answer::Seen(Sighting {
        news: true,
        ..sighting
    }))
}

/// What a linked ticket looks like there, as far as that is newer than what is known.
fn apply(draft: &mut Draft<'_>, observed: &Observed, id: TicketId) -> Result<Sighting, Missing> {
    let (system, remote) = (&observed.system, &observed.remote);
    let mut sighting = Sighting {
        ticket: Some(id),
        ..Sighting::default()
    };
    let Some(mut ticket) = draft.ticket(id)? else {
        return Ok(sighting);
    };
    let routes = draft.routes;
    // Other systems give their tickets the same numbers.
    let is_it = |link: &Link| {
        link.remote.as_deref() == Some(&remote.id) && routes.share_queue(&link.system, system)
    };
    let was_it = |link: &Link| link.earlier.as_deref() == Some(&remote.id);
    let Some(index) = ticket
        .links
        .iter()
        .position(|link| link.system == *system && is_it(link))
    else {
        // Nothing but what was said at an earlier visit has to do with it any more.
        let mut links = ticket.links.iter();
        let earlier = links.position(|link| link.system == *system && was_it(link));
        if let Some(index) = earlier {
            let all = hear::hear_all(draft, &mut ticket, index, remote, &mut sighting)?;
            let was_asked = all && remote.messages.is_some() && remote.phase == Some(Phase::Ended);
            if was_asked && std::mem::take(&mut ticket.links[index].earlier_unheard) {
                sighting.news = true;
            }
            if sighting.news {
                draft.put_ticket(ticket);
            }
        }
        return Ok(sighting);
    };
    let before = ticket.clone();
    let link = &ticket.links[index];
    let is_thread =
        command::route(draft, system).is_some_and(|route| matches!(route.role, Role::Helpdesk(_)));
    // Where it was out of sight, it may be seen again.
    if link.state == LinkState::Gone && !is_thread {
        return Ok(sighting);
    }
    let is_same = link.status == remote.status
        && (remote.priority.is_none() || remote.priority == link.priority)
        && remote
            .labels
            .as_ref()
            .is_none_or(|labels| *labels == link.labels);
    let is_newest = match observed.by {
        Observation::Asked { at } => at >= link.seen_at,
        Observation::Told => remote.changed_at > link.changed_at,
    };
    let is_certain = is_newest && !(is_thread && see::is_being_updated(draft, link)?);
    if is_certain {
        see::see_status(draft, &mut ticket, index, observed)?;
        see::see_details(draft, &mut ticket, index, observed);
    } else if !is_same {
        sighting.ask_again = true;
    }
    let has_ended = |link: &Link| link.state == LinkState::Ended;
    if remote.messages.is_some() {
        ticket.links[index].unheard = remote.unsettled;
    } else if has_ended(&ticket.links[index]) && !has_ended(&before.links[index]) {
        // Nobody would ask for it again by itself.
        ticket.links[index].unheard = true;
        sighting.ask_again = true;
    }
    if !hear::hear_all(draft, &mut ticket, index, remote, &mut sighting)? {
        ticket.links[index].unheard = true;
    }
    // Systems that share the queue know the same.
    let shared = ticket.links[index].clone();
    for other in ticket.links.iter_mut().filter(|link| is_it(link)) {
        other.state = shared.state;
        other.unheard = shared.unheard;
        other.leaving = shared.leaving;
        other.status.clone_from(&shared.status);
        other.changed_at = shared.changed_at;
        other.seen_at = shared.seen_at;
        other.assignee.clone_from(&shared.assignee);
        other.reachable = shared.reachable;
        other.priority = shared.priority;
        other.heard.clone_from(&shared.heard);
        other.heard_to = shared.heard_to;
        other.details.clone_from(&shared.details);
        other.fates.clone_from(&shared.fates);
    }
    if ticket != before {
        for link in ticket.links.iter_mut().filter(|link| is_it(link)) {
            link.seen_at = draft.now;
        }
        sighting.news = true;
        draft.put_ticket(ticket);
    }
    Ok(sighting)
}

/// A poll found that a linked ticket is not there any more.
pub(super) fn vanished(
    draft: &mut Draft<'_>,
    system: &str,
    remote: &str,
) -> Result<Answer, Missing> {
    let Some(ticket) = draft.facts.linked(system, remote)? else {
        return Ok(Answer::Seen(Sighting::default()));
    };
    let news = linked::vanished(draft, ticket, system, remote)?;
    Ok(Answer::Seen(Sighting {
        ticket: Some(ticket),
        news,
        ..Sighting::default()
    }))
}
