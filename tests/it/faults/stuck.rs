//! A disk that never answers: the process says so while it waits, and ends by itself.

use std::time::Duration;

use rustix::process::Signal;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, answer, ticket};

/// After this long a commit has failed (`store.rs`), and the daemon looks every second.
const DEADLINE: Duration = Duration::from_secs(30 + 6);
/// A commit that takes this long is reported, with a second until somebody looks.
const REPORTED: Duration = Duration::from_secs(5 + 4);

/// A sync, a write and a flush; each with the end that follows by itself, and with a request to stop.
const CASES: [(&str, bool); 4] = [
    ("sync 1 hang", false),
    ("write 1 hang", false),
    ("range 1 hang", false),
    ("sync 1 hang", true),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_is_stuck_is_reported_and_ends_the_process_with_74() {
    // Each takes as long as the deadline, so they run side by side.
    let mut running = JoinSet::new();
    for (rule, is_told_to_stop) in CASES {
        running.spawn(run(rule, is_told_to_stop));
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

async fn run(rule: &str, is_told_to_stop: bool) {
    let mut daemon = Daemon::configured(LOOPBACK);
    let faults = Faults::under(&daemon).rule(rule);
    faults.apply_to(&mut daemon);
    daemon.start().await;
    let nobody = "http://127.0.0.1:9/hook";
    let (status, _) = daemon.post_ticket(&ticket("T-1", nobody)).await;
    assert_eq!(status, 201);
    faults.arm();
    let stuck = tokio::spawn(answer(
        daemon
            .client()
            .post(daemon.url("/brands/acme/external_tickets"))
            .header("content-type", "application/json")
            .body(ticket("T-2", nobody).to_string()),
    ));
    faults.struck().await;
    let began = Instant::now();
    if is_told_to_stop {
        daemon.signal(Signal::TERM);
    } else {
        is_reported(&daemon, began).await;
    }
    let code = daemon.ended_within(DEADLINE - began.elapsed()).await;
    assert_eq!(code, Some(74), "{rule}: {}", daemon.log());
    // Nobody was told that it is stored.
    if let Ok((status, body)) = stuck.await.unwrap() {
        assert_eq!(status, 503, "{rule}: {body}");
    }
    faults.disarm();
    daemon.set_environment(Vec::new());
    daemon.start().await;
    let (status, _) = daemon.post_ticket(&ticket("T-1", nobody)).await;
    assert_eq!(status, 200, "{rule}");
    let (status, body) = daemon.post_ticket(&ticket("T-2", nobody)).await;
    assert!([200, 201].contains(&status), "{rule}: {body}");
    let (_, list) = daemon.agent_get("/tickets").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 2, "{rule}: {list}");
    assert_eq!(daemon.terminate().await, Some(0));
}

/// Whatever the daemon says of itself is true, and is said at once.
async fn is_reported(daemon: &Daemon, began: Instant) {
    let get = async |path: &str| {
        let asked = daemon.client().get(daemon.url(path)).send();
        let answer = timeout(Duration::from_secs(5), asked)
            .await
            .unwrap_or_else(|_| panic!("{path} hangs"))
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let said = loop {
        let (status, said) = get("/readyz").await;
        if status == 503 {
            break said;
        }
        assert!(began.elapsed() < REPORTED, "it still says: {said}");
        sleep(Duration::from_millis(50)).await;
    };
    assert!(said.contains("has not ended"), "{said}");
    let (status, body) = daemon
        .post_ticket(&ticket("T-3", "http://127.0.0.1:9/hook"))
        .await;
    assert_eq!(status, 503, "{body}");
    // It lives, and it is not yet given up.
    assert_eq!(get("/healthz").await.0, 200);
    let (status, metrics) = get("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        metrics.contains("ticketbridge_intake_rejected_total{reason=\"store\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_start_that_is_stuck_still_ends_when_it_is_told_to() {
    for rule in ["sync 1 hang", "write 9 hang", "range 1 hang"] {
        let mut daemon = Daemon::configured(LOOPBACK);
        let faults = Faults::under(&daemon).rule(rule);
        faults.arm();
        faults.apply_to(&mut daemon);
        daemon.spawn();
        faults.struck().await;
        daemon.signal(Signal::TERM);
        let code = daemon.ended_within(Duration::from_secs(10)).await;
        assert_eq!(code, Some(0), "{rule}: {}", daemon.log());
        daemon.set_environment(Vec::new());
        daemon.start().await;
        assert_eq!(daemon.terminate().await, Some(0));
    }
}
