//! Reading the threads of tickets that changed.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::Observation;

use super::backlog::Listed;
use super::{List, Trouble, Watcher, threads};
use crate::polling::watcher::look::Looked;

/// In a turn.
const MOST: usize = 20;
/// Times there have whole seconds: what is said so shortly after a change does not show as another one.
const SETTLES_IN: Duration = Duration::from_secs(3);

impl Watcher<List> {
    /// Reads what waits to be read, as much of it as a turn has room for.
    pub(super) async fn read_some(&mut self) -> Result<(), Trouble> {
        for _ in 0..MOST {
            // Whoever waits for an answer goes before those whose turn it merely is.
            self.look_where_asked().await?;
            let Some(listed) = self.round.backlog.take() else {
                break;
            };
            self.read(listed).await?;
        }
        Ok(())
    }

    async fn read(&mut self, listed: Listed) -> Result<(), Trouble> {
        let Listed { ticket, at } = listed;
        let found = threads(&self.with, self.system())?.thread(&ticket).await;
        let was_unclear = self.unclear.contains(&ticket.id);
        let looked = self
            .take_in(&ticket.id, found, Observation::Asked { at })
            .await;
        match looked {
            Ok(Looked::Clear) => {}
            Ok(Looked::InDoubt) => self.asked.again(ticket.id, 0),
            Ok(Looked::Unsettled) => self.asked.ask(ticket.id, Instant::now() + SETTLES_IN),
            Ok(Looked::Unclear) if was_unclear => {}
            Ok(Looked::Unclear) => self.asked.again(ticket.id, 0),
            Err(trouble) => {
                self.asked.ask(ticket.id, Instant::now());
                return Err(trouble);
            }
        }
        Ok(())
    }
}
