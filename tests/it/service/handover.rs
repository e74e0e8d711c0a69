//! Sockets that outlive the daemon: restarts and upgrades under load, with nobody refused and nothing lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::manager::Manager;
use crate::daemon::{Daemon, answer, read_to_end, ticket};

const RESTARTS: usize = 40;
/// Between two restarts, so many tickets are taken at least.
const MOST_URGENT: usize = 20;
const HOOK: &str = "https://example.com/hook";

/// How a poster uses its connections.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// A new one for each ticket.
    New,
    /// The same for as long as it lasts.
    Kept,
    /// A new one, on which nothing is sent for a while.
    Silent(Duration),
}

struct Posting {
    address: std::net::SocketAddr,
    ended: AtomicBool,
    taken: AtomicUsize,
}

impl Posting {
    /// Posts until told to end; the numbers that the tickets were given.
    async fn post(self: Arc<Self>, name: String, way: Way) -> BTreeMap<String, u64> {
        let client = reqwest::Client::builder().no_proxy();
        let client = match way {
            Way::New | Way::Silent(_) => client.pool_max_idle_per_host(0),
            Way::Kept => client,
        };
        let client = client.build().unwrap();
        let mut numbers = BTreeMap::new();
        while !self.ended.load(Ordering::SeqCst) {
            let uid = format!("{name}-{}", numbers.len());
            let body = ticket(&uid, HOOK).to_string();
            let (status, taken) = match way {
                Way::New | Way::Kept => {
                    let url = format!("http://{}/brands/acme/external_tickets", self.address);
                    let call = client.post(url).header("content-type", "application/json");
                    let answered = answer(call.body(body)).await;
                    answered.unwrap_or_else(|error| panic!("{way:?} {uid}: {error:?}"))
                }
                Way::Silent(pause) => self.post_late(&body, pause).await,
            };
            assert_eq!(status, 201, "{way:?} {uid}: {taken}");
            numbers.insert(uid, taken["id"].as_u64().unwrap());
            self.taken.fetch_add(1, Ordering::SeqCst);
        }
        numbers
    }

    async fn post_late(&self, body: &str, pause: Duration) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // What a slow client does.
        sleep(pause).await;
        let length = body.len();
        let request = format!(
            "POST /brands/acme/external_tickets HTTP/1.1\r\nhost: bridge\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let text = read_to_end(&mut stream).await;
        let (head, body) = text.split_once("\r\n\r\n").expect("a whole answer");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        (status.unwrap(), serde_json::from_str(body).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_restarts_under_load_refuse_and_lose_nothing() {
    let mut daemon = Daemon::configured("");
    daemon.hand_over_listener();
    let manager = Manager::of(&mut daemon);
    // Nobody serves yet, and nobody is refused.
    let posting = Arc::new(Posting {
        address: daemon.address(),
        ended: AtomicBool::new(false),
        taken: AtomicUsize::new(0),
    });
    let mut posters = JoinSet::new();
    let ways = [
        Way::New,
        Way::New,
        Way::New,
        Way::Kept,
        Way::Kept,
        Way::Kept,
        Way::Silent(Duration::from_millis(5)),
        Way::Silent(Duration::from_millis(50)),
        Way::Silent(Duration::from_millis(120)),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        posters.spawn(Arc::clone(&posting).post(format!("P{number}"), way));
    }
    daemon.spawn();
    for _ in 0..RESTARTS {
        manager.told_until("READY=1").await;
        let before = posting.taken.load(Ordering::SeqCst);
        let deadline = Instant::now() + Duration::from_secs(30);
        while posting.taken.load(Ordering::SeqCst) < before + MOST_URGENT {
            assert!(
                Instant::now() < deadline,
                "nobody gets on:\n{}",
                daemon.log()
            );
            ends_of(&mut posters);
            sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(daemon.terminate().await, Some(0), "{}", daemon.log());
        daemon.spawn();
    }
    manager.told_until("READY=1").await;
    posting.ended.store(true, Ordering::SeqCst);
    let mut numbers = BTreeMap::new();
    while let Some(posted) = posters.join_next().await {
        numbers.extend(posted.unwrap());
    }
    // Each is there, once, under the number that was answered.
    for (uid, number) in &numbers {
        let (status, again) = daemon.post_ticket(&ticket(uid, HOOK)).await;
        assert_eq!((status, &again["duplicate"]), (200, &Value::Bool(true)));
        assert_eq!(again["id"].as_u64(), Some(*number), "{uid}");
    }
    let mut distinct: Vec<u64> = numbers.values().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), numbers.len());
    let (_, list) = daemon.agent_get("/tickets?per_page=1").await;
    assert_eq!(list["meta"]["total"].as_u64(), Some(numbers.len() as u64));
    println!("{} tickets over {RESTARTS} restarts", numbers.len());
    assert_eq!(daemon.terminate().await, Some(0));
}

/// A poster ends early only where something went wrong.
fn ends_of(posters: &mut JoinSet<BTreeMap<String, u64>>) {
    if let Some(ended) = posters.try_join_next() {
        drop(ended.unwrap());
        panic!("a poster ended by itself");
    }
}

#[tokio::test]
async fn a_socket_handed_over_wins_over_the_configuration_and_is_left_open() {
    let mut daemon = Daemon::configured("");
    daemon.hand_over_listener();
    let config = std::fs::read_to_string(daemon.config()).unwrap();
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = elsewhere.local_addr().unwrap();
    drop(elsewhere);
    let listen = format!("listen = \"{}\"", daemon.address());
    let config = config.replace(&listen, &format!("listen = \"{free}\""));
    std::fs::write(daemon.config(), config).unwrap();
    daemon.start().await;
    assert!(TcpStream::connect(free).await.is_err());
    assert!(
        daemon
            .log()
            .contains("handed over, and not on `server.listen`")
    );
    assert_eq!(daemon.terminate().await, Some(0));
    // Whoever comes now waits for the next process.
    let early = tokio::spawn({
        let call = daemon.client().get(daemon.url("/readyz"));
        async move { call.send().await.unwrap().status() }
    });
    daemon.start().await;
    assert!(early.await.unwrap().is_success());
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test]
async fn sockets_that_make_no_sense_are_a_bad_configuration() {
    for (before, words) in [
        (
            "exec 3<&0; export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=metrics;",
            "under the name \"metrics\"",
        ),
        (
            "exec 3</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$;",
            "the socket handed over as number 0 cannot be used",
        ),
    ] {
        let mut daemon = Daemon::configured("");
        daemon.hand_over_listener();
        daemon.do_before(before);
        daemon.spawn();
        assert_eq!(daemon.ended().await, Some(78));
        assert!(daemon.log().contains(words), "{}", daemon.log());
    }
    // Sockets for another process are none of ours.
    let mut daemon = Daemon::configured("");
    daemon.do_before("export LISTEN_FDS=1 LISTEN_PID=1;");
    daemon.start().await;
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test]
async fn a_socket_named_ops_serves_operations_and_the_other_does_not() {
    let mut daemon = Daemon::configured("");
    let ops = daemon.hand_over_listeners();
    daemon.spawn();
    daemon.says("taking tickets", 1).await;
    let status = async |address: std::net::SocketAddr, path: &str| {
        let call = daemon.client().get(format!("http://{address}{path}"));
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(ops, "/metrics").await, 200);
    assert_eq!(status(daemon.address(), "/metrics").await, 404);
    assert_eq!(status(ops, "/api/v1/health-check").await, 404);
    assert_eq!(status(daemon.address(), "/api/v1/health-check").await, 200);
    assert_eq!(daemon.terminate().await, Some(0));
}
