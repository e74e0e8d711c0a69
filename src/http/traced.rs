//! Where in a trace a request says that it happens: `traceparent` and `tracestate`.
//!
//! What does not follow the recommendation is ignored, as it demands, and never a reason to refuse a request.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::Bridge;
use crate::model::{Event, Happening, TraceContext};

tokio::task_local! {
    static GIVEN: Option<TraceContext>;
}

/// Lets whatever the request leads to know where it happens.
pub(super) async fn heed(request: Request, next: Next) -> Response {
    let given = given(request.headers());
    GIVEN.scope(given, next.run(request)).await
}

/// Where the request under way says that it happens.
pub(super) fn current() -> Option<TraceContext> {
    GIVEN.try_with(Clone::clone).ok().flatten()
}

impl Bridge {
    /// An event that happens now, because of the request under way.
    pub(super) fn event(&self, what: Happening) -> Event {
        Event {
            trace: current(),
            ..self.clock.event(what)
        }
    }
}

fn given(headers: &HeaderMap) -> Option<TraceContext> {
    let mut parents = headers.get_all("traceparent").iter();
    let parent = parents.next()?.to_str().ok()?;
    // Of two, neither is to be trusted.
    if parents.next().is_some() {
        return None;
    }
    let states = headers.get_all("tracestate").iter();
    let states: Result<Vec<&str>, _> = states.map(HeaderValue::to_str).collect();
    let state = states.ok().map(|states| states.join(","));
    TraceContext::from_wire(parent, state.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn of(headers: &[(&'static str, &str)]) -> Option<TraceContext> {
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (axum::http::HeaderName::from_static(name), value)
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        given(&map)
    }

    #[test]
    fn states_of_several_lines_are_one() {
        let context = of(&[
            ("traceparent", PARENT),
            ("tracestate", "a=1"),
            ("tracestate", "b=2"),
        ]);
        let context = context.unwrap();
        assert_eq!(context.to_wire(), PARENT);
        assert_eq!(context.state.as_deref(), Some("a=1,b=2"));
    }

    #[test]
    fn what_is_no_traceparent_is_ignored() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("tracestate", "a=1")]), None);
        assert_eq!(
            of(&[("traceparent", PARENT), ("traceparent", PARENT)]),
            None
        );
        assert_eq!(of(&[("traceparent", "\u{e9}")]), None);
        let context = of(&[("traceparent", PARENT), ("tracestate", "\u{e9}")]).unwrap();
        assert_eq!(context.state, None);
    }
}
