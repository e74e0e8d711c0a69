//! A daemon with nothing to do says nothing, however often it looks.

use tokio::time::{Instant, sleep};

use std::time::Duration;

use super::stage::{SOON, Stage};

#[tokio::test]
async fn polls_and_questions_leave_no_line_in_the_log() {
    let stage = Stage::new("").await;
    stage.writes("T-1", "It does not work.", None).await;
    stage.record_says("It does not work.").await;
    // The visit, and the record beside it.
    stage.daemon.says(" delivered ", 2).await;
    let before = stage.daemon.log();

    let asked = stage.qminder.requests().len();
    let deadline = Instant::now() + SOON;
    while stage.qminder.requests().len() < asked + 10 {
        for question in ["/healthz", "/readyz", "/metrics"] {
            let answer = stage.daemon.client().get(stage.daemon.url(question)).send();
            assert!(answer.await.unwrap().status().is_success());
        }
        stage.daemon.ok(&["status"]).await;
        assert!(Instant::now() < deadline, "the desk is not polled");
        // Another process, so there is no signal to wait for.
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(stage.daemon.log(), before);
}
