//! The simulated collector, by requests that are made here by hand.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message as _;
use ticketbridge_sim::Collector;

const PROTOBUF: &str = "application/x-protobuf";

fn text(key: &str, value: &str) -> KeyValue {
    let value = Value::StringValue(value.to_owned());
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// A span that is as it should be.
fn span() -> Span {
    Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: "take ticket".to_owned(),
        kind: 2,
        start_time_unix_nano: 1000,
        end_time_unix_nano: 3000,
        attributes: vec![text("ticketbridge.brand", "acme")],
        ..Span::default()
    }
}

fn request(resource: Option<Resource>, span: Span) -> Vec<u8> {
    let of_scope = ScopeSpans {
        spans: vec![span],
        ..ScopeSpans::default()
    };
    let of_resource = ResourceSpans {
        resource,
        scope_spans: vec![of_scope],
        ..ResourceSpans::default()
    };
    let request = ExportTraceServiceRequest {
        resource_spans: vec![of_resource],
    };
    request.encode_to_vec()
}

fn bridge() -> Option<Resource> {
    Some(Resource {
        attributes: vec![text("service.name", "bridge")],
        ..Resource::default()
    })
}

async fn post(collector: &Collector, path: &str, kind: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client.post(format!("{}{path}", collector.base_url()));
    let answer = call.header("content-type", kind).body(body).send().await;
    let answer = answer.unwrap();
    (
        answer.status().as_u16(),
        answer.bytes().await.unwrap().to_vec(),
    )
}

#[tokio::test]
async fn what_follows_the_protocol_is_taken_and_shown() {
    let collector = Collector::start().await.unwrap();
    let sent = Span {
        parent_span_id: vec![3; 8],
        status: Some(Status {
            code: 2,
            message: "answered 500".to_owned(),
        }),
        ..span()
    };
    let body = request(bridge(), sent);
    let (status, answer) = post(&collector, "/v1/traces", PROTOBUF, body).await;
    assert_eq!(status, 200);
    let answer = ExportTraceServiceResponse::decode(answer.as_slice()).unwrap();
    assert_eq!(answer.partial_success, None);
    let spans = collector.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!(
        (spans[0].service.as_str(), spans[0].kind),
        ("bridge", "server")
    );
    assert_eq!(
        spans[0].to_string(),
        "01010101010101010101010101010101 0202020202020202 0303030303030303 server          2us \
         take ticket ticketbridge.brand=acme failed: answered 500"
    );
}

#[tokio::test]
async fn what_does_not_is_refused_with_its_reason() {
    let collector = Collector::start().await.unwrap();
    let whole = || request(bridge(), span());
    let post =
        async |path: &str, kind: &str, body: Vec<u8>| post(&collector, path, kind, body).await.0;
    assert_eq!(post("/v1/logs", PROTOBUF, whole()).await, 404);
    assert_eq!(post("/v1/traces", "application/json", whole()).await, 415);
    assert_eq!(
        post("/v1/traces", PROTOBUF, b"\xff\xff".to_vec()).await,
        400
    );
    let nameless = Some(Resource::default());
    for resource in [None, nameless] {
        let body = request(resource, span());
        assert_eq!(post("/v1/traces", PROTOBUF, body).await, 400);
    }
    let wrong: [fn(&mut Span); 9] = [
        |span| span.trace_id = vec![0; 16],
        |span| span.trace_id = vec![1; 8],
        |span| span.span_id = Vec::new(),
        |span| span.parent_span_id = vec![1; 4],
        |span| span.name = String::new(),
        |span| span.kind = 0,
        |span| span.end_time_unix_nano = 1,
        |span| span.attributes.push(text("ticketbridge.brand", "again")),
        |span| {
            span.status = Some(Status {
                code: 1,
                message: "all is well".to_owned(),
            });
        },
    ];
    for (number, change) in wrong.into_iter().enumerate() {
        let mut span = span();
        change(&mut span);
        let body = request(bridge(), span);
        assert_eq!(post("/v1/traces", PROTOBUF, body).await, 400, "{number}");
    }
    assert_eq!(collector.spans(), []);
    assert_eq!(collector.refused().len(), 14);
}

#[tokio::test]
async fn it_demands_a_header_and_is_busy_on_request() {
    let collector = Collector::start().await.unwrap();
    collector.answer(503, Some(7), 1);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = || {
        client
            .post(format!("{}/v1/traces", collector.base_url()))
            .header("content-type", PROTOBUF)
            .body(request(bridge(), span()))
    };
    let busy = call().send().await.unwrap();
    assert_eq!(
        (busy.status().as_u16(), &busy.headers()["retry-after"]),
        (503, &"7".parse().unwrap())
    );
    collector.demand("x-tenant", "7");
    assert_eq!(call().send().await.unwrap().status().as_u16(), 401);
    let right = call().header("x-tenant", "7").send().await.unwrap();
    assert_eq!(right.status().as_u16(), 200);
    let there = |spans: &[ticketbridge_sim::collector::Span]| (spans.len() == 1).then_some(());
    collector
        .wait_for(Duration::from_secs(20), there)
        .await
        .unwrap();
    assert_eq!(collector.requests(), 3);
}
