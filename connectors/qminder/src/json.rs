//! Reading answers.

use serde::de::DeserializeOwned;

use crate::error::Misread;

/// The body as a `T`.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Misread> {
    serde_json::from_slice(body).map_err(|error| Misread::from_json(&error))
}
