//! What is wrong with a document, bounded.

use crate::Violation;

use super::Node;

/// How many violations are listed one by one; a further one, of the whole document, counts the rest.
///
/// A small body can break the schema hundreds of thousands of times, and its sender is not known yet.
pub const MAX_VIOLATIONS: usize = 1000;

/// What is wrong so far.
#[derive(Default)]
pub(crate) struct Violations {
    found: Vec<Violation>,
    unlisted: usize,
}

impl Violations {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.found.len() < MAX_VIOLATIONS {
            self.found.push(Violation::new(pointer, detail));
        } else {
            self.unlisted += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_list(mut self) -> Vec<Violation> {
        if self.unlisted > 0 {
            let detail = format!("has {} more violations", self.unlisted);
            self.found.push(Violation::new("", detail));
        }
        self.found
    }

    pub(crate) fn wrong_type(&mut self, pointer: &str, wanted: &str, found: &Node) {
        self.add(pointer, format!("must be {wanted}, not {}", found.kind()));
    }

    pub(crate) fn too_long(&mut self, pointer: String, text: &str, max_bytes: usize) {
        let bytes = text.len();
        self.add(
            pointer,
            format!("must be at most {max_bytes} bytes, and is {bytes}"),
        );
    }
}
