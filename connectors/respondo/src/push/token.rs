//! The credentials, whose secret no one gets to see by accident.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// A personal access token: its name, and the secret that its server showed once. `Debug` does not show the secret.
///
/// It speaks for the one brand (or organization) that its user belongs to.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AccessToken {
    name: Box<str>,
    token: Box<str>,
}

/// A name or a secret with nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a personal access token: its name and its secret must not be blank")]
pub struct InvalidToken;

impl AccessToken {
    /// The token; white space around the secret, such as the end of a file's line, is dropped.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] if either is blank.
    pub fn new(name: &str, secret: &str) -> Result<Self, InvalidToken> {
        let secret = secret.trim();
        if name.trim().is_empty() || secret.is_empty() {
            return Err(InvalidToken);
        }
        Ok(Self {
            name: name.into(),
            token: secret.into(),
        })
    }

    /// The token's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn reveal(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("name", &self.name)
            .field("token", &"…")
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let token = AccessToken::new("bridge", " s3cret==\n").unwrap();
        assert_eq!((token.name(), token.reveal()), ("bridge", "s3cret=="));
        assert!(!format!("{token:?}").contains("s3cret"));
    }

    #[test]
    fn nothing_is_no_token() {
        for (name, secret) in [("", "x"), (" ", "x"), ("x", ""), ("x", " \n")] {
            assert_eq!(AccessToken::new(name, secret), Err(InvalidToken));
        }
    }
}
