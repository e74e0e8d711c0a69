//! Where the documents leave open what a DeskHive does, every reading of them will do.

use ticketbridge_sim::deskhive::{
    AssignedTo, Content, Dates, Echo, Envelope, Errors, Ids, Lists, MessageOrder, Missing,
    NoteFlag, Sender, TicketOrder, Variations,
};

use crate::model::{Class, DeliveryId, Maker, RemoteSender, Visibility};

use super::*;

type Reading = fn(&mut Variations);

const READINGS: &[Reading] = &[
    |_| {},
    |of| of.envelope = Envelope::Data,
    |of| of.envelope = Envelope::Bare,
    |of| of.lists = Lists::Collection,
    |of| of.lists = Lists::Paginator,
    |of| of.lists = Lists::PaginatorUnderData,
    |of| of.lists_say_status = true,
    |of| of.dates = Dates::Micros,
    |of| of.dates = Dates::Offset,
    |of| of.dates = Dates::Plain,
    |of| of.ids = Ids::Texts,
    |of| of.ticket_order = TicketOrder::OldestFirst,
    |of| of.ticket_order = TicketOrder::UpdatedFirst,
    |of| of.message_order = MessageOrder::NewestFirst,
    |of| of.missing = Missing::Omitted,
    |of| of.notes_listed = false,
    |of| of.notes_touch_ticket = false,
    |of| of.note_flag = NoteFlag::Number,
    |of| of.note_flag = NoteFlag::Absent,
    |of| of.sender = Sender::Word,
    |of| of.sender = Sender::ClassNameAlone,
    |of| of.sender = Sender::SenderAlone,
    |of| of.content = Content::Html,
    |of| of.content_is_message = true,
    |of| of.reply_echo = Echo::WithoutId,
    |of| of.reply_echo = Echo::OnlyMessage,
    |of| of.created = 200,
    |of| of.assigned_to = AssignedTo::UserAlone,
    |of| of.errors = Errors::Core,
    |of| of.validates_first = true,
    |of| of.forces_json = true,
    |of| {
        of.envelope = Envelope::Bare;
        of.lists = Lists::PaginatorUnderData;
        of.dates = Dates::Plain;
        of.ids = Ids::Texts;
        of.message_order = MessageOrder::NewestFirst;
        of.missing = Missing::Omitted;
        of.content = Content::Html;
        of.reply_echo = Echo::OnlyMessage;
    },
];

#[tokio::test]
async fn a_ticket_goes_there_and_back_in_every_reading() {
    for (number, reading) in READINGS.iter().enumerate() {
        for cap in [None, Some(2)] {
            let (desk, helpdesk) = started().await;
            desk.vary(|of| {
                reading(of);
                of.per_page_cap = cap;
            });
            there_and_back(
                &desk,
                &helpdesk,
                &format!("reading {number}, {cap:?} a page"),
            )
            .await;
        }
    }
}

async fn there_and_back(desk: &Desk, helpdesk: &Helpdesk, context: &str) {
    let report = deliver(helpdesk, parcel(create_ticket(), 0)).await;
    assert_eq!(report.class, Class::Ok, "{context}: {report:?}");
    let remote: u64 = report.remote_uid.unwrap().parse().unwrap();

    // Who is known there already, and a call whose answer was lost.
    let report = deliver(helpdesk, doubtful(create_ticket(), 0)).await;
    assert_eq!(
        report.remote_uid,
        Some(remote.to_string()),
        "{context}: {report:?}"
    );
    let forgetful = self::helpdesk(&desk.base_url());
    let report = deliver(&forgetful, doubtful(create_ticket(), 0)).await;
    assert_eq!(
        report.remote_uid,
        Some(remote.to_string()),
        "{context}: {report:?}"
    );

    desk.customer_replies(remote, "Any <b>news</b>?").unwrap();
    desk.agent_replies(remote, 3, "Not yet").unwrap();
    let mark = desk.messages(remote).last().unwrap().id;
    let mut post = parcel(Command::PostMessage, remote);
    post.delivery.mark = Some(mark);
    let report = deliver(helpdesk, post.clone()).await;
    let added = desk.messages(remote).last().unwrap().id;
    assert_eq!(
        report.remote_uid,
        Some(added.to_string()),
        "{context}: {report:?}"
    );
    post.delivery.in_doubt_since = Some(Time::EPOCH);
    let report = deliver(helpdesk, post).await;
    assert_eq!(
        report.remote_uid,
        Some(added.to_string()),
        "{context}: {report:?}"
    );
    let report = deliver(helpdesk, parcel(Command::UpdateTicket, remote)).await;
    assert_eq!(report.class, Class::Ok, "{context}: {report:?}");
    let report = deliver(helpdesk, parcel(Command::PostEdit, remote)).await;
    assert_eq!(report.class, Class::Ok, "{context}: {report:?}");

    let page = helpdesk.page(1).await.unwrap();
    let listed = page
        .tickets
        .iter()
        .find(|ticket| ticket.id == remote.to_string());
    let listed = listed.unwrap_or_else(|| panic!("{context}: {page:?}"));
    assert_eq!(listed.made_by, Maker::Us(DeliveryId(7)), "{context}");
    assert_eq!(listed.opening, SAID, "{context}");
    assert!(
        listed.changed_at.is_some() && listed.created_at.is_some(),
        "{context}"
    );
    assert_eq!(
        listed.person.email.as_deref(),
        Some("jane@example.com"),
        "{context}"
    );
    let thread = helpdesk.thread(listed).await.unwrap().unwrap();
    let messages = thread.messages.unwrap();
    let ours = messages
        .iter()
        .find(|message| message.number == Some(added))
        .unwrap();
    let text = format!("Jane Doe wrote:\n\n{SAID}");
    assert_eq!(ours.text, text, "{context}");
    assert!(
        matches!(
            &ours.from,
            RemoteSender::Colleague {
                may_be_us: true,
                ..
            }
        ),
        "{context}: {ours:?}"
    );
    // What is not certain to be public is taken for a note, and never the other way round.
    for message in &messages {
        let there = desk.messages(remote);
        let there = there
            .iter()
            .find(|there| Some(there.id) == message.number)
            .unwrap();
        if there.is_internal && message.from != RemoteSender::Customer {
            assert_eq!(
                message.visibility,
                Visibility::Internal,
                "{context}: {message:?}"
            );
        }
    }
    assert!(
        messages.is_sorted_by_key(|message| (message.at, message.number)),
        "{context}"
    );
    assert_eq!(desk.customers().len(), 1, "{context}");
    assert_eq!(desk.complaints(), [""; 0], "{context}");
}

#[tokio::test]
async fn a_limit_is_told_and_heeded() {
    let desk = Desk::start().await.unwrap();
    let jane = desk.customer("Jane Doe", "jane@example.com");
    let ticket = desk
        .customer_creates_ticket(jane, "Hello", "there")
        .unwrap();
    for errors in [Errors::Laravel, Errors::Core] {
        desk.vary(|of| of.errors = errors);
        desk.set_rate(3);
        let (helpdesk, gate) = helpdesk_of(&system(&desk.base_url()));
        let report = deliver(&helpdesk, parcel(Command::UpdateTicket, ticket)).await;
        assert_eq!(report.class, Class::Ok);
        assert_eq!((gate.take(), gate.take()), (Ok(()), Ok(())));
        assert!(gate.take().is_err(), "what is left is all that is taken");
        for _ in 0..2 {
            deliver(&helpdesk, parcel(Command::UpdateTicket, ticket)).await;
        }
        let report = deliver(&helpdesk, parcel(Command::UpdateTicket, ticket)).await;
        assert_eq!(
            (report.class, report.status),
            (Class::Throttled, Some(429)),
            "{report:?}"
        );
        assert_eq!(
            report.until.is_some(),
            errors == Errors::Laravel,
            "{report:?}"
        );
    }
}
