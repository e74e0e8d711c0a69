//! Whose tickets are made.

use ticketbridge_sim::deskhive::{Echo, Fault, Operation};

use crate::model::{Author, Class};

use super::*;

fn of(uid: &str, name: &str) -> Parcel {
    let visitor = Author {
        external_uid: uid.to_owned(),
        username: name.to_owned(),
    };
    parcel(Command::CreateTicket { visitor }, 0)
}

#[tokio::test]
async fn who_is_known_there_is_found_on_whichever_page_and_however_spelled() {
    let (desk, helpdesk) = started().await;
    desk.vary(|reading| reading.per_page_cap = Some(7));
    for number in 0..40 {
        desk.customer(
            &format!("Customer {number:02}"),
            &format!("c{number}@example.com"),
        );
    }
    let jane = desk.customer("Zora", "JANE@Example.com");
    for _ in 0..2 {
        let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
        assert_eq!(report.class, Class::Ok, "{report:?}");
    }
    assert!(
        desk.tickets()
            .iter()
            .all(|ticket| ticket.customer == Some(jane))
    );
    let listed = desk.seen_for(Operation::ListCustomers).len();
    assert_eq!(
        (desk.customers().len(), listed),
        (41, 6),
        "and asked for once only"
    );
    // The others are known by now, too.
    let report = deliver(&helpdesk, of("c39@example.com", "")).await;
    assert_eq!(report.class, Class::Ok);
    assert_eq!(desk.seen_for(Operation::ListCustomers).len(), listed);
}

#[tokio::test]
async fn who_was_deleted_there_since_is_made_anew() {
    let (desk, helpdesk) = started().await;
    assert_eq!(
        deliver(&helpdesk, parcel(create_ticket(), 0)).await.class,
        Class::Ok
    );
    desk.delete_customer(desk.customers()[0].id);
    let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    assert_eq!((desk.customers().len(), desk.tickets().len()), (1, 2));
}

#[tokio::test]
async fn who_has_no_address_has_one_of_their_own() {
    let (desk, helpdesk) = started().await;
    for parcel in [
        of("u-1", "Jo"),
        of("u-1", "Joanna"),
        of("u-2", "+1 (212) 555-1234"),
    ] {
        assert_eq!(deliver(&helpdesk, parcel).await.class, Class::Ok);
    }
    let customers = desk.customers();
    assert_eq!(customers.len(), 2);
    assert!(
        customers
            .iter()
            .all(|customer| customer.email.ends_with("@acme.invalid"))
    );
    assert_eq!(customers[1].phone.as_deref(), Some("+12125551234"));
    let system = changed(system(&desk.base_url()), |deskhive| {
        deskhive.customer_email_domain = Some("c.example.com".to_owned());
    });
    let (helpdesk, _) = helpdesk_of(&system);
    assert_eq!(deliver(&helpdesk, of("u-1", "Jo")).await.class, Class::Ok);
    assert!(desk.customers()[2].email.ends_with("@c.example.com"));
}

#[tokio::test]
async fn a_number_or_address_that_is_not_taken_costs_no_ticket() {
    let (desk, helpdesk) = started().await;
    let refusal = |field: &str| {
        let body = format!(r#"{{"message":"No","errors":{{"{field}":["No"]}}}}"#);
        Fault::Status(422, body)
    };
    desk.fault(Operation::CreateCustomer, refusal("phone"), 1);
    desk.fault(Operation::CreateCustomer, refusal("email"), 1);
    let report = deliver(&helpdesk, of("+1 212 555 1234", "Jo <jo@example.com>")).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    assert!(desk.customers()[0].email.ends_with("@acme.invalid"));

    desk.fault(Operation::CreateCustomer, refusal("email"), 2);
    let report = deliver(&helpdesk, of("jane@example.com", "")).await;
    assert_eq!((report.class, report.status), (Class::Rejected, Some(422)));
    assert_eq!(desk.tickets().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_makes_nobody_twice() {
    for fault in [Fault::LoseAnswer, Fault::Duplicate] {
        let (desk, helpdesk) = started().await;
        desk.fault(Operation::CreateCustomer, fault.clone(), 1);
        let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
        if report.class != Class::Ok {
            assert_eq!(report.class, Class::Retry, "{fault:?} {report:?}");
            let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
            assert_eq!(report.class, Class::Ok, "{report:?}");
        }
        assert_eq!((desk.customers().len(), desk.tickets().len()), (1, 1));
    }
}

#[tokio::test]
async fn an_answer_that_names_nobody_is_looked_up() {
    for echo in [Echo::WithoutId, Echo::OnlyMessage] {
        let (desk, helpdesk) = started().await;
        desk.vary(|reading| reading.write_echo = echo);
        // What is said of the ticket is no more.
        let report = deliver(&helpdesk, parcel(create_ticket(), 0)).await;
        assert_eq!(report.class, Class::Unknown, "{report:?}");
        let report = deliver(&helpdesk, doubtful(create_ticket(), 0)).await;
        assert_eq!(report.class, Class::Ok, "{report:?}");
        assert_eq!((desk.customers().len(), desk.tickets().len()), (1, 1));
    }
}
