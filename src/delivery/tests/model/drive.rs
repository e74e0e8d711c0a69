//! Takes a case step by step, and says where the daemon and the model part.

use std::path::Path;
use std::time::Duration;

use crate::model::{
    AgentId, Author, DeliveryId, Destination, Edited, ExternalTicket, Happening, OperatorOrder,
    Replied, TicketId, Visibility, WayOut,
};
use crate::plan::{Answer, Refusal};

use super::compare;
use super::ideal::{Ideal, State};
use super::rig::Rig;
use super::step::{Case, REPLY_NAMES, Step};

/// Where a case failed.
#[derive(Debug)]
pub(super) struct Parted {
    pub(super) what: String,
    pub(super) trace: Vec<String>,
}

/// The whole trace, or where the daemon and the model part.
pub(super) fn run(case: &Case, folder: Option<&Path>) -> Result<Vec<String>, Parted> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut rig = Rig::new(case.rules.clone(), folder);
        let result = drive(&mut rig, case).await;
        rig.stop(Duration::ZERO).await;
        let trace = std::mem::take(&mut rig.book().trace);
        match result {
            Ok(()) => Ok(trace),
            Err(what) => Err(Parted { what, trace }),
        }
    })
}

async fn drive(rig: &mut Rig, case: &Case) -> Result<(), String> {
    rig.start();
    for (number, step) in case.steps.iter().enumerate() {
        let now = rig.now();
        rig.book().tell(now, format!("-- {step}"));
        take(rig, step).await?;
        after(rig)?;
        if number % 16 == 0 || matches!(step, Step::Crash | Step::Stop(_)) {
            compare::everything(rig).await?;
        }
        if matches!(step, Step::Crash | Step::Stop(_)) {
            rig.store().audit(rig.now());
        }
    }
    end_well(rig).await
}

/// What must hold after every step.
fn after(rig: &Rig) -> Result<(), String> {
    let now = rig.now();
    let mut book = rig.book();
    if let Some(up_since) = rig.up_since
        && let Some(overlooked) = book.ideal.overlooked(up_since, now)
    {
        book.breaks(now, overlooked);
    }
    book.breach.clone().map_or(Ok(()), Err)
}

/// Every receiver is well again, every URL goes on, and people decide what waits for them: nothing stays behind.
async fn end_well(rig: &mut Rig) -> Result<(), String> {
    let now = rig.now();
    rig.book().tell(now, "-- everybody is well again");
    rig.book().heal();
    rig.stop(Duration::from_secs(1)).await;
    after(rig)?;
    compare::everything(rig).await?;
    rig.store().audit(rig.now());
    rig.start();
    until_quiet(rig).await?;
    compare::everything(rig).await?;
    // By now only URLs that are gone, and what a person must decide, keep anything.
    let urls: Vec<String> = rig.book().ideal.lanes.keys().cloned().collect();
    for url in urls {
        take_resume(rig, &url).await?;
    }
    until_quiet(rig).await?;
    while let Some(held) = first(rig, |state| state == State::Held) {
        retry(rig, held).await?;
        until_quiet(rig).await?;
    }
    compare::everything(rig).await?;
    rig.store().audit(rig.now());
    let pending = first(rig, |state| matches!(state, State::Pending | State::Held));
    pending.map_or(Ok(()), |id| Err(format!("delivery {id} never ends")))
}

fn first(rig: &Rig, is: impl Fn(State) -> bool) -> Option<DeliveryId> {
    let book = rig.book();
    let found = book.ideal.deliveries.iter().position(|it| is(it.state))?;
    Some(DeliveryId(found as u64 + 1))
}

/// Lets time pass until nothing more can happen by itself; every delivery ends before it is too old.
async fn until_quiet(rig: &Rig) -> Result<(), String> {
    const PARTS: u32 = 16;
    let part = rig.book().ideal.rules.max_age * 2 / PARTS;
    for _ in 0..PARTS {
        rig_pass(rig, part).await?;
        if rig.book().ideal.is_quiet() {
            break;
        }
    }
    Ok(())
}

async fn rig_pass(rig: &Rig, time: Duration) -> Result<(), String> {
    tokio::time::sleep(time).await;
    after(rig)
}

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

async fn take(rig: &mut Rig, step: &Step) -> Result<(), String> {
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
        Step::Pass(millis) => rig_pass(rig, Duration::from_millis(*millis)).await,
        Step::SetUrl(ticket, number) => {
            let Some(ticket) = some_ticket(rig, *ticket) else {
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
            let can = [1, 3, 4].contains(agent);
            if can {
                rig.book().ideal.ticket_mut(ticket).assigned = Some((*agent).into());
            }
            agree("the order", done, can)
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
        Step::Resume(number) => take_resume(rig, &url(*number)).await,
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

async fn retry(rig: &Rig, delivery: DeliveryId) -> Result<(), String> {
    let done = order(rig, OperatorOrder::Retry { delivery }).await;
    let now = rig.now();
    let can = rig.book().ideal.retry(delivery, now);
    agree(&format!("retrying {delivery}"), done, can)
}

async fn take_resume(rig: &Rig, url: &str) -> Result<(), String> {
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
