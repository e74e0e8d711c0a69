//! One event as one span.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

use crate::model::{Class, Destination, Event, Happening, Settled, Time};
use crate::plan::{AfterSettle, Answer, Step};

/// `None` for what is told of nowhere. `now` is when it was synced.
pub(super) fn of(event: &Event, step: &Step, answer: &Answer, now: Time) -> Option<Span> {
    let mut attributes = Attributes::default();
    attributes.number("ticketbridge.ticket", step.ticket.0);
    attributes.text("ticketbridge.brand", &step.brand);
    if let Some(message) = step.message {
        attributes.number("ticketbridge.message", message.0);
    }
    if let (Happening::Settled(settled), Answer::Settled(after)) = (&event.what, answer) {
        return Some(call(settled, after, step, attributes));
    }
    let (name, kind) = name(&event.what)?;
    match &event.what {
        Happening::Observed(observed) => attributes.text("ticketbridge.system", &observed.system),
        Happening::Vanished { system, .. } => attributes.text("ticketbridge.system", system),
        _ => {}
    }
    if let Answer::Taken(taken) = answer {
        attributes.truth("ticketbridge.duplicate", taken.duplicate);
        attributes.truth("ticketbridge.updated", taken.updated);
    }
    let mut status = None;
    if let Answer::Refused(refusal) = answer {
        status = Some(failed(refusal.to_string()));
    }
    let times = (event.at, now.max(event.at));
    Some(span(step, name.to_owned(), kind, times, attributes, status))
}

fn name(what: &Happening) -> Option<(&'static str, SpanKind)> {
    Some(match what {
        Happening::Arrived(_) => ("take ticket", SpanKind::Server),
        Happening::Replied(_) => ("take reply", SpanKind::Server),
        Happening::Returned(_) => ("take answer", SpanKind::Server),
        Happening::Removed { .. } => ("take removal", SpanKind::Server),
        Happening::Did(..) => ("take agent's order", SpanKind::Server),
        Happening::Ordered(_) => ("take operator's order", SpanKind::Server),
        Happening::Observed(_) => ("see ticket", SpanKind::Consumer),
        Happening::Vanished { .. } => ("miss ticket", SpanKind::Consumer),
        Happening::Started { .. }
        | Happening::Settled(_)
        | Happening::Kicked(_)
        | Happening::SetAside(_)
        | Happening::Misplaced { .. }
        | Happening::Expired { .. }
        | Happening::Withheld { .. }
        | Happening::Unlinked { .. }
        | Happening::Joined(_)
        | Happening::Decided { .. }
        | Happening::Tidied(_)
        | Happening::Erased(_) => return None,
    })
}

/// A call that ended.
fn call(settled: &Settled, after: &AfterSettle, step: &Step, mut attributes: Attributes) -> Span {
    let (delivery, attempt) = (&after.delivery, &settled.attempt);
    attributes.number("ticketbridge.delivery", delivery.id.0);
    attributes.text("ticketbridge.system", &delivery.system);
    attributes.number("ticketbridge.try", u64::from(delivery.tries));
    attributes.text("ticketbridge.class", attempt.class.as_str());
    attributes.text("ticketbridge.state", delivery.state.word());
    if let Some(status) = attempt.status {
        attributes.number("http.response.status_code", u64::from(status));
    }
    // A response URL's host is as much of it as is shown anywhere.
    let is_url = matches!(after.lane.to, Destination::ResponseUrl(_));
    let kind = if is_url {
        "reply"
    } else {
        delivery.command.word()
    };
    if let Some((address, port)) = after.lane.host.rsplit_once(':') {
        attributes.text("server.address", address);
        if let Ok(port) = port.parse() {
            attributes.number("server.port", port);
        }
    }
    let status = match attempt.class {
        Class::Ok => Status {
            code: StatusCode::Ok.into(),
            message: String::new(),
        },
        Class::Retry | Class::Throttled | Class::Rejected | Class::Paused | Class::Unknown => {
            attributes.text("error.type", attempt.class.as_str());
            failed(attempt.detail.clone())
        }
    };
    let ended = attempt
        .at
        .plus(std::time::Duration::from_millis(attempt.took_ms));
    let times = (attempt.at, ended);
    let name = format!("call: {kind}");
    span(
        step,
        name,
        SpanKind::Client,
        times,
        attributes,
        Some(status),
    )
}

fn span(
    step: &Step,
    name: String,
    kind: SpanKind,
    (began, ended): (Time, Time),
    attributes: Attributes,
    status: Option<Status>,
) -> Span {
    Span {
        trace_id: step.context.trace.to_bytes().to_vec(),
        span_id: step.context.span.to_bytes().to_vec(),
        trace_state: step.context.state.clone().unwrap_or_default(),
        parent_span_id: step
            .after
            .map(|span| span.to_bytes().to_vec())
            .unwrap_or_default(),
        flags: u32::from(step.context.sampled),
        name,
        kind: kind.into(),
        start_time_unix_nano: nanoseconds(began),
        end_time_unix_nano: nanoseconds(ended),
        attributes: attributes.0,
        status,
        ..Span::default()
    }
}

fn failed(words: String) -> Status {
    Status {
        code: StatusCode::Error.into(),
        message: words,
    }
}

fn nanoseconds(time: Time) -> u64 {
    u64::try_from(time.as_micros())
        .unwrap_or(0)
        .saturating_mul(1000)
}

#[derive(Default)]
struct Attributes(Vec<KeyValue>);

impl Attributes {
    fn text(&mut self, key: &str, value: &str) {
        self.push(key, Value::StringValue(value.to_owned()));
    }

    fn number(&mut self, key: &str, value: u64) {
        self.push(
            key,
            Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)),
        );
    }

    fn truth(&mut self, key: &str, value: bool) {
        self.push(key, Value::BoolValue(value));
    }

    fn push(&mut self, key: &str, value: Value) {
        self.0.push(attribute(key, value));
    }
}

pub(super) fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}
