//! The sockets that the daemon listens on.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use tokio::net::UnixListener;

use crate::http::Socket;
use crate::settings::{Listen, Settings};

pub(super) struct Listeners {
    pub(super) public: Socket,
    pub(super) ops: Option<Socket>,
    pub(super) admin: Socket,
}

/// Binds what the settings name; the admin socket is for the daemon's own user only. The caller holds the store's lock,
/// so that a socket that is there already is nobody's.
pub(super) fn bind(settings: &Settings) -> anyhow::Result<Listeners> {
    let admin = &settings.admin.socket;
    Ok(Listeners {
        public: listen(&settings.server.listen)?,
        ops: settings
            .server
            .ops_listen
            .as_ref()
            .map(listen)
            .transpose()?,
        admin: bind_unix(admin)
            .with_context(|| format!("cannot listen on the admin socket {}", admin.display()))?,
    })
}

fn listen(listen: &Listen) -> anyhow::Result<Socket> {
    let bound = match listen {
        Listen::Tcp(address) => std::net::TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(Socket::Tcp(tokio::net::TcpListener::from_std(listener)?))
        }),
        Listen::Unix(path) => bind_unix(path),
    };
    bound.with_context(|| format!("cannot listen on {}", shown(listen)))
}

fn bind_unix(path: &Path) -> io::Result<Socket> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(Socket::Unix(listener))
}

/// As in the configuration.
pub(super) fn shown(listen: &Listen) -> String {
    match listen {
        Listen::Tcp(address) => address.to_string(),
        Listen::Unix(path) => format!("unix:{}", path.display()),
    }
}
