//! Real sockets; what has to happen is waited for, not slept for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Extension, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;
use crate::http::body;
use crate::http::testing::Fixture;

const LONG: Duration = Duration::from_secs(30);
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// A listener, and a handler that tells of each request and answers when it is let.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    entered: mpsc::UnboundedReceiver<()>,
    release: Arc<Semaphore>,
}

async fn running(change: impl FnOnce(&mut ListenerOptions)) -> Running {
    let release = Arc::new(Semaphore::new(0));
    let (enter, entered) = mpsc::unbounded_channel();
    let held = Arc::clone(&release);
    let hold = move || async move {
        enter.send(()).unwrap();
        held.acquire().await.unwrap().forget();
        "held"
    };
    let read = |most: u64| {
        move |request: Request| async move {
            let (parts, body) = request.into_parts();
            match body::read(&parts.headers, body, most).await {
                Ok(read) => format!("{} bytes", read.len()).into_response(),
                Err(body::BodyFault::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
                Err(body::BodyFault::TimedOut) => StatusCode::REQUEST_TIMEOUT.into_response(),
                Err(body::BodyFault::Broken) => StatusCode::BAD_REQUEST.into_response(),
            }
        }
    };
    let peer = |Extension(peer): Extension<Peer>| async move { format!("{peer:?}") };
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/hold", get(hold))
        .route("/peer", get(peer))
        .route("/body", post(read(8)))
        .route("/large", post(read(1024 * 1024)));
    let mut options = ListenerOptions::new(LONG, LONG);
    change(&mut options);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(Socket::Tcp(listener), router, options, stop.clone()));
    Running {
        address,
        stop,
        serving,
        entered,
        release,
    }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A call that is under way until it is released.
    async fn call_that_holds(&mut self) -> TcpStream {
        let mut stream = self.connect().await;
        stream
            .write_all(b"GET /hold HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        self.entered.recv().await.unwrap();
        stream
    }

    async fn ended(self) {
        tokio::time::timeout(LONG, self.serving)
            .await
            .unwrap()
            .unwrap();
    }
}

/// Everything up to the end of the connection.
async fn rest(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut text = Vec::new();
    // A reset ends it as well.
    let _end = stream.read_to_end(&mut text).await;
    String::from_utf8(text).unwrap()
}

/// One answer with a body of this length.
async fn answer(stream: &mut TcpStream, body: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(&format!("\r\n\r\n{body}")) {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the connection ended after {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    text
}

#[tokio::test]
async fn connections_are_kept_and_peers_are_known() {
    let running = running(|_| {}).await;
    let mut stream = running.connect().await;
    let expected = format!("Tcp({})", stream.local_addr().unwrap());
    for _ in 0..2 {
        stream.write_all(GET).await.unwrap();
        let head = answer(&mut stream, "ok").await;
        assert!(
            head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("connection"),
            "{head}"
        );
    }
    stream
        .write_all(b"GET /peer HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    answer(&mut stream, &expected).await;
}

#[tokio::test]
async fn who_sends_within_the_drain_is_answered_and_told_to_close() {
    let running = running(|options| options.drain = LONG).await;
    let mut fresh = running.connect().await;
    let mut kept = running.connect().await;
    kept.write_all(GET).await.unwrap();
    answer(&mut kept, "ok").await;
    // They are accepted in order, so both are by now.
    running.stop.cancel();
    for stream in [&mut fresh, &mut kept] {
        stream.write_all(GET).await.unwrap();
        let text = rest(stream).await;
        assert!(text.contains("connection: close\r\n"), "{text}");
        assert!(text.ends_with("ok"), "{text}");
    }
    running.ended().await;
}

#[tokio::test]
async fn who_waited_to_be_accepted_at_the_stop_is_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut streams = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(GET).await.unwrap();
        streams.push(stream);
    }
    let stop = CancellationToken::new();
    stop.cancel();
    let router = Router::new().route("/", get(|| async { "ok" }));
    let options = ListenerOptions::new(LONG, LONG);
    serve(Socket::Tcp(listener), router, options, stop).await;
    for stream in &mut streams {
        let text = rest(stream).await;
        assert!(text.contains("connection: close\r\n"), "{text}");
    }
}

#[tokio::test]
async fn idle_connections_are_closed_after_the_drain() {
    let running = running(|options| options.drain = Duration::from_millis(20)).await;
    let mut silent = running.connect().await;
    let mut kept = running.connect().await;
    kept.write_all(GET).await.unwrap();
    answer(&mut kept, "ok").await;
    running.stop.cancel();
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(rest(&mut kept).await, "");
    running.ended().await;
}

#[tokio::test]
async fn a_call_in_hand_finishes_after_the_stop() {
    let mut running = running(|options| options.drain = Duration::from_millis(1)).await;
    let mut stream = running.call_that_holds().await;
    running.stop.cancel();
    // Nobody new gets in.
    let refused = async {
        while let Ok(mut late) = TcpStream::connect(running.address).await {
            rest(&mut late).await;
        }
    };
    tokio::time::timeout(LONG, refused).await.unwrap();
    assert!(!running.serving.is_finished());
    running.release.add_permits(1);
    let text = rest(&mut stream).await;
    assert!(
        text.contains("connection: close\r\n") && text.ends_with("held"),
        "{text}"
    );
    running.ended().await;
}

#[tokio::test]
async fn what_is_not_finished_within_the_grace_is_cut_off() {
    let mut running = running(|options| {
        options.drain = Duration::from_millis(1);
        options.grace = Duration::from_millis(30);
    })
    .await;
    let mut stream = running.call_that_holds().await;
    running.stop.cancel();
    assert_eq!(rest(&mut stream).await, "");
    running.ended().await;
}

#[tokio::test]
async fn half_sent_headers_and_silence_time_out() {
    let running = running(|options| options.read_timeout = Duration::from_millis(40)).await;
    for sent in [&b"GET / HTTP/1.1\r\nhos"[..], b""] {
        let mut stream = running.connect().await;
        stream.write_all(sent).await.unwrap();
        let text = tokio::time::timeout(LONG, rest(&mut stream)).await.unwrap();
        assert!(!text.contains("200"), "{text}");
    }
}

#[tokio::test]
async fn a_body_that_drips_is_408() {
    let running = running(|options| options.read_timeout = Duration::from_millis(40)).await;
    let mut stream = running.connect().await;
    let head = b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab";
    stream.write_all(head).await.unwrap();
    let text = tokio::time::timeout(LONG, rest(&mut stream)).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_answered_while_it_is_still_sent() {
    let running = running(|_| {}).await;
    let mut stream = running.connect().await;
    let body = vec![b'x'; 512 * 1024];
    let head = format!(
        "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let text = answer(&mut stream, "").await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
}

#[tokio::test]
async fn too_many_and_too_large_headers_are_431() {
    let running = running(|_| {}).await;
    let many = "a: b\r\n".repeat(200);
    let large = format!("a: {}\r\n", "b".repeat(40 * 1024));
    for headers in [many, large] {
        let mut stream = running.connect().await;
        let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 431");
    }
}

#[tokio::test]
async fn more_connections_than_allowed_wait_their_turn() {
    let mut running = running(|options| options.max_connections = 1).await;
    let mut first = running.connect().await;
    first
        .write_all(b"GET /hold HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    running.entered.recv().await.unwrap();
    let mut second = running.connect().await;
    second.write_all(GET).await.unwrap();
    running.release.add_permits(1);
    answer(&mut first, "held").await;
    // The first is kept alive and still counts.
    let mut buffer = [0; 1];
    assert!(futures_util::poll!(std::pin::pin!(second.read(&mut buffer))).is_pending());
    drop(first);
    answer(&mut second, "ok").await;
}

#[tokio::test]
async fn what_arrives_beyond_the_room_for_it_is_refused_with_503_and_takes_none_of_it() {
    let running = running(|options| options.max_received = 7).await;
    let post = |body: &str| {
        let length = body.len();
        format!("POST /large HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let long = "x".repeat(256 * 1024);
    for _ in 0..3 {
        let mut large = running.connect().await;
        // All of it is read, so that the answer is not lost.
        large.write_all(post(&long).as_bytes()).await.unwrap();
        large.shutdown().await.unwrap();
        let text = rest(&mut large).await;
        assert!(text.starts_with("HTTP/1.1 503 "), "{text}");
        assert!(text.contains("retry-after: 1\r\n"), "{text}");
        assert!(text.contains("too much arrives at once"), "{text}");
        let mut small = running.connect().await;
        for _ in 0..3 {
            small.write_all(post("1234567").as_bytes()).await.unwrap();
            answer(&mut small, "7 bytes").await;
        }
    }
}

#[tokio::test]
async fn a_socket_that_outlives_us_is_left_with_those_who_wait_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let ours = TcpListener::from_std(listener.try_clone().unwrap()).unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    // Whoever connects now was accepted by nobody.
    let mut waiting = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let options = ListenerOptions::new(LONG, LONG);
    let ours = Listening::handed_over(Socket::Tcp(ours));
    serve(ours, Router::new(), options, stop).await;
    waiting.write_all(GET).await.unwrap();
    // The next process.
    let next = CancellationToken::new();
    let router = Router::new().route("/", get(|| async { "ok" }));
    let listener = TcpListener::from_std(listener).unwrap();
    let serving = tokio::spawn(serve(Socket::Tcp(listener), router, options, next.clone()));
    answer(&mut waiting, "ok").await;
    next.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_unix_socket_serves_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    let socket = Socket::Unix(UnixListener::bind(&path).unwrap());
    let router = Router::new().route(
        "/",
        get(|Extension(peer): Extension<Peer>| async move { format!("{peer:?}") }),
    );
    let stop = CancellationToken::new();
    let options = ListenerOptions::new(LONG, LONG);
    let serving = tokio::spawn(serve(socket, router, options, stop.clone()));
    let mut stream = UnixStream::connect(&path).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    assert!(rest(&mut stream).await.ends_with("Unix"));
    stop.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_handler_that_panics_answers_500_and_harms_nobody() {
    let bridge = Fixture::new().bridge;
    let asked = Arc::new(Mutex::new(0));
    let handler = {
        let asked = Arc::clone(&asked);
        move || async move {
            *asked.lock().unwrap() += 1;
            assert!(*asked.lock().unwrap() > 1, "a test's panic");
            "ok"
        }
    };
    let routes = Router::new().route("/", get(handler.clone())).route(
        "/api/v1/x",
        get(|| async { panic!("a test's panic") as &str }),
    );
    let router = crate::http::routes::finish(routes, bridge);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let options = ListenerOptions::new(LONG, LONG);
    let serving = tokio::spawn(serve(Socket::Tcp(listener), router, options, stop.clone()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /api/v1/x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let text = answer(&mut stream, r#"{"message":"Server Error"}"#).await;
    assert!(text.starts_with("HTTP/1.1 500 "), "{text}");
    stream.write_all(GET).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 500");
    // Neither the listener nor the next on the same connection is hurt.
    stream.write_all(GET).await.unwrap();
    let text = answer(&mut stream, "ok").await;
    assert!(
        text.contains("HTTP/1.1 200 OK") && !text.contains("a test's panic"),
        "{text}"
    );
    stop.cancel();
    drop(stream);
    serving.await.unwrap();
}

#[tokio::test]
async fn errors_of_accepting_are_told_apart() {
    for (kind, one_peer) in [
        (io::ErrorKind::ConnectionAborted, true),
        (io::ErrorKind::ConnectionReset, true),
        (io::ErrorKind::Other, false),
        (io::ErrorKind::OutOfMemory, false),
    ] {
        assert_eq!(concerns_one_peer(&kind.into()), one_peer, "{kind:?}");
    }
    // EMFILE
    assert!(!concerns_one_peer(&io::Error::from_raw_os_error(24)));
}
