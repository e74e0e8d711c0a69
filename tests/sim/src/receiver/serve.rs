//! The tasks of a receiver: one that accepts, and one for each connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::book::Book;
use super::decide::{Among, Ending, Play, Request, Then};
use crate::http::{Connection, Response, Unreadable};

/// Serves until it is dropped, and all connections with it.
pub(crate) async fn listen(listener: TcpListener, book: Arc<Book>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    book.accepted(stream.local_addr().ok());
                    connections.spawn(attend(stream, Arc::clone(&book)));
                }
                // Out of descriptors: they come back as connections end.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn attend(stream: TcpStream, book: Arc<Book>) {
    // Without it a drip would be gathered up; an answer goes out without it as well.
    if stream.set_nodelay(true).is_ok() {
        converse(Connection::new(stream), &book).await;
    }
    book.closed();
}

async fn converse(mut connection: Connection, book: &Book) {
    loop {
        let request = match read(&mut connection, book).await {
            Ok(request) => request,
            Err(Unreadable::Gone) => return,
            Err(Unreadable::Malformed { status, reason }) => {
                let answer = Response::text(status, &reason).to_bytes("", false);
                book.malformed(status, reason);
                if connection.send(&answer).await.is_ok() {
                    connection.close().await;
                }
                return;
            }
        };
        let (method, keep_alive) = (request.head.method.clone(), request.head.keep_alive);
        let (seq, play) = book.arrive(request);
        let answer = match play {
            Play::Answer(answer) => answer,
            Play::Later { after, answer } => {
                if !wait(&connection, sleep(after)).await {
                    return book.end(seq, None);
                }
                book.end(seq, Some(answer.status));
                answer
            }
            Play::Held { released, answer } => {
                if !wait(&connection, release(released)).await {
                    return book.end(seq, None);
                }
                book.end(seq, Some(answer.status));
                answer
            }
            Play::Hang => {
                connection.gone().await;
                return book.end(seq, None);
            }
            Play::Drip { head, every, .. } => {
                drip(&mut connection, &head, every).await;
                return book.end(seq, None);
            }
            Play::Flood { head, again, .. } => {
                // It ends only with the connection, so there is no other result.
                flood(&mut connection, &head, &again)
                    .await
                    .unwrap_or_default();
                return book.end(seq, None);
            }
            Play::Among(answer, among) => {
                let answer = answer.to_bytes(&method, keep_alive);
                match surround(connection, &answer, among).await {
                    Some(kept) if keep_alive => {
                        connection = kept;
                        continue;
                    }
                    Some(kept) => return kept.close().await,
                    None => return,
                }
            }
            Play::Send { bytes, ending, .. } => {
                return leave(connection, &bytes, ending).await;
            }
        };
        if connection
            .send(&answer.to_bytes(&method, keep_alive))
            .await
            .is_err()
        {
            return;
        }
        if !keep_alive {
            return connection.close().await;
        }
    }
}

async fn read(connection: &mut Connection, book: &Book) -> Result<Request, Unreadable> {
    let head = connection.read_head().await?;
    let body = if book.stops_at_head(&head.target) {
        Vec::new()
    } else {
        connection.read_body(&head).await?
    };
    Ok(Request { head, body })
}

async fn release(released: oneshot::Receiver<()>) {
    if released.await.is_err() {
        // The queue is kept as long as the receiver, so this is its end.
        std::future::pending().await
    }
}

/// Waits; false if the client was gone before the wait was over.
async fn wait(connection: &Connection, over: impl Future<Output = ()>) -> bool {
    tokio::select! {
        biased;
        () = over => true,
        () = connection.gone() => false,
    }
}

async fn drip(connection: &mut Connection, head: &[u8], every: Duration) {
    if connection.send(head).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            () = sleep(every) => {
                if connection.send(b"a").await.is_err() {
                    return;
                }
            }
            () = connection.gone() => return,
        }
    }
}

async fn flood(connection: &mut Connection, head: &[u8], again: &[u8]) -> io::Result<()> {
    connection.send(head).await?;
    loop {
        connection.send(again).await?;
    }
}

/// Sends an answer and what stands around it; the connection, if it goes on.
async fn surround(mut connection: Connection, answer: &[u8], among: Among) -> Option<Connection> {
    let together = among.after.is_zero();
    let mut bytes = among.before;
    bytes.extend_from_slice(answer);
    if together {
        bytes.extend_from_slice(&among.more);
    }
    connection.send(&bytes).await.ok()?;
    if !together && wait(&connection, sleep(among.after)).await {
        connection.send(&among.more).await.ok()?;
    }
    match among.then {
        Then::Keep => Some(connection),
        Then::Close => {
            connection.close().await;
            None
        }
        Then::ResetAtNext => {
            if connection.read_head().await.is_ok() {
                connection.reset().expect("an open socket takes the option");
            }
            None
        }
    }
}

async fn leave(mut connection: Connection, bytes: &[u8], ending: Ending) {
    if connection.send(bytes).await.is_err() {
        return;
    }
    match ending {
        Ending::Close => connection.close().await,
        Ending::Unread => connection.gone().await,
        Ending::Reset => connection.reset().expect("an open socket takes the option"),
    }
}
