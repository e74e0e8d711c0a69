//! Exactly one ticket at the desk, whatever becomes of the calls that ask for it.

use std::time::Duration;

use ticketbridge_sim::qminder::{Fault, Operation, Status};

use super::stage::{Stage, ours};

#[tokio::test]
async fn under_any_number_of_lost_answers_there_is_one_ticket() {
    let stage = Stage::new("").await;
    stage
        .qminder
        .fault(Operation::CreateTicket, Fault::LoseAnswer, 5);
    // Neither is the lookup answered at first.
    stage
        .qminder
        .fault(Operation::SearchTickets, Fault::Garbage, 2);
    let numbers = [
        stage.writes("T-1", "first", None).await,
        stage.writes("T-2", "second", None).await,
        stage.writes("T-3", "third", None).await,
    ];
    for words in ["first", "second", "third"] {
        stage.record_says(words).await;
    }
    assert_eq!(stage.qminder.tickets().len(), 3);
    for number in numbers {
        let trace = stage.trace_says(number, "linked").await;
        assert!(trace.contains("unknown"), "{trace}");
    }
    stage.nothing_was_refused(&[]);
}

#[tokio::test]
async fn a_call_that_lands_before_it_is_looked_for_is_found() {
    let stage = Stage::new("").await;
    let late = Fault::LandLate(Some(Duration::from_millis(500)));
    stage.qminder.fault(Operation::CreateTicket, late, 1);
    stage.writes("T-1", "Hello", None).await;
    stage.record_says("Hello").await;
    assert_eq!(stage.qminder.requests_for(Operation::CreateTicket).len(), 1);
    assert_eq!(stage.qminder.tickets().len(), 1);
}

#[tokio::test]
async fn a_call_that_lands_after_the_next_leaves_one_ticket_in_the_queue() {
    let stage = Stage::new("").await;
    stage
        .qminder
        .fault(Operation::CreateTicket, Fault::LandLate(None), 1);
    let number = stage.writes("T-1", "Hello", None).await;
    let kept = stage.record_says("Hello").await;
    assert_eq!(stage.qminder.land(), 1);
    let surplus = stage
        .desk("one is cancelled", |world| {
            world
                .tickets()
                .find(|ticket| ticket.status == Status::CancelledByClerk)
                .cloned()
        })
        .await;
    assert_ne!(surplus.id, kept.id);
    let open = stage.desk("one is left", |world| Some(ours(world))).await;
    assert_eq!(open.len(), 1);
    let trace = stage.trace_says(number, "one too many").await;
    assert!(trace.contains(&surplus.id), "{trace}");
    stage.status_is(number, "open").await;
}

#[tokio::test]
async fn a_daemon_that_dies_while_it_asks_makes_no_second_ticket() {
    let mut stage = Stage::new("").await;
    for round in 0..4 {
        let (fault, lands) = match round % 2 {
            0 => (Fault::Slow(Duration::from_millis(700)), true),
            _ => (Fault::Hang, false),
        };
        stage.qminder.fault(Operation::CreateTicket, fault, 1);
        let before = stage.qminder.requests_for(Operation::CreateTicket).len();
        let words = format!("round {round}");
        stage.writes(&format!("T-{round}"), &words, None).await;
        stage
            .desk("the call", |world| {
                (world.requests_for(Operation::CreateTicket).count() > before).then_some(())
            })
            .await;
        stage.daemon.kill().await;
        stage.daemon.start().await;
        stage.record_says(&words).await;
        let asked = stage.qminder.requests_for(Operation::CreateTicket).len() - before;
        assert_eq!(asked, if lands { 1 } else { 2 }, "{words}");
        assert_eq!(stage.qminder.tickets().len(), round + 1);
    }
}
