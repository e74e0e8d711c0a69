//! Where a ticket stands, here and there.

use super::*;

fn priority(ticket: TicketId, priority: Priority) -> AgentOrder {
    AgentOrder::Update {
        ticket,
        status: None,
        priority: Some(priority),
        labels: None,
    }
}

fn stands(world: &World, ticket: TicketId) -> (Status, String) {
    let status = world.ticket(ticket).status;
    (status, link(world, ticket, SUPPORT).status)
}

#[test]
fn a_change_here_is_told_there_once_and_its_echo_is_no_news() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.stands(3, number, Status::OnHold);
    world.does(3, priority(number, Priority::High));
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "update ticket"]
    );
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(
        stands(&world, number),
        (Status::OnHold, "on_hold".to_owned())
    );
    let seen = RemoteTicket {
        priority: Some(Priority::High),
        ..there("on_hold", 9)
    };
    sees(&mut world, seen);
    assert_eq!(told(&world, number, SUPPORT).len(), 2);
}

#[test]
fn a_change_there_is_followed_here_and_told_to_the_others_only() {
    let mut world = world(&[(SUPPORT, helpdesk()), (SECOND, helpdesk())]);
    let number = linked(&mut world);
    carries_out(&mut world, number, SECOND, 1);
    world.pass(HOUR);
    let closed_at = world.now.as_micros();
    sees(&mut world, there("closed", closed_at));
    assert_eq!(world.ticket(number).status, Status::Closed);
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    assert_eq!(
        told(&world, number, SECOND),
        ["create ticket", "update ticket"]
    );
}

#[test]
fn what_was_seen_before_our_own_change_landed_is_not_taken_for_a_change_there() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.stands(3, number, Status::Closed);
    let update = orders(&world, number, SUPPORT).pop().unwrap().id;
    world.happens(Happening::Started { delivery: update });
    let asked = world.now;
    // Meanwhile the customer writes, and the ticket is open again here.
    world.arrives(follow_up("b", "a"));
    assert!(sees_at(&mut world, SUPPORT, asked, there("closed", 9)).ask_again);
    assert_eq!(world.ticket(number).status, Status::Open);
    world.pass(Duration::from_secs(1));
    let sent_before = Settled {
        revision: 0,
        ..world.end(update, Class::Ok)
    };
    world.settles(sent_before);
    // What it said is not what is to be said by now.
    assert!(world.delivery(update).state.is_pending());
    assert!(
        sees_at(&mut world, SUPPORT, asked, there("closed", 9)).ask_again || {
            world.ticket(number).status == Status::Open
        }
    );
    world.pass(Duration::from_secs(1));
    carries_out(&mut world, number, SUPPORT, 50);
    assert_eq!(stands(&world, number), (Status::Open, "open".to_owned()));
}

#[test]
fn who_changes_it_last_decides_on_both_sides() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.stands(3, number, Status::OnHold);
    world.pass(HOUR);
    // Ours has not gone out when theirs is seen.
    sees(&mut world, there("in_progress", 9));
    assert_eq!(world.ticket(number).status, Status::InProgress);
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(
        stands(&world, number),
        (Status::InProgress, "in_progress".to_owned())
    );
}

#[test]
fn an_agent_there_who_closes_what_the_customer_wrote_to_meanwhile_did_not_read_that() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.pass(HOUR);
    let closed_at = world.now.as_micros();
    world.pass(Duration::from_secs(60));
    world.arrives(follow_up("b", "a"));
    sees(&mut world, there("closed", closed_at));
    assert_eq!(world.ticket(number).status, Status::Open);
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(stands(&world, number), (Status::Open, "open".to_owned()));
}

#[test]
fn within_one_second_nobody_knows_what_came_first_but_what_is_on_its_way_was_not_read() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.pass(HOUR);
    let second = world.now.as_micros() / 1_000_000 * 1_000_000;
    world.arrives(follow_up("b", "a"));
    // It waits to be brought there.
    sees(&mut world, there("closed", second));
    assert_eq!(world.ticket(number).status, Status::Open);
    carries_out(&mut world, number, SUPPORT, 1);
    world.pass(Duration::from_secs(60));
    // It is there, and they closed it in the second in which it came.
    sees(&mut world, there("closed", second));
    assert_eq!(world.ticket(number).status, Status::Closed);
}

#[test]
fn a_status_of_which_we_know_nothing_changes_nothing() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.pass(HOUR);
    let strange = RemoteTicket {
        phase: None,
        ..there("escalated", 9)
    };
    sees(&mut world, strange);
    assert_eq!(world.ticket(number).status, Status::Open);
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
}

#[test]
fn labels_that_change_there_change_here() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    world.routes.lock().unwrap().labels = [(1, "Bug".to_owned()), (2, "VIP".to_owned())].into();
    let number = linked(&mut world);
    let labelled = |names: &[&str]| RemoteTicket {
        labels: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        ..there("open", 9)
    };
    sees(&mut world, labelled(&["Bug", "unknown here"]));
    assert_eq!(world.ticket(number).labels, [1]);
    let ours = AgentOrder::Update {
        ticket: number,
        status: None,
        priority: None,
        labels: Some(vec![2]),
    };
    world.does(3, ours);
    // They differ, and neither side changed.
    sees(&mut world, labelled(&["Bug", "unknown here"]));
    assert_eq!(world.ticket(number).labels, [2]);
    sees(&mut world, labelled(&[]));
    assert_eq!(world.ticket(number).labels, [2]);
}
