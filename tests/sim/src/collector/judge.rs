//! Whether a request is one that the protocol knows, and what it tells.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1 as wire;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message as _;

use super::Span;
use crate::peer::Request;

/// The status of a refusal, and why.
pub(super) type Refusal = (u16, String);

/// What a request tells.
pub(super) fn judge(
    request: &Request,
    demanded: Option<&(String, String)>,
) -> Result<Vec<Span>, Refusal> {
    if request.path != "/v1/traces" {
        return Err((404, format!("there is nothing at {}", request.path)));
    }
    if request.method != "POST" {
        return Err((405, format!("{} is not supported", request.method)));
    }
    if let Some((name, value)) = demanded
        && request.first_header(name) != Some(value)
    {
        return Err((401, format!("{name} is missing or wrong")));
    }
    let content_type = request.first_header("content-type");
    if content_type != Some("application/x-protobuf") {
        return Err((415, format!("{content_type:?} is not taken")));
    }
    let bad = |why: String| (400, why);
    let sent = ExportTraceServiceRequest::decode(request.body.as_slice())
        .map_err(|error| bad(error.to_string()))?;
    let mut spans = Vec::new();
    for of_resource in &sent.resource_spans {
        let resource = of_resource.resource.as_ref();
        let resource = resource.ok_or_else(|| bad("spans of no resource".to_owned()))?;
        let named = attributes(&resource.attributes).map_err(bad)?;
        let service = named.get("service.name").filter(|name| !name.is_empty());
        let service = service.ok_or_else(|| bad("a service without a name".to_owned()))?;
        for of_scope in &of_resource.scope_spans {
            for sent in &of_scope.spans {
                let name = sent.name.clone();
                let span = span(sent, service).map_err(|why| bad(format!("{name:?}: {why}")))?;
                spans.push(span);
            }
        }
    }
    Ok(spans)
}

fn span(sent: &wire::Span, service: &str) -> Result<Span, String> {
    let kind = match sent.kind {
        1 => "internal",
        2 => "server",
        3 => "client",
        4 => "producer",
        5 => "consumer",
        other => return Err(format!("{other} is no kind")),
    };
    if sent.name.is_empty() {
        return Err("it has no name".to_owned());
    }
    if sent.start_time_unix_nano == 0 || sent.end_time_unix_nano < sent.start_time_unix_nano {
        return Err("it ends before it begins".to_owned());
    }
    let parent = match sent.parent_span_id.as_slice() {
        [] => None,
        parent => Some(id(parent, 8)?),
    };
    let status = sent.status.clone().unwrap_or_default();
    if status.code() == StatusCode::Ok && !status.message.is_empty() {
        return Err("what is well has nothing to say".to_owned());
    }
    Ok(Span {
        trace: id(&sent.trace_id, 16)?,
        id: id(&sent.span_id, 8)?,
        parent,
        state: sent.trace_state.clone(),
        name: sent.name.clone(),
        kind,
        began: sent.start_time_unix_nano,
        ended: sent.end_time_unix_nano,
        attributes: attributes(&sent.attributes)?,
        error: (status.code() == StatusCode::Error).then_some(status.message),
        service: service.to_owned(),
    })
}

fn id(bytes: &[u8], length: usize) -> Result<String, String> {
    if bytes.len() != length || bytes.iter().all(|byte| *byte == 0) {
        return Err(format!("{} is no identifier", hex::encode(bytes)));
    }
    Ok(hex::encode(bytes))
}

fn attributes(sent: &[KeyValue]) -> Result<BTreeMap<String, String>, String> {
    let mut attributes = BTreeMap::new();
    for KeyValue { key, value, .. } in sent {
        let value = value.as_ref().and_then(|value| value.value.as_ref());
        let value = match value {
            Some(Value::StringValue(text)) => text.clone(),
            Some(Value::IntValue(number)) => number.to_string(),
            Some(Value::BoolValue(truth)) => truth.to_string(),
            Some(Value::DoubleValue(number)) => number.to_string(),
            other => return Err(format!("{key} is {other:?}")),
        };
        if key.is_empty() || attributes.insert(key.clone(), value).is_some() {
            return Err(format!(
                "the attribute {key:?} is there twice, or has no name"
            ));
        }
    }
    Ok(attributes)
}
