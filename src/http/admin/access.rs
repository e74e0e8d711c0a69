//! Who may use the operator's interface over TCP. On the admin socket, the file system decides.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::live::Live;
use crate::settings::Sha256Digest;

use super::problem::not_found;
use crate::http::problem::Problem;

/// Lets only the bearer of `admin.token_sha256`'s token in; where none is configured, there is nothing here.
pub fn require_bearer(router: Router, live: Arc<ArcSwap<Live>>) -> Router {
    router.layer(from_fn_with_state(live, check))
}

async fn check(State(live): State<Arc<ArcSwap<Live>>>, request: Request, next: Next) -> Response {
    let Some(expected) = live.load().settings.admin.token else {
        return not_found("resource").into_response();
    };
    match bearer(request.headers()) {
        Some(token) if Sha256Digest::of(token) == expected => next.run(request).await,
        _ => {
            let problem = Problem::new(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
            let mut response = problem.into_response();
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
