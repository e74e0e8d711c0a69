//! Delivers webhooks, one after another.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::World;
use super::hooks::{Delivery, Outcome};
use crate::peer::Book;

/// How long a receiver has; the documents do not say.
const PATIENCE: Duration = Duration::from_secs(10);

/// Delivers until it is dropped.
pub(crate) async fn deliver(book: Arc<Book<World>>) {
    loop {
        let mut next = |world: &mut World| world.hooks.next();
        let (place, address, delivery) = book.changes_mut(&mut next).await;
        let outcome = match timeout(PATIENCE, post(address, &delivery)).await {
            Ok(Ok(status)) => Outcome::Answered(status),
            Ok(Err(error)) => Outcome::Failed(error.to_string()),
            Err(_) => Outcome::Failed(format!("no answer within {PATIENCE:?}")),
        };
        book.change(|world| world.hooks.settle(place, outcome));
    }
}

async fn post(address: SocketAddr, delivery: &Delivery) -> io::Result<u16> {
    let url = Url::parse(&delivery.url).map_err(io::Error::other)?;
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = format!(
        "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         X-Qminder-Signature: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        delivery.signature,
        delivery.body.len(),
        delivery.body,
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n") {
        let byte = stream.read_u8().await?;
        answer.push(byte);
    }
    let line = String::from_utf8_lossy(&answer);
    line.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::other(format!("{line:?} is no status line")))
}
