//! Listening sockets that the service manager opened and hands over.
//!
//! They stay open while one process ends and the next one starts, so that nobody who connects meanwhile is refused.

use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;

use anyhow::Context as _;
use listenfd::ListenFd;
use rustix::net::sockopt::socket_acceptconn;

use crate::http::{Listening, Socket};

/// What was handed over, by what is served there.
#[derive(Debug, Default)]
pub struct HandedOver {
    pub(super) http: Vec<Handed>,
    pub(super) ops: Vec<Handed>,
}

#[derive(Debug)]
pub(super) enum Handed {
    Tcp(TcpListener),
    Unix(UnixListener),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Http,
    Ops,
}

impl HandedOver {
    /// Takes what the environment tells of, once. To be called before there is a second thread, since it also takes
    /// the variables away.
    ///
    /// # Errors
    ///
    /// If one of them is no listening stream socket, or has a name that says nothing to us.
    pub fn take() -> Result<Self, anyhow::Error> {
        let ours =
            std::env::var("LISTEN_PID").is_ok_and(|pid| pid.parse() == Ok(std::process::id()));
        if !ours {
            return Ok(Self::default());
        }
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut found = ListenFd::from_env();
        let mut handed_over = Self::default();
        for index in 0..found.len() {
            let name = names.next().unwrap_or_default();
            let used = use_of(name).with_context(|| {
                format!(
                    "a socket was handed over under the name \"{name}\" (FileDescriptorName=); known are \"http\" and \"ops\""
                )
            })?;
            let handed = take_one(&mut found, index).with_context(|| {
                format!("the socket handed over as number {index} cannot be used")
            })?;
            match used {
                Use::Http => handed_over.http.push(handed),
                Use::Ops => handed_over.ops.push(handed),
            }
        }
        Ok(handed_over)
    }
}

fn take_one(found: &mut ListenFd, index: usize) -> io::Result<Handed> {
    let handed = match found.take_unix_listener(index) {
        Ok(Some(listener)) => Handed::Unix(listener),
        _ => match found.take_tcp_listener(index)? {
            Some(listener) => Handed::Tcp(listener),
            None => return Err(io::ErrorKind::NotFound.into()),
        },
    };
    let is_listening = match &handed {
        Handed::Tcp(listener) => socket_acceptconn(listener.as_fd())?,
        Handed::Unix(listener) => socket_acceptconn(listener.as_fd())?,
    };
    if is_listening {
        Ok(handed)
    } else {
        Err(io::Error::other(
            "nobody can connect to it; Accept=yes does not work here",
        ))
    }
}

/// The service manager names a socket that has no name of its own after its unit.
fn use_of(name: &str) -> Option<Use> {
    match name {
        "" | "unknown" | "http" => Some(Use::Http),
        "ops" => Some(Use::Ops),
        name if name.ends_with(".socket") => Some(Use::Http),
        _ => None,
    }
}

impl Handed {
    /// For a runtime.
    pub(super) fn listen(self) -> io::Result<Listening> {
        let socket = match self {
            Self::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                Socket::Tcp(tokio::net::TcpListener::from_std(listener)?)
            }
            Self::Unix(listener) => {
                listener.set_nonblocking(true)?;
                Socket::Unix(tokio::net::UnixListener::from_std(listener)?)
            }
        };
        Ok(Listening::handed_over(socket))
    }

    /// Where it listens.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Tcp(listener) => listener
                .local_addr()
                .map_or_else(|error| error.to_string(), |address| address.to_string()),
            Self::Unix(listener) => match listener.local_addr() {
                Ok(address) => address.as_pathname().map_or("unix:".to_owned(), |path| {
                    format!("unix:{}", path.display())
                }),
                Err(error) => error.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_without_a_name_of_its_own_is_the_http_listener() {
        for name in ["", "unknown", "http", "ticketbridge.socket"] {
            assert_eq!(use_of(name), Some(Use::Http), "{name}");
        }
        assert_eq!(use_of("ops"), Some(Use::Ops));
        for name in ["admin", "connection", "stored"] {
            assert_eq!(use_of(name), None, "{name}");
        }
    }
}
