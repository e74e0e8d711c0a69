//! An object's properties, and what holds for every one that is text.

use std::collections::{HashMap, HashSet};

use crate::violation::child;

use super::{Node, Violations};

/// One object's properties by name.
pub(crate) struct Entries<'a> {
    pointer: &'a str,
    by_name: HashMap<&'a str, &'a Node>,
}

impl<'a> Entries<'a> {
    /// The last of a repeated key wins, as in most readers of JSON; that it is repeated is a violation if it
    /// `is_known`.
    pub(crate) fn new(
        pointer: &'a str,
        entries: &'a [(String, Node)],
        is_known: impl Fn(&str) -> bool,
        violations: &mut Violations,
    ) -> Self {
        let mut by_name = HashMap::new();
        let mut repeated = HashSet::new();
        for (key, node) in entries {
            let first = by_name.insert(key.as_str(), node).is_none();
            if !first && is_known(key) && repeated.insert(key) {
                violations.add(child(pointer, key), "is there more than once");
            }
        }
        Self { pointer, by_name }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        self.by_name.get(key).copied()
    }

    pub(crate) fn pointer(&self, key: &str) -> String {
        child(self.pointer, key)
    }

    pub(crate) fn text(
        &self,
        key: &str,
        node: &'a Node,
        violations: &mut Violations,
    ) -> Option<&'a str> {
        let Node::String(text) = node else {
            violations.wrong_type(&self.pointer(key), "a string", node);
            return None;
        };
        Some(text)
    }

    pub(crate) fn bounded(
        &self,
        key: &str,
        node: &'a Node,
        max_bytes: usize,
        violations: &mut Violations,
    ) -> Option<&'a str> {
        let text = self.text(key, node, violations)?;
        if text.len() > max_bytes {
            violations.too_long(self.pointer(key), text, max_bytes);
            return None;
        }
        Some(text)
    }

    /// Text that must be there and say something.
    pub(crate) fn required_text(
        &self,
        key: &str,
        max_bytes: usize,
        violations: &mut Violations,
    ) -> Option<String> {
        let Some(node) = self.get(key) else {
            violations.add(self.pointer(key), "is missing");
            return None;
        };
        let text = self.bounded(key, node, max_bytes, violations)?;
        if text.trim().is_empty() {
            violations.add(self.pointer(key), "must not be blank");
            return None;
        }
        Some(text.to_owned())
    }
}
