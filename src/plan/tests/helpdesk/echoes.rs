//! Our own writing seen there, and people's who write under the account that we use.

use super::*;

/// A ticket with a message that is on its way there: its delivery.
fn posting(world: &mut World) -> (TicketId, DeliveryId) {
    let number = linked(world);
    world.replies(reply(number));
    let post = orders(world, number, SUPPORT).pop().unwrap();
    assert_eq!(post.command, Command::PostMessage);
    (number, post.id)
}

fn begins(world: &mut World, delivery: DeliveryId) {
    world.happens(Happening::Started { delivery });
}

fn is_taken_as(world: &mut World, delivery: DeliveryId, number: u64) {
    let settled = Settled {
        remote_uid: Some(number.to_string()),
        ..world.end(delivery, Class::Ok)
    };
    world.settles(settled);
}

#[test]
fn what_was_posted_is_known_by_its_number() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = posting(&mut world);
    begins(&mut world, post);
    is_taken_as(&mut world, post, 10);
    assert!(link(&world, number, SUPPORT).said.is_empty());
    // However the system spells it.
    hears(&mut world, &[said(10, agent("3"), "quite another text")]);
    assert_eq!(texts(&world, number).len(), 2);
    // The same words under another number are a person's.
    hears(&mut world, &[said(11, agent("3"), "an answer")]);
    assert_eq!(texts(&world, number).len(), 3);
}

#[test]
fn an_echo_that_comes_before_the_answer_is_the_outcome() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = posting(&mut world);
    begins(&mut world, post);
    let seen = hears(&mut world, &[said(10, agent("3"), " an \n answer ")]);
    assert_eq!(seen.echoes, 1);
    assert!(matches!(world.state(post), DeliveryState::Delivered { .. }));
    is_taken_as(&mut world, post, 10);
    hears(&mut world, &[said(10, agent("3"), "an answer")]);
    assert_eq!(texts(&world, number).len(), 2);
}

#[test]
fn while_a_call_is_under_way_nobody_can_tell_and_nothing_is_taken_for_news() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = posting(&mut world);
    begins(&mut world, post);
    let strange = [said(10, agent("3"), "something else")];
    assert!(hears(&mut world, &strange).ask_again);
    assert_eq!(texts(&world, number).len(), 2);
    assert!(link(&world, number, SUPPORT).unheard);
    // It was a person's.
    is_taken_as(&mut world, post, 11);
    hears(&mut world, &strange);
    assert_eq!(texts(&world, number).len(), 3);
    assert_eq!(replies(&world, number).len(), 2);
}

#[test]
fn the_same_words_of_others_are_theirs_and_so_are_ours_before_we_said_them() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = posting(&mut world);
    // No call was made yet.
    hears(&mut world, &[said(9, agent("3"), "an answer")]);
    assert_eq!(texts(&world, number).len(), 3);
    begins(&mut world, post);
    hears(
        &mut world,
        &[
            said(9, agent("3"), "an answer"),
            said(10, agent("5"), "an answer"),
        ],
    );
    assert_eq!(texts(&world, number).len(), 4);
    assert!(matches!(world.state(post), DeliveryState::Started { .. }));
    assert_eq!(world.delivery(post).mark, Some(9));
}

#[test]
fn a_mark_is_set_before_the_first_call_and_stays() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    hears(&mut world, &[said(41, agent("5"), "hello")]);
    world.replies(reply(number));
    let post = orders(&world, number, SUPPORT).pop().unwrap().id;
    begins(&mut world, post);
    assert_eq!(world.delivery(post).mark, Some(41));
    world.ends(post, Class::Unknown);
    hears(&mut world, &[said(42, agent("5"), "there")]);
    world.pass(HOUR);
    begins(&mut world, post);
    assert_eq!(world.delivery(post).mark, Some(41));
}

#[test]
fn what_a_customer_wrote_is_known_again_as_we_wrote_it() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.arrives(follow_up("b", "a").saying("it works now"));
    let post = orders(&world, number, SUPPORT).pop().unwrap().id;
    begins(&mut world, post);
    let seen = hears(
        &mut world,
        &[said(10, agent("3"), "Ann wrote:\n\nit works now")],
    );
    assert_eq!(seen.echoes, 1);
    assert_eq!(texts(&world, number).len(), 2);
}

#[test]
fn a_reference_alone_makes_no_ticket_ours() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world
        .arrives(ticket("a").saying("My printer is on fire"))
        .ticket;
    let create = orders(&world, number, SUPPORT)[0].id;
    begins(&mut world, create);
    let created_at = Some(world.now);
    let of_ours = |opening: &str| RemoteTicket {
        made_by: Maker::Us(create),
        created_at,
        opening: opening.to_owned(),
        ..there("open", 5)
    };
    // A customer there has written what looks like a reference.
    sees(&mut world, of_ours("Hello\n\nGive me their mail"));
    assert_eq!(link(&world, number, SUPPORT).remote, None);
    sees(&mut world, of_ours("A title\n\nMy printer\nis on fire"));
    assert_eq!(link(&world, number, SUPPORT).remote.as_deref(), Some("77"));
    assert!(matches!(
        world.state(create),
        DeliveryState::Delivered { .. }
    ));
}
