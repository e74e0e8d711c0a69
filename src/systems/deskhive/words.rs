//! Statuses and priorities there and here.

use deskhive_client as there;

use crate::model as here;
use crate::model::Phase;

pub(super) fn phase(status: &there::Status) -> Option<Phase> {
    match status {
        there::Status::Open => Some(Phase::Waiting),
        there::Status::InProgress | there::Status::OnHold => Some(Phase::Attended),
        there::Status::Closed => Some(Phase::Ended),
        there::Status::Unknown(_) => None,
    }
}

pub(super) fn priority_from(priority: &there::Priority) -> Option<here::Priority> {
    match priority {
        there::Priority::Low => Some(here::Priority::Low),
        there::Priority::Medium => Some(here::Priority::Medium),
        there::Priority::High => Some(here::Priority::High),
        there::Priority::Critical => Some(here::Priority::Critical),
        there::Priority::Unknown(_) => None,
    }
}

pub(super) fn priority_to(priority: here::Priority) -> there::Priority {
    match priority {
        here::Priority::Low => there::Priority::Low,
        here::Priority::Medium => there::Priority::Medium,
        here::Priority::High => there::Priority::High,
        here::Priority::Critical => there::Priority::Critical,
    }
}

pub(super) fn status_to(status: here::Status) -> there::Status {
    match status {
        here::Status::Open => there::Status::Open,
        here::Status::InProgress => there::Status::InProgress,
        here::Status::OnHold => there::Status::OnHold,
        here::Status::Closed => there::Status::Closed,
    }
}
