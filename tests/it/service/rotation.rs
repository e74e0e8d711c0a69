//! Secrets are changed while they are in use: two of them are valid for a while, and no request is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use ticketbridge_sim::{Receiver, verify_signature};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::daemon::{Daemon, LOOPBACK, answer, ticket};

const ROUNDS: usize = 6;
const POSTERS: usize = 4;
const SOON: Duration = Duration::from_secs(60);

/// The n-th of each secret.
fn token(n: usize) -> String {
    format!("token-{n}")
}

fn agent_key(n: usize) -> String {
    format!("agent-key-{n}")
}

fn signing_key(n: usize) -> Vec<u8> {
    Sha256::digest(format!("signing-key-{n}")).to_vec()
}

fn write_secret(path: &Path, content: &str, mode: u32) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The configuration with these secrets, the newest first.
fn configuration(base: &str, valid: &[usize]) -> String {
    let of = |each: &dyn Fn(usize) -> String| {
        let all: Vec<String> = valid.iter().map(|n| each(*n)).collect();
        format!("[{}]", all.join(", "))
    };
    let digest = |secret: String| hex::encode(Sha256::digest(secret));
    let tokens = of(&|n| {
        format!(
            "{{ name = \"zapier-{n}\", sha256 = \"{}\" }}",
            digest(token(n))
        )
    });
    let keys = of(&|n| format!("{{ sha256 = \"{}\" }}", digest(agent_key(n))));
    let files = of(&|n| format!("\"signing-{n}\""));
    let lines = base.lines().map(|line| match line.split_once(" = ") {
        Some(("tokens", _)) => format!("tokens = {tokens}\nsigning_key_files = {files}"),
        Some(("api_keys", _)) => format!("api_keys = {keys}"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

struct Using {
    /// Which secrets are used.
    newest: AtomicUsize,
    ended: AtomicBool,
    /// How far each poster is.
    done: Mutex<[usize; POSTERS]>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_keys_and_signing_keys_are_rotated_without_a_refused_request() {
    let receiver = Receiver::start().await.unwrap();
    let mut daemon = Daemon::configured(LOOPBACK);
    let base = fs::read_to_string(daemon.config()).unwrap();
    for n in 0..=ROUNDS {
        let content = format!("whsec_{}", BASE64.encode(signing_key(n)));
        write_secret(
            &daemon.folder().join(format!("signing-{n}")),
            &content,
            0o600,
        );
    }
    fs::write(daemon.config(), configuration(&base, &[0])).unwrap();
    daemon.start().await;
    let using = Arc::new(Using {
        newest: AtomicUsize::new(0),
        ended: AtomicBool::new(false),
        done: Mutex::default(),
    });
    let mut posters = JoinSet::new();
    for poster in 0..POSTERS {
        let using = Arc::clone(&using);
        let (client, hook) = (daemon.client().clone(), receiver.url("/hook"));
        let tickets = daemon.url("/brands/acme/external_tickets");
        let replies = daemon.url("/api/v1/external/tickets");
        posters.spawn(async move {
            let mut count = 0;
            while !using.ended.load(Ordering::SeqCst) {
                let n = using.newest.load(Ordering::SeqCst);
                let mut body = ticket(&format!("P{poster}-{count}"), &hook);
                body["personal_access_token"] =
                    json!({ "name": format!("zapier-{n}"), "token": token(n) });
                let call = client
                    .post(&tickets)
                    .header("content-type", "application/json");
                let (status, taken) = answer(call.body(body.to_string())).await.unwrap();
                assert_eq!(status, 201, "{taken}");
                let call = client
                    .post(format!("{replies}/{}/messages", taken["id"]))
                    .header("x-api-key", agent_key(n))
                    .header("content-type", "application/json");
                let reply = json!({ "content": "an answer" }).to_string();
                let (status, replied) = answer(call.body(reply)).await.unwrap();
                assert!([200, 201].contains(&status), "{status} {replied}");
                count += 1;
                using.done.lock().unwrap()[poster] = count;
            }
            count
        });
    }
    let all_go_on = async |by: usize| {
        let before = *using.done.lock().unwrap();
        let deadline = Instant::now() + SOON;
        while using
            .done
            .lock()
            .unwrap()
            .iter()
            .zip(before)
            .any(|(now, then)| *now < then + by)
        {
            assert!(
                Instant::now() < deadline,
                "a poster does not get on:\n{}",
                daemon.log()
            );
            sleep(Duration::from_millis(2)).await;
        }
    };
    for n in 1..=ROUNDS {
        fs::write(daemon.config(), configuration(&base, &[n, n - 1])).unwrap();
        daemon.reload("is in force").await;
        using.newest.store(n, Ordering::SeqCst);
        // Whoever still used the old ones is through.
        all_go_on(2).await;
        fs::write(daemon.config(), configuration(&base, &[n])).unwrap();
        daemon.reload("is in force").await;
        all_go_on(2).await;
    }
    using.ended.store(true, Ordering::SeqCst);
    let mut count = 0;
    while let Some(posted) = posters.join_next().await {
        count += posted.unwrap();
    }
    let received = receiver.wait_for("/hook", count, SOON).await.unwrap();
    assert_eq!(received.len(), count);
    let tolerance = Duration::from_secs(300);
    for received in &received {
        let verifies = |n| verify_signature(&signing_key(n), received, tolerance).is_ok();
        assert!((0..=ROUNDS).any(verifies), "a reply that nobody can verify");
    }
    let log = daemon.log();
    assert!(log.contains("brands[acme].signing_key_files"), "{log}");
    assert!(log.contains("agents[3].api_keys"), "{log}");
    for n in 0..=ROUNDS {
        for secret in [token(n), agent_key(n), BASE64.encode(signing_key(n))] {
            assert!(!log.contains(&secret), "a secret is in the log");
        }
    }
    println!("{count} tickets and replies over {} reloads", 2 * ROUNDS);
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test]
async fn a_secret_that_everyone_may_read_is_refused_at_the_start_and_leaves_the_old_ones_at_a_reload()
 {
    let mut daemon = Daemon::configured("");
    let base = fs::read_to_string(daemon.config()).unwrap();
    let secret = daemon.folder().join("signing-0");
    let content = format!("whsec_{}", BASE64.encode(signing_key(0)));
    write_secret(&secret, &content, 0o644);
    fs::write(daemon.config(), configuration(&base, &[0])).unwrap();
    daemon.spawn();
    assert_eq!(daemon.ended().await, Some(78));
    assert!(daemon.log().contains("that everyone may read (mode 0644)"));
    write_secret(&secret, &content, 0o600);
    daemon.start().await;
    write_secret(&secret, &content, 0o604);
    daemon.reload("stays in force").await;
    write_secret(&secret, &content.replace("whsec_", "whsec_AAAA"), 0o600);
    daemon.reload("is in force").await;
    daemon
        .says("changed key=\"brands[acme].signing_key_files\"", 1)
        .await;
    assert!(!daemon.log().contains(&BASE64.encode(signing_key(0))));
    assert_eq!(daemon.terminate().await, Some(0));
}
