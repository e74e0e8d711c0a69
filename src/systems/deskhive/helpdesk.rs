//! One configured DeskHive system, ready to be called by all who have something to do with it: they share its key, and
//! so its gate.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use deskhive_client::{Answer, Call, Error, external};
use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::gates::KeyGate;
use crate::model::{Incarnation, Time};
use crate::systems::{Trouble, Turn, carried};

use super::access::{Access, Key};
use super::customers::KnownCustomers;
use super::fault::{Purpose, trouble};
use super::heard::Us;
use super::spelling::Spelling;
use super::ways::{HelpdeskWays, Terms};

/// One DeskHive system.
pub struct Helpdesk {
    ways: HelpdeskWays,
    gate: Arc<KeyGate>,
    clock: Arc<dyn Clock>,
    incarnation: Incarnation,
    /// The number of the agent whose key we have, once it is known.
    agent: OnceCell<u64>,
    /// How texts are spelled there, once anything was answered.
    spelling: OnceLock<Spelling>,
    customers: KnownCustomers,
    /// That something there cannot be read was said.
    has_warned: AtomicBool,
}

impl Helpdesk {
    /// A help desk whose calls pass `gate`, for the store of this incarnation.
    #[must_use]
    pub fn new(
        ways: HelpdeskWays,
        gate: Arc<KeyGate>,
        clock: Arc<dyn Clock>,
        incarnation: Incarnation,
    ) -> Self {
        Self {
            ways,
            gate,
            clock,
            incarnation,
            agent: OnceCell::new(),
            spelling: OnceLock::new(),
            customers: KnownCustomers::default(),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The system's id.
    pub fn system(&self) -> &str {
        &self.ways.system
    }

    /// The agent's way.
    pub(super) fn external(&self) -> Access<'_> {
        Access {
            client: &self.ways.external,
            key: Key::Agent,
        }
    }

    /// The installation's, if we have its key.
    pub(super) fn internal(&self) -> Option<Access<'_>> {
        Some(Access {
            client: self.ways.internal.as_ref()?,
            key: Key::Installation,
        })
    }

    /// Makes a call, once, when it is its turn. Only the first of several may have it already.
    pub(super) async fn ask<T>(
        &self,
        access: Access<'_>,
        call: &Call<T>,
        turn: &mut Turn,
    ) -> Result<Answer<T>, Error> {
        match std::mem::replace(turn, Turn::Waits) {
            Turn::Waits => self.gate.pass().await,
            Turn::Has => {}
        }
        let client = access.client.clone().with_headers(carried::headers());
        let answer = client.send(call).await;
        if let Ok(answer) = &answer {
            let software = answer.software.as_deref();
            self.spelling.get_or_init(|| Spelling::of(software));
        }
        let rate_limit = match &answer {
            Ok(answer) => Some(answer.rate_limit),
            Err(error) => error.refusal().map(|refusal| refusal.rate_limit),
        };
        if let Some(remaining) = rate_limit.and_then(|rate_limit| rate_limit.remaining) {
            self.gate.heed(remaining);
        }
        answer
    }

    pub(super) async fn wait_for_turn(&self) {
        self.gate.pass().await;
    }

    /// Whose messages may be ours. Where DeskHive does not say who we are, more of them may.
    pub(super) async fn us(&self, turn: &mut Turn) -> Us {
        let ask = async || {
            let answer = self.ask(self.external(), &external::profile(), turn).await;
            answer.map(|answer| answer.value.id)
        };
        Us {
            agent: self.agent.get_or_try_init(ask).await.ok().copied(),
            writes_as_user: self.ways.internal.is_some(),
        }
    }

    /// How texts are spelled there. Where nothing was answered yet, something is asked.
    pub(super) async fn spelling(&self, turn: &mut Turn) -> Spelling {
        if self.spelling.get().is_none() {
            self.us(turn).await;
        }
        self.known_spelling()
    }

    /// As if that had been heard already.
    #[cfg(test)]
    pub(super) fn speaks(self, spelling: Spelling) -> Self {
        self.spelling.get_or_init(|| spelling);
        self
    }

    /// The same, as far as it is known.
    pub(super) fn known_spelling(&self) -> Spelling {
        self.spelling.get().copied().unwrap_or(Spelling::Rich)
    }

    /// What an error means for whoever only asks.
    pub(super) fn trouble(&self, error: &Error, access: Access<'_>, purpose: Purpose) -> Trouble {
        trouble(error, purpose, access.key, self.now(), &[])
    }

    /// Says, once, that so much cannot be read.
    pub(super) fn warn_of_unreadable(&self, what: &'static str, count: usize) {
        if count > 0 && !self.has_warned.swap(true, Ordering::Relaxed) {
            let system = self.system();
            tracing::warn!(
                system,
                what,
                count,
                "some of what the system lists cannot be read and is left out; this is said once"
            );
        }
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Whether anything may be sent: else it is only looked at.
    pub(super) fn is_live(&self) -> bool {
        self.ways.is_live
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.ways.terms
    }

    pub(super) fn incarnation(&self) -> &Incarnation {
        &self.incarnation
    }

    pub(super) fn known_customers(&self) -> &KnownCustomers {
        &self.customers
    }
}
