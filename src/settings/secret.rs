//! Values that are compared or used, and never shown.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The SHA-256 of a token or key; comparing takes the same time whatever differs.
#[derive(Clone, Copy, Eq)]
pub struct Sha256Digest(pub [u8; 32]);

/// What must never be printed; its `Debug` does not.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl Sha256Digest {
    /// The digest of what somebody presents.
    pub fn of(presented: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(presented.as_ref()).into())
    }

    /// In lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl PartialEq for Sha256Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256Digest(…)")
    }
}

impl<T> Secret<T> {
    /// Wraps `value`.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one place that needs it.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
        assert_eq!(
            format!("{:?}", Sha256Digest::of("hunter2")),
            "Sha256Digest(…)"
        );
    }
}
