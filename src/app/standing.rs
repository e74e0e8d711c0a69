//! How the daemon stands, in a line for `systemctl status`: told anew only when it has changed.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::live::Live;
use crate::model::RESPONSE_URL;
use crate::room::Room;
use crate::store::{ReadError, Store};

/// Between two lines: under load, the numbers change with every ticket.
const PAUSE: Duration = Duration::from_secs(2);

/// What the line is made from.
#[derive(Clone)]
pub(super) struct Observed {
    pub(super) store: Store,
    pub(super) live: Arc<ArcSwap<Live>>,
    pub(super) room: Room,
    /// Whether the last reload was refused.
    pub(super) reload_refused: watch::Receiver<bool>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Line {
    low: bool,
    reload_refused: bool,
    pending: u64,
    dead_letters: u64,
    set_aside: u64,
    paused: Vec<String>,
}

impl Observed {
    /// The line as of now.
    pub(super) async fn line(&self) -> Result<String, ReadError> {
        Ok(self.look().await?.text())
    }

    async fn look(&self) -> Result<Line, ReadError> {
        let systems: Vec<String> = std::iter::once(RESPONSE_URL.to_owned())
            .chain(self.live.load().settings.systems.keys().cloned())
            .collect();
        let counts = self.store.counts(systems.clone()).await?;
        let lanes = self.store.system_lanes(systems).await?;
        let set_aside = self.store.set_aside().await?;
        let paused = lanes.into_iter().filter(|(_, lane)| lane.pause.is_some());
        Ok(Line {
            low: self.room.space().low,
            reload_refused: *self.reload_refused.borrow(),
            pending: counts.values().map(|count| count.pending).sum(),
            dead_letters: counts.values().map(|count| count.dead_letters).sum(),
            set_aside,
            paused: paused.map(|(system, _)| system).collect(),
        })
    }

    /// Tells each line that differs from the one before, beginning with what comes after `told`.
    pub(super) async fn keep_telling(mut self, mut told: String, tell: impl Fn(&str)) {
        let mut syncs = self.store.syncs();
        let mut room = self.room.watch();
        loop {
            let low = room.borrow_and_update().low;
            self.reload_refused.mark_unchanged();
            syncs.mark_unchanged();
            // A store that cannot be read fails, which is somebody else's to notice.
            if let Ok(line) = self.line().await
                && line != told
            {
                tell(&line);
                told = line;
            }
            sleep(PAUSE).await;
            let gone = tokio::select! {
                synced = syncs.changed() => synced.is_err(),
                gone = async { room.wait_for(|space| space.low != low).await.is_err() } => gone,
                reloaded = self.reload_refused.changed() => reloaded.is_err(),
            };
            if gone {
                return;
            }
        }
    }
}

impl Line {
    fn text(&self) -> String {
        let mut text = if self.low {
            "refusing tickets, the disk is low".to_owned()
        } else {
            "taking tickets".to_owned()
        };
        text += &format!("; {} pending", self.pending);
        text += &match self.dead_letters {
            1 => ", 1 dead letter".to_owned(),
            many => format!(", {many} dead letters"),
        };
        if self.set_aside > 0 {
            text += &format!(", {} set aside", self.set_aside);
        }
        if !self.paused.is_empty() {
            text += &format!("; paused: {}", self.paused.join(", "));
        }
        if self.reload_refused {
            text += "; the last reload was refused, see the log";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_somebody_may_have_to_act_on() {
        let quiet = Line::default();
        assert_eq!(quiet.text(), "taking tickets; 0 pending, 0 dead letters");
        let busy = Line {
            low: true,
            reload_refused: true,
            pending: 12,
            dead_letters: 1,
            set_aside: 2,
            paused: vec!["front-desk".to_owned(), "hub".to_owned()],
        };
        assert_eq!(
            busy.text(),
            "refusing tickets, the disk is low; 12 pending, 1 dead letter, 2 set aside; paused: front-desk, hub; the last reload was refused, see the log"
        );
    }
}
