//! How many files and connections may be open at a time.
//!
//! The store must never be without a descriptor: an error of its own ends the process. So connections wait before that.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::http::MOST_CONNECTIONS;

/// For the store, the runtime, the log, the listeners, and whoever looks after the daemon.
const RESERVED: u64 = 512;
/// Of these, connections to the admin socket, and to operations where they have a listener of their own.
pub(super) const FOR_OPERATORS: usize = 128;
/// Fewer would not be a service.
const FEWEST_CONNECTIONS: u64 = 64;

/// Lets this process have as many as it can use, if the system allows, and says how many connections leave enough for
/// `calls` at a time.
pub(super) fn connections_beside(calls: u32) -> usize {
    let most = MOST_CONNECTIONS as u64;
    let wanted = most + u64::from(calls) + RESERVED;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < wanted) {
        let before = limit.current;
        limit.current = Some(limit.maximum.map_or(wanted, |hard| hard.min(wanted)));
        if limit.current != before && setrlimit(Resource::Nofile, limit).is_err() {
            limit.current = before;
        }
    }
    let connections = share(limit.current, calls);
    if connections < MOST_CONNECTIONS {
        tracing::info!(
            connections,
            "the limit of open files bounds how many connections are served at a time"
        );
    }
    connections
}

fn share(files: Option<u64>, calls: u32) -> usize {
    let most = MOST_CONNECTIONS as u64;
    let Some(files) = files else {
        return MOST_CONNECTIONS;
    };
    let rest = files.saturating_sub(u64::from(calls) + RESERVED);
    let connections = rest.clamp(FEWEST_CONNECTIONS.min(files / 4).max(1), most);
    usize::try_from(connections).unwrap_or(MOST_CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_enough_for_the_store_and_calls() {
        for (files, calls, connections) in [
            (None, 512, MOST_CONNECTIONS),
            (Some(1_000_000), 512, MOST_CONNECTIONS),
            (Some(4096), 512, 3072),
            // What is too little for all is shared out all the same.
            (Some(1024), 512, 64),
            (Some(128), 512, 32),
            (Some(0), 512, 1),
        ] {
            assert_eq!(share(files, calls), connections, "{files:?}");
        }
    }
}
