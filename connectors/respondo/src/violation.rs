//! What is wrong with a ticket, and where.

use serde::{Deserialize, Serialize};

/// One breach of the *Inbound* schema.
///
/// Neither field ever holds a value that was sent, only names of properties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The property, as a JSON pointer (RFC 6901, without `#`): `/author/external_uid`. A missing or unknown
    /// property has its own pointer; the empty string is the whole document.
    pub pointer: String,
    /// What is wrong with it, lower case, without the property's name: `is missing`.
    pub detail: String,
}

impl Violation {
    pub(crate) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}

/// `parent`, one level deeper.
pub(crate) fn child(parent: &str, key: &str) -> String {
    let key = key.replace('~', "~0").replace('/', "~1");
    format!("{parent}/{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_escaped_as_rfc_6901_says() {
        for (parent, key, pointer) in [
            ("", "author", "/author"),
            ("/author", "username", "/author/username"),
            ("", "a/b", "/a~1b"),
            ("", "m~n", "/m~0n"),
            ("", "~1", "/~01"),
            ("", "", "/"),
        ] {
            assert_eq!(child(parent, key), pointer);
        }
    }
}
