//! More than the daemon can take: connections that say nothing, and tickets that come faster than a slow disk stores them.
//!
//! The clients are this process, the daemon is another, so that each has descriptors of its own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::shim::Faults;
use crate::daemon::{Daemon, ticket};

const IDLE: usize = 10_000;
/// Connections that post without a pause.
const POSTERS: usize = 4_000;
/// As long as the text of each of their tickets. Together they are more than may be in memory.
const TEXT: usize = 30 * 1024;
/// So long at least, and until ten times as much has come as was stored.
const FLOOD: Duration = Duration::from_secs(8);
const LONGEST_FLOOD: Duration = Duration::from_secs(120);
/// What the manual states for this.
const MOST_MEMORY_MIB: u64 = 768;
const HOOK: &str = "https://example.com/hook";

/// What the posters were told.
#[derive(Default)]
struct Told {
    taken: Mutex<Vec<String>>,
    refused: Mutex<BTreeMap<u16, usize>>,
    next: AtomicUsize,
}

fn request(uid: &str) -> String {
    let mut body = ticket(uid, HOOK);
    body["content"] = Value::String("x".repeat(TEXT));
    let body = body.to_string();
    format!(
        "POST /brands/acme/external_tickets HTTP/1.1\r\nhost: bridge\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The next answer's head.
async fn read_answer(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
            if bytes.len() >= end + 4 + length.unwrap_or_default() {
                return Ok(head);
            }
        }
        let mut buffer = [0; 2048];
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
}

async fn post_without_end(address: std::net::SocketAddr, told: Arc<Told>) {
    loop {
        let mut stream = TcpStream::connect(address).await.unwrap();
        loop {
            let uid = format!("F-{}", told.next.fetch_add(1, Ordering::Relaxed));
            stream.write_all(request(&uid).as_bytes()).await.unwrap();
            let head = read_answer(&mut stream).await.unwrap();
            let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
            if status == 201 {
                told.taken.lock().unwrap().push(uid);
            } else {
                assert!([429, 503].contains(&status), "{head}");
                assert!(head.contains("\r\nretry-after: "), "{head}");
                *told.refused.lock().unwrap().entry(status).or_default() += 1;
                sleep(Duration::from_millis(50)).await;
            }
            if head.contains("connection: close") {
                break;
            }
        }
    }
}

/// Of a process: what it has in memory in MiB, now or at most so far.
fn memory(pid: u32, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

fn open_files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_and_ten_times_too_many_tickets_are_outlived_in_bounded_memory()
 {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    let mut daemon = Daemon::configured("");
    let config = std::fs::read_to_string(daemon.config()).unwrap();
    let patient = "shutdown_grace = \"2s\"\nread_timeout = \"10m\"";
    let config = config.replace("shutdown_grace = \"2s\"", patient);
    std::fs::write(daemon.config(), config).unwrap();
    let faults = Faults::under(&daemon).rule("sync 1 slow-150");
    faults.apply_to(&mut daemon);
    daemon.start().await;
    let (pid, address) = (daemon.pid(), daemon.address());

    let mut connecting = JoinSet::new();
    for _ in 0..50 {
        connecting.spawn(async move {
            let mut idle = Vec::new();
            for _ in 0..IDLE / 50 {
                idle.push(TcpStream::connect(address).await.unwrap());
            }
            idle
        });
    }
    let idle = connecting.join_all().await;
    let deadline = Instant::now() + Duration::from_secs(60);
    while open_files(pid) < IDLE {
        assert!(Instant::now() < deadline, "not all of them are accepted");
        sleep(Duration::from_millis(20)).await;
    }
    let (status, _) = daemon.post_ticket(&ticket("T-1", HOOK)).await;
    assert_eq!(status, 201, "they are in nobody's way");
    let with_idle = memory(pid, "VmRSS:");

    faults.arm();
    let told = Arc::new(Told::default());
    let mut posters = JoinSet::new();
    for _ in 0..POSTERS {
        posters.spawn(post_without_end(address, Arc::clone(&told)));
    }
    let began = Instant::now();
    let (taken, refused) = loop {
        if let Some(Err(error)) = posters.try_join_next() {
            panic!("a poster ended: {error}");
        }
        let taken = told.taken.lock().unwrap().len();
        let refused = told.refused.lock().unwrap().clone();
        let ten_times = taken > 0 && refused.values().sum::<usize>() >= 9 * taken;
        if ten_times && began.elapsed() >= FLOOD {
            break (taken, refused);
        }
        assert!(
            began.elapsed() < LONGEST_FLOOD,
            "{taken} taken, refused {refused:?}"
        );
        sleep(Duration::from_millis(50)).await;
    };
    let flood = began.elapsed();
    posters.shutdown().await;
    let most = memory(pid, "VmHWM:");
    println!(
        "{with_idle} MiB with {IDLE} idle connections; in {flood:?} {taken} taken, refused {refused:?}, at most {most} MiB"
    );
    assert!(most < MOST_MEMORY_MIB, "{most} MiB");

    // It gets over it by itself, with the idle ones still there.
    faults.disarm();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut tries = 0;
    loop {
        tries += 1;
        let late = ticket(&format!("L-{tries}"), HOOK);
        let soon = Duration::from_secs(10);
        let (status, _) = timeout(soon, daemon.post_ticket(&late)).await.unwrap();
        if status == 201 {
            break;
        }
        assert!(Instant::now() < deadline, "still answered {status}");
        sleep(Duration::from_millis(100)).await;
    }
    let taken = told.taken.lock().unwrap().clone();
    for uid in taken {
        let mut again = ticket(&uid, HOOK);
        again["content"] = Value::String("x".repeat(TEXT));
        let (status, body) = daemon.post_ticket(&again).await;
        assert_eq!(
            (status, &body["duplicate"]),
            (200, &Value::Bool(true)),
            "{uid}"
        );
    }
    assert!(open_files(pid) >= IDLE);
    drop(idle);
    assert_eq!(daemon.terminate().await, Some(0));
}
