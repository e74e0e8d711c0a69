//! Without a daemon.

use super::stage::Stage;

const DESK: &str = "front-desk";

#[tokio::test]
async fn what_differs_is_found_while_no_daemon_runs_and_healed_by_the_next() {
    let mut stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    stage.comes_to_rest().await;
    assert_eq!(stage.daemon.terminate().await, Some(0));
    let visit = stage.qminder.tickets()[0].id.to_string();
    let gone = |ticket: &mut ticketbridge_sim::qminder::Ticket| ticket.external.clear();
    stage.qminder.edit(&visit, gone).unwrap();

    let found = stage.reconcile(&[]).await;
    assert_eq!(found.told(), [(DESK, number, "record")], "{}", found.out);
    let healed = stage.reconcile(&["--apply"]).await;
    assert_eq!(healed.told(), [(DESK, number, "record")], "{}", healed.out);
    assert_eq!(healed.code, 0, "{}", healed.out);
    assert!(stage.qminder.external(&visit).is_empty(), "nobody sends it");
    let pending = stage.reconcile(&[]).await;
    assert_eq!(pending.told(), [], "what is on its way is no difference");
    assert!(pending.out.contains("1 on their way"), "{}", pending.out);

    stage.daemon.start().await;
    stage.comes_to_rest().await;
    assert_eq!(stage.qminder.external(&visit).len(), 1);
    stage.finds_nothing().await;
}
