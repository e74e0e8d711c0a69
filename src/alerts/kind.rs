//! What there are alerts about, and how people are told of it.

use super::gather::State;

/// What an alert is about, as `alerts.events` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A delivery was given up on.
    DeadLetter,
    /// A system keeps its queue because of a trouble that is not the deliveries' own.
    Paused,
    /// A destination is left alone after too many failures in a row.
    Breaker,
    /// A ticket is not mirrored any more, because it changed implausibly often.
    Loop,
    /// The store's disk has too little room, and intake is refused.
    Disk,
    /// The store failed, and the daemon ends.
    Store,
}

impl Kind {
    /// As it is spelled in the settings and in what is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeadLetter => "dead-letter",
            Self::Paused => "paused",
            Self::Breaker => "breaker",
            Self::Loop => "loop",
            Self::Disk => "disk",
            Self::Store => "store",
        }
    }

    /// Whether its end is told as well.
    pub(super) const fn ends(self) -> bool {
        match self {
            Self::Paused | Self::Breaker | Self::Loop | Self::Disk => true,
            Self::DeadLetter | Self::Store => false,
        }
    }

    /// What happened, that many times, and what to do about it.
    pub(super) fn told(self, state: State, times: u64) -> String {
        let one = times == 1;
        match (self, state) {
            (Self::DeadLetter, _) => {
                let what = if one {
                    "a delivery was given up on".to_owned()
                } else {
                    format!("{times} deliveries were given up on")
                };
                format!("{what}: see `ticketbridge dead-letters list`")
            }
            (Self::Paused, State::Begun) => {
                let what = if one {
                    "a system is paused and keeps its queue".to_owned()
                } else {
                    format!("systems were paused {times} times and keep their queues")
                };
                format!("{what}: see `ticketbridge systems list`")
            }
            (Self::Paused, State::Over) if one => "a paused system goes on".to_owned(),
            (Self::Paused, State::Over) => format!("paused systems went on {times} times"),
            (Self::Breaker, State::Begun) => {
                let what = if one {
                    "a destination is left alone for a while".to_owned()
                } else {
                    format!("destinations were left alone {times} times")
                };
                format!("{what}, after too many failures in a row: see `ticketbridge lanes list`")
            }
            (Self::Breaker, State::Over) if one => {
                "a destination that was left alone takes calls again".to_owned()
            }
            (Self::Breaker, State::Over) => {
                format!("destinations that were left alone took calls again {times} times")
            }
            (Self::Loop, State::Begun) => {
                let what = if one {
                    "a ticket is not mirrored any more".to_owned()
                } else {
                    format!("{times} tickets are not mirrored any more")
                };
                format!(
                    "{what}, because of implausibly many changes: find out which systems answer each other, then \
                     `ticketbridge tickets release ID`"
                )
            }
            (Self::Loop, State::Over) if one => "a ticket is mirrored again".to_owned(),
            (Self::Loop, State::Over) => format!("{times} tickets are mirrored again"),
            (Self::Disk, State::Begun) => {
                "the store's disk is low and tickets are refused: make room".to_owned()
            }
            (Self::Disk, State::Over) => {
                "the store's disk has room again and tickets are taken".to_owned()
            }
            (Self::Store, _) => {
                "the store failed and the daemon ends: see its log, and whether it is started again"
                    .to_owned()
            }
        }
    }
}
