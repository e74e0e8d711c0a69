//! What a store finds when it is opened again: after a close, after a crash, and with the wreckage of one.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::folder::{NOW, answer, arrives, copy, event, open, options};
use crate::model::{
    Class, DeliveryId, DeliveryState, Destination, Happening, LaneId, TicketId, WayOut,
};
use crate::plan::Answer;
use crate::plan::tests::world::{FIRST, end_of, follow_up, reply, ticket};
use crate::store::{Rank, Store, StoreOptions};

/// Two tickets, a follow-up, and a reply that was tried once.
async fn fill(store: &Store) {
    arrives(store, ticket("a").saying(&"long ".repeat(3000))).await;
    arrives(store, ticket("b")).await;
    arrives(store, follow_up("c", "a")).await;
    let replied = store.commit(answer(reply(TicketId(1))), Rank::Agent).await;
    let Ok(Answer::Replied(taken)) = replied else {
        panic!("{replied:?}")
    };
    assert_eq!(taken.message.way_out, WayOut::By(DeliveryId(1)));
    let delivery = store
        .delivery(DeliveryId(1))
        .await
        .unwrap()
        .unwrap()
        .delivery;
    let settled = end_of(&delivery, Class::Retry, super::folder::NOW);
    let settled = event(Happening::Settled(Box::new(settled)));
    store.commit(settled, Rank::Outcome).await.unwrap();
}

/// Everything that [`fill`] left is there, and the numbers go on.
async fn holds_all(store: &Store) {
    let first = store.ticket(TicketId(1)).await.unwrap().unwrap();
    assert_eq!(first.content, "long ".repeat(3000));
    let story = store.story(TicketId(1)).await.unwrap().unwrap();
    assert_eq!(story.messages.len(), 3);
    assert_eq!(story.deliveries[0].attempts.len(), 1);
    let state = &story.deliveries[0].delivery.state;
    let DeliveryState::Due { at } = *state else {
        panic!("{state:?}")
    };
    let due = store.due_lanes(at, Default::default(), 9).await.unwrap();
    assert_eq!(due.lanes, [LaneId(1)]);
    let work = store.lane_work(LaneId(1), at, Default::default(), 9).await;
    assert_eq!(work.unwrap().unwrap().retried[0].delivery, DeliveryId(1));
    let to = Destination::ResponseUrl(FIRST.to_owned());
    assert_eq!(store.lane_to(to).await.unwrap(), Some(LaneId(1)));
    assert!(arrives(store, ticket("b")).await.duplicate);
    let joined = arrives(store, follow_up("new", "c")).await;
    assert_eq!(joined.ticket, TicketId(1));
    assert_eq!(joined.message.0, 5);
    assert_eq!(arrives(store, ticket("other")).await.ticket, TicketId(3));
}

#[tokio::test]
async fn a_closed_store_reopens_with_everything_and_knows_that_it_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("state");
    let store = open(&path);
    assert!(!store.run().after_crash, "there was no run before");
    let incarnation = store.incarnation().to_owned();
    fill(&store).await;
    store.close().await.unwrap();
    let store = open(&path);
    assert!(!store.run().after_crash);
    assert_eq!(*store.incarnation(), incarnation);
    holds_all(&store).await;
    store.close().await.unwrap();
    assert!(!open(&path).run().after_crash);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_crash() {
    let (folder, crashed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(folder.path());
    fill(&store).await;
    copy(folder.path(), crashed.path());
    let store = open(crashed.path());
    assert!(store.run().after_crash);
    holds_all(&store).await;
    // Each crash counts, until a close.
    let again = tempfile::tempdir().unwrap();
    copy(crashed.path(), again.path());
    let store = open(again.path());
    assert!(store.run().after_crash);
    store.close().await.unwrap();
    assert!(!open(again.path()).run().after_crash);
}

#[tokio::test]
async fn what_a_crash_left_in_doubt_stays_so_over_later_runs_that_end_in_order() {
    let (folder, crashed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let at = |seconds| NOW.plus(Duration::from_secs(seconds));
    let open_at = |path: &Path, seconds| {
        let options = StoreOptions {
            now: at(seconds),
            ..options(path)
        };
        Store::open(options).unwrap()
    };
    let store = open_at(folder.path(), 10);
    assert!(!store.run().leaves_in_doubt(at(5)), "nothing has crashed");
    copy(folder.path(), crashed.path());
    let store = open_at(crashed.path(), 20);
    assert!(store.run().leaves_in_doubt(at(19)));
    assert!(!store.run().leaves_in_doubt(at(20)), "due after the crash");
    store.close().await.unwrap();
    let store = open_at(crashed.path(), 30);
    assert!(!store.run().after_crash);
    assert!(store.run().leaves_in_doubt(at(19)));
    assert!(!store.run().leaves_in_doubt(at(20)));
    store.close().await.unwrap();
}

#[tokio::test]
async fn every_acknowledged_ticket_survives_a_crash_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for count in 1..=12_u64 {
        arrives(&store, ticket(&format!("t{count}"))).await;
        let crashed = tempfile::tempdir().unwrap();
        copy(folder.path(), crashed.path());
        let found = open(crashed.path());
        for number in 1..=count {
            assert!(
                arrives(&found, ticket(&format!("t{number}")))
                    .await
                    .duplicate
            );
        }
        assert_eq!(arrives(&found, ticket("next")).await.ticket.0, count + 1);
    }
}

#[tokio::test]
async fn an_unfinished_snapshot_is_moved_aside_and_the_store_opens() {
    for wreck in [&b""[..], b"garbage", &[0xff; 4096]] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        fill(&store).await;
        store.close().await.unwrap();
        let name = "snap.00000000000FFFFF.generating";
        fs::write(folder.path().join(name), wreck).unwrap();
        let store = open(folder.path());
        holds_all(&store).await;
        let aside = folder.path().join(format!("aside.{name}"));
        assert_eq!(fs::read(aside).unwrap(), wreck, "it is kept");
        assert!(!folder.path().join(name).exists());
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn who_only_looks_leaves_the_daemons_run_alone() {
    let folder = tempfile::tempdir().unwrap();
    let crashed = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    fill(&store).await;
    copy(folder.path(), crashed.path());
    let mut looking = options(crashed.path());
    looking.create = false;
    let store = Store::open(looking).unwrap();
    assert!(!store.is_running() && !store.run().ended_in_order());
    store.close().await.unwrap();
    let store = open(crashed.path());
    assert!(
        store.run().after_crash,
        "the daemon still learns of its crash"
    );
    holds_all(&store).await;
}

#[tokio::test]
async fn a_closed_store_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let other = store.clone();
    store.close().await.unwrap();
    let late = other.commit(super::folder::arrival(ticket("a")), Rank::Outcome);
    assert!(matches!(
        late.await,
        Err(crate::store::CommitError::Failed(_))
    ));
}
