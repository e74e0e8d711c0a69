//! The trace that a call belongs to: known where its parcel sets out, and needed where its requests leave.

use std::future::Future;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::model::TraceContext;

const PARENT: HeaderName = HeaderName::from_static("traceparent");
const STATE: HeaderName = HeaderName::from_static("tracestate");

tokio::task_local! {
    static CARRIED: HeaderMap;
}

/// Runs `call`, all of whose requests belong where `context` says.
pub(super) async fn within<C: Future>(context: Option<&TraceContext>, call: C) -> C::Output {
    match context {
        Some(context) => CARRIED.scope(to_wire(context), call).await,
        None => call.await,
    }
}

/// What a request of the call under way carries beside its own headers; nothing outside of a call.
pub(super) fn headers() -> HeaderMap {
    CARRIED.try_with(HeaderMap::clone).unwrap_or_default()
}

fn to_wire(context: &TraceContext) -> HeaderMap {
    let parent = HeaderValue::from_str(&context.to_wire()).ok();
    let state = context.state.as_deref();
    let state = state.and_then(|state| HeaderValue::from_str(state).ok());
    let parent = parent.map(|parent| (PARENT, parent));
    let state = state.map(|state| (STATE, state));
    parent.into_iter().chain(state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT_OF_IT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[tokio::test]
    async fn only_what_belongs_to_a_trace_carries_it() {
        let context = TraceContext::from_wire(PARENT_OF_IT, Some("a=1"));
        let carried = within(context.as_ref(), async { headers() }).await;
        assert_eq!(carried["traceparent"], PARENT_OF_IT);
        assert_eq!(carried["tracestate"], "a=1");
        assert_eq!(within(None, async { headers() }).await, HeaderMap::new());
        assert_eq!(headers(), HeaderMap::new());
    }
}
