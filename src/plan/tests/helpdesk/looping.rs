//! Copies that chase each other.

use super::*;

#[test]
fn a_ticket_that_changes_implausibly_often_is_mirrored_no_more_until_it_is_released() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    for at in 0..60 {
        world.arrives(follow_up(&format!("f{at}"), "a").saying(&format!("message {at}")));
        carries_out(&mut world, number, SUPPORT, 100 + at);
    }
    let ticket = world.ticket(number);
    assert!(ticket.loop_since.is_some());
    let told_then = told(&world, number, SUPPORT).len();
    assert!((20..=32).contains(&told_then), "{told_then}");
    assert_eq!(texts(&world, number).len(), 61, "all of it is stored");
    let broken = |note: &Note| matches!(note, Note::LoopBroken { .. });
    assert_eq!(
        world
            .notes(number)
            .iter()
            .filter(|note| broken(note))
            .count(),
        1
    );

    world.pass(HOUR);
    world.orders(OperatorOrder::Release { ticket: number });
    carries_out(&mut world, number, SUPPORT, 300);
    let posted = told(&world, number, SUPPORT);
    let expected: Vec<String> = (0..60)
        .map(|at| format!("post message: message {at}"))
        .collect();
    assert_eq!(posted[1..], expected);
    assert!(world.ticket(number).loop_since.is_none());
}

#[test]
fn slow_changes_are_no_loop() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    for at in 0..60 {
        world.pass(Duration::from_secs(3));
        world.arrives(follow_up(&format!("f{at}"), "a"));
    }
    assert!(world.ticket(number).loop_since.is_none());
}
