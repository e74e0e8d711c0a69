//! What is wrong with a ticket's way back, in the words of the other violations.

use respondo_client::Violation;

use crate::outbound::UrlFault;

const POINTER: &str = "/response_url";

fn violation(detail: impl Into<String>) -> Violation {
    Violation {
        pointer: POINTER.to_owned(),
        detail: detail.into(),
    }
}

/// A response URL that may not be called.
pub(super) fn response_url(fault: &UrlFault) -> Violation {
    violation(fault.to_string())
}

/// Neither a response URL nor a parent that could have one; said once.
pub(super) fn name_missing_way_back(found: &mut Vec<Violation>) {
    if found.iter().all(|violation| violation.pointer != POINTER) {
        found.push(violation("is missing"));
    }
}

/// No response URL, and no parent's serves.
pub(super) fn no_way_back(parent_named: bool, parent_known: bool) -> Violation {
    violation(match (parent_named, parent_known) {
        (_, true) => "is missing, and what parent_uid names has none",
        (true, false) => "is missing, and parent_uid names nothing known",
        (false, false) => "is missing",
    })
}
