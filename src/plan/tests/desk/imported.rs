//! Tickets that begin at the desk.

use super::*;

fn importing() -> World {
    world(|desk| desk.import_to = Some("acme".to_owned()))
}

#[test]
fn a_visitor_becomes_a_ticket_here_once_and_none_is_made_there() {
    let mut world = importing();
    let sighting = is_told(&mut world, "NEW", 1);
    let id = sighting.ticket.unwrap();
    assert!(sighting.news);
    for _ in 0..2 {
        let again = is_told(&mut world, "NEW", 1);
        assert_eq!((again.ticket, again.news), (Some(id), false));
    }
    let ticket = world.ticket(id);
    assert_eq!(ticket.author.username, "Jane Eyre");
    assert_eq!(ticket.author.external_uid, "+12125551234");
    assert_eq!(ticket.external_uid, "front-desk:100");
    assert_eq!(ticket.provider.as_deref(), Some(DESK));
    assert_eq!(world.story(id).messages[0].content, "Jane Eyre is here");
    assert!(commands(&world, id).is_empty());
    assert_eq!(link(&world, id).remote.as_deref(), Some("100"));

    world.replies(reply(id));
    assert_eq!(commands(&world, id), ["replace record"]);
    is_told(&mut world, "CALLED", 10);
    assert_eq!(world.ticket(id).status, Status::InProgress);
}

#[test]
fn a_visit_of_a_brand_that_does_not_mirror_stays_linked_when_it_is_over() {
    let mut world = importing();
    let brand = |routes: &mut Routes| routes.brands.get_mut("acme").unwrap().mirror_to.clear();
    brand(&mut world.routes.lock().unwrap());
    let id = is_told(&mut world, "NEW", 1).ticket.unwrap();
    is_told(&mut world, "SERVED", 10);
    world.arrives(ExternalTicket {
        parent_uid: Some("front-desk:100".to_owned()),
        ..ticket("b")
    });
    assert_eq!(commands(&world, id).last().unwrap(), "replace record");
    assert_eq!(link(&world, id).remote.as_deref(), Some("100"));
}

#[test]
fn a_visitors_telephone_number_is_known_as_one_however_it_is_spelled() {
    let mut world = importing();
    let mut visitor = remote("NEW", 1);
    visitor.person.phone = Some("12125551234".to_owned());
    let sighting = sees(&mut world, Observation::Told, visitor);
    let ticket = world.ticket(sighting.ticket.unwrap());
    assert_eq!(ticket.author.external_uid, "tel:12125551234");
}

#[test]
fn visits_that_are_over_are_not_imported_nor_any_where_that_is_not_wanted() {
    let mut world = importing();
    for status in ["SERVED", "SCHEDULED"] {
        assert_eq!(is_told(&mut world, status, 1), Sighting::default());
    }
    let mut world = super::world(|_| {});
    assert_eq!(is_told(&mut world, "NEW", 1), Sighting::default());
}

#[test]
fn one_that_is_attended_to_when_it_is_first_seen_is_in_progress_here_at_once() {
    for by in [Observation::Told, Observation::Asked { at: Time::EPOCH }] {
        let mut world = importing();
        let sighting = sees(&mut world, by, remote("CALLED", 10));
        assert!(!sighting.ask_again, "{by:?}");
        let ticket = world.ticket(sighting.ticket.unwrap());
        assert_eq!(ticket.status, Status::InProgress, "{by:?}");
    }
}
