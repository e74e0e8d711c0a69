//! Which queues there are to watch.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::live::Live;
use crate::settings::SystemKind;

use super::report::Party;

/// A queue that is watched for all the systems that share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Queue {
    /// Those systems; the first is the one that is asked.
    pub(super) parties: Vec<Party>,
    /// Between two turns.
    pub(super) interval: Duration,
    /// What its tickets are.
    pub(super) holds: Holds,
}

/// What the tickets of a queue are, and so how they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Visits: those that are open are had with one question.
    Visits,
    /// Threads: they are only listed, page by page.
    Threads,
}

impl Queue {
    /// Whether tickets begun there become ours.
    pub(super) fn imports(&self) -> bool {
        self.parties.iter().any(|party| party.imports)
    }
}

/// All queues, by what planning calls them; that is not for people, since it tells a key from others.
pub(super) fn queues(live: &Live) -> BTreeMap<String, Queue> {
    let mut queues: BTreeMap<String, Queue> = BTreeMap::new();
    for system in live.settings.systems.values() {
        let (holds, interval) = match &system.kind {
            SystemKind::Qminder(qminder) => (Holds::Visits, qminder.poll_interval),
            SystemKind::DeskHive(deskhive) => (Holds::Threads, deskhive.poll_interval),
            SystemKind::Respondo(_) => continue,
        };
        let route = live.routes.systems.get(&system.id);
        let Some(route) = route else {
            continue;
        };
        let queue = queues.entry(route.queue.clone()).or_insert_with(|| Queue {
            parties: Vec::new(),
            interval,
            holds,
        });
        queue.interval = queue.interval.min(interval);
        queue.parties.push(Party {
            system: system.id.clone(),
            imports: route.import_to.is_some(),
        });
    }
    queues
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::loaded;

    fn desk(id: &str, line: u8, more: &str) -> String {
        format!(
            "[[systems]]\nid = \"{id}\"\nkind = \"qminder\"\nline = \"{line}\"\napi_key_file = \"k\"\n{more}\n"
        )
    }

    #[test]
    fn systems_of_one_queue_are_watched_together_as_often_as_any_of_them_asks_for() {
        let text = desk("a", 1, "poll_interval = \"90s\"")
            + &desk("b", 1, "poll_interval = \"30s\"")
            + &desk("c", 2, "");
        let live = Live::new(loaded(&text).settings);
        let queues: Vec<Queue> = queues(&live).into_values().collect();
        let shown: Vec<(Vec<&str>, u64)> = queues
            .iter()
            .map(|queue| {
                let parties = queue.parties.iter();
                let systems = parties.map(|party| party.system.as_str()).collect();
                (systems, queue.interval.as_secs())
            })
            .collect();
        assert_eq!(shown, [(vec!["a", "b"], 30), (vec!["c"], 60)]);
        assert!(!queues.iter().any(Queue::imports));
    }
}
