//! The daemon's own accept loop: connections are bounded in number and in time, and a stop loses no request that was
//! on its way.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::FutureExt;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet, unconstrained};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::peer::Peer;

mod connection;
mod patience;
mod room;
mod timed_body;

use connection::Serving;
use room::Room;
pub(super) use timed_body::BodyError;

/// How many connections are open at a time, at most.
pub const MOST_CONNECTIONS: usize = 16_384;
/// How many bytes of bodies are in memory at a time.
const MOST_RECEIVED: usize = 32 * 1024 * 1024;
/// After an error such as "too many open files".
const PAUSE: Duration = Duration::from_millis(100);
/// After a stop, until the system has said who is waiting to be accepted.
const LAST_CALL: Duration = Duration::from_millis(5);
/// How many of them are accepted; the system's own queue is no longer by default.
const MOST_AT_LAST_CALL: usize = 4096;

/// Where connections come from.
#[derive(Debug)]
pub enum Socket {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket; its file is the caller's.
    Unix(UnixListener),
}

/// A socket, and what becomes of it when we are done.
#[derive(Debug)]
pub struct Listening {
    socket: Socket,
    outlives_us: bool,
}

impl Listening {
    /// A socket that somebody else keeps open and hands to the process after this one. Whoever has not been accepted
    /// when this one stops is that one's: nothing is taken from its queue any more, and it is not closed.
    #[must_use]
    pub fn handed_over(socket: Socket) -> Self {
        Self {
            socket,
            outlives_us: true,
        }
    }
}

impl From<Socket> for Listening {
    /// A socket of our own, which nobody listens on after us.
    fn from(socket: Socket) -> Self {
        Self {
            socket,
            outlives_us: false,
        }
    }
}

/// How connections are treated.
#[derive(Debug, Clone, Copy)]
pub struct ListenerOptions {
    /// For a request's headers, again for its body, and for a peer that takes nothing of its answer. A connection
    /// without a request is closed after it.
    pub read_timeout: Duration,
    /// More wait until one ends.
    pub max_connections: usize,
    /// So many bytes of bodies may be in memory at a time, until their requests are answered; what comes beyond that is
    /// answered 503.
    pub max_received: usize,
    /// How long a connection that was accepted before the stop may take to send its request.
    pub drain: Duration,
    /// How long calls in hand may take to finish, counted from the stop.
    pub grace: Duration,
}

impl ListenerOptions {
    /// With the default bounds on connections and bodies, and 250 ms to send a request after a stop.
    #[must_use]
    pub fn new(read_timeout: Duration, grace: Duration) -> Self {
        Self {
            read_timeout,
            max_connections: MOST_CONNECTIONS,
            max_received: MOST_RECEIVED,
            drain: Duration::from_millis(250),
            grace,
        }
    }
}

enum Accepted {
    Tcp(TcpStream, Peer),
    Unix(UnixStream),
}

impl Socket {
    async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok(Accepted::Tcp(stream, Peer::Tcp(address)))
            }
            Self::Unix(listener) => Ok(Accepted::Unix(listener.accept().await?.0)),
        }
    }

    /// The next connection, once there is room for one.
    async fn next(&self, room: &Arc<Semaphore>) -> io::Result<(Accepted, OwnedSemaphorePermit)> {
        let permit = Arc::clone(room)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        Ok((self.accept().await?, permit))
    }
}

/// Options that may change while a listener serves.
#[derive(Clone)]
pub struct CurrentOptions(Arc<dyn Fn() -> ListenerOptions + Send + Sync>);

impl CurrentOptions {
    /// What `now` says whenever it is asked.
    pub fn new(now: impl Fn() -> ListenerOptions + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    fn now(&self) -> ListenerOptions {
        (self.0)()
    }
}

impl From<ListenerOptions> for CurrentOptions {
    fn from(options: ListenerOptions) -> Self {
        Self::new(move || options)
    }
}

/// Serves `router` on a socket until `stop`, then lets what is accepted finish, and returns.
///
/// From the stop on every answer says `Connection: close`. Connections that never sent a request are closed after
/// `drain`; those with a call in hand get until `grace`, and are cut off then.
///
/// `options` are asked for anew where they matter, but for the bounds on connections and bodies.
pub async fn serve(
    listening: impl Into<Listening>,
    router: Router,
    options: impl Into<CurrentOptions>,
    stop: CancellationToken,
) {
    let Listening {
        socket,
        outlives_us,
    } = listening.into();
    let options = options.into();
    let room = Arc::new(Semaphore::new(
        options
            .now()
            .max_connections
            .clamp(1, Semaphore::MAX_PERMITS),
    ));
    let serving = Arc::new(Serving {
        router,
        options: options.clone(),
        stop: stop.clone(),
        received: Room::new(options.now().max_received),
    });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(ended) = connections.join_next() => note_end(ended),
            accepted = socket.next(&room) => match accepted {
                Ok(accepted) => spawn(&mut connections, &serving, accepted),
                Err(error) if concerns_one_peer(&error) => {
                    tracing::debug!(%error, "a connection ended before it was accepted");
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = sleep(PAUSE) => {}
                    }
                }
            },
        }
    }
    let options = options.now();
    let deadline = Instant::now() + options.grace.max(options.drain);
    if !outlives_us {
        // Those that the system has taken for us already are not refused either.
        sleep(LAST_CALL).await;
        for _ in 0..MOST_AT_LAST_CALL {
            match unconstrained(socket.next(&room)).now_or_never() {
                Some(Ok(accepted)) => spawn(&mut connections, &serving, accepted),
                Some(Err(_)) | None => break,
            }
        }
    }
    drop(socket);
    let all_ended = async {
        while let Some(ended) = connections.join_next().await {
            note_end(ended);
        }
    };
    if timeout_at(deadline, all_ended).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "calls were not finished in time and are cut off"
        );
        connections.shutdown().await;
    }
}

fn spawn(
    connections: &mut JoinSet<()>,
    serving: &Arc<Serving>,
    (accepted, permit): (Accepted, OwnedSemaphorePermit),
) {
    let serving = Arc::clone(serving);
    connections.spawn(async move {
        match accepted {
            Accepted::Tcp(stream, peer) => {
                // Answers are small, and their peers wait for them; without it they only come later.
                let _later = stream.set_nodelay(true);
                connection::run(stream, peer, &serving).await;
            }
            Accepted::Unix(stream) => connection::run(stream, Peer::Unix, &serving).await,
        }
        drop(permit);
    });
}

fn note_end(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!("serving a connection panicked");
    }
}

/// Errors of the connection that was to be accepted rather than of the listener.
fn concerns_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests;
