//! Which key a call is made with.

use deskhive_client::Client;

/// One of the two keys, ready to be called with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access<'a> {
    pub(super) client: &'a Client,
    pub(super) key: Key,
}

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// An agent's: the external API.
    Agent,
    /// The installation's: the internal API.
    Installation,
}

impl Key {
    /// The setting that it comes from.
    pub(super) fn setting(self) -> &'static str {
        match self {
            Self::Agent => "external_key_file",
            Self::Installation => "internal_key_file",
        }
    }
}
