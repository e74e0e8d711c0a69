//! What must be true in the end, as far as the steps decide it.

/// Who said something, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The customer, by a webhook.
    Webhook,
    /// One of our agents.
    Agent,
    /// Somebody at the helpdesk.
    Desk,
    /// The customer, at the helpdesk.
    DeskCustomer,
    /// An agent at the hub.
    Hub,
}

impl Origin {
    pub(super) fn is_customers(self) -> bool {
        matches!(self, Self::Webhook | Self::DeskCustomer)
    }

    /// Whether it stands in the helpdesk's thread by itself.
    pub(super) fn is_of_desk(self) -> bool {
        matches!(self, Self::Desk | Self::DeskCustomer)
    }
}

/// A ticket and all that was said in it, in public.
#[derive(Debug, Default)]
pub(super) struct Thread {
    /// What its customer is called.
    pub(super) name: String,
    /// Our number, once it is known.
    pub(super) number: Option<u64>,
    /// What the webhook calls it, if it began there.
    pub(super) uid: Option<String>,
    /// What it began with.
    pub(super) opening: String,
    /// What was said after that.
    pub(super) said: Vec<(Origin, String)>,
    /// Its number at the helpdesk, if it began there.
    pub(super) began_at_desk: Option<u64>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) threads: Vec<Thread>,
    /// Internal notes of our agents, which nobody else may read.
    pub(super) notes: Vec<String>,
    /// Internal notes at the helpdesk, which nobody outside may read.
    pub(super) desk_notes: Vec<String>,
    /// How often the daemon was killed.
    pub(super) kills: usize,
}
