//! The way to the operator's interface: the daemon's admin socket, or, where no daemon runs, the same interface over
//! the store in this process.

mod offline;
mod socket;

use std::io;
use std::path::Path;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::{Clock, SystemClock};
use crate::http::admin::wire::Problem;
use crate::settings::{LoadOptions, Settings, load};
use crate::store::{Backup, OpenError, Store};

use super::failure::Failure;
use offline::Offline;
pub(super) use socket::Socket;
use socket::Streamed;

/// The way to the operator's interface.
pub(super) enum Transport {
    /// The daemon answers.
    Socket(Socket),
    /// This process does.
    InProcess(Offline),
}

/// What was answered.
pub(super) struct Answer {
    body: Bytes,
    /// How many there are in all, where a list says so.
    pub(super) total: Option<u64>,
}

impl Answer {
    /// As it came.
    pub(super) fn json(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Failure::Failed(anyhow::Error::new(error).context("cannot read the answer"))
        })
    }
}

/// A backup, as it arrives.
pub(super) enum Pieces {
    /// From the daemon.
    Socket(Streamed),
    /// From this process.
    Store(Backup),
}

impl Pieces {
    /// The next bytes; nothing after the last ones.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        match self {
            Self::Socket(streamed) => streamed.next().await,
            Self::Store(backup) => {
                let piece = backup.next().await?;
                Some(piece.map_err(Failure::Backup))
            }
        }
    }
}

impl Transport {
    /// With `calls`, this process would have to call systems itself, so that it needs the secrets of that
    /// configuration.
    pub(super) async fn open(settings: &Settings, calls: Option<&Path>) -> Result<Self, Failure> {
        let path = &settings.admin.socket;
        match Socket::reach(path, &settings.store.path).await {
            Ok(socket) => return Ok(Self::Socket(socket)),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let context = format!("cannot use the admin socket {}", path.display());
                return Err(Failure::Failed(anyhow::Error::new(error).context(context)));
            }
            Err(_) => {}
        }
        let opened = match calls {
            Some(config) => {
                let options = LoadOptions { open_files: true };
                let loaded = load(config, options).map_err(Failure::Configuration)?;
                Offline::open(&loaded.settings, true).await
            }
            None => Offline::open(settings, false).await,
        };
        match opened {
            Ok(offline) => Ok(Self::InProcess(offline)),
            Err(Failure::Store(OpenError::Held(store))) => Err(Failure::Unanswered {
                store,
                socket: path.clone(),
            }),
            Err(failure) => Err(failure),
        }
    }

    /// To a daemon that runs, and nothing else.
    pub(super) async fn to_daemon(settings: &Settings) -> Result<Self, Failure> {
        let path = &settings.admin.socket;
        let reached = Socket::reach(path, &settings.store.path).await;
        reached.map(Self::Socket).map_err(|error| {
            let context = format!("no daemon answers on the admin socket {}", path.display());
            Failure::Failed(anyhow::Error::new(error).context(context))
        })
    }

    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, Option<String>)],
    ) -> Result<Answer, Failure> {
        let mut asked = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in query {
            if let Some(value) = value {
                asked.append_pair(name, value);
            }
        }
        let target = format!("/admin/v1/{path}?{}", asked.finish());
        self.call(Method::GET, &target, Bytes::new()).await
    }

    pub(super) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer, Failure> {
        let body = serde_json::to_vec(body).map_err(|error| Failure::Failed(error.into()))?;
        let target = format!("/admin/v1/{path}");
        self.call(Method::POST, &target, body.into()).await
    }

    /// Begins a backup.
    pub(super) async fn backup(&self) -> Result<Pieces, Failure> {
        match self {
            Self::Socket(socket) => {
                let (head, pieces) = socket.stream("/admin/v1/store/backup").await?;
                if head.is_success() {
                    return Ok(Pieces::Socket(pieces));
                }
                let refusal = Response::builder().status(head).body(pieces.all().await?);
                match understood(refusal.map_err(|error| Failure::Failed(error.into()))?) {
                    Err(failure) => Err(failure),
                    Ok(_) => Err(unexplained(head)),
                }
            }
            Self::InProcess(offline) => {
                let now = SystemClock.now();
                Ok(Pieces::Store(offline.store().backup(now).await?))
            }
        }
    }

    /// The store, where this process has opened it.
    pub(super) fn store(&self) -> Option<&Store> {
        match self {
            Self::Socket(_) => None,
            Self::InProcess(offline) => Some(offline.store()),
        }
    }

    async fn call(&self, method: Method, target: &str, body: Bytes) -> Result<Answer, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", "ticketbridge")
            .header("content-type", "application/json")
            .body(body)
            .map_err(|error| Failure::Failed(error.into()))?;
        let response = match self {
            Self::Socket(socket) => socket.call(request).await?,
            Self::InProcess(offline) => offline.call(request).await?,
        };
        understood(response)
    }

    /// Closes what this process opened.
    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Socket(_) => Ok(()),
            Self::InProcess(offline) => offline.close().await,
        }
    }
}

fn understood(response: Response<Bytes>) -> Result<Answer, Failure> {
    let (head, body) = response.into_parts();
    if head.status.is_success() {
        let total = head.headers.get("x-total-count");
        return Ok(Answer {
            total: total.and_then(|total| total.to_str().ok()?.parse().ok()),
            body,
        });
    }
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(Failure::Refused(Box::new(problem))),
        Err(_) => Err(unexplained(head.status)),
    }
}

fn unexplained(status: StatusCode) -> Failure {
    Failure::Failed(anyhow::anyhow!(
        "the daemon answered {status} without a reason"
    ))
}

#[cfg(test)]
mod tests;
