//! What the service manager is told, in which order, and that it is true.

use std::fs;

use rustix::process::Signal;
use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::net::TcpStream;

use super::manager::Manager;
use crate::daemon::{Daemon, LOOPBACK, ticket};

#[tokio::test]
async fn it_is_ready_when_a_ticket_is_taken_and_says_how_it_stands_only_when_that_changes() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::Status(500));
    let mut daemon = Daemon::configured(LOOPBACK);
    let manager = Manager::of(&mut daemon);
    daemon.spawn();
    assert_eq!(manager.told().await, "STATUS=opening the store");
    assert_eq!(
        manager.told().await,
        "READY=1|STATUS=taking tickets; 0 pending, 0 dead letters"
    );
    // At once, and not after a while.
    let (status, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    assert_eq!(status, 201);
    let id = taken["id"].as_u64().unwrap();
    daemon.reply(id, &json!({ "content": "late" })).await;
    assert_eq!(
        manager.told().await,
        "STATUS=taking tickets; 1 pending, 0 dead letters"
    );
    receiver.behave("/hook", Behaviour::ValidReply);
    assert_eq!(
        manager.told().await,
        "STATUS=taking tickets; 0 pending, 0 dead letters"
    );
    // A ticket that changes no number changes no line.
    daemon
        .post_ticket(&ticket("T-2", &receiver.url("/hook")))
        .await;

    let good = fs::read_to_string(daemon.config()).unwrap();
    fs::write(daemon.config(), "nonsense = true").unwrap();
    daemon.signal(Signal::HUP);
    assert_is_reloading(&manager.told().await);
    assert_eq!(manager.told().await, "READY=1");
    assert_eq!(
        manager.told().await,
        "STATUS=taking tickets; 0 pending, 0 dead letters; the last reload was refused, see the log"
    );
    fs::write(daemon.config(), good).unwrap();
    daemon.signal(Signal::HUP);
    assert_is_reloading(&manager.told().await);
    assert_eq!(manager.told().await, "READY=1");
    assert_eq!(
        manager.told().await,
        "STATUS=taking tickets; 0 pending, 0 dead letters"
    );

    daemon.signal(Signal::TERM);
    let told = manager.told().await;
    assert!(told.starts_with("STOPPING=1|STATUS="), "{told}");
    assert_eq!(daemon.ended().await, Some(0));
}

/// With the time, which the service manager compares with when it asked.
fn assert_is_reloading(told: &str) {
    let usec = told.strip_prefix("RELOADING=1|MONOTONIC_USEC=");
    let usec = usec.and_then(|usec| usec.parse::<u64>().ok());
    assert!(usec.is_some_and(|usec| usec > 0), "{told}");
}

#[tokio::test]
async fn a_low_disk_is_in_the_line() {
    let mut daemon = Daemon::configured("");
    let config = fs::read_to_string(daemon.config()).unwrap();
    let config = config.replace("min_free = \"1MiB\"", "min_free = \"1PiB\"");
    fs::write(daemon.config(), config).unwrap();
    let manager = Manager::of(&mut daemon);
    daemon.spawn();
    let told = manager.told_until("READY=1").await;
    let line = "STATUS=refusing tickets, the disk is low; 0 pending";
    assert!(told.last().unwrap().contains(line), "{told:?}");
}

#[tokio::test]
async fn a_store_that_is_not_open_is_not_ready_and_a_bad_configuration_never_is() {
    let mut first = Daemon::started().await;
    // Another process on the same store.
    let mut second = Daemon::configured("");
    let config = fs::read_to_string(second.config()).unwrap();
    let path = format!("path = \"{}\"", first.state().display());
    fs::write(second.config(), config.replace("path = \"state\"", &path)).unwrap();
    let manager = Manager::of(&mut second);
    second.spawn();
    assert_eq!(second.ended().await, Some(75));
    assert_eq!(manager.told().await, "STATUS=opening the store");
    assert_eq!(manager.told_within(std::time::Duration::ZERO).await, None);
    assert!(TcpStream::connect(second.address()).await.is_err());

    fs::write(second.config(), "nonsense = true").unwrap();
    second.spawn();
    assert_eq!(second.ended().await, Some(78));
    assert_eq!(manager.told_within(std::time::Duration::ZERO).await, None);
    assert_eq!(first.terminate().await, Some(0));
}
