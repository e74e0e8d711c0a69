//! Passes and orders over a store in memory, and over random days.

mod days;
mod erased;
mod retired;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::clock::Clock;
use crate::model::{TicketId, Time};
use crate::plan::Retention;
use crate::plan::tests::world::{DAY, World};
use crate::store::{Absence, Page};

use super::pass::Pass;
use super::{Erasure, Receipt, Removed, Wanted};

/// A clock that goes by hand.
struct ByHand(Mutex<Time>);

impl Clock for ByHand {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

fn clock(world: &World) -> Arc<dyn Clock> {
    Arc::new(ByHand(Mutex::new(world.now)))
}

/// Closed tickets are kept for 30 days, the records of deliveries for 10, what was removed is known for 60.
fn rule() -> Retention {
    Retention {
        closed_tickets: Some(30 * DAY),
        deliveries: Some(10 * DAY),
        dedup_window: 60 * DAY,
    }
}

fn world() -> World {
    World::with(|routes| routes.retention = rule())
}

async fn pass(world: &mut World) -> Removed {
    world.pass(Duration::from_secs(1));
    let rule = world.routes.lock().unwrap().retention;
    let pass = Pass {
        store: &world.store,
        clock: &clock(world),
    };
    pass.go(rule).await.unwrap()
}

async fn erase(world: &mut World, author: &str, dry_run: bool) -> Receipt {
    world.pass(Duration::from_secs(1));
    let erasure = Erasure {
        store: world.store.clone(),
        clock: clock(world),
    };
    let wanted = Wanted {
        author: author.to_owned(),
        brand: None,
        dry_run,
    };
    erasure.erase(&wanted).await.unwrap()
}

async fn is_there(world: &World, ticket: TicketId) -> bool {
    world.store.ticket(ticket).await.unwrap().is_some()
}

async fn absence(world: &World, ticket: TicketId) -> Absence {
    world.store.absence(ticket).await.unwrap()
}

/// The kinds of rows that there are, and how many of each, but for the store's own.
fn kinds(world: &World) -> std::collections::BTreeMap<char, usize> {
    let mut kinds = std::collections::BTreeMap::new();
    for (key, _) in world.store.readable_rows() {
        if key[0] != b'M' {
            *kinds.entry(char::from(key[0])).or_insert(0) += 1;
        }
    }
    kinds
}

/// Whether any row says this, in its key or its value.
fn says(world: &World, words: &str) -> bool {
    let words = words.as_bytes();
    world.store.readable_rows().iter().any(|(key, value)| {
        memchr::memmem::find(key, words).is_some() || memchr::memmem::find(value, words).is_some()
    })
}

#[tokio::test]
async fn a_page_ends_where_what_comes_after_is_too_young() {
    let mut world = world();
    let old = world
        .arrives(crate::plan::tests::world::ticket("old"))
        .ticket;
    world.closes(old);
    world.pass(31 * DAY);
    for number in 0..600 {
        let young = crate::plan::tests::world::ticket(&format!("young-{number}"));
        world.arrives(young);
    }
    let until = world.now.minus(30 * DAY);
    let page = world
        .store
        .resting_tickets(TicketId(0), until)
        .await
        .unwrap();
    assert_eq!(
        page,
        Page {
            found: vec![old],
            next: None
        }
    );
}
