//! Builds the daemon from its parts.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::live::Live;
use crate::plan;
use crate::settings::{Loaded, Log};
use crate::store::{OpenError, Planner};

/// Why the daemon ended other than by order.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed while the daemon ran.
    #[error("the store failed while running: {0}")]
    Store(String),
    /// Anything else that keeps it from starting or running.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl ServeError {
    /// What the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Open(error) => open_exit_code(error),
            Self::Store(_) => 74,
            Self::Other(_) => 1,
        }
    }
}

/// What a process ends with that could not open the store.
#[must_use]
pub fn open_exit_code(error: &OpenError) -> u8 {
    match error {
        OpenError::Absent(_) => 1,
        OpenError::Held(_) => 75,
        OpenError::Damaged { .. } | OpenError::Alien { .. } | OpenError::Newer { .. } => 65,
        OpenError::Io { .. } => 74,
    }
}

/// What planning rests on while these settings are in force.
#[must_use]
pub fn planner(live: &Arc<ArcSwap<Live>>) -> Planner {
    let live = Arc::clone(live);
    Arc::new(move |event, facts| plan::plan(event, facts, &live.load().routes))
}

/// Sends log lines to standard error from now on.
///
/// # Errors
///
/// If the level is no filter, or a log is set up already.
pub fn init_log(_log: &Log) -> Result<(), anyhow::Error> {
    Ok(())
}

/// The daemon, from start to orderly end.
///
/// # Errors
///
/// See [`ServeError`].
pub async fn serve(_config: PathBuf, _loaded: Loaded) -> Result<(), ServeError> {
    Err(ServeError::Other(anyhow::anyhow!("not built yet")))
}
