//! The tasks of the peer: one that accepts, one for each connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::{Book, Play, Request, World};
use crate::http::{Connection, Response, Unreadable};

/// How the peer is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Nothing listens; open connections are closed.
    Refused,
    /// Every connection is reset.
    Reset,
    /// Every request is answered 503 and its work not done.
    Unavailable,
}

/// A change of the listener, and who waits for it to be in effect.
pub(crate) type Order = (Option<Outage>, oneshot::Sender<io::Result<()>>);

/// Serves until it is dropped, and all connections with it.
pub(crate) async fn listen<W: World>(
    listener: TcpListener,
    addr: SocketAddr,
    tls: Option<TlsAcceptor>,
    book: Arc<Book<W>>,
    mut orders: mpsc::Receiver<Order>,
) {
    let mut listener = Some(listener);
    let mut outage = None;
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = accept(listener.as_ref()) => match accepted {
                Ok(stream) if outage == Some(Outage::Reset) => {
                    stream.set_zero_linger().expect("an open socket takes the option");
                }
                Ok(stream) => {
                    connections.spawn(attend(stream, tls.clone(), Arc::clone(&book)));
                }
                // Out of descriptors: they come back as connections end.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some((next, done)) = orders.recv() => {
                outage = next;
                book.change(|world| world.set_unavailable(next == Some(Outage::Unavailable)));
                if matches!(next, Some(Outage::Refused | Outage::Reset)) {
                    connections.shutdown().await;
                }
                let set = if next == Some(Outage::Refused) {
                    listener = None;
                    Ok(())
                } else {
                    relisten(&mut listener, addr).await
                };
                // Whoever asked may have stopped waiting.
                done.send(set).unwrap_or_default();
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

async fn relisten(listener: &mut Option<TcpListener>, addr: SocketAddr) -> io::Result<()> {
    if listener.is_none() {
        *listener = Some(TcpListener::bind(addr).await?);
    }
    Ok(())
}

async fn attend<W: World>(stream: TcpStream, tls: Option<TlsAcceptor>, book: Arc<Book<W>>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => converse(Connection::new(stream), &book).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                converse(Connection::new(stream), &book).await;
            }
        }
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin, W: World>(
    mut connection: Connection<S>,
    book: &Book<W>,
) {
    loop {
        let (request, keep_alive) = match read(&mut connection).await {
            Ok(read) => read,
            Err(Unreadable::Gone) => return,
            Err(Unreadable::Malformed { status, reason }) => {
                book.change(|world| world.unreadable(&reason));
                let answer = Response::text(status, &reason).to_bytes("", false);
                if connection.send(&answer).await.is_ok() {
                    connection.close().await;
                }
                return;
            }
        };
        let method = request.method.clone();
        let play = book.change(|world| world.arrive(request));
        let Some(answer) = wait(play, &mut connection, book).await else {
            return;
        };
        let answer = answer.to_bytes(&method, keep_alive);
        if connection.send(&answer).await.is_err() {
            return;
        }
        if !keep_alive {
            return connection.close().await;
        }
    }
}

async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
) -> Result<(Request, bool), Unreadable> {
    let head = connection.read_head().await?;
    let body = connection.read_body(&head).await?;
    let keep_alive = head.keep_alive;
    Ok((Request::new(head, body), keep_alive))
}

/// Waits until a request can be answered; none if it never is.
async fn wait<S: AsyncRead + AsyncWrite + Unpin, W: World>(
    play: Play,
    connection: &mut Connection<S>,
    book: &Book<W>,
) -> Option<Response> {
    match play {
        Play::Answer(answer) => Some(answer),
        Play::Later(after, answer) => {
            sleep(after).await;
            Some(answer)
        }
        Play::Close => None,
        Play::CloseAndLand(after, place) => {
            // The client sees the end at once; only this task goes on.
            connection.shut().await;
            sleep(after).await;
            book.change(|world| world.land(place));
            None
        }
        Play::Hang(released, place, request) => {
            tokio::select! {
                released = released => released.ok()?,
                () = connection.ended() => {
                    book.change(|world| world.abandon(place));
                    return None;
                }
            }
            Some(book.change(|world| world.answer(place, &request)))
        }
    }
}
