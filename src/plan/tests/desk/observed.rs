//! Each change at the desk acts once, whatever order and however often it is told.

use proptest::prelude::*;

use super::*;
use crate::plan::Note;

fn status(world: &World, ticket: TicketId) -> Status {
    world.ticket(ticket).status
}

#[test]
fn a_status_acts_when_it_changes_there() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    assert!(!is_told(&mut world, "NEW", 1).ask_again);
    assert_eq!(status(&world, ticket), Status::Open);
    assert!(is_told(&mut world, "CALLED", 10).news);
    assert_eq!(status(&world, ticket), Status::InProgress);
    let notes = world.notes(ticket);
    assert!(
        matches!(&notes[..], [.., Note::Elsewhere { from, to, .. }, Note::Followed { .. }] if from == "NEW" && to == "CALLED")
    );

    // Ours differs since, and nothing changed there.
    world.stands(1, ticket, Status::OnHold);
    assert!(!is_told(&mut world, "CALLED", 10).news);
    assert!(!asks(&mut world, "CALLED", 10).news);
    assert_eq!(status(&world, ticket), Status::OnHold);
    is_told(&mut world, "SERVED", 20);
    assert_eq!(status(&world, ticket), Status::Closed);
    assert_eq!(link(&world, ticket).state, LinkState::Ended);
}

#[test]
fn what_is_told_late_is_asked_about_instead_of_believed() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    is_told(&mut world, "SERVED", 20);
    let sighting = is_told(&mut world, "CALLED", 10);
    assert!(sighting.ask_again && !sighting.news);
    assert_eq!(status(&world, ticket), Status::Closed);
    // What was said last is asked for once.
    assert!(asks(&mut world, "SERVED", 20).news);
    assert!(!asks(&mut world, "SERVED", 20).news);

    // Back in the queue: nothing there is newer than the call, so only asking tells.
    let mut world = super::world(|_| {});
    let ticket = linked(&mut world);
    is_told(&mut world, "CALLED", 10);
    assert!(is_told(&mut world, "NEW", 1).ask_again);
    assert_eq!(status(&world, ticket), Status::InProgress);
    assert!(asks(&mut world, "NEW", 1).news);
    assert_eq!(status(&world, ticket), Status::Open);
}

#[test]
fn an_answer_to_a_question_that_is_older_than_the_last_news_is_asked_again() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    let at = world.now;
    is_told(&mut world, "CALLED", 10);
    let sighting = sees(&mut world, Observation::Asked { at }, remote("NEW", 1));
    assert!(sighting.ask_again && !sighting.news);
    assert_eq!(status(&world, ticket), Status::InProgress);
}

#[test]
fn an_unknown_status_is_remembered_and_changes_nothing_here() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    is_told(&mut world, "ON_THE_MOON", 10);
    assert_eq!(status(&world, ticket), Status::Open);
    let link = link(&world, ticket);
    assert_eq!(
        (link.status.as_str(), link.state),
        ("ON_THE_MOON", LinkState::Waiting)
    );
}

#[test]
fn an_assignee_who_is_known_here_becomes_the_agent() {
    let mut world = world(|_| {});
    let known = |routes: &mut Routes, agent, user: &str| {
        routes.agents.get_mut(&AgentId(agent)).unwrap().qminder_user = Some(user.to_owned());
    };
    known(&mut world.routes.lock().unwrap(), 3, "15144");
    known(&mut world.routes.lock().unwrap(), 4, "15145");
    let ticket = linked(&mut world);
    for (user, expected) in [
        ("15", Assignee::All),
        ("15145", Assignee::All),
        ("15144", Assignee::One(AgentId(3))),
    ] {
        let at = world.now;
        let remote = RemoteTicket {
            assignee: Some(user.to_owned()),
            ..remote("NEW", 1)
        };
        sees(&mut world, Observation::Asked { at }, remote);
        assert_eq!(world.ticket(ticket).assignee, expected, "{user}");
    }
}

#[test]
fn a_vanished_ticket_is_unlinked_once() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    for expected in [true, false] {
        let gone = Happening::Vanished {
            system: DESK.to_owned(),
            remote: "100".to_owned(),
        };
        let Answer::Seen(sighting) = world.happens(gone) else {
            panic!()
        };
        assert_eq!(sighting.news, expected);
    }
    assert_eq!(link(&world, ticket).state, LinkState::Gone);
}

/// What happened at the desk, in order: each with the newest time that the ticket carries then.
const VISIT: [(&str, i64); 5] = [
    ("NEW", 1),
    ("CALLED", 10),
    ("NEW", 10),
    ("CALLED", 20),
    ("SERVED", 30),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Events come late, twice, in any order or not at all; whoever asks learns how it is now.
    #[test]
    fn the_end_is_the_same_in_any_order(told in proptest::collection::vec(0..VISIT.len(), 0..12)) {
        let mut world = world(|_| {});
        let ticket = linked(&mut world);
        for index in told {
            let (status, at) = VISIT[index];
            let mut sighting = is_told(&mut world, status, at);
            if sighting.ask_again {
                sighting = asks(&mut world, "SERVED", 30);
                prop_assert!(!sighting.ask_again);
            }
        }
        asks(&mut world, "SERVED", 30);
        prop_assert_eq!(status(&world, ticket), Status::Closed);
        prop_assert_eq!(link(&world, ticket).state, LinkState::Ended);
        let notes = world.notes(ticket);
        let closed = notes.iter().filter(|note| matches!(note, Note::Followed { to: Status::Closed, .. })).count();
        prop_assert_eq!(closed, 1);
        // The call and the end, and nothing in between that was told late.
        let followed = notes.iter().filter(|note| matches!(note, Note::Followed { .. })).count();
        prop_assert!(followed <= 2);
    }
}

#[test]
fn who_is_told_less_forgets_nothing_that_was_asked_for() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let with = |details: &[(String, String)], changed_at| RemoteTicket {
        details: details.to_vec(),
        ..remote("NEW", changed_at)
    };
    let at = world.now;
    let asked = [own("caller", "1"), own("interactions", "2")];
    sees(&mut world, Observation::Asked { at }, with(&asked, 1));
    let told = [own("caller", "3")];
    sees(&mut world, Observation::Told, with(&told, 2));
    let known = [own("caller", "3"), own("interactions", "2")];
    assert_eq!(link(&world, ticket).details, known);
    let at = world.now;
    sees(&mut world, Observation::Asked { at }, with(&told, 2));
    assert_eq!(link(&world, ticket).details, told);
}

#[test]
fn what_is_lost_of_a_ticket_there_is_kept_with_its_link_as_it_is_now() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    let fate = |from: &'static str| crate::model::Fate {
        from: from.into(),
        to: "".into(),
        how: crate::model::How::Dropped,
        why: "no place for it".into(),
    };
    for fates in [vec![fate("/a"), fate("/b")], vec![fate("/b")], Vec::new()] {
        let remote = RemoteTicket {
            fates: fates.clone(),
            ..remote("CALLED", 10)
        };
        let by = Observation::Asked { at: world.now };
        assert!(sees(&mut world, by, remote).news);
        assert_eq!(link(&world, ticket).fates, fates);
    }
}
