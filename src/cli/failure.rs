//! Why a command ends otherwise than it should, and with which code.

use std::path::PathBuf;

use crate::app::{ServeError, open_exit_code};
use crate::http::admin::wire::Problem;
use crate::settings::Problems;
use crate::store::{BackupError, FileError, OpenError, RestoreError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The configuration is bad.
    #[error("the configuration cannot be used:\n{0}")]
    Configuration(Problems),
    /// The service manager handed over sockets that cannot be used.
    #[error(transparent)]
    HandedOver(anyhow::Error),
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Another process has the store, and does not answer.
    #[error(
        "the store in {store} is held by another process, but nothing answers on the admin socket {socket}"
    )]
    Unanswered {
        /// The store.
        store: PathBuf,
        /// The admin socket.
        socket: PathBuf,
    },
    /// The store failed under this command.
    #[error("the store failed while running: {0}")]
    StoreFailed(String),
    /// The store turned out to be damaged under this command.
    #[error("the store is damaged, nothing in it was changed on purpose: {0}")]
    StoreDamaged(String),
    /// A file is no backup to go by.
    #[error("cannot use the backup {path}")]
    BackupFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: FileError,
    },
    /// There is no backup, or not to its end.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nothing was restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The daemon ended.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The order or question was refused.
    #[error("{}", faults(.0))]
    Refused(Box<Problem>),
    /// It was reported already.
    #[error("")]
    Reported(u8),
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl Failure {
    /// What failed, and why, down to the first cause.
    pub(super) fn words(&self) -> String {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words.extend([": ".to_owned(), error.to_string()]);
            cause = error.source();
        }
        words
    }

    /// What the process ends with.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Configuration(_) | Self::HandedOver(_) => 78,
            Self::Store(error) => open_exit_code(error),
            Self::Unanswered { .. } => 75,
            Self::StoreFailed(_) => 74,
            Self::StoreDamaged(_) => 65,
            Self::BackupFile { source, .. } => file_exit_code(source),
            Self::Backup(BackupError::Failed(_)) => 74,
            Self::Backup(BackupError::UnderWay | BackupError::TooSlow) => 1,
            Self::Restore(error) => match error {
                RestoreError::Occupied(_) => 1,
                RestoreError::File { source, .. } => file_exit_code(source),
                RestoreError::Unsound(_) => 65,
                RestoreError::Open(error) => open_exit_code(error),
            },
            Self::Serve(error) => error.exit_code(),
            Self::Reported(code) => *code,
            Self::Refused(_) | Self::Failed(_) => 1,
        }
    }
}

fn file_exit_code(error: &FileError) -> u8 {
    match error {
        FileError::Alien
        | FileError::NewerFormat { .. }
        | FileError::NewerLayout { .. }
        | FileError::OlderLayout { .. }
        | FileError::CutOff { .. }
        | FileError::Damaged { .. } => 65,
        FileError::Io(_) => 1,
    }
}

fn faults(problem: &Problem) -> String {
    if problem.errors.is_empty() {
        return problem.detail.clone();
    }
    let faults: Vec<String> = problem
        .errors
        .iter()
        .map(|fault| {
            let name = fault.pointer.trim_start_matches('/').replace('/', " ");
            format!("{name} {}", fault.detail).trim().to_owned()
        })
        .collect();
    faults.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem() -> Problem {
        serde_json::from_value(serde_json::json!({
            "type": "about:blank", "title": "Unprocessable Content", "status": 422, "detail": "/url is bad",
            "error": "/url is bad", "errors": [{"pointer": "/url", "detail": "must begin with https://"}],
        }))
        .unwrap()
    }

    #[test]
    fn every_failure_has_its_code() {
        let path = PathBuf::from("state");
        let damaged = || OpenError::Damaged {
            path: path.clone(),
            what: "cut off".to_owned(),
        };
        let alien = OpenError::Alien {
            path: path.clone(),
            what: "letters".to_owned(),
        };
        let newer = OpenError::Newer {
            path: path.clone(),
            found: 9,
        };
        for (failure, code) in [
            (Failure::Failed(anyhow::anyhow!("no")), 1),
            (Failure::Refused(Box::new(problem())), 1),
            (Failure::Store(OpenError::Absent(path.clone())), 1),
            (Failure::Store(damaged()), 65),
            (Failure::Store(alien), 65),
            (Failure::Store(newer), 65),
            (Failure::Serve(ServeError::Open(damaged())), 65),
            (
                Failure::Serve(ServeError::Damaged("cut off".to_owned())),
                65,
            ),
            (Failure::StoreDamaged("cut off".to_owned()), 65),
            (Failure::StoreFailed("full".to_owned()), 74),
            (Failure::Store(OpenError::Held(path.clone())), 75),
            (
                Failure::Unanswered {
                    store: path.clone(),
                    socket: path.join("admin.sock"),
                },
                75,
            ),
            (Failure::Configuration(Problems(Vec::new())), 78),
            (Failure::HandedOver(anyhow::anyhow!("no socket")), 78),
            (Failure::Reported(78), 78),
        ] {
            assert_eq!(failure.exit_code(), code, "{failure:?}");
        }
    }

    #[test]
    fn a_refusal_names_each_fault() {
        assert_eq!(
            Failure::Refused(Box::new(problem())).to_string(),
            "url must begin with https://"
        );
    }

    #[test]
    fn an_absent_store_says_where_it_was_looked_for() {
        let failure = Failure::Store(OpenError::Absent(PathBuf::from("/var/lib/x")));
        assert!(failure.to_string().contains("/var/lib/x"), "{failure}");
    }
    #[test]
    fn every_cause_is_told_once() {
        let taken = || std::io::Error::other("the address is taken");
        let listening = anyhow::Error::new(taken()).context("cannot listen");
        for (failure, words) in [
            (
                Failure::Serve(ServeError::Other(listening)),
                "cannot listen: the address is taken",
            ),
            (
                Failure::Failed(anyhow::Error::new(taken()).context("cannot start")),
                "cannot start: the address is taken",
            ),
            (
                Failure::Store(OpenError::Io {
                    path: PathBuf::from("s"),
                    source: taken(),
                }),
                "cannot open the store in s: the address is taken",
            ),
            (
                Failure::StoreFailed("full".to_owned()),
                "the store failed while running: full",
            ),
        ] {
            assert_eq!(failure.words(), words);
        }
    }
}
