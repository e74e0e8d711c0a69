//! What people do without the API, and what of it the API shows.

use jiff::SignedDuration;
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{Author, Status};

use super::{agent, each, read, with_ticket};

#[tokio::test]
async fn everybody_writes_in_their_own_name() {
    let (peer, id) = with_ticket().await;
    peer.customer_replies(id, " a\n").unwrap();
    peer.agent_replies(id, 3, "b").unwrap();
    peer.agent_notes(id, 3, "c").unwrap();
    peer.admin_replies(id, 1, "d").unwrap();
    let said: Vec<_> = peer
        .messages(id)
        .into_iter()
        .map(|each| (each.author, each.content, each.is_internal))
        .collect();
    let own = |author, text: &str, note| (author, text.to_owned(), note);
    assert_eq!(
        said,
        [
            own(Author::Customer(5), "a", false),
            own(Author::Agent(3), "b", false),
            own(Author::Agent(3), "c", true),
            own(Author::User(1), "d", false),
        ]
    );
}

#[tokio::test]
async fn every_message_has_the_time_and_moves_its_ticket() {
    let (peer, id) = with_ticket().await;
    type Act = fn(&DeskHive, u64) -> u64;
    let acts: [Act; 4] = [
        |peer, id| peer.customer_replies(id, "a").unwrap(),
        |peer, id| peer.agent_replies(id, 3, "a").unwrap(),
        |peer, id| peer.agent_notes(id, 3, "a").unwrap(),
        |peer, id| peer.admin_replies(id, 1, "a").unwrap(),
    ];
    for act in acts {
        peer.advance(SignedDuration::from_millis(61_900));
        let said = act(&peer, id);
        let (ticket, now) = (peer.ticket(id).unwrap(), peer.now());
        let last = ticket.messages.last().unwrap();
        assert_eq!((last.id, last.created_at), (said, now));
        assert_eq!((ticket.last_reply_at, ticket.updated_at), (Some(now), now));
    }
}

#[tokio::test]
async fn a_customers_reply_opens_a_closed_ticket_and_an_agents_does_not() {
    let (peer, id) = with_ticket().await;
    peer.close(id).unwrap();
    peer.agent_replies(id, 3, "Bye").unwrap();
    let closed = peer.ticket(id).unwrap();
    assert_eq!(
        (closed.status, closed.closed_at.is_some()),
        (Status::Closed, true)
    );
    peer.customer_replies(id, "Wait").unwrap();
    let open = peer.ticket(id).unwrap();
    assert_eq!((open.status, open.closed_at), (Status::Open, None));
}

#[tokio::test]
async fn a_locked_ticket_takes_nothing_from_its_customer() {
    let (peer, id) = with_ticket().await;
    peer.lock(id).unwrap();
    assert_eq!(peer.customer_replies(id, "a").unwrap_err().status, 403);
    peer.agent_replies(id, 3, "b").unwrap();
    peer.unlock(id).unwrap();
    peer.customer_replies(id, "c").unwrap();
    assert_eq!(peer.messages(id).len(), 2);
}

#[tokio::test]
async fn statuses_labels_and_edits_move_a_ticket_if_they_change_it() {
    let (peer, id) = with_ticket().await;
    let moved = |act: &dyn Fn()| {
        peer.advance(SignedDuration::from_secs(1));
        act();
        peer.ticket(id).unwrap().updated_at == peer.now()
    };
    assert!(moved(&|| peer.set_status(id, Status::OnHold).unwrap()));
    assert!(!moved(&|| peer.set_status(id, Status::OnHold).unwrap()));
    assert!(moved(&|| peer.label(id, 2).unwrap()));
    assert!(!moved(&|| peer.label(id, 2).unwrap()));
    assert!(moved(&|| peer
        .edit(id, |ticket| ticket.title = "b".to_owned())
        .unwrap()));
    let message = peer.agent_replies(id, 3, "a").unwrap();
    assert!(!moved(&|| peer.edit_message(id, message, "c").unwrap()));
    peer.vary(|reading| reading.edits_touch_ticket = true);
    assert!(moved(&|| peer.edit_message(id, message, "b").unwrap()));
    let edited = peer.messages(id).remove(0);
    assert_eq!(
        (edited.content.as_str(), edited.updated_at),
        ("b", peer.now())
    );
    assert!(edited.created_at < edited.updated_at);
    assert!(moved(&|| peer.delete_message(id, message).unwrap()));
    assert!(!moved(&|| peer.unassign(id, 3).unwrap()));
    assert!(!moved(&|| peer.assign(id, 3).unwrap()));
    peer.vary(|reading| {
        reading.assignments_touch_ticket = true;
        reading.labels_touch_ticket = false;
    });
    assert!(moved(&|| peer.unassign(id, 3).unwrap()));
    assert!(moved(&|| peer.assign(id, 3).unwrap()));
    assert!(!moved(&|| peer.label(id, 3).unwrap()));
    assert_eq!(peer.ticket(id).unwrap().labels, [2, 3]);
    assert_eq!(
        peer.ticket(id).unwrap().last_reply_at,
        Some(edited.created_at)
    );
    assert!(peer.messages(id).is_empty());
}

#[tokio::test]
async fn a_ticket_appears_and_vanishes_for_an_agent() {
    let (peer, id) = with_ticket().await;
    peer.edit(id, |ticket| ticket.id = 77).unwrap();
    assert_eq!(each(&read(&peer, "/tickets").await, "id"), [id]);
    peer.unassign(id, 3).unwrap();
    assert!(each(&read(&peer, "/tickets").await, "id").is_empty());
    peer.assign(id, 3).unwrap();
    peer.assign(id, 3).unwrap();
    assert_eq!(peer.ticket(id).unwrap().agents, [3]);
    peer.delete(id).unwrap();
    assert_eq!(
        agent(&peer, &format!("GET /tickets/{id}"), "").await.status,
        404
    );
}

#[tokio::test]
async fn nobody_acts_who_is_not_there() {
    let (peer, id) = with_ticket().await;
    assert_eq!(peer.customer("Jane", "jane@example.com"), 5);
    for refused in [
        peer.customer_creates_ticket(99, "a", "b").map(drop),
        peer.customer_replies(99, "a").map(drop),
        peer.agent_replies(id, 99, "a").map(drop),
        peer.agent_notes(99, 3, "a").map(drop),
        peer.admin_replies(id, 3, "a").map(drop),
        peer.assign(id, 99),
        peer.label(id, 99),
        peer.edit_message(id, 99, "a"),
        peer.delete_message(id, 99),
        peer.close(99),
    ] {
        assert_eq!(refused.unwrap_err().status, 404);
    }
    peer.delete_customer(5);
    assert_eq!(peer.customer_replies(id, "a").unwrap_err().status, 404);
    assert_eq!(peer.messages(id).len() + peer.tickets().len(), 1);
}
