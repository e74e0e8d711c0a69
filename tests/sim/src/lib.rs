//! Strict simulated peers for the tests of ticketbridge.
//!
//! A [`Receiver`] stands at the other end of response URLs: it judges what arrives against
//! the documented reply format, or misbehaves in one of the ways that receivers in the field
//! do, and keeps everything that it saw. [`verify_signature`] judges signed requests by the
//! Standard Webhooks specification.
//!
//! A [`DeskHive`] is the help desk of that name, whose API has to be asked again and again for what is new: it shows
//! what it has in whichever reading of the documents a test chooses, refuses what they refuse, and fails on request.
//!
//! A [`Qminder`] keeps a queue of visitors as the ticket system of that name does, refuses what its documents refuse, and
//! fails on request.
//!
//! A [`Respondo`] takes external tickets as the server of that name does, and its agents reply to them.
//!
//! A [`Collector`] takes traces, as collectors of OpenTelemetry do.
//!
//! A [`Zap`] sends external tickets, and sends them again, as Zapier does.
//!
//! A [`RudeSocket`] does not even come as far as HTTP, and a [`NameServer`] answers about names as a test says.
//!
//! Nothing here depends on the daemon, so that a mistake there cannot be repeated here.

mod clock;
pub mod collector;
pub mod deskhive;
mod http;
mod names;
mod outgoing;
mod peer;
pub mod qminder;
mod receiver;
pub mod respondo;
mod signature;
mod socket;
pub mod zapier;

pub use collector::Collector;
pub use deskhive::DeskHive;
pub use names::{Family, NameAnswer, NameServer};
pub use qminder::Qminder;
pub use receiver::{Behaviour, NeverCame, Received, Receiver, UnknownBehaviour, ZapierLimits};
pub use respondo::Respondo;
pub use signature::verify_signature;
pub use socket::{RudeSocket, Rudeness};
pub use zapier::Zap;
