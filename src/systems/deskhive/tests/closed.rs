//! Tickets that are not the agent's, locked, or not there.

use ticketbridge_sim::deskhive::{Author as There, Fault, Foreign, NotThere, Operation, Status};

use crate::model::Class;

use super::*;

fn threads() -> [Command; 3] {
    [
        Command::PostMessage,
        Command::PostEdit,
        Command::UpdateTicket,
    ]
}

/// A ticket that is nobody's.
async fn foreign(reading: Foreign) -> (Desk, u64) {
    let (desk, _) = started().await;
    desk.auto_assign(false);
    desk.vary(|of| of.foreign = reading);
    let jane = desk.customer("Jane Doe", "jane@example.com");
    let ticket = desk
        .customer_creates_ticket(jane, "Hello", "there")
        .unwrap();
    (desk, ticket)
}

#[tokio::test]
async fn what_the_agent_does_not_see_is_reached_with_the_other_key() {
    for reading in [Foreign::Forbidden, Foreign::NotFound] {
        let (desk, ticket) = foreign(reading).await;
        let helpdesk = helpdesk(&desk.base_url());
        for command in threads() {
            let mut parcel = parcel(command, ticket);
            let ours = &mut parcel.conversation.as_mut().unwrap().ticket;
            ours.status = crate::model::Status::OnHold;
            let report = deliver(&helpdesk, parcel).await;
            assert_eq!(report.class, Class::Ok, "{report:?}");
        }
        let messages = desk.messages(ticket);
        assert_eq!(messages.len(), 2);
        assert!(
            messages
                .iter()
                .all(|message| message.author == There::User(1))
        );
        assert!(!messages[0].is_internal && messages[1].is_internal);
        assert_eq!(desk.ticket(ticket).unwrap().status, Status::OnHold);
        assert_eq!(desk.complaints(), [""; 0]);
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_other_key_is_looked_up_with_it() {
    let (desk, ticket) = foreign(Foreign::Forbidden).await;
    let helpdesk = helpdesk(&desk.base_url());
    desk.fault(Operation::InternalPostMessage, Fault::LoseAnswer, 1);
    let report = deliver(&helpdesk, parcel(Command::PostMessage, ticket)).await;
    assert_eq!(report.class, Class::Unknown);
    let report = deliver(&helpdesk, doubtful(Command::PostMessage, ticket)).await;
    let messages = desk.messages(ticket);
    assert_eq!((report.class, messages.len()), (Class::Ok, 1));
    assert_eq!(report.remote_uid, Some(messages[0].id.to_string()));
}

#[tokio::test]
async fn without_the_other_key_a_foreign_ticket_is_refused_and_a_missing_one_gone() {
    for (reading, vanished) in [(Foreign::Forbidden, false), (Foreign::NotFound, true)] {
        let (desk, ticket) = foreign(reading).await;
        let helpdesk = helpdesk_of_agent(&desk.base_url());
        for command in threads() {
            for parcel in [parcel(command.clone(), ticket), doubtful(command, ticket)] {
                let report = deliver(&helpdesk, parcel).await;
                assert_eq!((report.class, report.vanished), (Class::Rejected, vanished));
                let advises = report.detail.contains("`internal_key_file`");
                assert_eq!(advises, !vanished, "{report:?}");
            }
        }
        assert!(desk.messages(ticket).is_empty());
    }
}

#[tokio::test]
async fn a_deleted_ticket_is_gone() {
    for not_there in [NotThere::Documented, NotThere::ClassName] {
        for with_internal in [true, false] {
            let (desk, both, ticket) = with_ticket().await;
            desk.vary(|reading| reading.not_there = not_there);
            let helpdesk = match with_internal {
                true => both,
                false => helpdesk_of_agent(&desk.base_url()),
            };
            desk.delete(ticket).unwrap();
            for command in threads() {
                let report = deliver(&helpdesk, parcel(command, ticket)).await;
                assert_eq!(
                    (report.class, report.vanished),
                    (Class::Rejected, true),
                    "{report:?}"
                );
            }
            assert_eq!(helpdesk.look(&ticket.to_string()).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn a_ticket_that_is_missing_in_the_clothes_of_a_success_loses_no_message() {
    let (desk, helpdesk, ticket) = with_ticket().await;
    desk.vary(|reading| reading.not_there = NotThere::Success);
    desk.delete(ticket).unwrap();
    for parcel in [
        parcel(Command::PostMessage, ticket),
        doubtful(Command::PostMessage, ticket),
    ] {
        let report = deliver(&helpdesk, parcel).await;
        assert!(
            matches!(report.class, Class::Unknown | Class::Retry) || report.vanished,
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn a_locked_ticket_is_named_so() {
    for with_internal in [true, false] {
        let (desk, both, ticket) = with_ticket().await;
        let helpdesk = match with_internal {
            true => both,
            false => helpdesk_of_agent(&desk.base_url()),
        };
        desk.lock(ticket).unwrap();
        let report = deliver(&helpdesk, parcel(Command::PostMessage, ticket)).await;
        assert_eq!(
            (report.class, report.status, report.vanished),
            (Class::Rejected, Some(403), false)
        );
        assert!(report.detail.contains("locked"), "{report:?}");
        assert!(desk.messages(ticket).is_empty());
        // A message that was added before is found all the same.
        desk.unlock(ticket).unwrap();
        desk.fault(Operation::Reply, Fault::LoseAnswer, 1);
        deliver(&helpdesk, parcel(Command::PostMessage, ticket)).await;
        desk.lock(ticket).unwrap();
        let report = deliver(&helpdesk, doubtful(Command::PostMessage, ticket)).await;
        assert_eq!((report.class, desk.messages(ticket).len()), (Class::Ok, 1));
    }
}

#[tokio::test]
async fn a_wrong_address_takes_no_ticket_for_deleted() {
    let (desk, _, ticket) = with_ticket().await;
    // All routes are below another path there.
    for helpdesk in [
        helpdesk(&format!("{}/elsewhere", desk.base_url())),
        helpdesk_of_agent(&format!("{}/elsewhere", desk.base_url())),
    ] {
        for command in threads() {
            let report = deliver(&helpdesk, parcel(command, ticket)).await;
            assert!(!report.vanished, "{report:?}");
            assert!(report.detail.contains("`base_url`"), "{report:?}");
        }
        assert!(helpdesk.look(&ticket.to_string()).await.is_err());
    }
}

#[tokio::test]
async fn a_key_without_scopes_is_said_to_lack_them() {
    let (desk, _) = started().await;
    desk.add_internal_key("narrow", &["tickets:create"]);
    let narrow = changed(system(&desk.base_url()), |deskhive| {
        deskhive.internal_key = Some(Secret::new("narrow".to_owned()));
    });
    let (helpdesk, _) = helpdesk_of(&narrow);
    let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
    assert_eq!((report.class, report.status), (Class::Paused, Some(403)));
    assert!(report.detail.contains("customers:create"), "{report:?}");
}
