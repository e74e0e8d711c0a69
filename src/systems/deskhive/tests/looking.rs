//! What the help desk tells those who only ask.

use ticketbridge_sim::deskhive::{Fault, Foreign, Operation, Status};

use crate::clock::Clock as _;
use crate::model::{Class, DeliveryId, Maker, Phase, RemoteSender, Visibility};

use super::*;

#[tokio::test]
async fn all_tickets_are_listed_page_by_page_and_told_apart_by_who_made_them() {
    let (desk, helpdesk, theirs) = with_ticket().await;
    desk.vary(|reading| reading.per_page_cap = Some(3));
    deliver(&helpdesk, parcel(create_ticket(), 0)).await;
    let jane = desk.customers()[0].id;
    let other = "Mine\n\ntb-ffffffffffff-3";
    let other = desk.customer_creates_ticket(jane, "Other", other).unwrap();
    desk.close(other).unwrap();
    for _ in 0..4 {
        desk.customer_creates_ticket(jane, "More", "and more")
            .unwrap();
    }
    let first = helpdesk.page(1).await.unwrap();
    assert_eq!((first.tickets.len(), first.last), (3, 3));
    assert!(first.at.is_some());
    let mut all = first.tickets;
    for page in 2..=3 {
        all.extend(helpdesk.page(page).await.unwrap().tickets);
    }
    assert_eq!(all.len(), 7);
    let of = |id: u64| {
        all.iter()
            .find(|ticket| ticket.id == id.to_string())
            .unwrap()
    };
    assert_eq!(of(theirs).made_by, Maker::Somebody);
    assert_eq!(of(theirs).phase, Some(Phase::Waiting));
    assert_eq!(of(theirs + 1).made_by, Maker::Us(DeliveryId(7)));
    assert_eq!(of(theirs + 1).opening, SAID);
    assert_eq!(
        (of(other).made_by, of(other).phase),
        (Maker::OtherBridge, Some(Phase::Ended))
    );
    assert_eq!(of(other).opening, "Other\n\nMine");
    assert!(all.iter().all(|ticket| ticket.messages.is_none()));
    assert_eq!(desk.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_thread_is_told_whole_and_in_order_with_who_said_what() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    desk.vary(|reading| reading.per_page_cap = Some(2));
    desk.add_agent(4, "Agent Jones");
    desk.assign(ticket, 4).unwrap();
    desk.customer_replies(ticket, "<p>still <b>does</b> &amp; smokes</p>")
        .unwrap();
    desk.agent_replies(ticket, 4, "Which floor?").unwrap();
    desk.agent_notes(ticket, 4, "odd").unwrap();
    desk.admin_replies(ticket, 1, "Admin here").unwrap();
    let report = deliver(&helpdesk, parcel(Command::PostMessage, ticket)).await;
    let listed = helpdesk.page(1).await.unwrap().tickets.remove(0);
    let thread = helpdesk.thread(&listed).await.unwrap().unwrap();
    let looked = helpdesk.look(&ticket.to_string()).await.unwrap().unwrap();
    assert_eq!(thread, looked);
    let messages = thread.messages.unwrap();
    let colleague = |id: &str, name: &str, may_be_us| RemoteSender::Colleague {
        id: id.to_owned(),
        name: Some(name.to_owned()),
        may_be_us,
    };
    let said: Vec<_> = messages
        .iter()
        .map(|message| {
            (
                message.from.clone(),
                message.text.as_str(),
                message.visibility,
            )
        })
        .collect();
    let public = Visibility::Public;
    let ours = format!("Jane Doe wrote:\n\n{SAID}");
    assert_eq!(
        said[0],
        (RemoteSender::Customer, "still does & smokes", public)
    );
    assert_eq!(
        said[1],
        (colleague("4", "Agent Jones", false), "Which floor?", public)
    );
    assert_eq!(said[2].2, Visibility::Internal);
    assert!(
        matches!(&said[3].0, RemoteSender::Colleague { id, may_be_us: true, .. } if id == "user-1")
    );
    assert_eq!(
        said[4],
        (colleague("3", "Agent Smith", true), ours.as_str(), public)
    );
    assert_eq!(
        report.remote_uid,
        messages[4].number.map(|number| number.to_string())
    );
    assert_eq!(
        desk.seen_for(Operation::GetProfile).len(),
        1,
        "who we are is asked once"
    );
}

#[tokio::test]
async fn without_the_other_key_no_user_is_us() {
    let (desk, _, ticket) = with_ticket().await;
    desk.admin_replies(ticket, 1, "Admin here").unwrap();
    let helpdesk = helpdesk_of_agent(&desk.base_url());
    desk.fault(Operation::GetProfile, Fault::Garbage, 1);
    desk.agent_replies(ticket, 3, "Hi").unwrap();
    for us in [true, true] {
        let seen = helpdesk.look(&ticket.to_string()).await.unwrap().unwrap();
        let senders = seen
            .messages
            .unwrap()
            .into_iter()
            .map(|message| message.from);
        let may: Vec<bool> = senders
            .map(|from| {
                matches!(
                    from,
                    RemoteSender::Colleague {
                        may_be_us: true,
                        ..
                    }
                )
            })
            .collect();
        assert_eq!(may, [false, us]);
    }
}

#[tokio::test]
async fn what_changed_in_the_moment_of_the_answer_is_unsettled() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    let unsettled = async || {
        let seen = helpdesk.look(&ticket.to_string()).await.unwrap().unwrap();
        seen.unsettled
    };
    desk.set_clock("2026-03-14T09:00:00Z".parse().unwrap());
    desk.customer_replies(ticket, "Hello?").unwrap();
    assert!(unsettled().await);
    desk.advance(jiff::SignedDuration::from_secs(2));
    assert!(unsettled().await);
    desk.advance(jiff::SignedDuration::from_secs(1));
    assert!(!unsettled().await);
}

#[tokio::test]
async fn what_the_agent_does_not_see_is_looked_at_with_the_other_key() {
    for reading in [Foreign::Forbidden, Foreign::NotFound] {
        let (desk, helpdesk, ticket) = with_ticket().await;
        desk.vary(|of| of.foreign = reading);
        desk.customer_replies(ticket, "Hello?").unwrap();
        let listed = helpdesk.page(1).await.unwrap().tickets.remove(0);
        desk.unassign(ticket, 3).unwrap();
        for seen in [
            helpdesk.thread(&listed).await,
            helpdesk.look(&listed.id).await,
        ] {
            assert_eq!(seen.unwrap().unwrap().messages.unwrap().len(), 1);
        }
        let agent = helpdesk_of_agent(&desk.base_url());
        for seen in [agent.thread(&listed).await, agent.look(&listed.id).await] {
            match reading {
                Foreign::Forbidden => assert_eq!(seen.unwrap_err().class, Class::Rejected),
                Foreign::NotFound => assert_eq!(seen.unwrap(), None),
            }
        }
    }
}

#[tokio::test]
async fn notifications_are_told_and_marked_as_read_only_if_that_is_wanted() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    desk.customer_replies(ticket, "Hello?").unwrap();
    desk.set_status(ticket, Status::Closed).unwrap();
    let heard_of = helpdesk.heard_of().await.unwrap();
    assert!(heard_of.len() >= 2);
    assert!(
        heard_of
            .iter()
            .all(|of| of.remote == ticket.to_string() && !of.is_read)
    );
    helpdesk.acted_upon(heard_of[0].id).await.unwrap();
    assert!(desk.seen_for(Operation::MarkRead).is_empty());

    let marking = changed(system(&desk.base_url()), |deskhive| {
        deskhive.mapping.mark_read = true
    });
    let (marking, _) = helpdesk_of(&marking);
    marking.acted_upon(heard_of[0].id).await.unwrap();
    marking.acted_upon(4_000_000).await.unwrap();
    let read = marking.heard_of().await.unwrap();
    assert_eq!(read.iter().filter(|of| of.is_read).count(), 1);
    assert_eq!(desk.complaints(), [""; 0]);
}

#[tokio::test]
async fn trouble_is_told_apart() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    let listed = helpdesk.page(1).await.unwrap().tickets.remove(0);
    for (fault, class) in [
        (Fault::LoseAnswer, Class::Retry),
        (Fault::Garbage, Class::Retry),
        (
            Fault::Status(401, r#"{"message":"Invalid API key"}"#.to_owned()),
            Class::Paused,
        ),
        (ticketbridge_sim::deskhive::redirected_home(), Class::Paused),
        (Fault::Redirect("/login".to_owned()), Class::Paused),
        (Fault::Status(429, "{}".to_owned()), Class::Throttled),
        (ticketbridge_sim::deskhive::maintenance(), Class::Throttled),
    ] {
        desk.fault_any(fault.clone(), 5);
        let troubles = [
            helpdesk.page(1).await.unwrap_err(),
            helpdesk.thread(&listed).await.unwrap_err(),
            helpdesk.look(&ticket.to_string()).await.unwrap_err(),
            helpdesk.heard_of().await.unwrap_err(),
        ];
        desk.clear_faults();
        for trouble in troubles {
            let is_kind = trouble.class == class
                || (class == Class::Throttled && trouble.class == Class::Retry);
            assert!(is_kind, "{fault:?} {trouble:?}");
            assert!(!trouble.detail.contains(EXTERNAL_KEY) && !trouble.detail.contains("http://"));
        }
    }
    // One that makes no sense says nothing of the others.
    desk.fault(
        Operation::ListMessages,
        Fault::Page(200, "<p>".to_owned()),
        1,
    );
    assert_eq!(
        helpdesk.thread(&listed).await.unwrap_err().class,
        Class::Rejected
    );
    assert_eq!(
        helpdesk.look("../7").await.unwrap_err().class,
        Class::Rejected
    );
}

#[test]
fn settings_that_cannot_work_are_named() {
    let with = |change: fn(&mut DeskHive)| {
        let system = changed(system("https://desk.example.com"), change);
        let SystemKind::DeskHive(deskhive) = &system.kind else {
            panic!("{system:?}")
        };
        let fault = HelpdeskWays::new(&system, deskhive, CLIENT.clone(), TIMEOUT).unwrap_err();
        fault.to_string()
    };
    let bad = || Secret::new("s3cret é".to_owned());
    let fault = with(|deskhive| deskhive.external_key = Secret::new("s3cret é".to_owned()));
    assert!(fault.starts_with("`external_key_file`") && !fault.contains(bad().reveal()));
    let fault = with(|deskhive| deskhive.internal_key = Some(Secret::new(String::new())));
    assert!(fault.starts_with("`internal_key_file`"), "{fault}");
}

#[tokio::test]
async fn when_a_ticket_ended_is_told_by_our_clock_however_wrong_theirs_is() {
    for hours in [-1, 1] {
        let (desk, helpdesk, ticket) = with_ticket().await;
        let hour = jiff::SignedDuration::from_hours(hours);
        desk.set_clock(SystemClock.now().to_timestamp() + hour);
        desk.close(ticket).unwrap();
        let seen = helpdesk.look(&ticket.to_string()).await.unwrap().unwrap();
        let ended_at = seen.ended_at.unwrap().as_micros();
        let now = SystemClock.now().as_micros();
        assert!(now.abs_diff(ended_at) < 60_000_000, "{hours}");
    }
}
