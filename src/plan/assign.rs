//! Who gets a new ticket.

use crate::model::Assignee;

use super::draft::Draft;
use super::facts::Missing;
use super::outcome::Write;
use super::routes::AssignRule;

/// Chooses by the brand's rule among its active agents; without any, the ticket is for whoever comes.
pub(super) fn choose(draft: &mut Draft<'_>, brand: &str) -> Result<Assignee, Missing> {
    let agents = draft.routes.active_agents(brand);
    let rule = draft
        .routes
        .brands
        .get(brand)
        .map_or(AssignRule::All, |brand| brand.assign);
    if agents.is_empty() {
        return Ok(Assignee::All);
    }
    match rule {
        AssignRule::All => Ok(Assignee::All),
        AssignRule::RoundRobin => {
            let last = draft.facts.last_assigned(brand)?;
            let next = draft.routes.next_in_turn(brand, last).unwrap_or(agents[0]);
            draft.write(Write::LastAssigned(brand.to_owned(), next));
            Ok(Assignee::One(next))
        }
        AssignRule::LeastOpen => {
            let counts = draft.facts.open_counts(brand)?;
            let least = agents
                .iter()
                .min_by_key(|agent| counts.get(agent).copied().unwrap_or(0));
            Ok(least.map_or(Assignee::All, |agent| Assignee::One(*agent)))
        }
    }
}
