//! What is kept no longer: finished work whose time is up, in the background, and a person who wants to be forgotten, by
//! order.
//!
//! Each step is an event, decided by planning and written in the writer's last rank, so that nobody waits for it. What is
//! to be removed is found anew each time: tickets and deliveries are numbered as they come, so that what is old enough
//! stands at the beginning, and the search ends at the first one that came too late. Nothing is remembered over a restart;
//! each step may be repeated.

mod erase;
mod pace;
mod pass;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::clock::Clock;
use crate::model::Happening;
use crate::plan::Answer;
use crate::store::{CommitError, Rank, ReadError, Store};

pub use erase::{CalledOff, Erasure, Receipt, RemoteTicket, Wanted};
pub use pass::{Removed, Retaining};

/// Why no more could be removed for now.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// A question was not answered.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A step could not be stored.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It is done.
    Done,
    /// The same step has more to do.
    More,
    /// There was nothing to do, or not yet.
    Nothing,
}

/// Commits one step; waits while the writer has too much to do.
async fn step(store: &Store, clock: &Arc<dyn Clock>, what: Happening) -> Result<Step, CommitError> {
    loop {
        match store
            .commit(clock.event(what.clone()), Rank::Background)
            .await
        {
            Ok(Answer::Tidied { more: true }) => return Ok(Step::More),
            Ok(Answer::Tidied { more: false }) => return Ok(Step::Done),
            Ok(_) => return Ok(Step::Nothing),
            Err(CommitError::Full) => tokio::time::sleep(pace::WHEN_FULL).await,
            Err(error) => return Err(error),
        }
    }
}
