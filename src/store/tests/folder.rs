//! Stores in temporary folders, and what is in those folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::model::{Event, ExternalTicket, Happening, Replied, Time};
use crate::plan::tests::world::{planner, routes};
use crate::plan::{Answer, Taken};
use crate::store::{Rank, Store, StoreOptions};

pub(super) const NOW: Time = Time::EPOCH;

pub(super) fn options(path: &Path) -> StoreOptions {
    StoreOptions {
        path: path.to_owned(),
        cache: 16 << 20,
        create: true,
        now: NOW,
        planner: planner(&Arc::new(Mutex::new(routes()))),
        observer: None,
        traces: None,
        sync_gate: None,
    }
}

pub(super) fn open(path: &Path) -> Store {
    Store::open(options(path)).unwrap()
}

pub(super) fn event(what: Happening) -> Event {
    Event {
        at: NOW,
        random: [0; 16],
        trace: None,
        what,
    }
}

pub(super) fn arrival(sent: ExternalTicket) -> Event {
    event(Happening::Arrived(Box::new(sent)))
}

pub(super) fn answer(reply: Replied) -> Event {
    event(Happening::Replied(reply))
}

pub(super) async fn arrives(store: &Store, sent: ExternalTicket) -> Taken {
    match store.commit(arrival(sent), Rank::Intake).await {
        Ok(Answer::Taken(taken)) => *taken,
        other => panic!("{other:?}"),
    }
}

/// Every file below `path`, with its bytes.
pub(super) fn contents(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            let below = contents(&entry.path());
            found.extend(
                below
                    .into_iter()
                    .map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            );
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// What a crash at this moment would leave: the files as they are, while the store goes on.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in contents(from) {
        let file = to.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}
