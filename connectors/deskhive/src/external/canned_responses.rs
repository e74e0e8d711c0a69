//! Texts to reply with.

use super::get;
use crate::{Call, CannedResponse, Listed, listed};

/// `GET /canned-responses`: all active ones in one list, by their `sort_order` and title.
pub fn canned_responses() -> Call<Listed<CannedResponse>> {
    Call::new(get("/canned-responses"), listed::read)
}
