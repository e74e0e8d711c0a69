//! The sockets that the daemon listens on.

use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::net::UnixListener;

use crate::http::{Listening, Socket};
use crate::settings::{Listen, Settings};

mod handed_over;

pub use handed_over::HandedOver;

use handed_over::Handed;

/// As the TCP port, a Unix socket for HTTP is for everybody on the machine; its folder says who gets there.
const FOR_EVERYBODY: u32 = 0o666;
/// The operator's own.
const FOR_US_ALONE: u32 = 0o600;

pub(super) struct Listeners {
    pub(super) public: Vec<Listening>,
    /// Empty where operations are served with the rest.
    pub(super) ops: Vec<Listening>,
    pub(super) admin: Listening,
    /// Where HTTP is served, for people.
    pub(super) shown: String,
    pub(super) files: SocketFiles,
}

/// Files of sockets that nobody listens on after us.
#[derive(Debug, Default)]
pub(super) struct SocketFiles(Vec<PathBuf>);

impl SocketFiles {
    /// So that nobody takes them for a daemon's. The caller still holds the store's lock: they are no other process's.
    pub(super) fn remove(self) {
        for path in self.0 {
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "a socket's file is left behind");
            }
        }
    }
}

/// Takes what was handed over, and binds what else the settings name. The caller holds the store's lock, so that a socket
/// that is there already is nobody's.
pub(super) fn bind(settings: &Settings, handed_over: HandedOver) -> anyhow::Result<Listeners> {
    let (server, admin) = (&settings.server, &settings.admin.socket);
    let mut files = SocketFiles::default();
    let mut shown = Vec::new();
    let configured = Some(&server.listen);
    let public = all(
        "listen",
        handed_over.http,
        configured,
        &mut shown,
        &mut files,
    )?;
    let configured = server.ops_listen.as_ref();
    let ops = all(
        "ops_listen",
        handed_over.ops,
        configured,
        &mut Vec::new(),
        &mut files,
    )?;
    let socket = bind_unix(admin, FOR_US_ALONE)
        .with_context(|| format!("cannot listen on the admin socket {}", admin.display()))?;
    files.0.push(admin.clone());
    Ok(Listeners {
        public,
        ops,
        admin: socket.into(),
        shown: shown.join(" "),
        files,
    })
}

/// What was handed over wins over what is configured.
fn all(
    key: &str,
    handed_over: Vec<Handed>,
    configured: Option<&Listen>,
    shown: &mut Vec<String>,
    files: &mut SocketFiles,
) -> anyhow::Result<Vec<Listening>> {
    if handed_over.is_empty() {
        let Some(configured) = configured else {
            return Ok(Vec::new());
        };
        let socket = listen(configured)?;
        if let Listen::Unix(path) = configured {
            files.0.push(path.clone());
        }
        shown.push(self::shown(configured));
        return Ok(vec![socket.into()]);
    }
    let mut listening = Vec::new();
    for handed in handed_over {
        let place = handed.shown();
        tracing::info!(
            socket = place,
            "listening on a socket handed over, and not on `server.{key}`"
        );
        listening.push(handed.listen().context("cannot use a socket handed over")?);
        shown.push(place);
    }
    Ok(listening)
}

fn listen(listen: &Listen) -> anyhow::Result<Socket> {
    let bound = match listen {
        Listen::Tcp(address) => std::net::TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(Socket::Tcp(tokio::net::TcpListener::from_std(listener)?))
        }),
        Listen::Unix(path) => bind_unix(path, FOR_EVERYBODY),
    };
    bound.with_context(|| format!("cannot listen on {}", shown(listen)))
}

fn bind_unix(path: &Path, mode: u32) -> io::Result<Socket> {
    // Anything but a socket is somebody's, and makes binding fail.
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(Socket::Unix(listener))
}

/// As in the configuration.
fn shown(listen: &Listen) -> String {
    match listen {
        Listen::Tcp(address) => address.to_string(),
        Listen::Unix(path) => format!("unix:{}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_left_over_is_replaced_and_a_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        drop(bind_unix(&path, FOR_US_ALONE).unwrap());
        drop(bind_unix(&path, FOR_US_ALONE).unwrap());
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "mine").unwrap();
        assert!(bind_unix(&path, FOR_US_ALONE).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }

    #[tokio::test]
    async fn the_admin_socket_is_for_one_user_and_a_socket_for_http_is_for_all_who_get_to_its_folder()
     {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        drop(listen(&Listen::Unix(path.clone())).unwrap());
        assert_eq!(mode(), 0o666);
        drop(bind_unix(&path, FOR_US_ALONE).unwrap());
        assert_eq!(mode(), 0o600);
    }
}
