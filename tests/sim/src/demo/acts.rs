//! A day at a helpdesk, in the order in which it happens.

mod answers;
mod begun_there;
mod follow_up;
mod morning;
mod outage;
mod visit;

use super::stage::{Mail, Stage};

const JANE: Mail<'_> = Mail {
    uid: "mail-1",
    parent: None,
    from: "Jane Eyre",
    address: "jane@example.com",
    text: "My printer is on fire.",
};
const TOM: Mail<'_> = Mail {
    uid: "mail-3",
    parent: None,
    from: "Tom Sawyer",
    address: "tom@example.com",
    text: "The fence wants paint.",
};

/// What Jane's ticket is called at each place.
#[derive(Debug)]
struct Jane {
    number: u64,
    visit: String,
    at_desk: u64,
}

pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    let jane = morning::play(stage).await?;
    answers::play(stage, &jane).await?;
    follow_up::play(stage, &jane).await?;
    visit::play(stage, &jane).await?;
    outage::play(stage, &jane).await?;
    begun_there::play(stage).await
}
