//! Systems where tickets are threads, which are listed page by page.

mod hints;
mod pages;
mod reading;
mod restart;
mod trouble;
mod turns;
mod unlisted;

use super::board::Board;
use super::world::{IMPORTS, World, helpdesk};

/// The only system, where others' tickets become ours.
fn importing() -> String {
    helpdesk("hive", "hive", IMPORTS)
}

/// Tickets there that are linked to ours, which nobody imports any more.
async fn linked(furnish: impl FnOnce(&Board)) -> World {
    let world = World::listing(&importing(), furnish);
    let all = world.board.there().tickets.len();
    world.board.after_turns(all.div_ceil(20).max(1)).await;
    assert_eq!(world.observed(), all);
    world.reload(&helpdesk("hive", "hive", ""));
    world.board.after_turns(1).await;
    world
}
