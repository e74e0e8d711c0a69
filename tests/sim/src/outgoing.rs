//! A small HTTP/1.1 client side: given bytes are sent on a connection of their own, and the answer to them read.
//!
//! It owns connecting and reading; what is sent is the caller's, to the last byte. It follows no redirect and tries
//! nothing twice.

mod answer;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) use answer::Answer;

/// The longest answer that is read.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Whom to call, and how patiently.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Where to connect instead, whatever the host.
    pub(crate) at: Option<SocketAddr>,
    /// The certificates to trust, in PEM, if TLS is to be spoken.
    pub(crate) tls: Option<Vec<String>>,
    /// How long connecting, and each read and write, may take.
    pub(crate) patience: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("no connection: {0}")]
    Unreachable(io::Error),
    #[error("no connection in time")]
    ConnectTimedOut,
    #[error("no TLS: {0}")]
    Tls(String),
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection ended before the answer")]
    Ended,
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
}

/// Sends a request and reads the answer to it.
pub(crate) async fn ask(target: &Target, request: &[u8]) -> Result<Answer, Broken> {
    let mut stream = connect(target).await?;
    send(&mut stream, request, target.patience).await?;
    let mut read = Vec::new();
    loop {
        let more = timeout(target.patience, stream.read_buf(&mut read)).await;
        let at_end = match more {
            Err(_) => return Err(Broken::TimedOut),
            // One that ends without a farewell has ended.
            Ok(Ok(0) | Err(_)) => true,
            Ok(Ok(_)) => false,
        };
        if let Some(answer) = answer::read(&read, at_end)? {
            return Ok(answer);
        }
        if at_end {
            return Err(Broken::Ended);
        }
        if read.len() > MAX_ANSWER {
            return Err(Broken::NotHttp("it does not end".to_owned()));
        }
    }
}

/// Sends a request, and closes the connection.
pub(crate) async fn tell(target: &Target, request: &[u8]) -> Result<(), Broken> {
    let mut stream = connect(target).await?;
    send(&mut stream, request, target.patience).await
}

/// Either kind of connection.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn connect(target: &Target) -> Result<Box<dyn Stream>, Broken> {
    let connecting = async {
        match target.at {
            Some(addr) => TcpStream::connect(addr).await,
            None => TcpStream::connect((target.host.as_str(), target.port)).await,
        }
    };
    let stream = timeout(target.patience, connecting)
        .await
        .map_err(|_| Broken::ConnectTimedOut)?
        .map_err(Broken::Unreachable)?;
    let Some(trusted) = &target.tls else {
        return Ok(Box::new(stream));
    };
    let stream = timeout(target.patience, tls::secure(stream, &target.host, trusted))
        .await
        .map_err(|_| Broken::ConnectTimedOut)?
        .map_err(Broken::Tls)?;
    Ok(Box::new(stream))
}

async fn send(stream: &mut dyn Stream, request: &[u8], patience: Duration) -> Result<(), Broken> {
    let sending = async {
        stream.write_all(request).await?;
        stream.flush().await
    };
    timeout(patience, sending)
        .await
        .map_err(|_| Broken::TimedOut)?
        .map_err(|_| Broken::Ended)
}
