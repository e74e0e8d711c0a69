//! Over TCP.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use tower::ServiceExt;

use super::desk::{Desk, settings};
use crate::http::{admin_router, require_bearer};
use crate::live::Live;
use crate::settings::Sha256Digest;

async fn ask(router: &Router, path: &str, authorization: Option<&str>) -> StatusCode {
    let mut request = Request::get(path);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let request = request.body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap().status()
}

fn guarded(token: Option<&str>) -> Router {
    let mut settings = settings("");
    settings.admin.token = token.map(Sha256Digest::of);
    let live = Arc::new(ArcSwap::from_pointee(Live::new(settings)));
    let admin = require_bearer(admin_router(Desk::new().bridge), live);
    Router::new()
        .route("/healthz", get(|| async {}))
        .fallback(|| async { StatusCode::IM_A_TEAPOT })
        .merge(admin)
}

#[tokio::test]
async fn without_a_token_in_the_configuration_there_is_nothing_there() {
    let router = guarded(None);
    for authorization in [None, Some("Bearer x")] {
        let status = ask(&router, "/admin/v1/status", authorization).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn only_the_bearer_of_the_token_gets_in() {
    let router = guarded(Some("tb_right"));
    for (authorization, status) in [
        (None, StatusCode::UNAUTHORIZED),
        (Some("Bearer tb_wrong"), StatusCode::UNAUTHORIZED),
        (Some("Bearer "), StatusCode::UNAUTHORIZED),
        (Some("Basic tb_right"), StatusCode::UNAUTHORIZED),
        (Some("tb_right"), StatusCode::UNAUTHORIZED),
        (Some("Bearer tb_right"), StatusCode::OK),
        (Some("bearer tb_right"), StatusCode::OK),
    ] {
        let found = ask(&router, "/admin/v1/status", authorization).await;
        assert_eq!(found, status, "{authorization:?}");
    }
    let unknown = ask(&router, "/admin/v1/nothing", None).await;
    assert_eq!(unknown, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_beside_it_is_not_asked_for_a_token() {
    let router = guarded(Some("tb_right"));
    assert_eq!(ask(&router, "/healthz", None).await, StatusCode::OK);
    assert_eq!(ask(&router, "/else", None).await, StatusCode::IM_A_TEAPOT);
}
