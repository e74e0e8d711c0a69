//! What a crash can leave behind, and what a start makes of it.

use std::fs;

use super::folder::{arrives, options};
use crate::model::TicketId;
use crate::plan::tests::world::ticket;
use crate::store::{Store, StoreOptions};

#[tokio::test]
async fn a_snapshot_that_was_never_finished_is_moved_aside_and_everything_is_found() {
    for left_over in [&b""[..], b"seven b", &[0xff; 4096]] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(options(folder.path())).unwrap();
        arrives(&store, ticket("a")).await;
        store.close().await.unwrap();
        let planted = folder.path().join("snap.0000000000000FFF.generating");
        fs::write(&planted, left_over).unwrap();

        let store = Store::open(options(folder.path())).unwrap();
        assert!(store.ticket(TicketId(1)).await.unwrap().is_some());
        assert!(!planted.exists());
        let aside = folder.path().join("aside.snap.0000000000000FFF.generating");
        assert_eq!(
            fs::read(aside).unwrap(),
            left_over,
            "it is kept, not deleted"
        );
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn numbers_go_on_after_a_restart_and_a_run_knows_how_the_one_before_ended() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(options(folder.path())).unwrap();
    assert!(!store.run().after_crash);
    assert_eq!(arrives(&store, ticket("a")).await.ticket, TicketId(1));
    let incarnation = store.incarnation().to_owned();
    store.close().await.unwrap();

    let store = Store::open(options(folder.path())).unwrap();
    assert!(!store.run().after_crash);
    assert_eq!(store.incarnation(), incarnation);
    assert_eq!(arrives(&store, ticket("b")).await.ticket, TicketId(2));
    assert!(arrives(&store, ticket("a")).await.duplicate);

    // The files as a crash leaves them: the store above is never closed.
    let image = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), image.path().join(entry.file_name())).unwrap();
        }
    }
    let after = Store::open(StoreOptions {
        create: true,
        ..options(image.path())
    })
    .unwrap();
    assert!(after.run().after_crash);
    assert_eq!(arrives(&after, ticket("c")).await.ticket, TicketId(3));
    after.close().await.unwrap();
    store.close().await.unwrap();
}
