//! What is done for each command, and what its success means.

use ticketbridge_sim::deskhive::{Author as There, Priority as Urgency, Status as Standing};

use crate::model::{AgentId, Class, MessageId, Priority, Sender, Status, Visibility};

use super::*;

#[tokio::test]
async fn a_ticket_is_made_for_its_customer_and_says_whose_it_is() {
    let (desk, helpdesk) = started().await;
    let mut parcel = parcel(create_ticket(), 0);
    parcel.text = "Printer <on> fire\n\nIt burns.".to_owned();
    parcel.conversation.as_mut().unwrap().ticket.priority = Priority::High;
    let shown = helpdesk.shown(&parcel).unwrap().requests;
    let report = deliver(&helpdesk, parcel).await;
    assert_eq!(
        (report.class, report.status),
        (Class::Ok, Some(201)),
        "{report:?}"
    );
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1);
    let ticket = &tickets[0];
    assert_eq!(report.remote_uid, Some(ticket.id.to_string()));
    assert_eq!(
        (ticket.title.as_str(), ticket.priority),
        ("Printer <on> fire", Urgency::High)
    );
    assert_eq!(
        ticket.content,
        "<p>Printer &lt;on&gt; fire</p>\n<p>It burns.</p>\n<p>tb-00aa11bb22cc-7</p>"
    );
    let customers = desk.customers();
    assert_eq!(customers.len(), 1);
    assert_eq!(
        (customers[0].name.as_str(), customers[0].email.as_str()),
        ("Jane Doe", "jane@example.com")
    );
    assert_eq!(desk.complaints(), [""; 0]);
    assert_eq!(
        shown
            .iter()
            .map(|one| format!("{} {}", one.method, one.target))
            .collect::<Vec<_>>(),
        [
            "POST /api/v1/internal/customers",
            "POST /api/v1/internal/tickets"
        ]
    );
    assert!(
        shown[1].body.contains("number of jane@example.com"),
        "{}",
        shown[1].body
    );
}

#[tokio::test]
async fn messages_are_added_under_the_agents_name_and_say_whose_words_they_are() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    let agent = Sender::Agent {
        id: AgentId(3),
        name: "Agent Smith".to_owned(),
    };
    let customer = parcel(Command::PostMessage, ticket).message.from;
    let said = "My PIN is 1234 and my cat is called Whiskers";
    for (command, from, visibility, text, is_internal) in [
        (
            Command::PostMessage,
            &customer,
            Visibility::Public,
            format!("<p>Jane Doe wrote:</p>\n<p>{said}</p>"),
            false,
        ),
        (
            Command::PostMessage,
            &agent,
            Visibility::Public,
            format!("<p>{said}</p>"),
            false,
        ),
        (
            Command::PostMessage,
            &agent,
            Visibility::Internal,
            format!("<p>{said}</p>"),
            true,
        ),
        (
            Command::PostEdit,
            &agent,
            Visibility::Public,
            format!("<p>Agent Smith edited what they wrote. It says now:</p>\n<p>{said}</p>"),
            true,
        ),
    ] {
        let mut parcel = parcel(command, ticket);
        parcel.message.from = from.clone();
        parcel.message.visibility = visibility;
        let shown = helpdesk.shown(&parcel).unwrap().requests;
        let report = deliver(&helpdesk, parcel).await;
        assert_eq!(
            (report.class, report.status),
            (Class::Ok, Some(201)),
            "{report:?}"
        );
        let messages = desk.messages(ticket);
        let last = messages.last().unwrap();
        assert_eq!(report.remote_uid, Some(last.id.to_string()));
        assert_eq!(last.author, There::Agent(3));
        assert_eq!(
            (last.content.as_str(), last.is_internal),
            (text.as_str(), is_internal)
        );
        let sent = desk.seen().last().unwrap().text().to_string();
        assert_eq!(shown[0].body, sent);
    }
    assert_eq!(desk.messages(ticket).len(), 4);
    assert_eq!(desk.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_ticket_stands_there_as_it_stands_here() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    for (status, standing) in [
        (Status::OnHold, Standing::OnHold),
        (Status::Closed, Standing::Closed),
        (Status::Open, Standing::Open),
        (Status::InProgress, Standing::InProgress),
    ] {
        let mut parcel = parcel(Command::UpdateTicket, ticket);
        let ours = &mut parcel.conversation.as_mut().unwrap().ticket;
        (ours.status, ours.priority) = (status, Priority::Critical);
        let report = deliver(&helpdesk, parcel).await;
        assert_eq!((report.class, report.remote_uid), (Class::Ok, None));
        let there = desk.ticket(ticket).unwrap();
        assert_eq!(
            (there.status, there.priority),
            (standing, Urgency::Critical)
        );
    }
    assert_eq!(desk.complaints(), [""; 0]);
}

#[tokio::test]
async fn every_try_has_the_same_bytes_also_from_another_help_desk() {
    let (desk, _, ticket) = with_ticket().await;
    for command in all_commands() {
        desk.clear_faults();
        let fault = ticketbridge_sim::deskhive::Fault::Status(500, "{}".to_owned());
        let from = desk.seen().len();
        desk.fault_any(fault, 2);
        for _ in 0..2 {
            let mut parcel = parcel(command.clone(), ticket);
            parcel.delivery.attempts += 1;
            deliver(&helpdesk(&desk.base_url()), parcel).await;
        }
        let seen = desk.seen();
        assert_eq!(seen.len(), from + 2, "{command:?}");
        assert_eq!(seen[from].text(), seen[from + 1].text());
    }
}

#[tokio::test]
async fn what_can_never_be_sent_is_rejected_without_a_call() {
    let (desk, helpdesk) = started().await;
    let mut empty = parcel(Command::PostMessage, 1);
    empty.text = " \n".to_owned();
    let mut elsewhere = parcel(Command::UpdateTicket, 1);
    elsewhere.delivery.system = "other".to_owned();
    let with_remote = |remote: &str| specimens::parcel("support", Command::PostMessage, remote);
    for (parcel, words) in [
        (empty, "the message is empty"),
        (elsewhere, "no ticket was made there"),
        (with_remote("../users"), "not a number"),
        (with_remote("+7"), "not a number"),
        (
            parcel(Command::SendSms, 1),
            "deskhive has no way to send SMS",
        ),
    ] {
        let report = deliver(&helpdesk, parcel).await;
        assert_eq!((report.class, report.status), (Class::Rejected, None));
        assert!(report.detail.contains(words), "{report:?}");
    }
    let agents = helpdesk_of_agent(&desk.base_url());
    let report = deliver(&agents, parcel(create_ticket(), 0)).await;
    assert_eq!(report.class, Class::Rejected);
    assert!(report.detail.contains("`internal_key_file`"), "{report:?}");
    assert_eq!(desk.seen().len(), 0);
}

#[tokio::test]
async fn a_ticket_that_is_one_too_many_is_closed() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    let cancel = Command::CancelTicket {
        remote: ticket.to_string(),
    };
    let report = deliver(&helpdesk, parcel(cancel, ticket)).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    let closed = ticketbridge_sim::deskhive::Status::Closed;
    assert_eq!(desk.ticket(ticket).unwrap().status, closed);
}

#[tokio::test]
async fn a_system_in_dry_run_is_told_nothing() {
    let (desk, _, ticket) = with_ticket().await;
    let system = System {
        mode: Mode::DryRun,
        ..system(&desk.base_url())
    };
    let (helpdesk, _) = helpdesk_of(&changed(system, |deskhive| {
        deskhive.mapping.mark_read = true
    }));
    for command in all_commands() {
        assert_eq!(
            deliver(&helpdesk, parcel(command, ticket)).await.class,
            Class::Paused
        );
    }
    helpdesk.acted_upon(1).await.unwrap();
    assert_eq!(desk.seen().len(), 0);
    // It may be looked at.
    assert!(helpdesk.look(&ticket.to_string()).await.unwrap().is_some());
}

#[tokio::test]
async fn long_and_strange_texts_can_be_made_tickets_of() {
    let (desk, helpdesk) = started().await;
    for (number, text) in [
        "x".repeat(200_000),
        "\u{200b}\n\n\u{200b}".to_owned(),
        "\0\u{1b}[31m".to_owned(),
        format!("{} a", "👩\u{200d}👩".repeat(300)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut parcel = parcel(create_ticket(), 0);
        parcel.delivery.message = MessageId(number as u64);
        parcel.text = text;
        let report = deliver(&helpdesk, parcel).await;
        assert_eq!(report.class, Class::Ok, "{number} {report:?}");
    }
    assert_eq!(desk.tickets().len(), 4);
}
