//! The key, which no one gets to see by accident.

use std::fmt;

use http::HeaderValue;
use thiserror::Error;

/// An API key: an agent's for [`external`](crate::external), an installation's for [`internal`](crate::internal).
/// `Debug` does not show it.
///
/// What keys look like is not documented.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Box<str>);

/// Text that cannot be a key: empty, or with something other than visible ASCII in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an API key: it has to be visible ASCII")]
pub struct InvalidKey;

impl ApiKey {
    /// The key; white space around it, such as the end of a file's line, is dropped.
    ///
    /// # Errors
    ///
    /// [`InvalidKey`] if it could not stand in a header.
    pub fn new(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidKey);
        }
        Ok(Self(text.into()))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        let mut value =
            HeaderValue::from_str(&self.0).expect("visible ASCII can stand in a header");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_shown() {
        let key = ApiKey::new(" s3cret\r\n").unwrap();
        assert_eq!(key.reveal(), "s3cret");
        assert_eq!(key.to_header(), "s3cret");
        for shown in [format!("{key:?}"), format!("{:?}", key.to_header())] {
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_no_key() {
        for text in ["", " ", "a b", "é", "a\0", "a\nb"] {
            assert_eq!(ApiKey::new(text), Err(InvalidKey), "{text:?}");
        }
    }
}
