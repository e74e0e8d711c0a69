//! A ticket that begins in DeskHive's portal.

use crate::demo::ledger::Voice;
use crate::demo::scene::quoted;
use crate::demo::show::Place;
use crate::demo::stage::Stage;

const SUBJECT: &str = "Cannot log in";
const TEXT: &str = "It says 500.";
const QUESTION: &str = "Which browser?";
const REPLY: &str = "Any of them.";
const ANSWER: &str = "Please try again now.";

pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    stage.act("Evening. A ticket begins at DeskHive")?;
    let mary = stage.desk.customer("Mary Lennox", "mary@example.com");
    let there = stage.desk.customer_creates_ticket(mary, SUBJECT, TEXT)?;
    let words = format!(
        "Mary Lennox opens {} in the portal: {}",
        quoted(SUBJECT),
        quoted(TEXT)
    );
    stage.saw(Place::Support, words)?;
    let what = "our agent has the ticket from DeskHive";
    let has = async |agent: &crate::demo::agent::Agent| {
        let tickets = agent.tickets().await?;
        Ok(tickets.into_iter().find(|one| one.content.contains(TEXT)))
    };
    let ticket = stage.agent_sees(what, has).await?;
    let number = ticket.id;
    stage.ledger.open(number, "Mary Lennox");
    stage.ledger.say(number, Voice::Portal, &ticket.content);
    stage.ledger.is_at_desk(number, there);
    let words = format!("has it as ticket {number}: {}", quoted(&ticket.content));
    stage.saw(Place::Agent, words)?;
    stage.stands_in_line(number).await?;
    let at_hub = stage.hub_reads(&ticket.content).await?;
    stage.hub_replies(number, at_hub, QUESTION).await?;
    stage.desk_reads(there, QUESTION).await?;
    stage.desk.customer_replies(there, REPLY)?;
    stage.ledger.say(number, Voice::Portal, REPLY);
    stage.saw(
        Place::Support,
        format!("Mary Lennox answers there: {}", quoted(REPLY)),
    )?;
    stage.hub_reads(REPLY).await?;
    stage.agent_reads(number, REPLY).await?;
    stage.agent_replies(number, ANSWER).await?;
    stage.desk_reads(there, ANSWER).await?;
    stage.clerk_reads(number, ANSWER).await?;
    stage.desk.close(there)?;
    stage.saw(Place::Support, "an agent there closes it")?;
    stage.agent_sees_status(number, "closed").await
}
