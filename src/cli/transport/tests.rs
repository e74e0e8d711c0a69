//! Both ways give the same answers, and what stands in the way says so.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use super::*;
use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::http::Bridge;
use crate::http::admin::InProcess;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{Author, ExternalTicket, Happening};
use crate::room::Room;
use crate::settings::{LoadOptions, load_in};
use crate::store::{Rank, Store, StoreOptions};

const CONFIGURATION: &str = "\
[[agents]]
id = 3
name = \"Agent Smith\"

[[brands]]
id = \"acme\"
agents = [3]
";

struct Place {
    _folder: TempDir,
    settings: Settings,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, CONFIGURATION).unwrap();
        let options = LoadOptions { open_files: false };
        let settings = load_in(&file, options, &Default::default())
            .unwrap()
            .settings;
        Self {
            _folder: folder,
            settings,
        }
    }

    fn socket(&self) -> &Path {
        &self.settings.admin.socket
    }

    /// What a crash would leave.
    fn moves_to_a_copy_of_its_store(&mut self) {
        let copy = self.settings.store.path.with_extension("copy");
        std::fs::create_dir(&copy).unwrap();
        for name in ["db", "conf"] {
            std::fs::copy(self.settings.store.path.join(name), copy.join(name)).unwrap();
        }
        self.settings.admin.socket = copy.join("admin.sock");
        self.settings.store.path = copy;
    }

    /// As the daemon does.
    fn daemon_store(&self) -> (Store, Arc<ArcSwap<Live>>) {
        let live = Arc::new(ArcSwap::from_pointee(Live::new(self.settings.clone())));
        let store = Store::open(StoreOptions {
            path: self.settings.store.path.clone(),
            cache: self.settings.store.cache,
            create: true,
            now: SystemClock.now(),
            planner: app::planner(&live),
            observer: None,
            traces: None,
            sync_gate: None,
        });
        (store.unwrap(), live)
    }

    async fn with_one_ticket(self) -> Self {
        let (store, _) = self.daemon_store();
        let sent = ExternalTicket {
            brand: "acme".to_owned(),
            external_uid: "uid/1 &c".to_owned(),
            content: "Help me".to_owned(),
            response_url: Some("https://hooks.example.com/x".to_owned()),
            provider: None,
            parent_uid: None,
            author: Author {
                external_uid: "jane-1".to_owned(),
                username: "Jane Doe".to_owned(),
            },
            created_at: SystemClock.now(),
        };
        let event = SystemClock.event(Happening::Arrived(Box::new(sent)));
        store.commit(event, Rank::Intake).await.unwrap();
        store.close().await.unwrap();
        self
    }
}

/// Answers on the admin socket until it is dropped.
fn listen(place: &Place) -> JoinHandle<()> {
    let (store, live) = place.daemon_store();
    let interface = Arc::new(InProcess::new(Bridge {
        store,
        clock: Arc::new(SystemClock),
        live,
        metrics: Arc::new(Metrics::new(std::iter::empty(), std::iter::empty())),
        room: Room::unknown(),
        systems: None,
    }));
    let listener = UnixListener::bind(place.socket()).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = |request: http::Request<hyper::body::Incoming>| {
                let interface = Arc::clone(&interface);
                async move {
                    let (head, body) = request.into_parts();
                    let body = http_body_util::BodyExt::collect(body).await?.to_bytes();
                    let answer = interface.call(Request::from_parts(head, body)).await?;
                    anyhow::Ok(answer.map(http_body_util::Full::new))
                }
            };
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            drop(connection.await);
        }
    })
}

async fn failure(settings: &Settings) -> Failure {
    match Transport::open(settings, None).await {
        Err(failure) => failure,
        Ok(_) => panic!("nothing stood in the way"),
    }
}

#[tokio::test]
async fn without_a_store_it_says_where_it_looked_and_makes_none() {
    let place = Place::new();
    let failure = failure(&place.settings).await;
    assert_eq!(failure.exit_code(), 1);
    let path = place.settings.store.path.display().to_string();
    assert!(failure.to_string().contains(&path), "{failure}");
    assert!(!place.settings.store.path.exists());
}

#[tokio::test]
async fn a_store_that_is_held_while_nobody_answers_ends_with_75() {
    let place = Place::new();
    let (_held, _) = place.daemon_store();
    let failure = failure(&place.settings).await;
    assert_eq!(failure.exit_code(), 75);
    let socket = place.socket().display().to_string();
    assert!(failure.to_string().contains(&socket), "{failure}");
}

#[tokio::test]
async fn without_a_daemon_the_store_is_opened_and_closed_again() {
    let place = Place::new().with_one_ticket().await;
    for text in ["one", "two"] {
        let transport = Transport::open(&place.settings, None).await.unwrap();
        assert!(matches!(transport, Transport::InProcess(_)));
        let stored = transport
            .post("tickets/1/reply", &json!({ "text": text }))
            .await
            .unwrap();
        assert_eq!(stored.read::<Value>().unwrap()["ticket"], 1);
        transport.close().await.unwrap();
    }
    let transport = Transport::open(&place.settings, None).await.unwrap();
    let list = transport.get("deliveries", &[]).await.unwrap();
    assert_eq!(list.read::<Vec<Value>>().unwrap().len(), 2);
    let status = transport
        .get("status", &[])
        .await
        .unwrap()
        .read::<Value>()
        .unwrap();
    assert!(status["store"]["free_bytes"].as_u64() > Some(0));
    assert_eq!(status["run"]["state"], "ended");
    transport.close().await.unwrap();
}

#[tokio::test]
async fn the_daemon_answers_on_its_socket() {
    let place = Place::new().with_one_ticket().await;
    let daemon = listen(&place);
    let transport = Transport::open(&place.settings, None).await.unwrap();
    assert!(matches!(transport, Transport::Socket(_)));
    let of = [("of", Some("uid/1 &c".to_owned())), ("nothing", None)];
    let found = transport.get("trace", &of).await.unwrap();
    assert_eq!(found.read::<Value>().unwrap()["ticket"]["id"], 1);
    let list = transport.get("tickets", &[]).await.unwrap();
    assert_eq!(list.total, Some(1));
    let Err(refused) = transport.post("tickets/9/lock", &json!({})).await else {
        panic!("there is no ticket 9");
    };
    assert_eq!(
        (refused.exit_code(), refused.to_string().as_str()),
        (1, "there is no such ticket")
    );
    transport.close().await.unwrap();
    daemon.abort();
}

#[tokio::test]
async fn a_socket_that_nobody_listens_on_any_more_is_no_daemon() {
    let place = Place::new().with_one_ticket().await;
    drop(UnixListener::bind(place.socket()).unwrap());
    let transport = Transport::open(&place.settings, None).await.unwrap();
    assert!(matches!(transport, Transport::InProcess(_)));
    transport.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_listens_without_answering_is_given_up_on() {
    let place = Place::new().with_one_ticket().await;
    let _listener = UnixListener::bind(place.socket()).unwrap();
    let transport = Transport::open(&place.settings, None).await.unwrap();
    let Err(question) = transport.get("status", &[]).await else {
        panic!("nobody answers");
    };
    assert_eq!(question.exit_code(), 75);
    let Err(order) = transport.post("tickets/1/lock", &json!({})).await else {
        panic!("nobody answers");
    };
    assert_eq!(order.exit_code(), 1);
    assert!(order.to_string().contains("is not known"), "{order}");
}

/// Whether calls may be repetitions depends on it.
#[tokio::test]
async fn a_command_does_not_hide_a_crash_from_the_next_start() {
    let mut place = Place::new().with_one_ticket().await;
    let (_still_open, _) = place.daemon_store();
    place.moves_to_a_copy_of_its_store();
    for _ in 0..2 {
        let transport = Transport::open(&place.settings, None).await.unwrap();
        let status = transport.get("status", &[]).await.unwrap();
        assert_eq!(
            status.read::<Value>().unwrap()["run"]["state"],
            "broken-off"
        );
        transport.close().await.unwrap();
    }
    let (store, _) = place.daemon_store();
    assert!(store.run().after_crash);
    store.close().await.unwrap();
    let (store, _) = place.daemon_store();
    assert!(!store.run().after_crash);
}

#[test]
fn an_answer_without_a_reason_is_a_failure_all_the_same() {
    let response = |status: u16| {
        let builder = Response::builder().status(status);
        understood(builder.body(Bytes::from_static(b"<html>")).unwrap())
    };
    let Err(failure) = response(502) else {
        panic!("502 is no success");
    };
    assert!(failure.to_string().contains("502"), "{failure}");
    let Ok(answer) = response(200) else {
        panic!("200 is a success");
    };
    assert!(answer.read::<Value>().is_err());
}
