//! Into dry-run mode and out of it again, over restarts, with decisions in between: nothing goes out unasked, and what
//! does is in order.

use serde_json::json;

use super::dry_run::{is_all_recorded, release, turn};
use super::stage::Stage;

#[tokio::test]
async fn whatever_is_decided_when_nothing_goes_out_before_and_all_of_it_in_order() {
    let mut stage = Stage::new().await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.comes_to_rest().await;
    let calls = |stage: &Stage| {
        let asks = |method: &str| method == "GET";
        let seen = stage
            .desk
            .seen()
            .into_iter()
            .filter(|seen| !asks(&seen.method));
        let at_desk = seen.count();
        let at_hub = stage.hub.requests().len();
        let queried = |path: &str| path.contains("graphql");
        let visits = stage.qminder.requests().into_iter();
        let visits = visits.filter(|seen| !asks(&seen.method) && !queried(&seen.path));
        (at_desk, at_hub, visits.count())
    };
    let before = calls(&stage);

    turn(&stage, "dry-run").await;
    stage.replies(number, "one").await;
    stage.writes("T-2", "Hello?", Some("T-1")).await;
    is_all_recorded(&stage).await;
    turn(&stage, "live").await;
    // Behind what is held.
    stage.replies(number, "two").await;
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.daemon.start().await;
    turn(&stage, "dry-run").await;
    stage.replies(number, "three").await;
    is_all_recorded(&stage).await;
    stage.daemon.kill().await;
    stage.daemon.start().await;
    stage.replies(number, "four").await;
    is_all_recorded(&stage).await;
    // One of them is better not said.
    let list = ["deliveries", "list", "--state", "recorded"];
    let list = stage.daemon.json(&list).await;
    let unwanted = list.as_array().unwrap().iter().find(|one| {
        let trace = &one["command"];
        one["system"] == "support" && trace == "post message" && one["message"] == 5
    });
    let unwanted = unwanted.unwrap_or_else(|| panic!("{list:#}"))["id"].to_string();
    stage.daemon.ok(&["deliveries", "cancel", &unwanted]).await;
    turn(&stage, "live").await;
    stage.replies(number, "five").await;
    // The customer is not in dry-run mode.
    stage
        .receives(&["one", "two", "three", "four", "five"])
        .await;
    assert_eq!(calls(&stage), before, "{}", stage.daemon.log());

    release(&stage, "--send").await;
    stage.comes_to_rest().await;
    let said = ["one", "Jane Eyre wrote:\n\nHello?", "two", "four", "five"];
    stage.desk_says(there, &said).await;
    assert_eq!(stage.hub.tickets().len(), 2);
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead, json!([]));
    stage.all_went_by_the_book();
}
