//! What a system has of a ticket, and what is seen of it there.

use serde::{Deserialize, Serialize};

use super::{Delivery, DeliveryId, Fate, MessageId, Priority, Time, Visibility};

/// The knowledge that a system's ticket is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The configured system.
    pub system: String,
    /// Where it stands.
    pub state: LinkState,
    /// The system's id for its ticket, once it has one.
    pub remote: Option<String>,
    /// Since when it is linked, or to be.
    pub since: Time,
    /// The status there, as the system spells it, when it was last seen.
    pub status: String,
    /// The newest time, by the system's clock, that was seen on its ticket.
    pub changed_at: Option<Time>,
    /// When what is known of it was asked for or told, by our clock.
    pub seen_at: Time,
    /// The delivery that last was to replace what is shown there.
    pub record: Option<DeliveryId>,
    /// Labels that we put there.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Who it is assigned to there, by the system's id.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Whether a telephone number is known there; so it is taken to be until it is seen that there is none.
    #[serde(default = "reachable")]
    pub reachable: bool,
    /// Fingerprints of the messages that were seen there, newest last.
    #[serde(default)]
    pub heard: Vec<String>,
    /// Of messages that have numbers there, those up to this one were seen, too.
    #[serde(default)]
    pub heard_to: u64,
    /// What we sent there, and will see there, too.
    #[serde(default)]
    pub said: Vec<Said>,
    /// The messages of ours up to this one are there, or on their way, or have nothing to seek there; where they are
    /// brought one by one.
    #[serde(default)]
    pub told: MessageId,
    /// Messages before that one which are to be brought there after all: they were called off while the ticket there
    /// was out of sight.
    #[serde(default)]
    pub untold: Vec<MessageId>,
    /// Messages which say something else since they were brought there, without its having been told.
    #[serde(default)]
    pub unedited: Vec<MessageId>,
    /// How urgent it is there, as far as that is known.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Tickets there that were made for ours by calls whose answers were lost, beside the linked one.
    #[serde(default)]
    pub surplus: Vec<String>,
    /// The system's ticket that stood for ours before this one: what is still to be sent goes there until this one is
    /// made.
    #[serde(default)]
    pub earlier: Option<String>,
    /// It is known to be over, and what was said there last has not been asked for.
    #[serde(default)]
    pub unheard: bool,
    /// The same of the one before it.
    #[serde(default)]
    pub earlier_unheard: bool,
    /// We asked for it to be taken out of the queue.
    #[serde(default)]
    pub leaving: bool,
    /// A person wants no ticket there: what was to make it was called off.
    #[serde(default)]
    pub given_up: bool,
    /// What it has and we have no place for: name and value.
    #[serde(default)]
    pub details: Vec<(String, String)>,
    /// What of it is not here, or not as it is there: pointers into the system's ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fates: Vec<Fate>,
}

/// What we sent to a system, to be seen there by people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// By this delivery.
    pub delivery: DeliveryId,
    /// The fingerprint of its text.
    pub text: String,
    /// Until when the same text is taken for ours; `None` while its outcome is open.
    pub until: Option<Time>,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// This delivery is to make the ticket there.
    Wanted(DeliveryId),
    /// It waits there for somebody's attention.
    Waiting,
    /// Somebody there attends to it.
    Attended,
    /// It is over there.
    Ended,
    /// It was deleted there. Nothing is sent to it any more.
    Gone,
}

fn reachable() -> bool {
    true
}

impl Link {
    /// One that a delivery is to make.
    pub fn wanted(system: &str, by: DeliveryId, now: Time) -> Self {
        Self {
            system: system.to_owned(),
            state: LinkState::Wanted(by),
            remote: None,
            since: now,
            status: String::new(),
            changed_at: None,
            seen_at: now,
            record: None,
            labels: Vec::new(),
            assignee: None,
            reachable: true,
            heard: Vec::new(),
            heard_to: 0,
            said: Vec::new(),
            told: MessageId(0),
            untold: Vec::new(),
            unedited: Vec::new(),
            priority: None,
            surplus: Vec::new(),
            earlier: None,
            unheard: false,
            earlier_unheard: false,
            leaving: false,
            given_up: false,
            details: Vec::new(),
            fates: Vec::new(),
        }
    }

    /// The highest number of a message there that was seen.
    pub fn newest_heard(&self) -> u64 {
        let numbers = self.heard.iter().filter_map(|name| name.parse().ok());
        numbers.fold(self.heard_to, u64::max)
    }

    /// Whether `delivery` goes by a ticket at this system that another delivery was to make, and has not made.
    pub fn is_unmade_for(&self, delivery: &Delivery) -> bool {
        let is_wanted = match self.state {
            LinkState::Wanted(by) => by != delivery.id,
            LinkState::Waiting | LinkState::Attended | LinkState::Ended | LinkState::Gone => false,
        };
        is_wanted
            && self.system == delivery.system
            && self.remote.is_none()
            && self.earlier.is_none()
            && delivery.command.goes_by_link()
    }

    /// Whether its ticket can still change there by itself.
    pub fn is_open(&self) -> bool {
        matches!(self.state, LinkState::Waiting | LinkState::Attended)
    }

    /// The system's ticket from which there may be something to learn. What is left to hear of an earlier one goes
    /// first: the other is among those that wait there.
    pub fn followed(&self) -> Option<&str> {
        let earlier = self.earlier.as_deref().filter(|_| self.earlier_unheard);
        let is_followed = self.is_open() || (self.state == LinkState::Ended && self.unheard);
        earlier.or_else(|| self.remote.as_deref().filter(|_| is_followed))
    }
}

/// What was seen of a ticket at a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Which system.
    pub system: String,
    /// How.
    pub by: Observation,
    /// The ticket.
    pub remote: RemoteTicket,
}

/// How something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observation {
    /// The system told it, nobody knows how late.
    Told,
    /// It was asked for.
    Asked {
        /// When the question was sent.
        at: Time,
    },
}

/// A system's ticket, in words that are no system's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteTicket {
    /// Its id there.
    pub id: String,
    /// Its status, as it is spelled there.
    pub status: String,
    /// What that means; `None` for a status that is not known.
    pub phase: Option<Phase>,
    /// Who made it.
    pub made_by: Maker,
    /// The newest time that it carries.
    pub changed_at: Option<Time>,
    /// When it was made there.
    pub created_at: Option<Time>,
    /// When it ended there, if it did and says so by itself; by our clock, as far as the difference is known.
    pub ended_at: Option<Time>,
    /// Who it is assigned to, by the id there.
    pub assignee: Option<String>,
    /// How urgent it is, where it says so in words that are known.
    pub priority: Option<Priority>,
    /// What its labels are called, where it has labels that stand for ours.
    pub labels: Option<Vec<String>>,
    /// Whose it is.
    pub person: Person,
    /// What a ticket here says that begins with it.
    pub opening: String,
    /// What it has and we have no place for: name and value.
    pub details: Vec<(String, String)>,
    /// What of it is neither of these, or only its beginning: pointers into it, at most [`Fate::MOST_KEPT`] of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fates: Vec<Fate>,
    /// What was said there, in order; `None` where it was not asked for.
    pub messages: Option<Vec<RemoteMessage>>,
    /// It changed so shortly before the answer that there may be messages which the answer has not got yet.
    pub unsettled: bool,
}

/// Where a system's ticket stands, in the order in which that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// For attention.
    Waiting,
    /// Somebody attends to it.
    Attended,
    /// It is over.
    Ended,
}

/// Who made a system's ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// Somebody there.
    Somebody,
    /// We did, with this delivery.
    Us(DeliveryId),
    /// A bridge that is not us, or no longer.
    OtherBridge,
}

/// Somebody at a system, as far as it tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What people see.
    pub name: String,
    /// An address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
}

/// What somebody said at a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteMessage {
    /// Its number there, where messages have one; later ones have higher numbers.
    pub number: Option<u64>,
    /// When, by the system's clock.
    pub at: Time,
    /// Who said it.
    pub from: RemoteSender,
    /// What, as plain text.
    pub text: String,
    /// Whether the customer may see it.
    pub visibility: Visibility,
}

/// Who said something at a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteSender {
    /// The customer.
    Customer,
    /// Somebody who works there.
    Colleague {
        /// Their id there.
        id: String,
        /// What people see, if that is told.
        name: Option<String>,
        /// Whether it is the account in whose name we write, so that it may have been us.
        may_be_us: bool,
    },
    /// The system by itself.
    Automatic,
}
