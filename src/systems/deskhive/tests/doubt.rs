//! Calls of which nobody knows whether they arrived: looked for before they are made again.

use ticketbridge_sim::deskhive::{Echo, Fault, Operation, TicketOrder};

use crate::model::{Class, DeliveryId, LaneFailure, Said, Time};

use super::*;

#[tokio::test]
async fn a_ticket_that_is_there_is_not_made_again() {
    let (desk, helpdesk) = started().await;
    // It is the last of all that look like it.
    desk.vary(|reading| {
        reading.per_page_cap = Some(5);
        reading.ticket_order = TicketOrder::OldestFirst;
    });
    let jane = desk.customer("Jane Doe", "jane@example.com");
    for number in 0..12 {
        let text = format!("another one\ntb-00aa11bb22cc-{}", 70 + number);
        desk.customer_creates_ticket(jane, "Other", &text).unwrap();
    }
    desk.fault(Operation::InternalCreateTicket, Fault::LoseAnswer, 1);
    let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
    assert_eq!(
        (report.class, report.failure),
        (Class::Unknown, Some(LaneFailure::Silence)),
        "{report:?}"
    );
    let made = desk.tickets().last().unwrap().id;
    let report = deliver(&helpdesk, doubtful(create_ticket(), 0)).await;
    assert_eq!(
        (report.class, report.remote_uid),
        (Class::Ok, Some(made.to_string()))
    );
    assert_eq!(desk.tickets().len(), 13);
}

#[tokio::test]
async fn a_ticket_that_is_not_there_is_made() {
    let (desk, helpdesk) = started().await;
    desk.fault(Operation::InternalCreateTicket, Fault::Garbage, 1);
    let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
    assert_eq!((report.class, report.status), (Class::Unknown, Some(502)));
    let report = deliver(&helpdesk, doubtful(create_ticket(), 0)).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    assert_eq!(desk.tickets().len(), 1);
}

#[tokio::test]
async fn nothing_is_made_or_added_while_it_cannot_be_looked_for() {
    for (fault, class) in [
        (Fault::LoseAnswer, Class::Retry),
        (Fault::Status(500, "{}".to_owned()), Class::Retry),
        (Fault::Page(200, "<p>".to_owned()), Class::Retry),
        (
            Fault::Status(200, r#"{"data":[{}],"meta":{"last_page":1}}"#.to_owned()),
            Class::Retry,
        ),
        (
            Fault::Status(400, r#"{"message":"x","errors":{"x":["y"]}}"#.to_owned()),
            Class::Retry,
        ),
        (
            Fault::Status(401, r#"{"message":"Invalid API key"}"#.to_owned()),
            Class::Paused,
        ),
        (Fault::Redirect("/".to_owned()), Class::Paused),
        (Fault::Status(429, "{}".to_owned()), Class::Throttled),
    ] {
        let (desk, helpdesk, ticket) = with_ticket().await;
        for (command, looks, deed) in [
            (
                create_ticket(),
                Operation::InternalListTickets,
                Operation::InternalCreateTicket,
            ),
            (
                Command::PostMessage,
                Operation::ListMessages,
                Operation::Reply,
            ),
        ] {
            desk.fault(looks, fault.clone(), 1);
            let report = deliver(&helpdesk, doubtful(command, ticket)).await;
            assert_eq!(report.class, class, "{fault:?} {report:?}");
            assert_eq!(desk.seen_for(looks).len(), 1);
            assert!(desk.seen_for(deed).is_empty());
        }
    }
}

#[tokio::test]
async fn a_message_that_was_added_is_not_added_again() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    for command in [Command::PostMessage, Command::PostEdit] {
        desk.fault(Operation::Reply, Fault::LoseAnswer, 1);
        let before = desk.messages(ticket).len();
        let mark = desk.messages(ticket).last().map(|last| last.id);
        let report = deliver(&helpdesk, parcel(command.clone(), ticket)).await;
        assert_eq!(report.class, Class::Unknown, "{report:?}");
        desk.customer_replies(ticket, "And?").unwrap();
        let mut again = doubtful(command, ticket);
        again.delivery.mark = mark;
        let report = deliver(&helpdesk, again).await;
        let messages = desk.messages(ticket);
        assert_eq!(
            (report.class, report.remote_uid),
            (Class::Ok, Some(messages[before].id.to_string()))
        );
        assert_eq!(messages.len(), before + 2);
    }
}

#[tokio::test]
async fn only_what_can_be_ours_is_taken_for_it() {
    let text = format!("Jane Doe wrote:\n\n{SAID}");
    let (desk, helpdesk, ticket) = with_ticket().await;
    desk.add_agent(4, "Agent Jones");
    desk.assign(ticket, 4).unwrap();
    // The same words, but before the mark, known, another's or the customer's.
    let old = desk.agent_replies(ticket, 3, &text).unwrap();
    let known = desk.agent_replies(ticket, 3, &text).unwrap();
    desk.agent_replies(ticket, 4, &text).unwrap();
    desk.customer_replies(ticket, &text).unwrap();
    desk.agent_replies(ticket, 3, "Something else").unwrap();
    let mut parcel = doubtful(Command::PostMessage, ticket);
    parcel.delivery.mark = Some(old);
    let link = &mut parcel.conversation.as_mut().unwrap().ticket.links[0];
    link.heard = vec![known.to_string()];
    let report = deliver(&helpdesk, parcel.clone()).await;
    let messages = desk.messages(ticket);
    assert_eq!((report.class, messages.len()), (Class::Ok, 6), "{report:?}");
    assert_eq!(report.remote_uid, Some(messages[5].id.to_string()));

    // That of an earlier delivery which nobody has seen there yet is not this one's.
    let said = |delivery, until| Said {
        delivery: DeliveryId(delivery),
        text: "x".to_owned(),
        until,
    };
    let link = &mut parcel.conversation.as_mut().unwrap().ticket.links[0];
    link.said = vec![said(6, Some(Time::MAX)), said(7, None)];
    let report = deliver(&helpdesk, parcel).await;
    let messages = desk.messages(ticket);
    assert_eq!(messages.len(), 7);
    assert_eq!(report.remote_uid, Some(messages[6].id.to_string()));
}

#[tokio::test]
async fn a_message_whose_number_is_not_told_is_looked_for() {
    for echo in [Echo::WithoutId, Echo::OnlyMessage] {
        let (desk, helpdesk, ticket) = with_ticket().await;
        desk.vary(|reading| reading.reply_echo = echo);
        let report = deliver(&helpdesk, parcel(Command::PostMessage, ticket)).await;
        let added = desk.messages(ticket)[0].id;
        assert_eq!(
            (report.class, report.remote_uid),
            (Class::Ok, Some(added.to_string()))
        );
        // It was taken, whether it can be found or not.
        desk.fault(Operation::ListMessages, Fault::Garbage, 1);
        let report = deliver(&helpdesk, parcel(Command::PostMessage, ticket)).await;
        assert_eq!((report.class, report.remote_uid), (Class::Ok, None));
        assert_eq!(desk.messages(ticket).len(), 2);
    }
}

#[tokio::test]
async fn a_change_is_repeated_without_a_look() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    desk.fault(Operation::UpdateTicket, Fault::LoseAnswer, 1);
    let report = deliver(&helpdesk, parcel(Command::UpdateTicket, ticket)).await;
    assert_eq!(report.class, Class::Unknown);
    let report = deliver(&helpdesk, doubtful(Command::UpdateTicket, ticket)).await;
    assert_eq!(report.class, Class::Ok);
    assert_eq!(desk.seen().len(), 2);
}

#[tokio::test]
async fn only_the_first_request_of_a_delivery_goes_past_the_gate() {
    let (desk, _, ticket) = with_ticket().await;
    let (helpdesk, gate) = helpdesk_of(&System {
        rate: Rate {
            per_second: 5.0,
            burst: 1,
        },
        ..system(&desk.base_url())
    });
    while gate.take().is_ok() {}
    let began = tokio::time::Instant::now();
    let report = deliver(&helpdesk, doubtful(Command::PostMessage, ticket)).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    // The profile and the message.
    assert_eq!(desk.seen().len(), 3);
    assert!(
        began.elapsed() >= Duration::from_millis(390),
        "{:?}",
        began.elapsed()
    );
}
