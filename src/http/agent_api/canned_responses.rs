//! Text that agents put into their replies.

use axum::Json;
use axum::extract::Extension;
use deskhive_client::{CannedResponse, Envelope};

use super::gate::Caller;
use crate::knowledge::fold;
use crate::settings;

/// All active ones, by `sort_order`, then by title.
pub(super) async fn list(
    Extension(caller): Extension<Caller>,
) -> Json<Envelope<Vec<CannedResponse>>> {
    let all = &caller.live.settings.agent_api.canned_responses;
    let mut active: Vec<_> = all.iter().filter(|response| response.active).collect();
    active.sort_by_cached_key(|response| (response.sort_order, fold(&response.title), response.id));
    Json(Envelope::new(active.into_iter().map(to_wire).collect()))
}

fn to_wire(response: &settings::CannedResponse) -> CannedResponse {
    CannedResponse {
        id: response.id,
        title: response.title.clone(),
        content: response.content.clone(),
        category: response.category.clone(),
        shortcut: response.shortcut.clone(),
        is_active: response.active,
        sort_order: response.sort_order,
    }
}
