//! What every refusal of a ticket keeps to, whatever was sent.

use std::collections::HashSet;

use respondo_client::Violation;
use respondo_client::inbound::MAX_VIOLATIONS;
use serde_json::Value;

/// Longer sentences would repeat what was sent.
const LONGEST_DETAIL: usize = 300;

/// Asserts that there is something to complain of, not too much, each once, and each at a place.
pub fn check_violations(found: &[Violation]) {
    assert!(!found.is_empty() && found.len() <= MAX_VIOLATIONS + 1);
    let mut seen = HashSet::new();
    for violation in found {
        check_pointer(&violation.pointer);
        check_detail(&violation.detail);
        let known = seen.insert((&violation.pointer, &violation.detail));
        assert!(known, "twice: {violation:?}");
    }
}

/// Asserts that each complaint stands at something in `document`, or at what is missing there.
pub fn check_places(found: &[Violation], document: &Value) {
    for Violation { pointer, detail } in found {
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_there = if detail == "is missing" {
            document.pointer(parent).is_some_and(Value::is_object)
                && document.pointer(pointer).is_none()
        } else {
            document.pointer(pointer).is_some()
        };
        assert!(is_there, "{pointer} {detail}");
    }
}

/// Asserts that it is a JSON pointer.
pub fn check_pointer(pointer: &str) {
    assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer}");
    for escape in pointer.split('~').skip(1) {
        assert!(escape.starts_with(['0', '1']), "{pointer}");
    }
}

/// Asserts that it is one short sentence.
pub fn check_detail(detail: &str) {
    let in_bounds = !detail.trim().is_empty() && detail.len() <= LONGEST_DETAIL;
    assert!(in_bounds && !detail.contains('\n'), "{detail}");
}
