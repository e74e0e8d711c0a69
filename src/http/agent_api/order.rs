//! What an agent does, as one event.

use super::fault::Fault;
use super::gate::Caller;
use crate::http::Bridge;
use crate::model::{AgentOrder, Happening};
use crate::plan::Answer;
use crate::store::Rank;

impl Caller {
    /// Commits what the agent does; a refusal is a fault.
    pub(super) async fn does(&self, bridge: &Bridge, order: AgentOrder) -> Result<Answer, Fault> {
        self.commit(bridge, Happening::Did(self.agent, order)).await
    }

    pub(super) async fn commit(&self, bridge: &Bridge, what: Happening) -> Result<Answer, Fault> {
        let event = bridge.event(what);
        match bridge.store.commit(event, Rank::Agent).await? {
            Answer::Refused(refusal) => Err(refusal.into()),
            answer => Ok(answer),
        }
    }

    /// What the agent did was answered as something else; a mistake of ours.
    pub(super) fn unexpected(&self) -> Fault {
        // The answer may hold text, so it is not logged.
        tracing::error!(agent = %self.agent, "what an agent did was answered in an unexpected way");
        Fault::internal()
    }
}
