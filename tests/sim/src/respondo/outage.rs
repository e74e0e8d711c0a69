//! How the server is out of reach.

use crate::peer;

/// How the peer is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Nothing listens; open connections are closed.
    Refused,
    /// Every connection is reset.
    Reset,
    /// Every request is answered 503 with a page, and its work not done.
    Maintenance,
}

impl From<Outage> for peer::Outage {
    fn from(outage: Outage) -> Self {
        match outage {
            Outage::Refused => Self::Refused,
            Outage::Reset => Self::Reset,
            Outage::Maintenance => Self::Unavailable,
        }
    }
}
