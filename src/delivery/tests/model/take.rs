//! One step, taken by the daemon and by the model.

use std::time::Duration;

use crate::model::{
    AgentId, AgentOrder, Author, DeliveryId, Destination, Edited, ExternalTicket, Happening,
    OperatorOrder, Replied, Status, TicketId, Visibility, WayOut,
};
use crate::plan::{Answer, Refusal};

use super::compare;
use super::drive::pass;
use super::ideal::{Ideal, State};
use super::rig::Rig;
use super::step::{REPLY_NAMES, Step};

fn url(number: u8) -> String {
    // Two at each host.
    format!("https://h{}.example.com/{number}", number / 2)
}

fn uid(number: u8) -> String {
    match number.checked_sub(REPLY_NAMES) {
        Some(number) => format!("r{number}"),
        None => format!("u{number}"),
    }
}

fn text(number: u8) -> String {
    match number {
        3 => "a longer text ".repeat(150),
        4 => "the longest text\n".repeat(700),
        number => format!("text {number}"),
    }
}

pub(super) async fn take(rig: &mut Rig, step: &Step) -> Result<(), String> {
    match step {
        Step::Arrives { .. } => arrives(rig, step).await,
        Step::Replies { .. } => replies(rig, step).await,
        Step::Meets(number, acts) => {
            let acts = acts
                .iter()
                .map(|(meets, takes)| (*meets, Duration::from_millis((*takes).into())));
            rig.book().script(url(*number), acts);
            Ok(())
        }
        Step::Pass(millis) => pass(rig, Duration::from_millis(*millis)).await,
        Step::SetUrl(ticket, number, busy) => {
            let called = rig
                .book()
                .ideal
                .calls
                .values()
                .next()
                .map(|call| call.ticket);
            let Some(ticket) = called
                .filter(|_| *busy)
                .or_else(|| some_ticket(rig, *ticket))
            else {
                return Ok(());
            };
            let to = url(*number);
            let done = order(
                rig,
                OperatorOrder::SetResponseUrl {
                    ticket,
                    url: to.clone(),
                },
            )
            .await;
            let now = rig.now();
            rig.book().ideal.set_response_url(ticket, to, now);
            agree("the order", done, true)?;
            compare::ticket(rig, ticket).await
        }
        Step::Assign(ticket, agent) => {
            let Some(ticket) = some_ticket(rig, *ticket) else {
                return Ok(());
            };
            let done = order(
                rig,
                OperatorOrder::Assign {
                    ticket,
                    agent: AgentId((*agent).into()),
                },
            )
            .await;
            let can = {
                let book = rig.book();
                let brand = &book.ideal.ticket(ticket).brand;
                let agents = book.ideal.rules.active_agents(brand);
                agents.contains(&u64::from(*agent))
            };
            if can {
                rig.book().ideal.ticket_mut(ticket).assigned = Some((*agent).into());
            }
            agree("the order", done, can)
        }
        Step::Stands(ticket, agent, status) => {
            let Some(ticket) = some_ticket(rig, *ticket) else {
                return Ok(());
            };
            let status = Status::ALL[usize::from(*status)];
            let update = AgentOrder::Update {
                ticket,
                status: Some(status),
                priority: None,
                labels: None,
            };
            let agent = AgentId((*agent).into());
            let answer = rig.commit(Happening::Did(agent, update)).await;
            let done = matches!(answer, Answer::Changed(_));
            let can = rig.book().ideal.stands(ticket, agent.0, status);
            agree("the change", done, can)?;
            compare::ticket(rig, ticket).await
        }
        Step::Lock(ticket, locked) => {
            let Some(ticket) = some_ticket(rig, *ticket) else {
                return Ok(());
            };
            let done = order(
                rig,
                OperatorOrder::Lock {
                    ticket,
                    locked: *locked,
                },
            )
            .await;
            rig.book().ideal.ticket_mut(ticket).locked = *locked;
            agree("the order", done, true)
        }
        Step::Retry(number, stuck) => match some_delivery(rig, *number, *stuck, |ideal, id| {
            matches!(ideal.delivery(id).state, State::Dead | State::Held)
        }) {
            Some(id) => retry(rig, id).await,
            None => Ok(()),
        },
        Step::Cancel(number, called) => {
            let is_called = |ideal: &Ideal, id: DeliveryId| ideal.calls.contains_key(&id);
            let Some(delivery) = some_delivery(rig, *number, *called, is_called) else {
                return Ok(());
            };
            let done = order(rig, OperatorOrder::Cancel { delivery }).await;
            let now = rig.now();
            let can = rig.book().ideal.cancel(delivery, now);
            agree(&format!("cancelling {delivery}"), done, can)
        }
        Step::Edit(number, content, dead) => {
            let is_dead = |ideal: &Ideal, id: DeliveryId| ideal.delivery(id).state == State::Dead;
            let Some(delivery) = some_delivery(rig, *number, *dead, is_dead) else {
                return Ok(());
            };
            let text = format!("edited {}", text(*content));
            let edited = Edited {
                delivery,
                text: text.clone(),
            };
            let done = order(rig, OperatorOrder::Edit(edited)).await;
            let can = rig.book().ideal.edit(delivery, &text);
            agree(&format!("editing {delivery}"), done, can)
        }
        Step::Resume(number) => resume(rig, &url(*number)).await,
        Step::Stop(grace) => {
            rig.stop(Duration::from_millis(*grace)).await;
            Ok(())
        }
        Step::Crash => {
            rig.crash().await;
            Ok(())
        }
        Step::Start => {
            rig.start();
            Ok(())
        }
    }
}

fn agree<T: PartialEq + std::fmt::Debug>(what: &str, found: T, wanted: T) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!(
            "{what} is answered {found:?} and should be {wanted:?}"
        ))
    }
}

fn some_ticket(rig: &Rig, number: u8) -> Option<TicketId> {
    let count = rig.book().ideal.tickets.len() as u64;
    // The newest first, so that few tickets are met often.
    (count > 0).then(|| TicketId(count - u64::from(number) % count))
}

/// The newest first; `only` of those that fit.
fn some_delivery(
    rig: &Rig,
    number: u8,
    only: bool,
    fits: impl Fn(&Ideal, DeliveryId) -> bool,
) -> Option<DeliveryId> {
    let book = rig.book();
    let all = (1..=book.ideal.deliveries.len() as u64)
        .rev()
        .map(DeliveryId);
    let some: Vec<DeliveryId> = all.filter(|id| !only || fits(&book.ideal, *id)).collect();
    some.get(usize::from(number) % some.len().max(1)).copied()
}

async fn order(rig: &Rig, order: OperatorOrder) -> bool {
    match rig.commit(Happening::Ordered(order)).await {
        Answer::Done(_) | Answer::Lane(_) => true,
        Answer::Refused(_) => false,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn retry(rig: &Rig, delivery: DeliveryId) -> Result<(), String> {
    let done = order(rig, OperatorOrder::Retry { delivery }).await;
    let now = rig.now();
    let can = rig.book().ideal.retry(delivery, now);
    agree(&format!("retrying {delivery}"), done, can)
}

pub(super) async fn resume(rig: &Rig, url: &str) -> Result<(), String> {
    let to = Destination::ResponseUrl(url.to_owned());
    let Some(lane) = rig.store().lane_to(to).await.unwrap() else {
        return Ok(());
    };
    let done = order(rig, OperatorOrder::Resume { lane }).await;
    let now = rig.now();
    rig.book().ideal.resume(url, now);
    agree("the order", done, true)
}

async fn arrives(rig: &Rig, step: &Step) -> Result<(), String> {
    let Step::Arrives {
        other_brand,
        uid: called,
        provider,
        parent,
        url: to,
        text: content,
        author,
        name,
    } = step
    else {
        return Ok(());
    };
    let sent = ExternalTicket {
        brand: if *other_brand { "other" } else { "acme" }.to_owned(),
        external_uid: uid(*called),
        content: text(*content),
        response_url: to.map(url),
        provider: provider.map(|number| format!("p{number}")),
        parent_uid: parent.map(uid),
        author: Author {
            external_uid: format!("customer {author}"),
            username: format!(
                "Customer {author}{}",
                ["", " the second"][usize::from(*name)]
            ),
        },
        created_at: rig.now(),
    };
    let answer = rig.commit(Happening::Arrived(Box::new(sent.clone()))).await;
    let found = match answer {
        Answer::Taken(it) => Some((
            it.ticket,
            it.message,
            it.joined,
            it.duplicate,
            it.updated,
            it.response_url_known,
        )),
        Answer::Refused(Refusal::NoWayBack { .. }) => None,
        other => panic!("{other:?}"),
    };
    let now = rig.now();
    let wanted = rig.book().ideal.arrives(&sent, now);
    agree("the ticket", found, wanted)?;
    match wanted {
        Some((ticket, ..)) => compare::ticket(rig, ticket).await,
        None => Ok(()),
    }
}

async fn replies(rig: &Rig, step: &Step) -> Result<(), String> {
    let Step::Replies {
        ticket,
        agent,
        only_assigned,
        internal,
        long,
    } = step
    else {
        return Ok(());
    };
    let Some(ticket) = some_ticket(rig, *ticket) else {
        return Ok(());
    };
    let count = rig.book().ideal.messages.len();
    let reply = Replied {
        ticket,
        agent: agent.map(|agent| AgentId(agent.into())),
        // The agent API always names its agent.
        only_assigned: *only_assigned && agent.is_some(),
        text: format!(
            "answer {count} {}",
            if *long {
                "and so on ".repeat(500)
            } else {
                String::new()
            }
        ),
        visibility: if *internal {
            Visibility::Internal
        } else {
            Visibility::Public
        },
    };
    let found = match rig.commit(Happening::Replied(reply.clone())).await {
        Answer::Replied(taken) => {
            let delivery = match taken.message.way_out {
                WayOut::By(delivery) => Some(delivery),
                WayOut::None | WayOut::Nowhere => None,
            };
            Some((taken.message.id, delivery))
        }
        Answer::Refused(_) => None,
        other => panic!("{other:?}"),
    };
    let now = rig.now();
    let wanted = rig.book().ideal.replies(&reply, now);
    agree("the reply", found, wanted)?;
    compare::ticket(rig, ticket).await
}
